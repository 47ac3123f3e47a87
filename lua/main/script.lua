-- script.lua runs a script of the user's as one task under the loop: whole standard library, native
-- modules, the AWS client, and the files beside it.
local failure = require "engine.failure"

local script = {}

---@param mrun table
---@param path string
---@param args string[]
---@return integer exit code
function script.run_script(mrun, path, args)
  local chunk, why = loadfile(path)
  if not chunk then
    failure.raise { what = why, next = "mrun run takes the path of a Lua script" }
  end
  local folder = path:match "^(.*)/[^/]*$" or "."
  package.path = ("%s/?.lua;%s/?/init.lua"):format(folder, folder)
  _G.arg = table.move(args, 1, #args, 1, { [0] = path })
  local ok, trace = mrun.task(function()
    return xpcall(chunk, function(raised)
      if failure.is(raised) and raised.kind == "interrupted" then return raised end
      return debug.traceback(tostring(raised), 2)
    end, table.unpack(args))
  end)
  if ok then return 0 end
  if failure.is(trace) then error(trace, 0) end -- the user's own wish, and no fault of the script
  mrun.note(trace .. "\n")
  return 1
end

return script
