local diff = require "engine.diff"
local schema = require "engine.schema"
local value = require "engine.value"

local RULE = { type = "object", properties = {
  CidrIp = { type = "string", format = "ipv4-network" }, IpProtocol = { type = "string" },
  FromPort = { type = "integer" }, Description = { type = "string" } } }

local RAW = {
  typeName = "Test::Net::Thing",
  properties = {
    Id = { type = "string" }, Name = { type = "string" }, Size = { type = "integer" },
    On = { type = "boolean" }, Path = { type = "string", default = "/" },
    Cidr = { type = "string", format = "ipv4-network" }, Cidr6 = { type = "string" },
    Mode = { type = "string" }, Password = { type = "string" }, PoolId = { type = "string" },
    Order = { type = "array", items = { type = "string" } },
    Set = { type = "array", insertionOrder = false, items = { type = "string" } },
    Rules = { type = "array", insertionOrder = false, items = RULE },
    Disks = { type = "array", items = { type = "object",
      properties = { Device = { type = "string" },
      Size = { type = "integer" }, Kind = { type = "string" }, Hint = { type = "string" } } } },
    Options = { type = "object", properties = { A = { type = "string" },
      B = { type = "string", default = "b" }, State = { type = "string" } } },
    Variables = { type = "object", patternProperties = { [".*"] = { type = "string" } } },
    Policy = { type = { "object", "string" } },
    Tags = { type = "array", items = { type = "object",
      properties = { Key = { type = "string" }, Value = { type = "string" } } } },
  },
  primaryIdentifier = { "/properties/Id" },
  readOnlyProperties = { "/properties/Id", "/properties/Options/State" },
  writeOnlyProperties = { "/properties/Password", "/properties/PoolId",
    "/properties/Disks/*/Hint" },
  createOnlyProperties = { "/properties/Cidr", "/properties/PoolId", "/properties/Disks/*/Kind" },
  conditionalCreateOnlyProperties = { "/properties/Mode" },
}

local function digest(key, text)
  local sum = #key
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) % 1000003 end
  return tostring(sum)
end

local HANDLER = {} -- a handler that says nothing, so that write-only is not secret

--- The changes as text, one a line, and the target.
local function compare(options)
  local record = schema.new(RAW, options.handler or HANDLER)
  local function canonical(properties) return properties and schema.canonical(record,
    properties) end
  local changes, target = diff.resource {
    schema = record, want = canonical(options.want), have = canonical(options.have),
    last = options.last and diff.sealed(record, canonical(options.last), digest, "k"),
    digest = digest, key = "k", siblings = options.siblings, ignore = options.ignore,
  }
  local lines = {}
  for i, change in ipairs(changes) do
    local marks = {}
    for _, mark in ipairs { "replaces", "conditional", "reset", "unmanaged" } do
      if change[mark] then marks[#marks + 1] = mark end
    end
    lines[i] = change.path .. (#marks > 0 and " " .. table.concat(marks, " ") or "")
  end
  return table.concat(lines, "\n"), target, changes
end

local function same(want, have, handler)
  assert.are.equal("", (compare { want = want, have = have, handler = handler }))
end

local function differs(path, want, have, handler)
  assert.are.equal(path, (compare { want = want, have = have, handler = handler }))
end

describe("diff of what is declared", function()
  it("compares only declared properties, and says old and new", function()
    local told, target, changes = compare { want = { Size = 3 }, have = { Size = 2, Name = "x" } }
    assert.are.equal("Size", told)
    assert.are.same({ Size = 3 }, target)
    assert.are.equal(2, changes[1].old)
    assert.are.equal(3, changes[1].new)
    same({ Size = 3 }, { Size = 3, Name = "x", Order = { "a" } })
  end)

  it("says everything of what is not there yet, and replaces nothing", function()
    local told, target = compare { want = { Cidr = "10.0.0.0/8", Size = 1 }, have = nil }
    assert.are.equal("Cidr\nSize", told)
    assert.are.same({ Cidr = "10.0.0.0/8", Size = 1 }, target)
  end)

  it("takes the same said in other words for the same", function()
    same({ Size = "8", On = "true", Name = 8 }, { Size = 8, On = true, Name = "8" })
    same({ Cidr = "10.0.0.0/16" }, { Cidr = "10.0.0.0/16" })
    same({ Cidr6 = "2001:DB8:0:0::/56" }, { Cidr6 = "2001:db8::/56" })
    same({ Name = "2001:DB8::1" }, { Name = "2001:db8:0:0:0:0:0:1" })
    same({ Set = { "a", "b" } }, { Set = { "b", "a" } })
    same({ Set = {} }, {})
    same({ Name = "" }, {})
    same({ Path = "/" }, {})
    differs("Path replaces", { Path = "/x/" }, {}, { replaces = { Path = true } })
    differs("Order", { Order = { "a", "b" } }, { Order = { "b", "a" } })
    differs("Set", { Set = { "a", "a" } }, { Set = { "a", "b" } })
  end)

  it("takes what is not there for something else", function()
    differs("Options", { Options = { A = "1" } }, {})
    differs("Size", { Size = 1 }, {})
    differs("Set", { Set = { "a" } }, {})
    differs("Order", { Order = { "a" } }, { Order = "a" })
    differs("Options", { Options = { A = "1" } }, { Options = value.list { "1" } })
  end)

  it("marks what replaces, and what may", function()
    differs("Cidr replaces", { Cidr = "10.1.0.0/16" }, { Cidr = "10.0.0.0/16" })
    differs("Mode replaces conditional", { Mode = "a" }, { Mode = "b" })
    differs("Mode", { Mode = "a" }, { Mode = "b" }, { replaces = { Mode = false } })
  end)

  it("compares lists of maps without order, by the declared members of each", function()
    local have = { Rules = { { CidrIp = "10.0.0.0/8", IpProtocol = "tcp", FromPort = 1,
      Description = "d" },
      { CidrIp = "11.0.0.0/8", IpProtocol = "-1" } } }
    same({ Rules = { { CidrIp = "11.0.0.0/8", IpProtocol = -1 },
      { CidrIp = "10.0.0.0/8", IpProtocol = "tcp", FromPort = "1" } } }, have)
    local told, target, changes = compare { have = have,
      want = { Rules = { { CidrIp = "11.0.0.0/8", IpProtocol = "-1" },
        { CidrIp = "12.0.0.0/8" } } } }
    assert.are.equal("Rules", told)
    assert.are.equal("-1", target.Rules[1].IpProtocol)
    assert.are.same({ CidrIp = "12.0.0.0/8" }, target.Rules[2])
    assert.is_nil(changes[1].old[1].Description)
  end)

  it("asks the handler's own comparison, of a property or of a member of an item", function()
    local handler = { equal = {
      Name = function(want, have) return want:lower() == have:lower() end,
      ["Rules/*/FromPort"] = function(_, _, facts)
        if facts.item_want.IpProtocol == "-1" then return true end
      end } }
    same({ Name = "ABC" }, { Name = "abc" }, handler)
    same({ Rules = { { IpProtocol = "-1", FromPort = -1 } } },
      { Rules = { { IpProtocol = "-1" } } }, handler)
    differs("Rules", { Rules = { { IpProtocol = "tcp", FromPort = 1 } } },
      { Rules = { { IpProtocol = "tcp", FromPort = 2 } } }, handler)
  end)

  it("compares keyed lists item by item, and leaves other items alone", function()
    local handler = { keyed = { Disks = "Device" } }
    local have = { Disks = { { Device = "b", Size = 1, Kind = "x" }, { Device = "a", Size = 8,
      Kind = "y" } } }
    same({ Disks = { { Device = "a", Size = 8 } } }, have, handler)
    differs("Disks[a].Size", { Disks = { { Device = "a", Size = 9 } } }, have, handler)
    differs("Disks[a].Kind replaces", { Disks = { { Device = "a", Kind = "z" } } }, have, handler)
    local told, target = compare { handler = handler, have = have,
      want = { Disks = { { Device = "c", Size = 1 }, { Device = "a", Size = 9 } } },
      last = { Disks = { { Device = "b" }, { Device = "a" } } } }
    assert.are.equal("Disks[c]\nDisks[a].Size\nDisks[b] reset", told)
    assert.are.same({ { Device = "c", Size = 1 }, { Device = "a", Size = 9, Kind = "y" } },
      target.Disks)
  end)

  it("compares maps member by member, and keeps what is not declared", function()
    local told, target = compare { want = { Options = { A = "2" } },
      have = { Options = { A = "1", B = "x", State = "s" } } }
    assert.are.equal("Options.A", told)
    assert.are.same({ A = "2", B = "x" }, target.Options)
    told, target = compare { want = { Variables = { A = "1" } }, last = { Variables = { A = "1",
      B = "2" } },
      have = { Variables = { A = "1", B = "2", Foreign = "x" } } }
    assert.are.equal("Variables.B reset", told)
    assert.are.same({ A = "1", Foreign = "x" }, target.Variables)
  end)

  it("compares tags by key, leaving foreign ones, aws: and mrun: alone", function()
    local have = { Tags = { Name = "a", Foreign = "x", ["aws:x"] = "y", ["mrun:op"] = "z",
      Old = "o" } }
    assert.are.equal("", (compare { want = { Tags = { Name = "a" } }, have = have,
      last = { Tags = { ["mrun:op"] = "1" } } }))
    local told, target = compare { want = { Tags = { { Key = "Name", Value = "b" }, { Key = "E",
      Value = "" } } },
      have = have, last = { Tags = { Name = "a", Old = "o" } } }
    assert.are.equal("Tags.E\nTags.Name\nTags.Old reset", told)
    assert.are.same({ Name = "b", E = "", Foreign = "x", ["aws:x"] = "y", ["mrun:op"] = "z" },
      target.Tags)
    assert.are.equal("Tags.A", (compare { want = { Tags = { A = "b" } }, have = {} }))
  end)

  it("leaves alone what it is told to ignore", function()
    assert.are.equal("Size", (compare { want = { Name = "a", Size = 1, Tags = { A = "b" } },
      have = { Name = "b", Size = 2, Tags = {} }, ignore = { "Name", "Tags.A" } }))
  end)
end)

describe("diff of documents", function()
  it("goes by what they mean", function()
    same({ Policy = '{"Statement":{"Effect":"Allow","Action":"s3:Get*"}}' },
      { Policy = { Statement = { { Effect = "Allow", Action = { "S3:Get*" } } } } })
    differs("Policy", { Policy = { Statement = { { Effect = "Allow", Action = "s3:Put*" } } } },
      { Policy = { Statement = { { Effect = "Allow", Action = { "S3:Get*" } } } } })
  end)
end)

describe("diff of what is deferred, secret or never shown", function()
  local later = value.attribute("A", "Id")

  it("takes what is deferred for changed, and a deferred create-only property for replacing",
    function()
    local told, target, changes = compare { want = { Name = later, Cidr = later, Size = 1,
      Options = { A = "x" .. later, B = "b" } }, have = { Name = "a", Cidr = "b", Size = 1,
      Options = { A = "1", B = "b" } } }
    assert.are.equal("Cidr replaces\nName\nOptions.A", told)
    assert.is_true(value.is_deferred(changes[1].new))
    assert.is_true(value.is_deferred(target.Options.A))
    differs("Set", { Set = { "a", later } }, { Set = { "a", "b" } })
    differs("Disks replaces", { Disks = { later } }, { Disks = { { Kind = "a" } } })
    differs("Tags.A", { Tags = { A = later, B = "c" } }, { Tags = { A = "b", B = "c" } })
    differs("Policy", { Policy = { Statement = { { Resource = later } } } },
      { Policy = { Statement = {} } })
  end)

  it("compares write-only properties with what was applied last", function()
    local want = { Password = "p", Size = 1 }
    assert.are.equal("", (compare { want = want, last = want, have = { Size = 1 } }))
    assert.are.equal("Password", (compare { want = want, last = { Password = "q" },
      have = { Size = 1 } }))
    assert.are.equal("Password", (compare { want = want, last = { Size = 1 },
      have = { Size = 1 } }))
    assert.are.equal("PoolId replaces", (compare { want = { PoolId = "a" },
      last = { PoolId = "b" }, have = {} }))
    assert.are.equal("", (compare { want = { PoolId = "a" }, have = {} }))
    assert.are.equal("Password", (compare { want = { Password = "p" }, last = { Password = "p" },
      have = { Password = "other" } }))
    local disks = { Disks = { { Device = "a", Hint = "x" } } }
    assert.are.equal("", (compare { want = disks, last = disks, have = {} }))
    assert.are.equal("Disks", (compare { want = disks, have = {},
      last = { Disks = { { Device = "a", Hint = "y" } } } }))
    assert.are.equal("Disks", (compare { want = disks, have = {},
      last = { Disks = { { Device = "a", Hint = "x", Size = 1 } } } }))
    local without_schema = { Policy = value.secret { a = 1 } }
    assert.are.equal("Policy", (compare { want = without_schema, have = {},
      last = { Policy = value.secret { a = 1, b = 2 } } }))
    same({ Disks = { { Device = "a", Hint = "x" } } }, { Disks = { { Device = "a" } } })
  end)

  it("compares secrets by value where they are live, by digest where they are not", function()
    local handler = { secret = { "Name" } }
    same({ Name = "s" }, { Name = "s" }, handler)
    differs("Name", { Name = "s" }, { Name = "t" }, handler)
    local function again(last)
      return (compare { handler = handler, want = { Name = "s" }, last = last, have = {} })
    end
    assert.are.equal("", again { Name = "s" })
    assert.are.equal("Name", again { Name = "t" })
    local _, _, changes = compare { handler = handler, want = { Name = "s" },
      last = { Name = "t" }, have = {} }
    assert.are.same({ old = "(secret)", new = "(secret)", path = "Name", replaces = false },
      value.public(changes[1]))
  end)
end)

describe("diff of what is no longer declared", function()
  local function gone(last, have, handler)
    return compare { want = {}, last = last, have = have, handler = handler }
  end

  it("goes back to the handler's default, else to the schema's", function()
    local told, target = gone({ Size = 3, Path = "/x/" }, { Size = 3, Path = "/x/" },
      { defaults = { Size = 1 } })
    assert.are.equal("Path reset\nSize reset", told)
    assert.are.same({ Size = 1, Path = "/" }, target)
    assert.are.equal("", (gone({ Size = 3, Path = "/x/" }, { Size = 1, Path = "/" },
      { defaults = { Size = 1 } })))
    told, target = gone({ Name = "x" }, { Name = "x" },
      { defaults = { Name = function() return "y" end } })
    assert.are.equal("Name reset", told)
    assert.are.same({ Name = "y" }, target)
  end)

  it("takes away what mrun itself added", function()
    local told, target = gone({ Tags = { A = "1" }, Set = { "a" }, Variables = { V = "1" } },
      { Tags = { A = "1", B = "2" }, Set = { "a", "b" }, Variables = { V = "1", W = "2" } })
    assert.are.equal("Set reset\nTags reset\nVariables reset", told)
    assert.are.same({ Tags = { B = "2" }, Set = { "b" }, Variables = { W = "2" } }, target)
    assert.are.equal("", (gone({ Set = { "a" } }, { Set = { "b" } })))
    told, target = gone({ Disks = { { Device = "a" } } }, { Disks = { { Device = "a" },
      { Device = "b" } } },
      { keyed = { Disks = "Device" } })
    assert.are.equal("Disks reset", told)
    assert.are.same({ { Device = "b" } }, target.Disks)
  end)

  it("otherwise stays as it is and says so, and never replaces", function()
    local told, target = gone({ Name = "x", Cidr = "10.0.0.0/8", Mode = "m", Order = { "a" },
      Password = "p" },
      { Name = "y", Cidr = "10.0.0.0/8", Mode = "m", Order = { "a" } },
        { defaults = { Cidr = "11.0.0.0/8" } })
    local all = "Cidr unmanaged\nMode unmanaged\nName unmanaged\nOrder unmanaged\n"
    assert.are.equal(all .. "Password unmanaged", told)
    assert.are.same({}, target)
    local _, _, changes = gone({ Name = "x" }, { Name = "y" })
    assert.are.equal("y", changes[1].old)
    assert.are.equal("", (gone({ Name = "x" }, {})))
    assert.are.equal("", (gone({ NotInTheSchema = "x" }, { Name = "y" })))
  end)

  it("does the same for members of a map that stays", function()
    local told, target = compare { want = { Options = {} }, last = { Options = { A = "1",
      B = "2" } },
      have = { Options = { A = "1", B = "2" } } }
    assert.are.equal("Options.A unmanaged\nOptions.B reset", told)
    assert.are.same({ A = "1", B = "b" }, target.Options)
  end)
end)

describe("diff of what mrun attached", function()
  local handler = { attached = { "Name" } }

  local function told(last, have)
    return compare { want = {}, last = { Name = last }, have = { Name = have }, handler = handler }
  end

  it("takes it off when it is no longer declared", function()
    local lines, target = told("ours", "ours")
    assert.are.equal("Name reset", lines)
    assert.is_nil(target.Name)
  end)

  it("leaves what somebody else has put in its place", function()
    assert.are.equal("Name unmanaged", (told("ours", "theirs")))
  end)
end)

describe("diff of a list that other resources add to", function()
  local handler = { shares = { Rules = { type = "Test::Net::Rule",
    item = function(want, have)
      if want.Of ~= have.Id then return nil end
      return { CidrIp = want.CidrIp, IpProtocol = want.IpProtocol }
    end } } }
  local siblings = { { type = "Test::Net::Rule", want = { CidrIp = "11.0.0.0/8",
    IpProtocol = "tcp" } },
    { type = "Test::Net::Other", want = { CidrIp = "12.0.0.0/8" } },
    { type = "Test::Net::Rule", want = { CidrIp = "12.0.0.0/8", Of = "another" } } }
  local own = { CidrIp = "10.0.0.0/8", IpProtocol = "tcp" }
  local theirs = { CidrIp = "11.0.0.0/8", IpProtocol = "tcp", FromPort = 5 }
  local foreign = { CidrIp = "12.0.0.0/8", IpProtocol = "tcp" }

  it("is exact but for what is theirs", function()
    local function told(want, have)
      return compare { want = { Rules = want }, have = { Rules = have }, handler = handler,
        siblings = siblings }
    end
    assert.are.equal("", (told({ own }, { theirs, own })))
    assert.are.equal("", (told({}, { theirs })))
    assert.are.equal("", (told({ own, theirs }, { theirs, own })))
    local lines, target, changes = told({ own }, { theirs, foreign })
    assert.are.equal("Rules", lines)
    assert.are.same({ own, theirs }, target.Rules)
    assert.are.same({ foreign }, changes[1].old)
    assert.are.equal("Rules", (told({ own }, { own, foreign })))
  end)

  it("shows what nobody declared with all that it has", function()
    local _, _, changes = compare { want = { Rules = { own } }, handler = handler,
      have = { Rules = { own, theirs } } }
    assert.are.same({ own, theirs }, changes[1].old)
  end)

  it("takes for theirs what the handler says is the same", function()
    local share = { type = "Test::Net::Rule", item = function(want) return want end,
      same = function(item, live) return item.CidrIp == live.CidrIp end }
    local other = { CidrIp = "11.0.0.0/8", IpProtocol = "udp" }
    assert.are.equal("", (compare { want = { Rules = {} }, have = { Rules = { other } },
      handler = { shares = { Rules = share } }, siblings = siblings }))
  end)

  it("may be of names that follow from the other's identifier", function()
    local share = { type = "Test::Net::Rule", item = function(_, _, id) return id end }
    assert.are.equal("", (compare { want = { Set = {} }, have = { Set = { "arn:x" } },
      handler = { shares = { Set = share } },
      siblings = { { type = "Test::Net::Rule", want = {}, identifier = "arn:x" } } }))
  end)

  it("is exact also where its items have keys", function()
    local share = { type = "Test::Net::Rule", item = function(want) return want end,
      same = function(item, live) return item.Device == live.Device end }
    local told, target = compare { want = { Disks = { { Device = "a", Size = 2 } } },
      have = { Disks = { { Device = "a", Size = 1 }, { Device = "b" }, { Device = "c" } } },
      handler = { keyed = { Disks = "Device" }, shares = { Disks = share } },
      siblings = { { type = "Test::Net::Rule", want = { Device = "b" } } } }
    assert.are.equal("Disks[a].Size\nDisks[c] reset", told)
    assert.are.same({ { Device = "a", Size = 2 }, { Device = "b" } }, target.Disks)
  end)
end)
