local support = require "spec.recipe.support"
local value = require "engine.value"

local function by_name(evaluated)
  local found = {}
  for _, resource in ipairs(evaluated.resources) do found[resource.name] = resource end
  return found
end

local function declared(text, overrides)
  return by_name((support.run(text, overrides)))
end

local function fails(text, words, overrides)
  local message = support.fails(text, words, overrides)
  local _, lines = message:gsub("\n", "\n")
  assert.is_true(lines < 3, message)
end

describe("a declaration", function()
  it("keeps name, type, place, properties, options and where it stands", function()
    local a = declared('\nThing "A" { Name = "x", Size = 3, protect = true }').A
    assert.are.equal("AWS::Spec::Thing", a.type)
    assert.are.equal("aws", a.provider)
    assert.are.equal("eu-west-1", a.place.region)
    assert.are.same({ Name = "x", Size = 3 }, a.properties)
    assert.are.same({ protect = true }, a.options)
    assert.are.equal("web/site.lua:2", a.source)
  end)

  it("copies its properties, so that a later change of the table is not seen", function()
    local a = declared 'local items = { "x" }; Thing "A" { Items = items }; items[1] = "y"'.A
    assert.are.same({ "x" }, a.properties.Items)
  end)

  it("takes a resource where a value is expected, and its attributes at any depth", function()
    local b = declared [[local a = Thing "A" {}
      Thing "B" { Parent = a, Document = { x = { a.Id, y = nil } }, Name = "n-" .. a }]].B
    assert.are.same({ ["$deferred"] = "A" }, value.describe(b.properties.Parent))
    assert.are.same({ ["$deferred"] = "A.Id" }, value.describe(b.properties.Document.x[1]))
    assert.are.same({ "A" }, value.names(b.properties.Name))
  end)

  it("reads a declared property back as it was declared, and an attribute as deferred", function()
    local b = declared [[local a = Thing "A" { Name = "plain", Items = { "x" } }
      local list = a.Items; list[1] = "changed"
      Thing "B" { Name = a.Name .. "!", Items = a.Items, Parent = a.Id }]].B
    assert.are.equal("plain!", b.properties.Name)
    assert.are.same({ "x" }, b.properties.Items)
    assert.is_true(value.is_deferred(b.properties.Parent))
  end)

  it("puts the scope before the names inside, also of scopes in scopes", function()
    local found = declared [[scope "web" (function()
        Thing "A" {}
        scope "db" (function() Thing "A" {} end)
      end)
      Thing "A" { depends_on = "web/db/A" }]]
    assert.is_not_nil(found["web/A"])
    assert.is_not_nil(found["web/db/A"])
    assert.is_not_nil(found.A)
  end)

  it("merges default tags below its own, whichever way those are written", function()
    local found = declared [[local t = aws { default_tags = { Team = "a", Name = "default" } }
      t.Spec.Thing "A" { Tags = { Name = "own" } }
      t.Spec.Thing "B" { Tags = { { Key = "Name", Value = "own" } } }
      t.Spec.Link "C" { From = "x", To = "y" }]]
    assert.are.same({ Team = "a", Name = "own" }, found.A.properties.Tags)
    assert.are.same({ Team = "a", Name = "own" }, found.B.properties.Tags)
    assert.is_nil(found.C.properties.Tags)
  end)

  it("names a property, a type, an attribute and an option that are not there", function()
    fails('Thing "A" {\n Nam = 1 }', { "no property Nam", "site.lua:2", "Name" })
    fails('aws.Spec.Thng "A" {}', { "no type Spec.Thng", "site.lua:1", "Thing" })
    fails('local a = Thing "A" {}\nlocal x = a.Idx', { "no attribute Idx", "site.lua:2", "Id" })
    fails('Thing "A" { depend_on = "x" }', { "depend_on", "depends_on" })
    fails('local x = aws.Regoin .. "a"', { "Regoin", "aws.Region" })
    fails('provider "awss"', { 'provider "awss"', "aws" })
  end)

  it("refuses a name twice, a bad name, and properties that are none", function()
    fails('Thing "A" {}\nThing "A" {}', { "two resources named A", "site.lua:2", "site.lua:1" })
    fails('Thing "a b" {}', { '"a b"', "letters" })
    fails('Thing(7) {}', { "name" })
    fails('Thing "A"', { "A has a name but no properties", "site.lua:1" })
    fails('Thing "A" "x"', { "in braces" })
    fails('scope("a", function() end)', { 'scope "a" takes a function', "site.lua:1" })
    fails('\nscope "a"', { 'scope "a" takes a function', "site.lua:2" })
    fails('Thing "A" { "x" }', { "by name" })
    fails('Thing "A" { Name = function() end }', { "function", "Name" })
    fails('Thing "A" { Items = { "a", nil, "c" } }', { "element 2", "nil" })
    fails('Thing "A" { Items = { "a", x = 1 } }', { "list" })
    fails('local t = {}; t.x = t; Thing "A" { Document = t }', { "contains itself" })
    fails('Thing "A" { Size = 0/0 }', { "Size" })
    fails('Thing "A" { Name = aws }', { "Name" })
    fails('local a = Thing "A" {}; a.Name = "x"', { "A cannot be changed" })
  end)

  it("checks every option", function()
    local a = declared [[Thing "A" { depends_on = { Thing "B" {}, "C" }, timeout = "10m",
      ignore_changes = { "Tags.Name" }, replace = "create_first", retain = true,
      moved_from = "old", identifier = "i-1" } Thing "C" {}]].A
    assert.are.same({ depends_on = { "B", "C" }, timeout = 600, ignore_changes = { "Tags.Name" },
      replace = "create_first", retain = true, moved_from = "old", identifier = "i-1" }, a.options)
    fails('Thing "A" { timeout = "soon" }', { "timeout" })
    fails('Thing "A" { replace = "both" }', { "replace", "create_first" })
    fails('Thing "A" { protect = 1 }', { "protect" })
    fails('Thing "A" { ignore_changes = "Tag" }', { "Tag", "Tags" })
    fails('Thing "A" { depends_on = 3 }', { "depends_on" })
    fails('Thing "A" { depends_on = "B" }', { "A depends on B" })
    fails('Thing "A" { protect = Thing "B" {} .Id }', { "protect", "known now" })
  end)

  it("is left out when its condition is false, and says so when it is used anyway", function()
    local found = declared [[local a = Thing "A" { when = false, Name = "n" }
      Thing "B" { depends_on = a, Name = a.Name }]]
    assert.is_nil(found.A)
    assert.are.same({}, found.B.options.depends_on)
    fails('local a = Thing "A" { when = false }\nThing "B" { Parent = a }', { "A is not declared" })
  end)

  it("has no Ref where the type has two identifiers", function()
    fails('local l = aws.Spec.Link "L" { From = "a", To = "b" }\nThing "A" { Parent = l }',
      { "no Ref", "From, To" })
  end)
end)

describe("a deferred value used too early", function()
  local function wrong(expression, words)
    fails('local a = Thing "A" {}\nlocal x = ' .. expression, words)
  end

  it("says which attribute of which resource, on which line, and what to write", function()
    wrong("a.Id + 1", { "A.Id", "arithmetic", "site.lua:2", "apply(A.Id" })
    wrong("a.Id < 'b'", { "A.Id", "compared", "site.lua:2", "apply(A.Id" })
    wrong("#a.Id", { "A.Id", "#", "site.lua:2" })
    wrong("(a.Id == a.Name)", { "A.Id", "compared", "site.lua:2" })
    wrong("(ipairs(a.Zones))", { "A.Zones", "ipairs", "site.lua:2", "each(A.Zones" })
    wrong("(pairs(a.Zones))", { "A.Zones", "pairs", "site.lua:2" })
    wrong("(next(a.Zones))", { "A.Zones", "next", "site.lua:2" })
    wrong("(string.upper(a.Id))", { "A.Id", "string.upper", "site.lua:2", "apply(A.Id" })
    wrong("(('x'):find(a.Id))", { "A.Id", "string.find", "site.lua:2" })
    wrong("(('x'):gsub('x', a.Id))", { "A.Id", "string.gsub" })
    wrong("(tostring(a.Id))", { "A.Id", "text", "site.lua:2" })
    wrong("(tonumber(a.Id))", { "A.Id", "tonumber", "site.lua:2" })
    wrong("(math.floor(a.Size))", { "A.Size", "math.floor", "site.lua:2" })
    wrong("(select(a.Size, 1))", { "A.Size", "select" })
    wrong("(table.unpack(a.Zones))", { "A.Zones", "table.unpack", "site.lua:2" })
    wrong("a.Id[1]", { "A.Id", "no list", "site.lua:2" })
    wrong("a.Id()", { "A.Id", "called", "site.lua:2" })
    wrong("(a.Id:upper())", { "A.Id is", "string.upper", "site.lua:2",
      "apply(A.Id, function(v) return v:upper() end)" })
    wrong("(rawlen(a.Id))", { "A.Id", "rawlen" })
    wrong("(json.decode(a.Id))", { "A.Id", "json.decode" })
  end)

  it("is no key of a table, wherever the table is used", function()
    wrong("(pairs { [a.Id] = 1 })", { "A.Id", "key", "site.lua:2" })
    wrong("Thing 'B' { Document = { [a.Id] = 1 } }", { "A.Id", "key", "site.lua:2" })
  end)

  it("is taken by .., a list's index, format, concat, rep and json.encode", function()
    local b = declared [[local a = Thing "A" {}
      Thing "B" { Name = "x" .. a.Id, Items = {
        a.Zones[1], string.format("%s/%d", a.Id, 3), table.concat({ a.Id, "y" }, ","),
        table.concat(a.Zones, ","), string.rep(a.Id, 2), json.encode { id = a.Id },
        ("%s"):format(a),
      } }]].B.properties
    local function find(_, attribute)
      return attribute == "Zones" and { "z1", "z2" } or "id"
    end
    assert.are.equal("xid", (value.resolve(b.Name, find)))
    assert.are.same({ "z1", "id/3", "id,y", "z1,z2", "idid", '{"id":"id"}', "id" },
      { table.unpack((value.resolve(b.Items, find))) })
  end)
end)
