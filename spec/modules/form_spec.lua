local form = require "native.form"
local model = require "spec.support.model"
local pack = require "native.pack"

local function encode(flavor, shape, params)
  return form.encode(shape, params, { flavor = flavor, action = "Do", version = "2020-01-01" })
end

--- What follows the action and the version.
local function fields(flavor, shape, params)
  local body = assert(encode(flavor, shape, params))
  return (body:gsub("^Action=Do&Version=2020%-01%-01&?", ""))
end

local SHAPES = {
  Names = { type = "list", member = { shape = "string" } },
  Named = { type = "list", member = { shape = "string", locationName = "item" } },
  Map = { type = "map", key = { shape = "string" }, value = { shape = "integer" } },
  Flat = { type = "list", member = { shape = "string", locationName = "One" }, flattened = true },
  FlatMap = {
    type = "map", flattened = true, key = { shape = "string", locationName = "K" },
    value = { shape = "integer", locationName = "V" },
  },
  Inner = {
    type = "structure", members = { Deep = { shape = "Names" }, Text = { shape = "string" } },
  },
}

describe("form", function()
  it("begins with the action and the version, and needs no shape", function()
    assert.are.equal("Action=Do&Version=2020-01-01", encode("ec2", nil, {}))
  end)

  it("writes the scalars", function()
    local shape = model.shape({
      Text = "string", Yes = "boolean", No = "boolean", Count = "long", Ratio = "double",
      Bytes = "blob", When = "timestamp", Then = "Unix", Nan = "float", Whole = "integer",
    }, { Unix = { type = "timestamp", timestampFormat = "unixTimestamp" } })
    assert.are.equal("Bytes=AP8%3D&Count=9223372036854775807&Nan=NaN&No=false&Ratio=0.1&"
      .. "Text=a%20b%26%C3%A9~&Then=1398796238&When=2014-04-29T18%3A30%3A38Z&Whole=8&Yes=true",
      fields("query", shape, {
        Text = "a b&é~", Yes = true, No = false, Count = math.maxinteger, Ratio = 0.1,
        Bytes = "\0\xff", When = 1398796238, Then = "2014-04-29T18:30:38Z", Nan = "NaN",
        Whole = 8.0,
      }))
  end)

  it("flattens structures, lists and maps for query", function()
    local shape = model.shape({
      List = "Names", Other = "Named", Map = "Map", Short = "Flat", Pairs = "FlatMap", In = "Inner",
    }, SHAPES)
    assert.are.equal("List.member.1=a&List.member.2=b",
      fields("query", shape, { List = { "a", "b" } }))
    assert.are.equal("Other.item.1=a", fields("query", shape, { Other = { "a" } }))
    assert.are.equal("One.1=a&One.2=b", fields("query", shape, { Short = { "a", "b" } }))
    assert.are.equal("Map.entry.1.key=a&Map.entry.1.value=1&Map.entry.2.key=b&Map.entry.2.value=2",
      fields("query", shape, { Map = { b = 2, a = 1 } }))
    assert.are.equal("Pairs.1.K=a&Pairs.1.V=1", fields("query", shape, { Pairs = { a = 1 } }))
    assert.are.equal("In.Deep.member.1=a&In.Text=t",
      fields("query", shape, { In = { Deep = { "a" }, Text = "t" } }))
  end)

  it("tells an empty list to query, and keeps it from ec2", function()
    local shape = model.shape({ List = "Names" }, SHAPES)
    assert.are.equal("List=", fields("query", shape, { List = {} }))
    assert.are.equal("", fields("ec2", shape, { List = {} }))
  end)

  it("names members as ec2 does: queryName, else capitalized", function()
    local shape = model.shape({
      Ids = { shape = "Named", locationName = "vpcId" },
      Own = { shape = "string", locationName = "own", queryName = "Mine" },
      plain = "string",
    }, SHAPES)
    assert.are.equal("VpcId.1=a&Mine=b&Plain=c",
      fields("ec2", shape, { Ids = { "a" }, Own = "b", plain = "c" }))
    assert.are.equal("vpcId.item.1=a&own=b&plain=c",
      fields("query", shape, { Ids = { "a" }, Own = "b", plain = "c" }))
  end)

  it("refuses what does not fit the shape, all of it at once", function()
    local shape = model.shape({ List = "Names", Count = "integer" }, SHAPES)
    local body, failure = encode("ec2", shape, { List = "a", Count = "b", Other = 1 })
    assert.is_nil(body)
    assert.are.equal(3, #failure.faults)
    assert.are.equal("encode Thing: Count: must be a number, not a string; "
      .. "List: must be a list, not a string; Other: no such member", tostring(failure))
  end)

  it("raises on arguments that no caller should give", function()
    assert.has_error(function() form.encode({}, {}, {}) end)
    local other = { flavor = "rest", action = "a", version = "1" }
    assert.has_error(function() form.encode(nil, {}, other) end)
    assert.has_error(function() form.encode(nil, {}, { flavor = "ec2" }) end)
  end)

  it("writes a real request as ec2 wants it", function()
    local run = pack.open():operation("ec2", "RunInstances")
    local body = form.encode(run.input, {
      MinCount = 1, MaxCount = 1, SecurityGroupIds = { "sg-1" },
      BlockDeviceMappings = { { DeviceName = "/dev/xvda", Ebs = { VolumeSize = 8 } } },
      TagSpecifications = { { ResourceType = "instance", Tags = { { Key = "a", Value = "b" } } } },
    }, { flavor = "ec2", action = "RunInstances", version = "2016-11-15" })
    assert.are.equal("Action=RunInstances&Version=2016-11-15"
      .. "&BlockDeviceMapping.1.Ebs.VolumeSize=8&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fxvda"
      .. "&MaxCount=1&MinCount=1&SecurityGroupId.1=sg-1&TagSpecification.1.ResourceType=instance"
      .. "&TagSpecification.1.Tag.1.Key=a&TagSpecification.1.Tag.1.Value=b", body)
  end)
end)
