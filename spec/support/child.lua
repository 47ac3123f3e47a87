-- Runs a Lua script in an mrun process of its own: for what ends a process.
--
--   child.run("print(...)", { "argument" }, { before = "ulimit -v 100000;" })
--       -> { code, signal, out, err }

local fs = require "native.fs"
local sys = require "native.sys"

local child = {}

child.binary = assert(fs.realpath "/proc/self/exe")

---@param script string
---@param words? string[]
---@param options? { before?: string, environment?: string, input?: string }
function child.run(script, words, options)
  options = options or {}
  local path = os.getenv "TMPDIR" .. "/child.lua"
  assert(fs.replace(path, script))
  local command = ('%s %s MRUN_MAIN=%s "$0" "$@"'):format(options.before or "",
    options.environment or "", path)
  local said = sys.run({ "/bin/bash", "-c", command, child.binary, table.unpack(words or {}) },
    { input = options.input })
  assert(fs.remove(path))
  return assert(said)
end

return child
