-- Who holds the lock of a stack: the card that says so, and the lock of a folder.
--
-- The lock of a folder is the kernel's and dies with its process; the card beside it is only for
-- the message, so one that a killed process left behind does no harm.
local failure = require "engine.failure"
local json = require "json"
local sys = require "native.sys"

local LOCK <const>, CARD <const> = "lock", "lock.json"
local LOOKS <const>, LOOK_MS <const> = 10, 20

local owner = {}

---The card of this process.
---@param reason string  the command, as the other one is told
---@param now_ms number
---@return table
function owner.card(reason, now_ms)
  return {
    who = sys.user(), host = sys.hostname(), pid = sys.pid(), reason = reason, since_ms = now_ms,
    since = os.date("!%Y-%m-%d %H:%M:%S UTC", now_ms // 1000),
  }
end

---@param card table|nil
---@return string
function owner.describe(card)
  if type(card) ~= "table" then return "another mrun" end
  return ("%s on %s (process %s, %s, since %s)"):format(
    card.who or "someone", card.host or "?", card.pid or "?",
    card.reason or "mrun", card.since or "?")
end

---@param card table|nil  of the holder
---@param where string
---@return table failure
function owner.in_use(card, where)
  return failure.new {
    what = "the stack is in use by " .. owner.describe(card), where = where, code = "StackInUse",
    next = "wait until that one has ended (--lock-timeout SECONDS waits), then run this again",
  }
end

-- Its holder writes the card right after it has the lock.
local function card_of_holder(folder)
  for look = 1, LOOKS do
    local card = json.decode(folder:read(CARD) or "")
    if card or look == LOOKS then return card end
    sys.sleep_ms(LOOK_MS)
  end
end

---Takes the lock of a stack's folder.
---@param folder state.folder
---@param card table
---@return state.lock|nil
---@return table|nil card  of who has it
function owner.take(folder, card)
  folder:ensure()
  local held = folder:lock(LOCK)
  if not held then return nil, card_of_holder(folder) end
  folder:replace(CARD, json.encode(card) .. "\n")
  local function release()
    if not held then return end
    folder:remove(CARD)
    held:release()
    held = nil
  end
  return setmetatable({ release = release }, { __close = release, __gc = release })
end

---Takes away the card that a dead process left; a living one keeps its lock.
---@param folder state.folder
---@return table|nil card  of the process that left it
function owner.unlock(folder)
  local held = folder:lock(LOCK)
  local card = json.decode(folder:read(CARD) or "")
  if not held then
    failure.raise { what = "the lock is held by " .. owner.describe(card), where = folder.path,
      next = "end that process: its lock ends with it" }
  end
  folder:remove(CARD)
  held:release()
  return card
end

return owner
