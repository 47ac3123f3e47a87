-- Who changed a stack, when, and what: told by the journals.
local runs = {}

-- What was taken over is written down as it was found.
local function adopts(intent) return intent.before and intent.before.taken_over end

local function new_run(record, header)
  local by = record.by or {}
  return { at_ms = record.at_ms, who = by.who, host = by.host, pid = by.pid, command = by.reason,
    run = record.run, id = header and header.id, serial = header and header.serial,
    intents = {}, names = {}, by_name = {}, moved = {} }
end

local function entry(run, name)
  if not run.by_name[name] then
    run.by_name[name] = { name = name, done = {} }
    run.names[#run.names + 1] = name
  end
  return run.by_name[name]
end

local step = {}

function step.intent(run, record)
  local intent = record.intent
  run.intents[intent.op or ""] = intent
  local one = entry(run, intent.name)
  one.type, one.open, one.begun = intent.type, (one.open or 0) + 1, intent.action
end

-- A result without an intent of this run settles one of a run before, or notes a row.
function step.result(run, record)
  local result = record.result
  local intent = result.op and run.intents[result.op]
  if result.row == false and run.moved[result.name] then return end
  local one = entry(run, result.name)
  if intent then one.open = one.open - 1 end
  if result.op and not intent then
    one.settled = true
  elseif result.moved then
    one.from, run.moved[result.moved] = result.moved, true
  elseif not intent then
    one.done[result.row == false and "forget" or "note"] = true
  elseif result.ok then
    one.done[adopts(intent) and "adopt" or intent.action] = true
  else
    one.failed = true
  end
  if result.row then one.type = result.row.type or one.type end
end

function step.whole(run, record) run.replaced = record.why end

function step.pushed(run) run.replaced = "pushed" end

local function action_of(one)
  local done = one.done
  if done.create and done.delete then return "replace" end
  if one.from then return "move" end
  for _, word in ipairs { "create", "adopt", "update", "delete", "forget" } do
    if done[word] then return word end
  end
  return one.begun or one.settled and "settle" or "note"
end

local function result_of(one)
  if one.failed then return "failed" end
  return one.open and one.open > 0 and "open" or "done"
end

-- What a run did to each resource, and how often each thing was done.
local function finish(run)
  local totals, resources = {}, {}
  for at, name in ipairs(run.names) do
    local one = run.by_name[name]
    local action, result = action_of(one), result_of(one)
    resources[at] = { name = name, type = one.type, action = action, result = result,
      from = one.from }
    local counted = result == "done" and action or result
    totals[counted] = (totals[counted] or 0) + 1
  end
  table.sort(resources, function(a, b) return a.name < b.name end)
  local at = run.at_ms and os.date("!%Y-%m-%d %H:%M:%S UTC", run.at_ms // 1000) or nil
  return { at = at, at_ms = run.at_ms, who = run.who, host = run.host, pid = run.pid,
    command = run.command or "mrun", run = run.run, id = run.id, serial = run.serial,
    replaced = run.replaced, totals = totals, resources = resources }
end

---The runs that a journal's records tell of.
---@param records table[]
---@return table[] runs
function runs.of(records)
  local found, run, header = {}, nil, nil
  for _, record in ipairs(records) do
    if record.kind == "open" then
      header = record
    elseif record.kind == "run" then
      run = new_run(record, header)
      found[#found + 1] = run
    elseif step[record.kind] then
      if not run then
        run = new_run({ at_ms = header and header.at_ms }, header)
        found[#found + 1] = run
      end
      step[record.kind](run, record)
    end
  end
  for at, one in ipairs(found) do found[at] = finish(one) end
  return found
end

---All runs that journals tell of, oldest first, each once.
---@param lists table[][]  the records of each journal, as state.journals gives them
---@return table[] runs
function runs.all(lists)
  local found, seen = {}, {}
  for at = #lists, 1, -1 do
    for _, run in ipairs(runs.of(lists[at])) do
      if not run.run or not seen[run.run] then found[#found + 1] = run end
      if run.run then seen[run.run] = true end
    end
  end
  return found
end

return runs
