local child = require "spec.support.child"
local fs = require "native.fs"
local sys = require "native.sys"

local root = os.getenv "TMPDIR" .. "/host"

describe("the host", function()
  it("hands over the arguments as lua does", function()
    local said = child.run("print(arg[0]:match '[^/]*$', #arg, arg[1], ...)", { "a b", "c" })
    assert.are.equal("child.lua\t2\ta b\ta b\tc\n", said.out)
  end)

  it("exits with what main returns", function()
    assert.are.equal(7, child.run("return 7").code)
    assert.are.equal(0, child.run("return").code)
    assert.are.equal(1, child.run("return false").code)
    assert.are.equal(5, child.run("os.exit(5)").code)
  end)

  it("says an error in one line, and where it came from only when asked", function()
    local said = child.run "error 'bad luck'"
    assert.are.equal(1, said.code)
    assert.are.equal(1, select(2, said.err:gsub("\n", "")))
    assert.truthy(said.err:find "^mrun: .*bad luck\n$")
    said = child.run("error 'bad luck'", {}, { environment = "MRUN_DEBUG=1" })
    assert.truthy(said.err:find "stack traceback")
  end)

  it("looks for modules in itself only, whatever the environment says", function()
    local script = "print(package.path .. package.cpath, (pcall(require, 'pl.path')))"
    local said = child.run(script, {}, { environment = "LUA_PATH='/usr/share/lua/5.4/?.lua'" })
    assert.are.equal("\tfalse\n", said.out)
  end)

  it("finds its own sources, in itself and in the folder of MRUN_LUA", function()
    local script = [[
      local list = require "native.host".list "command/"
      print(#list > 5, list[1], package.searchers[2] "json")]]
    local inside = child.run(script)
    assert.truthy(inside.out:find "^true\tcommand/%l+.lua\tfunction: 0x%x+\tjson.lua\n$")
    local outside = child.run(script, {}, { environment = "MRUN_LUA=lua" })
    assert.truthy(outside.out:find "^true\tcommand/%l+.lua\tfunction: 0x%x+\tlua/json.lua\n$")
  end)

  it("names a source in errors as it is in the tree", function()
    assert(fs.mkdir(root))
    assert(fs.replace(root .. "/main.lua", "return function(word) error('no ' .. word) end"))
    local said = sys.run { "/bin/sh", "-c", ('MRUN_MAIN= MRUN_LUA=%s "$0" luck'):format(root),
      child.binary }
    assert(fs.replace(root .. "/main.lua", "syntax error"))
    local broken = sys.run { "/bin/sh", "-c", ('MRUN_MAIN= MRUN_LUA=%s "$0"'):format(root),
      child.binary }
    os.execute("rm -r " .. root)
    assert.are.equal(("mrun: %s/main.lua:1: no luck\n"):format(root), said.err)
    assert.truthy(broken.err:find(root .. "/main.lua:1: syntax error", 1, true))
    local inside = child.run [[
      print(debug.getinfo(package.searchers[2] "json", "S").source)]]
    assert.are.equal("@lua/json.lua\n", inside.out)
  end)

  it("fails when standard output cannot be written", function()
    local said = child.run("print 'x' return 0", {}, { before = "exec > /dev/full;" })
    assert.are.equal(1, said.code)
    assert.truthy(said.err:find "cannot write to standard output")
  end)

  it("counts the first interrupt and leaves at the second", function()
    local script = [[
      local sys = require "native.sys"
      sys.run { "kill", "-%s", tostring(sys.pid()) }
      print(sys.interrupts(), require "native.host".interrupts())
      io.stdout:flush()
      sys.run { "kill", "-%s", tostring(sys.pid()) }
      print "still here"]]
    for _, signal in ipairs { "INT", "TERM" } do
      local said = child.run(script:format(signal, signal))
      assert.are.equal("1\t1\n", said.out)
      assert.are.equal(3, said.code)
    end
  end)

  it("leaves a signal alone that its parent ignored", function()
    local said = child.run([[
      local sys = require "native.sys"
      sys.run { "kill", "-INT", tostring(sys.pid()) }
      sys.run { "kill", "-INT", tostring(sys.pid()) }
      print(sys.interrupts())]], {}, { before = "trap '' INT;" })
    assert.are.equal("0\n", said.out)
  end)

  it("survives a reader that goes away", function()
    local said = child.run([[
      require "native.sys".sleep_ms(50)
      local done, failure = require "native.sys".write(1, ("x"):rep(1000000))
      io.stderr:write(tostring(done), " ", failure.code, "\n")]], {},
      { before = "exec > >(true);" })
    assert.are.equal("nil EPIPE\n", said.err)
  end)

  it("survives a file that may grow no larger", function()
    local said = child.run([[
      local path = os.getenv "TMPDIR" .. "/large"
      local fs = require "native.fs"
      local done, failure = fs.replace(path, ("x"):rep(1000000))
      print(done, failure.code, (fs.stat(path)))]], {}, { before = "ulimit -f 100;" })
    assert.are.equal("nil\tEFBIG\tnil\n", said.out)
  end)

  it("limits memory from where the limit is set, and lifts it again", function()
    local said = child.run [[
      local host = require "native.host"
      local held = ("x"):rep(20000000)
      host.memory_limit(1000000)
      print(pcall(string.rep, "x", 2000000))
      print(#("x"):rep(300000))
      local ok, why = pcall(function() local t = {} while true do t[#t + 1] = { #t } end end)
      print(ok, why)
      host.memory_limit(nil)
      print(#("x"):rep(2000000), #held, host.memory_used() > #held)]]
    assert.are.equal("false\tnot enough memory\n300000\nfalse\tnot enough memory\n" ..
      "2000000\t20000000\ttrue\n", said.out)
  end)

  it("ends a process that uses more CPU time than allowed, with its last words", function()
    local said = child.run [[
      require "native.host".cpu_limit(50, "recipe.lua ran for too long\n", 9)
      local text = ("a"):rep(100)
      text:find((".-"):rep(40) .. "b")]]
    assert.are.equal(9, said.code)
    assert.are.equal("recipe.lua ran for too long\n", said.err)
    said = child.run [[
      local host = require "native.host"
      host.cpu_limit(1, "spent\n")
      host.cpu_limit(nil)
      local start = os.clock()
      while os.clock() < start + 0.05 do end]]
    assert.are.equal(0, said.code)
  end)

  it("counts what a waiting process does not use as nothing", function()
    local said = child.run [[
      require "native.host".cpu_limit(40, "spent\n")
      require "native.sys".sleep_ms(80)]]
    assert.are.equal(0, said.code)
  end)
end)
