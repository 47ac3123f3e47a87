-- Drives what waits with answers of the runner's own: requests are answered, times come at once.
local replay = {}

---Runs fn to its end. `serve` is given each request and returns the response.
---@param clock { ms: number }  moved to the times that are waited for
---@param serve fun(request: table): table
---@param fn function
---@return boolean ok
---@return any result  or what was raised
function replay.drive(clock, serve, fn)
  local thread = coroutine.create(fn)
  local input
  for _ = 1, 1000 do
    local ok, wanted = coroutine.resume(thread, input)
    if not ok then return false, wanted end
    if coroutine.status(thread) == "dead" then return true, wanted end
    input = nil
    if wanted.http then
      input = serve(wanted.http)
    else
      clock.ms = math.max(clock.ms, wanted.until_ms)
    end
  end
  return false, "it does not end"
end

---What a request that nobody answers gets.
---@return table response
function replay.refused()
  return { failure = { op = "connect", reason = "nobody is there", code = "refused",
    sent = false } }
end

return replay
