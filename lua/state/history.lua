-- What the journals of a stack say of its last apply: the rows as they were before it.
--
-- An undo is an apply like any other once it has taken back all that it was to; before that, what
-- it takes back is still the last, and every run of it is a part of it. A rollback that has taken
-- everything back leaves neither itself nor what had failed.
local tables = require "state.tables"

local history = {}

---@class state.effect  what one run did, or all runs of an undo
---@field back boolean
---@field whole boolean|nil  of an undo: nothing of it is left to do
---@field journal table[]|nil  of an apply: who goes on with it in the same journal is a part of it
---@field intents table[]

local step = {}

function step.run(self, record)
  self.forward, self.known = nil, record.run ~= nil and self.seen[record.run]
  if record.run then self.seen[record.run] = true end
end

local function begun(self)
  local top = self.effects[#self.effects]
  return top and top.back and not top.whole and top or nil
end

function step.intent(self, record)
  local intent = record.intent
  local effect = self.forward
  if intent.back then effect, self.forward = begun(self), nil end
  if not effect then
    effect = { back = intent.back == true, intents = {}, journal = self.journal }
    table.insert(self.effects, effect)
    if not effect.back then self.forward = effect end
  end
  table.insert(effect.intents, intent)
end

function step.taken_back(self, record)
  local undo = begun(self)
  if record.by == "rollback" then
    if undo then table.remove(self.effects) end
    table.remove(self.effects)
  elseif undo then
    undo.whole = true
  end
end

--- What was done to the stack and stands, oldest first; what two journals tell of counts once.
local function effects_of(journals)
  local self = { effects = {}, seen = {} }
  for at = #journals, 1, -1 do
    self.journal, self.forward, self.known = journals[at], nil, false
    for _, record in ipairs(journals[at]) do
      local act = step[record.kind]
      if act and (not self.known or record.kind == "run") then act(self, record) end
    end
  end
  return self.effects
end

local function enter(into, intent)
  local before, unrecorded, name = into.before, into.unrecorded, intent.name
  if intent.forgets then unrecorded[name], before[name] = true, nil end
  if before[name] ~= nil or unrecorded[name] then return end
  if intent.before == nil then
    unrecorded[name] = true
  else
    before[name] = intent.before
  end
end

--- Where the effect of that number begins: an apply that was cut off and gone on with is one.
local function first_of(effects, last)
  local first = last
  while first > 1 and not effects[last].back and not effects[first - 1].back
    and effects[first - 1].journal == effects[last].journal do
    first = first - 1
  end
  return first
end

--- The last apply that changed anything; nil where there was none.
---@param current table[] the records of the journal that is being written
---@param past table[][] those of the journals before it, the newest first
---@return { before: table<string, table|false>, unrecorded: string[], begun: boolean }|nil
---  begun: an undo of it was begun and has not taken back all of it
function history.last(current, past)
  local effects = effects_of(table.move(past, 1, #past, 2, { current }))
  local top = effects[#effects]
  local unfinished = top ~= nil and top.back and not top.whole
  local last = #effects - (unfinished and 1 or 0)
  if last == 0 then return nil end
  local into = { before = {}, unrecorded = {} }
  for at = first_of(effects, last), last do
    for _, intent in ipairs(effects[at].intents) do enter(into, intent) end
  end
  return { before = into.before, unrecorded = tables.names(into.unrecorded), begun = unfinished }
end

return history
