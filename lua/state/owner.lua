-- The lock of a stack and the card beside it that says who holds it.
--
-- The lock itself is the kernel's and dies with its process; the card is only for the message,
-- so one that a killed process left behind does no harm.
local failure = require "engine.failure"
local json = require "json"
local sys = require "native.sys"

local LOCK <const>, CARD <const> = "lock", "lock.json"

local owner = {}

local function describe(card)
  if type(card) ~= "table" then return "another mrun" end
  return ("%s on %s (process %s, %s, since %s)"):format(
    card.who or "someone", card.host or "?", card.pid or "?",
    card.reason or "mrun", card.since or "?")
end

local function held_by_other(folder)
  local bytes = folder:read(CARD)
  local card = json.decode(bytes or "")
  return failure.new {
    what = "the stack is in use by " .. describe(card),
    where = folder.path,
    next = "wait until that one has ended, then run the same command again",
  }
end

---@class state.lock
---@field release fun(self: state.lock)

---Takes the lock of a stack's folder.
---@param folder state.folder
---@param reason string  the command, as the other one is told
---@param now_ms number
---@return state.lock|nil
---@return table|nil failure  who holds it
function owner.take(folder, reason, now_ms)
  folder:ensure()
  local held = folder:lock(LOCK)
  if not held then return nil, held_by_other(folder) end
  folder:replace(CARD, json.encode {
    who = sys.user(), host = sys.hostname(), pid = sys.pid(), reason = reason,
    since = os.date("!%Y-%m-%d %H:%M:%S UTC", now_ms // 1000),
  } .. "\n")
  local function release()
    if not held then return end
    folder:remove(CARD)
    held:release()
    held = nil
  end
  return setmetatable({ release = release }, { __close = release, __gc = release })
end

return owner
