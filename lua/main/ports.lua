-- ports.lua is the one place where the engine's ports meet the machine: clock, network, digests.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local json = require "json"
local regex = require "native.regex"
local sys = require "native.sys"
local tasks = require "engine.tasks"

local ports = {}

---The engine's ports (DESIGN.md, section 4). `journal` and `emit` are given by whoever has a
---stack open; without one there is nothing to write and nobody to tell.
---@param options { user_agent: string, emit: fun(event: table), turn: fun() }
---@return table ports
function ports.new(options)
  local network
  -- Opened by the first who sends: libcurl is the largest part of a start.
  local function open()
    if network then return network end
    local opened, why = require "native.http".new { user_agent = options.user_agent }
    if not opened then
      failure.raise { what = why.message, code = why.code,
        next = why.code == "ELIBACC" and "install libcurl, 7.80 or newer" or nil }
    end
    network = opened
    return network
  end
  return {
    now = sys.now_ms,
    random = function(bytes) return crypto.hex(crypto.random(bytes)) end,
    digest = function(key, text) return crypto.hex(crypto.hmac_sha256(key, text)) end,
    json = json.encode,
    match = regex.match,
    send = function(request) return open():add(request) end,
    more = function(id) open():more(id) end,
    cancel = function(id) open():cancel(id) end,
    poll = function(timeout_ms)
      local answers = assert(open():poll(timeout_ms))
      options.turn()
      return answers
    end,
    interrupted = function() return sys.interrupts() > 0 end,
    emit = options.emit,
    signal = tasks.signal,
  }
end

return ports
