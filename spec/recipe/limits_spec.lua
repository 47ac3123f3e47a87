local support = require "spec.recipe.support"

local SMALL = { instructions = 3000000, memory_bytes = 16 * 1024 * 1024, cpu_ms = 60000 }

local function fails(text, word, limits)
  return support.fails(text, { word }, { limits = limits or SMALL })
end

describe("the limits of a recipe", function()
  it("stop a loop that does not end, with its line", function()
    local message = fails("\nwhile true do end", "million instructions")
    assert.is_truthy(message:find("site.lua:2", 1, true))
    assert.is_truthy(message:find("a loop that does not end", 1, true))
  end)

  it("cannot be caught", function()
    fails("while true do pcall(function() while true do end end) end", "instructions")
    fails("while true do xpcall(function() while true do end end, function() return 1 end) end",
      "instructions")
    fails("xpcall(function() while true do end end, function() while true do end end)",
      "instructions")
    fails("error(setmetatable({}, { __tostring = function() while true do end end }))",
      "instructions")
    fails("local t <close> = setmetatable({}, { __close = function() while true do end end })\n"
      .. "error 'x'", "instructions")
    fails("pcall(function() while true do end end) Thing 'A' {}", "instructions")
  end)

  it("stop loops in metamethods, callbacks, modules and policies", function()
    fails("local t = setmetatable({}, { __index = function() while true do end end })\n"
      .. "local x = t.y",
      "instructions")
    fails("table.sort({ 2, 1 }, function() while true do end end)", "instructions")
    fails("local s = ('x'):gsub('x', function() while true do end end)", "instructions")
    fails("apply(1, function() while true do end end)", "instructions")
    local evaluated = support.run "policy(function() while true do end end)"
    local ok, err = pcall(evaluated.enforce, { changes = {} })
    assert.is_false(ok)
    assert.matches("instructions", err.what)
  end)

  it("stop library functions that are told to work for ever", function()
    fails("table.move({}, 1, 1e15, 2)", "instructions")
    fails("table.move({}, 1, math.maxinteger - 10, 2)", "instructions")
    fails("local t = setmetatable({}, { __index = function() return 'x' end })\n"
      .. "local x = table.concat(t, ',', 1, 1e12)", "instructions")
    fails("local t = setmetatable({}, { __len = function() return 1e15 end }) table.insert(t, 1, 1)"
      .. " while true do end", "instructions")
    fails("local x = string.rep(Thing 'A' {} .Id, 1e12)", "is not finished", SMALL)
  end)

  it("stop a pattern that does not end, in find, match, gmatch and gsub", function()
    local evil = "(('.-'):rep(25) .. 'b')"
    fails("local s = ('a'):rep(3000) s:find" .. evil, "instructions")
    fails("local s = ('a'):rep(3000) s:match" .. evil, "instructions")
    fails("local s = ('a'):rep(3000) for _ in s:gmatch" .. evil .. " do end", "instructions")
    fails("local s = ('a'):rep(3000) s:gsub(('.-'):rep(25) .. 'b', '')", "instructions")
    fails("local s = ('a'):rep(3000) string.find(s, ('a*'):rep(25) .. 'b')", "instructions")
    fails("local s = ('a'):rep(200000) s:find('.-b')", "instructions")
  end)

  it("stop what takes too much memory, in one step or in many", function()
    fails("local x = ('x'):rep(1e9)", "more than 16 MB")
    fails("local x = ('x'):rep(1e6, ('y'):rep(1e6))", "more than 16 MB")
    fails("local t = {} while true do t[#t + 1] = { 1, 2, 3 } end", "more than 16 MB",
      { instructions = 1e9, memory_bytes = 16 * 1024 * 1024, cpu_ms = 60000 })
    fails("local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
      "more than 16 MB", { instructions = 1e9, memory_bytes = 16 * 1024 * 1024, cpu_ms = 60000 })
  end)

  it("count processor time as the host's clock has it", function()
    local now = 0
    local message = support.failure("while true do end", {
      limits = { instructions = 1e9, memory_bytes = 1e9, cpu_ms = 5000 },
      cpu_ms = function()
        now = now + 1
        return now
      end,
    })
    assert.is_truthy(message:find("5 seconds of processor time", 1, true))
  end)

  it("leave an ordinary amount of work alone, and the engine after it", function()
    support.run([[local sum = 0
      for i = 1, 20000 do sum = sum + #tostring(i):gsub("%d", "x") end
      Thing "A" { Size = sum }]], { limits = SMALL })
    assert.is_nil((debug.gethook()))
    assert.are.equal(10000000, #("x"):rep(10000000))
  end)

  it("do not count what the engine does in a look-up, and hold after it", function()
    local function work()
      local n = 0
      for i = 1, 20000000 do n = n + i end
      return "ami"
    end
    support.run('Thing "A" { Name = aws.lookup.parameter "/x" }', { limits = SMALL, call = work })
    local message = support.failure('local x = aws.lookup.parameter "/x" while true do end',
      { limits = SMALL })
    assert.is_truthy(message:find("instructions", 1, true))
  end)

  it("ask the host to limit the allocator, and to lift that limit while it waits", function()
    local asked = {}
    support.run('local x = aws.lookup.parameter "/x"', {
      memory = function(bytes) asked[#asked + 1] = bytes and "limited" or "lifted" end,
    })
    assert.are.same({ "limited", "lifted", "limited", "lifted" }, asked)
  end)

  it("take the allocator's refusal for what it is, even inside pcall", function()
    local message = support.failure("pcall(error, 'not enough memory', 0)")
    assert.is_truthy(message:find("MB of memory", 1, true))
  end)
end)
