local support = require "spec.recipe.support"

local fails = support.fails

--- What a recipe prints.
local function printed(text)
  local _, host = support.run(text)
  return host.printed
end

describe("the sandbox", function()
  it("has none of what reaches the world or Lua's inside", function()
    for _, name in ipairs { "io", "os", "debug", "load" } do
      fails(("local x = %s.x"):format(name), { "a recipe has no " .. name, "site.lua:1" })
    end
    for _, name in ipairs { "loadstring", "loadfile", "dofile", "collectgarbage", "coroutine",
      "package", "arg" } do
      assert.are.same({ "nil" }, printed(("print(%s)"):format(name)))
    end
    assert.are.same({ "nil\tnil\tnil" },
      printed "print(math.random, math.randomseed, string.dump)")
  end)

  it("gives away no library that the engine uses", function()
    local rep, insert, floor = string.rep, table.insert, math.floor
    support.run [[
      string.rep, table.insert, math.floor, utf8.char = nil, nil, nil, nil
      string.format = function() return "spoilt" end
      _G.pairs, tostring = nil, nil
      Thing "A" { Name = ("x"):rep(3) }]]
    assert.are.equal(rep, string.rep)
    assert.are.equal(insert, table.insert)
    assert.are.equal(floor, math.floor)
    assert.are.equal("a1", ("a%d"):format(1))
    local again = support.run 'Thing "A" { Name = string.format("%s", "fine") }'
    assert.are.equal("fine", again.resources[1].properties.Name)
  end)

  it("shows no metatable but the recipe's own", function()
    assert.are.same({ "false" }, printed 'print(getmetatable(""))')
    assert.are.same({ "false" }, printed 'print(getmetatable(Thing "A" {}))')
    assert.are.same({ "false" }, printed 'print(getmetatable(Thing "A" {}.Id))')
    assert.are.same({ "false" }, printed 'print(getmetatable(secret "x"))')
    assert.are.same({ "false" }, printed 'print(getmetatable(params {}))')
    assert.are.same({ "false" }, printed
      'local ok, why = pcall(function() return Thing "A" { Nam = 1 } end) print(getmetatable(why))')
    assert.are.same({ "7" }, printed(
      'local m = { __index = { x = 7 } } local t = setmetatable({}, m) ' ..
      'print(getmetatable(t) == m and t.x)'))
    fails('getmetatable("").__index.rep = nil', { "index" })
    fails('setmetatable(Thing "A" {}, {})', { "metatable" })
    fails('setmetatable(Thing "A" {}.Id, {})', { "A.Id" })
    fails('setmetatable({}, { __gc = function() end })', { "__gc" })
    fails('setmetatable({}, { __mode = "k" })', { "__mode" })
  end)

  it("lets nobody look into a resource, a deferred value or a secret", function()
    for _, fn in ipairs { "rawget", "rawset", "rawlen", "next", "pairs" } do
      fails(('%s(Thing "A" {}, "kind", 1)'):format(fn), { "A cannot be" })
      fails(('%s(Thing "A" {}.Id, "kind", 1)'):format(fn), { "A.Id" })
      fails(('%s(secret "hush", "value", 1)'):format(fn), { "secret" })
    end
    assert.are.same({ "(secret)\t(secret)" },
      printed 'print(secret "hush", tostring("a" .. secret "hush"))')
  end)

  it("prints without addresses, and calls nothing by one", function()
    assert.are.same({ "table\tfunction\tA\t${B.Id}" },
      printed 'print({}, print, Thing "A" {}, (Thing "B" {}).Id)')
    assert.are.same({ "table function" }, printed 'print(("%s %s"):format({}, print))')
    fails('string.format("%p", {})', { "%p" })
  end)

  it("walks tables in one order", function()
    assert.are.same({ "1 2 10 a b true" }, printed [[
      local t = { b = 1, a = 1, [10] = 1, [2] = 1, [1] = 1, [true] = 1 }
      local names = {}
      for key in pairs(t) do names[#names + 1] = tostring(key) end
      print(table.concat(names, " "))]])
    assert.are.same({ "a\tb\tnil" }, printed
      'local t = { b = 1, a = 2 } print((next(t)), (next(t, "a")), (next(t, "b")))')
    fails("for k in pairs { [{}] = 1, [{}] = 2 } do end", { "table as key" })
  end)

  it("lets pairs see what is removed on the way, and honours __pairs", function()
    assert.are.same({ "a" }, printed
      'local t = { a = 1, b = 2 } for k in pairs(t) do print(k) t.b = nil end')
    assert.are.same({ "7" }, printed(
      'local meta = { __pairs = function() return next, { [7] = 1 } end }\n'
      .. 'for k in pairs(setmetatable({}, meta)) do print(k) end'))
  end)

  it("has a stable sort, the other table functions, and their errors", function()
    assert.are.same({ "1a 1b 2a 2b 3a" }, printed [[
      local list = { "2a", "1a", "3a", "2b", "1b" }
      table.sort(list, function(x, y) return x:sub(1, 1) < y:sub(1, 1) end)
      print(table.concat(list, " "))]])
    assert.are.same({ "1 2 3 4" }, printed [[
      local list = { 3, 4 } table.insert(list, 1, 1) table.insert(list, 2, 2)
      print(table.concat(list, " "))]])
    assert.are.same({ "2\t3\t1" }, printed [[
      local list = { 1, 2, 3 } print(table.remove(list, 2), table.remove(list), #list)]])
    assert.are.same({ "1 1 2" }, printed
      'print(table.concat(table.move({ 1, 2, 3 }, 1, 2, 2), " "))')
    fails("table.insert({}, 5, 1)", { "out of bounds" })
    fails("table.remove({}, 5)", { "out of bounds" })
    fails("table.sort(7)", { "table expected" })
  end)

  it("tells an error its line, whatever is raised", function()
    fails("\nlocal x = nil .. 'a'", { "concatenate", "site.lua:2" })
    fails("\nerror 'mine'", { "mine", "site.lua:2" })
    fails("\nerror { code = 7 }", { "table", "site.lua:2" })
    fails("\nassert(false, 'sure')", { "sure", "site.lua:2" })
    fails("\nassert(nil)", { "assertion failed!", "site.lua:2" })
    assert.are.same({ "7\tx" }, printed "print(assert(7, 'x'))")
    fails("\nlocal x = ", { "syntax error", "site.lua:2" })
    fails("local function f() return f() + 1 end\nf()", { "stack overflow" }, { limits = {} })
    fails("\nundefined()", { "undefined", "site.lua:2" })
  end)

  it("leaves pcall and xpcall to the recipe", function()
    assert.are.same({ "false\tsite" }, printed [[
      local ok, why = pcall(error, "site", 0) print(ok, why)]])
    assert.are.same({ "false\tseen x" }, printed [[
      print(xpcall(function() error("x", 0) end, function(m) return "seen " .. m end))]])
    assert.are.same({ "true\t1\tnil\t3" }, printed "print(pcall(function() return 1, nil, 3 end))")
  end)

  it("refuses bytecode and takes a first line for the shell", function()
    local host = support.host { ["a.lua"] = string.dump(function() end) }
    local ok, why = pcall(support.load, host, "a.lua")
    assert.is_false(ok)
    assert.is_truthy(tostring(why):find("compiled Lua", 1, true))
    local fine = support.host { ["a.lua"] = "#!/usr/bin/mrun\nprint 'fine'" }
    support.load(fine, "a.lua")
    assert.are.same({ "fine" }, fine.printed)
  end)
end)
