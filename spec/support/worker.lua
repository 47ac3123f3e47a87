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
local result, finished
if os.getenv "MRUN_SPEC_STRESS" then
  result, finished = assert(loadfile "spec/support/each_allocation.lua")(file), true
else
  result, finished = dofile "spec/support/with_busted.lua" (file)
end

local after = open_files()
if #after > before then
  print(("FAILED %s: left %d open file(s) behind, among %s"):format(file, #after - before,
    table.concat(after, " ")))
  result.failed = result.failed + 1
end
if result.runs then print(("  %s: %d runs"):format(file, result.runs)) end
print(("@result %d %d"):format(result.passed, result.failed))
io.stdout:flush()
os.exit(finished and result.failed == 0, true)
