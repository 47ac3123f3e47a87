--- The JSON documents of the commands, as plain tables.
local apply = require "engine.report.apply"
local failure = require "engine.report.failure"
local plain = require "engine.value.plain"
local resolve = require "engine.value.resolve"
local text = require "engine.report.text"
local words = require "engine.report.words"

local document = {}

--- A value that may be shown and is text that every reader takes: what is no UTF-8 is written out.
local function shown(v)
  v = resolve.public(v)
  if type(v) == "string" then return utf8.len(v) and v or text.escape(v) end
  if type(v) ~= "table" then return v end
  local result = {}
  for key, member in next, v do result[key] = shown(member) end
  return plain.is_list(v) and plain.list(result) or result
end

local function place_of(change)
  local place = change.place or {}
  return { account = place.account, region = place.region }
end

local function properties_of(change)
  local list = plain.list()
  for i, property in ipairs(change.properties or {}) do
    list[i] = { path = property.path, old = shown(property.old),
      new = shown(property.new), replaces = property.replaces and true or false }
  end
  return list
end

local function change_of(change)
  return { name = change.name, type = change.type, action = change.action,
    identifier = change.identifier, place = place_of(change), source = change.source,
    properties = properties_of(change), because = change.because,
    holds_data = change.holds_data or nil }
end

local function totals_of(plan)
  local result = { unchanged = plan.totals.unchanged or 0 }
  for action in next, words.actions do
    if action ~= "wait" then result[action] = plan.totals[action] or 0 end
  end
  return result
end

---@param plan table of engine.plan
---@param facts { api_calls: integer|nil }|nil
---@return table
function document.plan(plan, facts)
  local changes = plain.list()
  for i, change in ipairs(plan.changes) do changes[i] = change_of(change) end
  local unseen = plan.unseen and #plan.unseen > 0 and plain.list(plain.copy(plan.unseen)) or nil
  return { stack = plan.stack, id = plan.id, changes = changes, totals = totals_of(plan),
    notices = plain.list(plain.copy(plan.notices or {})), not_looked_at = unseen,
    api_calls = facts and facts.api_calls }
end

--- Outputs by name; of a list of { name, value, secret } or of a map.
---@param outputs table|nil
---@return table<string, any>
function document.outputs(outputs)
  local result = {}
  if not plain.is_list(outputs or {}) then return shown(outputs or {}) end
  for _, output in ipairs(outputs) do
    result[output.name] = output.secret and "(secret)" or shown(output.value)
  end
  return result
end

--- The changes of a plan with what came of each.
local function told_changes(list, plan, outcome)
  for i, change in ipairs(plan.changes) do
    local told = apply.result(outcome, change)
    list[i].result = told.result
    if told.error then list[i].error = failure.fields(told.error) end
  end
  return list
end

local function rollback_of(rollback)
  if not rollback then return nil end
  if rollback.error then return { error = failure.fields(rollback.error) } end
  local result = document.plan(rollback.plan)
  return { changes = told_changes(result.changes, rollback.plan, rollback.outcome),
    notices = result.notices }
end

--- The document of apply and destroy.
---@param plan table
---@param outcome table of engine.apply
---@param facts table|nil
---@return table
function document.apply(plan, outcome, facts)
  local result = document.plan(plan, facts)
  told_changes(result.changes, plan, outcome)
  result.rollback = rollback_of(outcome.rollback)
  for i, err in ipairs(outcome.checks or {}) do
    result.checks = result.checks or plain.list()
    result.checks[i] = failure.fields(err)
  end
  result.outputs = document.outputs(outcome.outputs)
  if outcome.interrupted then result.interrupted = true end
  return result
end

---@param plan table
---@param facts table|nil
---@return table
function document.diff(plan, facts)
  local list = plain.list()
  for _, change in ipairs(plan.changes) do
    local base = { name = change.name, type = change.type }
    if #(change.properties or {}) == 0 and change.action ~= "adopt" then
      list[#list + 1] = { name = base.name, type = base.type, path = "", have = change.identifier }
    end
    for _, property in ipairs(change.properties or {}) do
      list[#list + 1] = { name = base.name, type = base.type, path = property.path,
        want = shown(property.new), have = shown(property.old) }
    end
  end
  return { stack = plan.stack, differences = list, api_calls = facts and facts.api_calls }
end

---@param state table as the store loads it
---@return table
function document.show(state)
  local list = plain.list()
  for _, name in ipairs(plain.keys(state.resources or {})) do
    local row = state.resources[name]
    list[#list + 1] = { name = name, type = row.type, identifier = row.identifier,
      place = place_of(row), attributes = shown(row.attributes or {}) }
  end
  return { stack = state.stack, id = state.id, serial = state.serial, resources = list,
    outputs = document.outputs(state.outputs) }
end

return document
