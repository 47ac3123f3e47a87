-- A script of the user's: how it ends.
local child = require "spec.support.child"
local sys = require "native.sys"

describe("a script", function()
  it("that is interrupted ends with 3, and is not called faulty", function()
    local path = os.getenv "TMPDIR" .. "/waits.lua"
    local file <close> = assert(io.open(path, "w"))
    file:write "coroutine.yield { until_ms = require('native.sys').now_ms() + 60000 }"
    file:close()
    local said = assert(sys.run({ "/bin/sh", "-c", ("unset MRUN_MAIN; exec timeout "
      .. "--preserve-status -s INT 1 %s run %s"):format(child.binary, path) },
      { timeout_ms = 30000 }))
    assert(os.remove(path))
    assert.same({ 3, "" }, { said.code, said.out })
    assert.matches("^error: interrupted\n", said.err)
    assert.is_nil(said.err:find("traceback", 1, true))
  end)
end)
