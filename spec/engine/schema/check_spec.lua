local schema = require "engine.schema"
local value = require "engine.value"

--- What a value of the only property X is told.
local function told(n, v, match)
  local record = schema.new { typeName = "A::B::C", properties = { X = n },
    definitions = { Deep = { properties = { Y = { type = "integer" } } } } }
  local lines = {}
  for i, found in ipairs(schema.check(record, { X = v }, match)) do
    lines[i] = found.path .. ": " .. found.what .. (found.next and " | " .. found.next or "")
  end
  return table.concat(lines, "\n")
end

describe("a check of one node", function()
  it("follows if, then and else", function()
    local n = { properties = { A = { type = "string" } }, ["if"] = { required = { "A" } },
      ["then"] = { required = { "B" } }, ["else"] = { required = { "C" } } }
    assert.matches("^X.B: X.B is required", told(n, { A = "x" }))
    assert.matches("^X.C: X.C is required", told(n, { D = "x" }))
    assert.are.equal("", told(n, { A = "x", B = 1 }))
    assert.are.equal("", told(n, { A = value.attribute("R", "A") }))
    assert.are.equal("", told({ ["if"] = { required = { "A" } } }, { A = 1 }))
  end)

  it("follows the conditions of a whole resource that has tags", function()
    local record = schema.new { typeName = "A::B::C", properties = { X = { type = "string" },
      Tags = { type = "array", items = { type = "object",
        properties = { Key = { type = "string" }, Value = { type = "string" } } } } },
      ["if"] = { required = { "X" } }, ["then"] = { required = { "Y" } } }
    local faults = schema.check(record, { X = "x", Tags = { Name = "n" } })
    assert.are.same({ "Y is required" }, { faults[1].what, faults[2] })
    assert.are.same({}, schema.check(record, { Tags = { Name = "n" } }))
  end)

  it("follows not, allOf, anyOf and oneOf, with the faults of the best", function()
    assert.matches("a form that is ruled out", told({ ["not"] = { required = { "A" } } },
      { A = 1 }))
    assert.are.equal("", told({ ["not"] = { required = { "A" } } }, { B = 1 }))
    assert.are.equal("", told({ ["not"] = {} }, { B = 1 }))
    assert.matches("^X: X is 1, and must be at least 2$", told({ allOf = { { minimum = 2 } } }, 1))
    local any = { anyOf = { { required = { "A", "B" } }, { required = { "C" } } } }
    assert.matches("^X.C: X.C is required[^\n]*$", told(any, { D = 1 }))
    assert.are.equal("", told(any, { C = 1 }))
    assert.are.equal("", told({ anyOf = {} }, 1))
    local listed = schema.new { typeName = "A::B::C", properties = {
      X = { oneOf = { { type = "array", items = { type = "integer" } } } } } }
    assert.are.same({ X = { 1 } }, schema.canonical(listed, { X = { "1" } }))
  end)

  it("finds members of a map in alternatives, patterns and definitions", function()
    local n = { oneOf = { { ["$ref"] = "#/definitions/Deep" } } }
    assert.matches("X.Y takes an integer", told(n, { Y = "a" }))
    local patterned = { patternProperties = { ["^%a+$"] = { type = "integer" } },
      additionalProperties = false }
    local function match(pattern, text) return text:find(pattern) ~= nil end
    assert.matches("X.a takes an integer", told(patterned, { a = "x" }, match))
    assert.matches('X has no member "1x"', told(patterned, { ["1x"] = 1 }, match))
    assert.matches("X.z takes an integer", told({ additionalProperties = { type = "integer" } },
      { z = "x" }))
    assert.are.equal("", told({ additionalProperties = false }, { z = "x" }))
  end)

  it("refuses a table that is a list and a map at once", function()
    assert.matches("X takes a map, not a list", told({ type = "object" }, { "a", b = 1 }))
    assert.matches("mixes a list and a map", told({ type = "object" }, { [{}] = 1 }))
  end)

  it("counts items and members", function()
    assert.matches("X has 3 items, and may have at most 2", told({ maxItems = 2 }, { 1, 2, 3 }))
    assert.are.equal("", told({ maxItems = 3, minItems = 3 }, { 1, 2, 3 }))
    assert.matches("X has 1 members, and needs at least 2", told({ minProperties = 2 }, { a = 1 }))
    assert.matches("X has 2 members, and may have at most 1",
      told({ maxProperties = 1 }, { a = 1, b = 1 }))
    assert.matches("X%[2%] takes an integer",
      told({ prefixItems = { {}, { type = "integer" } } }, { "a", "b" }))
  end)

  it("knows exclusive bounds, multiples, constants and short texts", function()
    assert.matches("at least 2", told({ exclusiveMinimum = 2 }, 2))
    assert.are.equal("", told({ exclusiveMinimum = 2 }, 3))
    assert.matches("at most 2", told({ exclusiveMaximum = 2 }, 2))
    assert.matches("a multiple of 4", told({ multipleOf = 4 }, 6))
    assert.are.equal("", told({ multipleOf = 4 }, 8))
    assert.matches('X is "b", and must be "a"', told({ const = "a" }, "b"))
    assert.are.equal("", told({ const = "a" }, "a"))
    assert.matches("has 1 characters, and needs at least 2", told({ minLength = 2 }, "ä"))
    assert.matches("X is %d+, and must be at most 5", told({ type = "integer", maximum = 5 }, "9"))
  end)

  it("checks ids and ARNs, and leaves names of formats it does not know", function()
    local arn = { format = "AWS::IAM::Role.Arn" }
    assert.matches("is no ARN | write one such as arn:aws:iam", told(arn, "role"))
    assert.are.equal("", told(arn, "arn:aws:iam::123456789012:role/x"))
    assert.matches("is no security group id | write an id such as sg%-0",
      told({ format = "AWS::EC2::SecurityGroup.Id" }, "vpc-1"))
    assert.are.equal("", told({ format = "AWS::EC2::Subnet.Id" }, "subnet-0a1b"))
    assert.are.equal("", told({ format = "date-time" }, "whatever"))
    assert.matches("IPv4 network | write one such as 10.0.0.0/16", told({ format = "ipv4-network" },
      "x"))
    assert.matches("IPv6 network | write one such as 2001:db8::/56",
      told({ format = "ipv6-network" }, "10.0.0.0/8"))
  end)

  it("cuts a long value and a long list of words", function()
    assert.matches('"x+%.%.%."', told({ enum = { "a" } }, ("x"):rep(100)))
    local words = {}
    for i = 1, 30 do words[i] = "word" .. i end
    assert.matches("word11 or word12, %.%.%.$", told({ enum = words }, "nothing"))
  end)
end)
