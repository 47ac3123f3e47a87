local link = require "engine.discover.link"
local schema = require "engine.schema"
local value = require "engine.value"
local write = require "recipe.write"

local RECORD = schema.new({ typeName = "AWS::EC2::Thing", primaryIdentifier = { "/properties/Id" },
  readOnlyProperties = { "/properties/Id" },
  properties = { Id = { type = "string" }, Near = { type = "string" },
    Far = { type = "array", items = { type = "string" } }, Any = { type = "object" },
    Tags = { type = "array", items = { type = "object",
      properties = { Key = { type = "string" }, Value = { type = "string" } } } } } },
  { refers = { Near = { "AWS::EC2::Thing" }, ["Far[]"] = { "AWS::EC2::Thing" } } })

local function item(identifier, want)
  return { type = "AWS::EC2::Thing", identifier = identifier, record = RECORD, want = want,
    have = { Id = identifier } }
end

--- What the text declares: evaluated by Lua itself, with names that stand for resources.
local function declared(text)
  local list, order = {}, {}
  local function thing(name)
    return function(body)
      list[name], order[#order + 1] = body, name
      return "Ref " .. name
    end
  end
  local aws = { EC2 = { Thing = thing } }
  assert(load(text, "=recipe", "t", { provider = function() return aws end }))()
  return list, order
end

local function written(items) return write.recipe(link.all(items), "a spec") end

describe("the recipe that is written", function()
  it("declares what is needed first, and refers to it by a local", function()
    local text = written {
      item("t-1", { Near = "t-2", Far = { "t-3", "t-9" }, Tags = { Name = "my thing/1" } }),
      item("t-2", { Tags = { Name = "end" } }), item("t-3", {}),
    }
    local list, order = declared(text)
    assert.are.same({ "end", "Thing1", "my-thing-1" },
      { order[1] == "end" and order[1] or order[2], order[1] == "end" and order[2] or order[1],
        order[3] })
    assert.are.same({ identifier = "t-1", Near = "Ref end", Far = { "Ref Thing1", "t-9" },
      Tags = { Name = "my thing/1" } }, list["my-thing-1"])
  end)

  it("leaves an identifier where references go in a circle", function()
    local list = declared(written { item("t-1", { Near = "t-2" }), item("t-2", { Near = "t-1" }),
      item("t-3", { Near = "t-3" }) })
    assert.are.equal("Ref Thing2", list.Thing1.Near)
    assert.are.equal("t-1", list.Thing2.Near)
    assert.are.equal("t-3", list.Thing3.Near)
  end)

  it("says any value so that Lua reads the same", function()
    local any = { ["end"] = "a\n\"b\"\\\t\0c\1272", ["1x"] = { 1, 2.5, -3.0, true, false },
      bytes = "\255\254", word = "ä", [" "] = value.list {}, empty = {},
      deep = { { { long = ("x"):rep(120), more = { a = { b = 1 } } } } } }
    local list = declared(written { item("t-1", { Any = any }) })
    assert.are.same(any, list.Thing1.Any)
  end)

  it("has names that are unique, and locals that hide nothing", function()
    local items = {}
    for i, name in ipairs { "aws", "aws", "While", "9 lives", "--", "ä", "provider", "made" } do
      items[i] = item("t-" .. i, { Tags = { Name = name } })
    end
    items[#items + 1] = item("t-0", { Far = { "t-1", "t-2", "t-3", "t-4", "t-5", "t-6", "t-7" } })
    local list, order = declared(written(items))
    assert.are.equal(9, #order)
    for name in pairs(list) do assert.matches("^[%w._-]+$", name) end
    assert.is_truthy(list["aws-2"])
  end)

  it("may be longer than Lua has locals", function()
    local items, far = {}, {}
    for i = 1, 400 do
      items[i], far[i] = item("t-" .. i, {}), "t-" .. i
    end
    items[401] = item("all", { Far = far })
    local list = declared(written(items))
    assert.are.equal("Ref Thing400", list.Thing401.Far[400])
  end)
end)
