-- A fake clock and a fake network: time passes only while everybody waits.
--
--   local ports = network.new(function(request) return { status = 200 } end)
--   tasks.run(ports, fn)     ports.time is the clock, ports.log every request with its times
local network = {}

---@param serve fun(request: table): table what the other side does with a request, at its time
---@param options { latency_ms: number }|nil
---@return table ports
function network.new(serve, options)
  local latency_ms = options and options.latency_ms or 10
  local ports = { time = 1000000, log = {}, sent = 0, asked_to_stop = false }
  local flying = {}

  function ports.now() return ports.time end
  function ports.interrupted() return ports.asked_to_stop end

  function ports.send(request)
    ports.sent = ports.sent + 1
    local entry = { id = ports.sent, request = request, sent_at = ports.time }
    entry.due = ports.time + (request.latency_ms or latency_ms)
    flying[#flying + 1] = entry
    ports.log[#ports.log + 1] = entry
    return entry.id
  end

  function ports.poll(ms)
    local until_ms = ports.time + ms
    for _, entry in ipairs(flying) do until_ms = math.min(until_ms, entry.due) end
    ports.time = math.max(until_ms, ports.time)
    local answers, kept = {}, {}
    for _, entry in ipairs(flying) do
      if entry.due <= ports.time then
        answers[entry.id] = serve(entry.request)
      else
        kept[#kept + 1] = entry
      end
    end
    flying = kept
    return answers
  end

  return ports
end

return network
