local sys = require "native.sys"

local function sh(script, options)
  return sys.run({ "/bin/sh", "-c", script }, options)
end

describe("native.sys", function()
  it("tells the time in whole milliseconds", function()
    for _, clock in ipairs { "now_ms", "monotonic_ms", "boottime_ms", "cpu_ms" } do
      assert.are.equal("integer", math.type(sys[clock]()))
      assert.is_true(sys[clock]() >= sys[clock]() - 1000)
    end
    assert.is_true(math.abs(sys.now_ms() // 1000 - os.time()) <= 2)
    local before = sys.monotonic_ms()
    sys.sleep_ms(5)
    assert.is_true(sys.monotonic_ms() - before >= 4)
  end)

  it("knows the process and its surroundings", function()
    assert.are.equal(os.getenv "PATH", sys.getenv "PATH")
    assert.are.equal(os.getenv "PATH", sys.environment().PATH)
    assert.is_nil(sys.getenv "MRUN_NO_SUCH_THING")
    assert.are.equal(sh "echo $PPID".out, sys.pid() .. "\n")
    assert.are.equal(sh "pwd -P".out, sys.cwd() .. "\n")
    assert.are.equal(sh "uname -n".out, sys.hostname() .. "\n")
    assert.are.equal(sh "id -un".out, sys.user() .. "\n")
    assert.are.equal(0, sys.interrupts())
    assert.is_false(sys.isatty(0))
  end)

  it("runs a program and returns what it said", function()
    assert.are.same({ code = 3, out = "out\n", err = "err\n" },
      sh "echo out; echo err >&2; exit 3")
    assert.are.same({ code = -1, signal = 9, out = "", err = "" }, sh "kill -9 $$")
    assert.are.equal("a b\n", sys.run({ "echo", "a b" }).out)
  end)

  it("hands a program its input, however long, read or not", function()
    local text = ("0123456789\n"):rep(100000)
    local said = sys.run({ "cat" }, { input = text, max_bytes = #text })
    assert.are.equal(text, said.out)
    assert.are.equal(0, sys.run({ "true" }, { input = text }).code)
    assert.are.equal("", sys.run({ "cat" }).out)
  end)

  it("ends a program that takes too long", function()
    local said, failure = sh("exec sleep 1000", { timeout_ms = 50 })
    assert.is_nil(said)
    assert.are.equal("run /bin/sh: did not end in time", failure.message)
  end)

  it("ends a program that says too much", function()
    local said, failure = sys.run({ "yes" }, { max_bytes = 1000 })
    assert.is_nil(said)
    assert.are.equal("run yes: said more than is allowed", failure.message)
  end)

  it("does not wait for what a program leaves behind", function()
    finally(function()
      os.execute "kill $(cat $TMPDIR/pid 2>/dev/null) 2>/dev/null; rm -f $TMPDIR/pid"
    end)
    local before = sys.monotonic_ms()
    sh "sleep 1000 & echo $! > $TMPDIR/pid"
    assert.is_true(sys.monotonic_ms() - before < 100000)
  end)

  it("lets a program die of a closed pipe, though mrun does not", function()
    local said = sh "yes | head -1; echo ${PIPESTATUS:-done}"
    assert.are.equal("y\ndone\n", said.out)
    assert.are.equal("", said.err)
  end)

  it("says which program is not there", function()
    if os.getenv "MRUN_SPEC_UNDER" then return pending "valgrind's vfork hides it" end
    local said, failure = sys.run { "/no/such/program" }
    assert.is_nil(said)
    assert.are.equal("ENOENT", failure.code)
    assert.are.equal("run /no/such/program: No such file or directory", failure.message)
  end)

  it("knows whether there is something to read, or the end of it, in time", function()
    local path = os.getenv "TMPDIR" .. "/look.lua"
    assert(require "native.fs".replace(path, [[
local sys = require "native.sys"
print(sys.input_within(10), sys.input_within(60000), sys.read_line())
print(sys.input_within(60000), sys.read_line())
]]))
    local binary = assert(require "native.fs".realpath "/proc/self/exe")
    local said = sh(("(sleep 1; echo yes) | MRUN_MAIN=%s %s"):format(path, binary))
    assert.are.equal("false\ttrue\tyes\ntrue\n", said.out)
    os.remove(path)
    assert.has_error(function() sys.input_within(-1) end)
  end)

  it("raises on what is no list of words", function()
    assert.has_error(function() sys.run {} end)
    assert.has_error(function() sys.run { "a", {} } end)
    assert.has_error(function() sys.run "ls" end)
    assert.has_error(function() sys.run({ "ls" }, { timeout_ms = 0 }) end)
    assert.has_error(function() sys.write(7, "x") end)
  end)
end)
