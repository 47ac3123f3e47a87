-- What a record of the journal makes of the state that it stands on; pure, without bytes or files.
local replay = {}

---What a pushed or rebuilt state brings with it.
replay.WHOLE = { "recipe", "resources", "open", "outputs", "inputs" }

local steps = {}

function steps.intent(state, record)
  state.open[#state.open + 1] = record.intent
end

function steps.result(state, record)
  local result = record.result
  local open = {}
  for _, intent in ipairs(state.open) do
    if intent.op ~= result.op then open[#open + 1] = intent end
  end
  state.open = open
  if result.row == false then
    state.resources[result.name] = nil
  elseif result.row then
    state.resources[result.name] = result.row
  end
end

function steps.whole(state, record)
  for _, key in ipairs(replay.WHOLE) do state[key] = record.content[key] end
  state.lost = nil
end

---Brings a state up to date with one record (the state is the caller's own copy).
---@param state table
---@param record table
function replay.apply(state, record)
  local step = steps[record.kind]
  if step then step(state, record) end
end

return replay
