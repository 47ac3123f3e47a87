local failure = require "engine.failure"
local schema = require "engine.schema"
local value = require "engine.value"

local RAW = {
  typeName = "Test::Net::Thing", additionalProperties = false,
  definitions = {
    Tag = { type = "object", required = { "Key", "Value" }, additionalProperties = false,
      properties = { Key = { type = "string", maxLength = 5 }, Value = { type = "string",
        maxLength = 9 } } },
    Disk = { type = "object", required = { "Name" }, additionalProperties = false,
      properties = { Name = { type = "string" }, Size = { type = "integer" },
        Ebs = { ["$ref"] = "#/definitions/Ebs" } } },
    Ebs = { type = "object", properties = { Type = { type = "string" } } },
  },
  properties = {
    Id = { type = "string" }, Name = { type = "string", maxLength = 8, pattern = "^a" },
    Cidr = { type = "string", format = "ipv4-network" }, Cidr6 = { type = "string",
      format = "ipv6-network" },
    VpcId = { type = "string", format = "AWS::EC2::VPC.Id" },
    Count = { type = "integer", minimum = 2, maximum = 9 }, Ratio = { type = "number" },
    On = { type = "boolean" }, Mode = { type = "string", enum = { "fast", "slow" } },
    Domain = { type = "string", enumCaseInsensitive = { "vpc" } },
    Disks = { type = "array", minItems = 1, items = { ["$ref"] = "#/definitions/Disk" } },
    Names = { type = "array", uniqueItems = true, items = { type = "string" } },
    Policy = { type = { "object", "string" } },
    Options = { type = "object", properties = { A = { type = "string" }, B = { type = "string" } },
      additionalProperties = false, oneOf = { { required = { "A" } }, { required = { "B" } } } },
    Tags = { type = "array", items = { ["$ref"] = "#/definitions/Tag" } },
    Password = { type = "string" }, Pool = { type = "string" }, PoolLength = { type = "integer" },
  },
  required = { "Count" }, primaryIdentifier = { "/properties/Id" },
  readOnlyProperties = { "/properties/Id" }, writeOnlyProperties = { "/properties/Password" },
  createOnlyProperties = { "/properties/Cidr", "/properties/Disks/*/Ebs/Type" },
  conditionalCreateOnlyProperties = { "/properties/Mode" },
  dependentRequired = { Pool = { "PoolLength" } },
  dependentExcluded = { Pool = { "Cidr" }, Cidr = { "Pool" } },
  tagging = { taggable = true, tagProperty = "/properties/Tags" },
  replacementStrategy = "delete_then_create",
}

local function record(handler, changes)
  local raw = value.copy(RAW)
  for key, member in pairs(changes or {}) do raw[key] = member end
  return schema.new(raw, handler)
end

--- What a declaration is told, with the count that it needs added.
local function told(want, match)
  if want.Count == nil then want.Count = 3 end
  local lines = {}
  for i, found in ipairs(schema.check(record(), want, match)) do
    lines[i] = found.what .. (found.next and " | " .. found.next or "")
  end
  return table.concat(lines, "\n")
end

describe("schema.check", function()
  it("accepts what is right, loosely typed as CloudFormation is", function()
    assert.are.equal("", told { Count = "8", On = "true", Ratio = "1.5", Name = 8, Names = { 1,
      "b" },
      Cidr = "10.0.0.0/16", Cidr6 = "2001:DB8::/56", VpcId = "vpc-123", Domain = "VPC",
        Tags = { a = 1 },
      Policy = { Statement = {} }, Disks = { { Name = "x", Size = 1 } }, Options = { A = "x" } })
    assert.are.equal("", told { Policy = "{}", Names = {} })
  end)

  it("names the nearest right name of an unknown property or member", function()
    assert.are.equal('Test::Net::Thing has no property "Cdir" | did you mean Cidr?',
      told { Cdir = "x" })
    assert.are.equal('Disks[1] has no member "size" | did you mean Size?',
      told { Disks = { { Name = "x", size = 1 } } })
    assert.are.equal('Test::Net::Thing has no property "Zebra" | see mrun types Test::Net::Thing',
      told { Zebra = 1 })
  end)

  it("names a wrong type and what is asked for", function()
    assert.are.equal("Count takes an integer, not 1.5", told { Count = 1.5 })
    assert.are.equal("Count takes an integer, not true", told { Count = true })
    assert.are.equal('On takes a boolean, not "yes"', told { On = "yes" })
    assert.are.equal("Names takes a list, not a map", told { Names = { a = 1 } })
    assert.are.equal("Name takes a string, not a list", told { Name = { "x" } })
    assert.are.equal("Policy takes a map or a string, not a list", told { Policy = { 1 } })
  end)

  it("checks enums, ranges, lengths, patterns and uniqueness", function()
    assert.are.equal('Mode is "fsat", and must be fast or slow | did you mean fast?',
      told { Mode = "fsat" })
    assert.are.equal('Domain is "x", and must be vpc', told { Domain = "x" })
    assert.are.equal("Count is 1, and must be at least 2", told { Count = 1 })
    assert.are.equal("Count is 10, and must be at most 9", told { Count = "10" })
    assert.are.equal("Name has 9 characters, and may have at most 8", told { Name = "äääääääää" })
    assert.are.equal('Name is "b", which does not match ^a', told({ Name = "b" }, function(pattern,
      text)
      return text:find(pattern) ~= nil
    end))
    assert.are.equal("Names[2] is there twice | take it out", told { Names = { "a", "a" } })
    assert.are.equal("Disks has 0 items, and needs at least 1", told { Disks = value.list {} })
  end)

  it("checks networks and ids", function()
    assert.are.equal('Cidr is "10.0.0.1/16", which has host bits set | write 10.0.0.0/16',
      told { Cidr = "10.0.0.1/16" })
    for _, bad in ipairs { "10.0.0.0", "10.0.0.0/33", "10.0.0.256/8", "x", "2001:db8::/32",
      "10.0.0.0/" } do
      assert.is_truthy(told({ Cidr = bad }):find("is no IPv4 network", 1, true), bad)
    end
    assert.is_truthy(told({ Cidr6 = "2001:db8::1/56" }):find("write 2001:db8::/56", 1, true))
    assert.is_truthy(told({ Cidr6 = "1::2::3/56" }):find("is no IPv6 network", 1, true))
    assert.is_truthy(told({ VpcId = "subnet-1" }):find("is no VPC id", 1, true))
  end)

  it("checks what must be there, alone and together", function()
    local faults = schema.check(record(), { Disks = { {} } })
    assert.are.equal("Count is required", faults[1].what)
    assert.are.equal("Disks[1].Name", faults[2].path)
    assert.are.equal("Pool needs PoolLength as well | add PoolLength, or leave Pool out",
      told { Pool = "p" })
    assert.are.equal("Cidr and Pool exclude each other | keep one of them",
      told { Pool = "p", PoolLength = 1, Cidr = "10.0.0.0/8" })
    assert.are.equal("Options.A is required | add it, or see mrun types Test::Net::Thing",
      told { Options = { } })
    local one = record(nil, { requiredXor = { "Cidr", "Pool" } })
    assert.are.equal("one of Cidr or Pool is required", schema.check(one, { Count = 2 })[1].what)
    one = record(nil, { requiredOr = { "Cidr", "Pool" } })
    assert.are.equal("at least one of Cidr or Pool is required", schema.check(one,
      { Count = 2 })[1].what)
  end)

  it("refuses what AWS sets, and keeps a secret out of its words", function()
    assert.is_truthy(told({ Id = "x" }):find("Id is set by AWS and cannot be declared", 1, true))
    assert.are.equal("Mode is (secret), and must be fast or slow",
      told { Mode = value.secret "hunter2" })
  end)

  it("takes tags as a map or as a list, and checks both", function()
    assert.are.equal("", told { Tags = { { Key = "a", Value = "b" } } })
    assert.are.equal("Tags.toolong has 7 characters, and may have at most 5",
      told { Tags = { toolong = "x" } })
    assert.is_truthy(told({ Tags = { { Key = "a", Value = "1" }, { Key = "a", Value = "2" } } })
      :find("twice", 1, true))
    assert.is_truthy(told({ Tags = { { Value = "1" } } }):find("Tags[1] is no tag", 1, true))
    assert.is_truthy(told({ Tags = { a = { "x" } } }):find("Tags.a takes", 1, true))
    assert.is_truthy(told({ Tags = "x" }):find("Tags takes a map of tags", 1, true))
  end)

  it("skips what is deferred, and finds all faults at once", function()
    local later = value.attribute("A", "B")
    assert.are.equal("", told { Count = later, Cidr = "10." .. later, Tags = { a = later },
      Disks = { { Name = later }, later }, Options = later })
    local paths = {}
    for i, found in ipairs(schema.check(record(), { Mode = "x", Nope = later, Count = 1 })) do
      paths[i] = found.path
    end
    assert.are.same({ "Count", "Mode", "Nope" }, paths)
  end)
end)

describe("schema.canonical", function()
  it("makes scalars what the schema says, at any depth", function()
    local got = schema.canonical(record(), { Count = "8", On = "true", Name = 8, Ratio = 2.0,
      Disks = { { Name = 1, Size = "3" } }, Names = {} })
    assert.are.same({ 8, true, "8", { { Name = "1", Size = 3 } } }, { got.Count, got.On, got.Name,
      got.Disks })
    assert.are.equal("integer", math.type(got.Ratio))
    assert.are.same({ Name = "8", Mode = "1.5" },
      schema.canonical(record(), { Name = 8.0, Mode = 1.5 }))
    assert.is_true(value.is_list(got.Names))
  end)

  it("writes tags as a map", function()
    assert.are.same({ Tags = { a = "1", b = "x" } }, schema.canonical(record(),
      { Tags = { { Key = "a", Value = 1 }, { Key = "b", Value = "x" } } }))
    assert.are.same({ Tags = { a = "1" } }, schema.canonical(record(), { Tags = { a = 1 } }))
  end)

  it("leaves deferred parts, and hides what the handler or the schema calls secret", function()
    local later = value.attribute("A", "B")
    local got = schema.canonical(record(), { Count = later, Password = "p", Name = "n" })
    assert.is_true(rawequal(later, got.Count))
    assert.is_true(value.is_secret(got.Password))
    got = schema.canonical(record { secret = { "Name", "Disks/*/Name" } },
      { Password = "p", Name = later, Disks = { { Name = "d" } } })
    assert.are.equal("p", got.Password)
    assert.is_true(value.is_secret(got.Disks[1].Name))
    assert.is_true(value.is_secret((value.resolve(got.Name, function() return "x" end))))
  end)

  it("never changes what it is given", function()
    local given = { Count = "8", Tags = { { Key = "a", Value = "b" } }, Password = "p" }
    schema.canonical(record(), given)
    assert.are.same({ Count = "8", Tags = { { Key = "a", Value = "b" } }, Password = "p" }, given)
  end)
end)

describe("a record", function()
  it("knows identifier, Ref and attributes, corrected by the handler", function()
    local plain = record()
    assert.are.same({ "Id" }, plain.identifier)
    assert.are.equal("i-1", schema.ref(plain, "i-1"))
    assert.is_true(schema.attribute(plain, "Cidr"))
    assert.is_true(schema.attribute(plain, "Options.A"))
    local ok, near = schema.attribute(plain, "Cidrr")
    assert.is_nil(ok)
    assert.are.equal("Cidr", near)
    assert.is_nil((schema.attribute(plain, "Options.C")))
    local own = record { identifier = "Name", ref = "Arn", attributes = { "Arn" } }
    assert.are.same({ "Name" }, own.identifier)
    assert.are.equal("arn", schema.ref(own, "n", { Arn = "arn" }))
    assert.is_true(schema.attribute(own, "Arn"))
    assert.are.equal("x!", schema.ref(record { ref = function(_, id) return id .. "!" end }, "x"))
  end)

  it("takes the handler's word on what AWS shows and has", function()
    local own = record { write_only = { "Cidr" }, readable = { "Password" },
      attributes = { Arn = true, Cidr = false } }
    assert.is_true(own.write_only.Cidr)
    assert.is_nil(own.write_only.Password)
    assert.is_true(schema.attribute(own, "Arn"))
    assert.is_nil((schema.attribute(own, "Cidr")))
    assert.is_nil(schema.ref(record { ref = "Arn" }, "i-1", {}))
    assert.are.equal("i-1", schema.ref(record { ref = "Id" }, "i-1", {}))
    assert.are.equal("live", schema.ref(record { ref = "Id" }, "i-1", { Id = "live" }))
    assert.is_false(schema.has_ref(record { ref = false }))
  end)

  it("joins a composite identifier, which is no Ref", function()
    local two = record(nil, { primaryIdentifier = { "/properties/Id", "/properties/Name" } })
    assert.are.equal("i|n", schema.identifier(two, { Id = "i", Name = "n" }))
    assert.is_nil(schema.identifier(two, { Id = "i" }))
    assert.is_false(schema.has_ref(two))
    local ok, raised = pcall(schema.ref, two, "i|n", {})
    assert.is_false(ok)
    assert.is_true(failure.is(raised))
    assert.is_truthy(raised.next:find("Cidr", 1, true))
  end)

  it("knows what replaces, with the handler having the last word", function()
    local plain = record()
    assert.is_true(schema.replaces(plain, "Cidr", "a", "b"))
    assert.is_false(schema.replaces(plain, "Count", 1, 2))
    assert.are.equal("conditional", schema.replaces(plain, "Mode", "fast", "slow"))
    assert.is_true(schema.replaces(plain, "Disks[1].Ebs.Type", "a", "b"))
    assert.is_false(schema.replaces(plain, "Disks[1].Size", 1, 2))
    local a, b = { { Size = 1, Ebs = { Type = "x" } } }, { { Size = 2, Ebs = { Type = "x" } } }
    assert.is_false(schema.replaces(plain, "Disks", a, b))
    assert.is_true(schema.replaces(plain, "Disks", a, { { Ebs = { Type = "y" } } }))
    assert.is_true(schema.replaces(plain, "Disks", a, { value.attribute("A", "B") }))
    local own = record { replaces = { Mode = false, Count = function(old,
      new) return new < old end } }
    assert.is_false(schema.replaces(own, "Mode", "fast", "slow"))
    assert.is_true(schema.replaces(record { replaces = { Disks = true } }, "Disks[1].Size", 1, 2))
    assert.is_true(schema.replaces(record { replaces = function(path) return path == "On" end },
      "On", true, false))
    assert.is_true(schema.replaces(own, "Count", 3, 2))
    assert.is_false(schema.replaces(own, "Count", 2, 3))
  end)

  it("knows its tags, its natural name and its order of replacement", function()
    local plain = record()
    assert.are.equal("Tags", plain.tags)
    assert.is_true(plain.taggable)
    assert.are.equal("delete_first", plain.replacement)
    assert.is_nil(plain.name_property)
    local named = record(nil, { primaryIdentifier = { "/properties/Name" },
      createOnlyProperties = { "/properties/Name" }, required = { "Name" } })
    assert.are.equal("Name", named.name_property)
    assert.are.equal(8, named.name_limit)
    assert.are.same({}, schema.check(named, {}))
    assert.is_false(record(nil, { tagging = { taggable = false } }).taggable)
  end)

  it("is refused where there is no schema", function()
    assert.has_error(function() schema.new {} end)
    assert.has_error(function() schema.new { typeName = "A::B::C" } end)
  end)

  it("survives references that go round or lead nowhere", function()
    local odd = schema.new { typeName = "A::B::C",
      definitions = { X = { ["$ref"] = "#/definitions/X" } },
      properties = { A = { ["$ref"] = "#/definitions/X" }, B = { ["$ref"] = "other.json#/x" } } }
    assert.are.same({}, schema.check(odd, { A = 1, B = { 2 } }))
  end)
end)

describe("nearest", function()
  it("finds a slip of the finger and nothing else", function()
    assert.are.equal("CidrBlock", schema.nearest("cidrblok", { "VpcId", "CidrBlock" }))
    assert.is_nil(schema.nearest("Nothing", { "VpcId", "CidrBlock" }))
  end)
end)
