-- debug.lua shows on standard error what goes over the network, when --debug asks for it.
local watch = require "aws.watch"

---The ports with a `send` and a `poll` that tell.
---@param ports table
---@param note fun(text: string)
---@return table ports
return function(ports, note)
  local waiting, watched = {}, {}
  for name, port in pairs(ports) do watched[name] = port end

  function watched.send(request)
    note(watch.request(request))
    local id, failure = ports.send(request)
    if id then waiting[id] = { request = request, began_ms = ports.now() } end
    return id, failure
  end

  function watched.poll(timeout_ms)
    local answers = ports.poll(timeout_ms)
    for id, response in pairs(answers) do
      local sent = waiting[id]
      waiting[id] = nil
      if sent then note(watch.answer(sent.request, response, ports.now() - sent.began_ms)) end
    end
    return answers
  end

  return watched
end
