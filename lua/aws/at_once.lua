local failure = require "engine.failure"

---Runs fn(1) to fn(count), some at once. After the first failure nothing new is begun; it is
---raised once what was under way has ended.
---@param count integer
---@param most integer at once
---@param fn fun(at: integer)
return function(count, most, fn)
  local begun, failed, workers = 0, false, {}
  local function worker()
    while begun < count and not failed do
      begun = begun + 1
      local ok, why = xpcall(fn, failure.caught, begun)
      if not ok then
        failed = true
        error(why, 0)
      end
    end
  end
  for at = 1, math.min(most, count) do workers[at] = worker end
  coroutine.yield { all = workers }
end
