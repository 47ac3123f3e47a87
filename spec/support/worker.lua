-- Runs one spec file with busted in this process: see run.lua.

local file = arg[2]
local inside = package.searchers[2] ~= nil and package.path == ""

-- busted lives where the distribution's Lua looks for it.
if inside then
  local pipe = assert(io.popen [[lua5.4 -e 'print(package.path .. "\n" .. package.cpath)']])
  local path, cpath = pipe:read "l", pipe:read "l"
  pipe:close()
  package.path, package.cpath = "./?.lua;./?/init.lua;" .. path, cpath
else
  package.path = "lua/?.lua;lua/?/init.lua;./?.lua;./?/init.lua;" .. package.path
end

--- The open files of this process, without the pipe that lists them.
local function open_files()
  collectgarbage()
  collectgarbage()
  local pipe = assert(io.popen [[
    mine=$(readlink /proc/$$/fd/1)
    for file in /proc/$PPID/fd/*; do readlink "$file"; done | grep -vxF "$mine"]])
  local files = {}
  for name in pipe:lines() do
    files[#files + 1] = name
  end
  pipe:close()
  return files
end

local before = #open_files()
-- A setting of the person at the keyboard must not decide whether a case passes.
arg = { [0] = "busted", "--output=spec/support/output.lua", file }
local real_exit, code = os.exit, 0
os.exit = function(status) -- luacheck: ignore
  code = status
  error("@exit", 0)
end
if os.getenv "MRUN_STRESS_CASES" then dofile "spec/support/each_allocation.lua" end
local ok, message = pcall(function() require "busted.runner" { standalone = false } end)
os.exit = real_exit -- luacheck: ignore
if not ok and message ~= "@exit" then error(message, 0) end

local result = package.loaded["spec.support.output"]
local after = open_files()
if #after > before then
  print(("FAILED %s: left %d open file(s) behind, among %s"):format(file, #after - before,
    table.concat(after, " ")))
  result.failed = result.failed + 1
end
print(("@result %d %d"):format(result.passed, result.failed))
io.stdout:flush()
real_exit(result.failed == 0 and code ~= nil, true)
