-- The seam between engine and providers: what the engine promises of every provider, proved with
-- the one in memory, and inside the mrun binary with the one for files as well.
local World = require "spec.support.world"

local kits = {}

kits.memory = {
  type = "Memory::Named",
  declared = function(name, size, color)
    return { Name = "the-" .. name, Size = size, Color = color }
  end,
  there = function(world) return #world.cloud:all() end,
  lose = function(world, name) world.cloud.objects["Memory::Named/the-" .. name].gone = true end,
  change = function(world, name)
    world.cloud.objects["Memory::Named/the-" .. name].properties.Size = 99
  end,
  let_go = function(world, name)
    world.cloud.objects["Memory::Named/the-" .. name].properties.Tags = nil
  end,
  identifier = function(name) return "the-" .. name end,
}

local has_files, fs = pcall(require, "native.fs")

if has_files then
  local root
  local function path(name) return root .. "/" .. name .. ".txt" end
  kits.file = {
    type = "File", provider = require "provider.file"(),
    before = function()
      root = os.tmpname()
      os.remove(root)
      assert(fs.mkdir(root, 448))
    end,
    after = function()
      for _, name in ipairs(assert(fs.list(root))) do
        assert(fs.remove(root .. "/" .. (name.name or name)))
      end
      assert(fs.remove(root))
    end,
    place = function() return kits.file.provider.place { Root = root } end,
    declared = function(name, size, color)
      return { Path = (color or "") .. name .. ".txt", Content = ("x"):rep(size) }
    end,
    there = function() return #assert(fs.list(root)) end,
    lose = function(_, name) assert(fs.remove(path(name))) end,
    change = function(_, name) assert(fs.replace(path(name), "theirs", 420)) end,
    let_go = function() end, -- a file has no owner
    identifier = function(name) return name .. ".txt" end,
  }
end

for name, kit in pairs(kits) do
  describe("the engine with the " .. name .. " provider", function()
    local world

    local function one(logical, size, color, options)
      local resource = World.resource("Named", logical, kit.declared(logical, size, color), options)
      resource.type, resource.provider = kit.type, name
      if kit.place then resource.place = kit.place() end
      return resource
    end

    before_each(function()
      if kit.before then kit.before() end
      world = World.new { providers = { [name] = kit.provider } }
    end)
    after_each(function() if kit.after then kit.after() end end)

    it("creates, and has nothing to do after it", function()
      assert.are.same({ "create a", "create b" }, world:planned { one("a", 1), one("b", 2) })
      world:apply { one("a", 1), one("b", 2) }
      assert.are.equal(2, kit.there(world))
      assert.are.same({}, world:plan { one("a", 1), one("b", 2) })
    end)

    it("updates in place", function()
      world:apply { one("a", 1) }
      assert.are.same({ "update a" }, world:planned { one("a", 2) })
      world:apply { one("a", 2) }
      assert.are.same({}, world:plan { one("a", 2) })
    end)

    it("replaces", function()
      world:apply { one("a", 1, "red") }
      assert.are.same({ "replace a" }, world:planned { one("a", 1, "blue") })
      world:apply { one("a", 1, "blue") }
      assert.are.equal(1, kit.there(world))
      assert.are.same({}, world:plan { one("a", 1, "blue") })
    end)

    it("deletes what left the recipe, and destroys the rest", function()
      world:apply { one("a", 1), one("b", 2) }
      world:apply { one("b", 2) }
      assert.are.equal(1, kit.there(world))
      world:destroy()
      assert.are.equal(0, kit.there(world))
    end)

    it("mends what somebody else has changed or deleted", function()
      world:apply { one("a", 1), one("b", 2) }
      kit.change(world, "a")
      kit.lose(world, "b")
      assert.are.same({ "update a", "create b" }, world:planned { one("a", 1), one("b", 2) })
      world:apply { one("a", 1), one("b", 2) }
      assert.are.same({}, world:plan { one("a", 1), one("b", 2) })
    end)

    it("takes over what is there already when that is said, and only then", function()
      world:apply { one("a", 1) }
      local other = World.new { stack = "other", cloud = world.cloud,
        providers = { [name] = kit.provider } }
      assert.is_false((pcall(other.plan, other, { one("a", 1) })))
      kit.let_go(world, "a")
      local said = { one("a", 2, nil, { identifier = kit.identifier "a" }) }
      assert.are.same({ "adopt a" }, other:planned(said))
      other:apply(said)
      assert.are.same({}, other:plan(said))
    end)
  end)
end
