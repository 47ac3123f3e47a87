--- What an apply has done, what it has not, and what to do now.
local failure = require "engine.report.failure"
local text = require "engine.report.text"
local totals = require "engine.report.totals"
local words = require "engine.report.words"

local apply = {}

local function result_of(outcome, change)
  return (outcome.results or {})[change.key or change.name] or { result = "skipped" }
end

--- How many of each action were done, and how many failed and were skipped.
---@param plan table
---@param outcome table
---@return table<string, integer> done
---@return integer failed
---@return integer skipped
function apply.counts(plan, outcome)
  local done, failed, skipped = {}, 0, 0
  for _, change in ipairs(plan.changes) do
    local result = result_of(outcome, change).result
    if result == "done" then
      done[change.action] = (done[change.action] or 0) + 1
    elseif result == "failed" then
      failed = failed + 1
    else
      skipped = skipped + 1
    end
  end
  return done, failed, skipped
end

local function add_failed(lines, plan, outcome, style)
  for _, change in ipairs(plan.changes) do
    local result = result_of(outcome, change)
    if result.result == "failed" then
      local head = ("%s was not %s"):format(text.escape(change.name), words.of(change.action).done)
      lines[#lines + 1] = text.paint(style, "alarm", head)
      lines[#lines + 1] = (failure.text(result.error, style, "  "):gsub("\n$", ""))
    end
  end
end

local function add_skipped(lines, plan, outcome)
  local names = {}
  for _, change in ipairs(plan.changes) do
    if result_of(outcome, change).result == "skipped" then
      names[#names + 1] = text.escape(change.name)
    end
  end
  if #names > 0 then lines[#lines + 1] = "Not begun: " .. table.concat(names, ", ") end
end

local function add_checks(lines, outcome, style)
  for _, err in ipairs(outcome.checks or {}) do
    lines[#lines + 1] = (failure.text(err, style, ""):gsub("\n$", ""))
  end
end

--- The outputs, as lines.
---@param outputs { name: string, value: any, secret: boolean|nil }[]
---@return string[]
function apply.outputs(outputs)
  local lines = {}
  for i, output in ipairs(outputs or {}) do
    local shown = output.secret and "(secret)" or text.value(output.value)
    lines[i] = ("%s = %s"):format(text.escape(output.name), shown)
  end
  return lines
end

local TAKEN_BACK <const> = { create = "created anew", delete = "deleted again",
  update = "put back", replace = "made anew as it was" }

--- What a rollback has taken back, and what it could not.
local function add_rollback(lines, outcome, style)
  local rollback = outcome.rollback
  if not rollback then return end
  if rollback.error then
    lines[#lines + 1] = text.paint(style, "alarm", "Nothing was taken back:")
    lines[#lines + 1] = (failure.text(rollback.error, style, "  "):gsub("\n$", ""))
    return
  end
  local done = {}
  for _, change in ipairs(rollback.plan.changes) do
    if result_of(rollback.outcome, change).result == "done" then
      done[#done + 1] = ("%s (%s)"):format(text.escape(change.name),
        TAKEN_BACK[change.action] or words.of(change.action).done)
    end
  end
  lines[#lines + 1] = "Taken back: " .. (#done > 0 and table.concat(done, ", ") or "nothing")
  for _, notice in ipairs(rollback.plan.notices) do
    lines[#lines + 1] = text.paint(style, "cyan", "note: " .. text.escape(notice))
  end
  for _, change in ipairs(rollback.plan.changes) do
    local told = result_of(rollback.outcome, change)
    if told.result ~= "done" then
      lines[#lines + 1] = text.paint(style, "alarm",
        ("Not taken back: %s"):format(text.escape(change.name)))
      if told.error then
        lines[#lines + 1] = (failure.text(told.error, style, "  "):gsub("\n$", ""))
      end
    end
  end
end

local function next_step(failed, skipped, outcome)
  if outcome.rollback then
    return nil
  elseif outcome.interrupted then
    return "Interrupted: what was begun is finished. Run the same command again to go on."
  elseif failed > 0 then
    return "Everything else is done and known. Mend the cause and run the same command again."
  elseif #(outcome.checks or {}) > 0 then
    return "What was made stays, and is known. Nothing more was begun after the check."
  elseif skipped > 0 then
    return "Run the same command again to go on."
  end
end

---@param plan table
---@param outcome table of engine.apply
---@param style table|nil
---@param facts { api_calls: integer|nil }|nil
---@return string
function apply.text(plan, outcome, style, facts)
  local lines = {}
  add_checks(lines, outcome, style)
  add_failed(lines, plan, outcome, style)
  add_skipped(lines, plan, outcome)
  add_rollback(lines, outcome, style)
  local done, failed, skipped = apply.counts(plan, outcome)
  local outputs = apply.outputs(outcome.outputs)
  if #outputs > 0 then
    lines[#lines + 1] = text.paint(style, "bold", "Outputs:")
    for _, line in ipairs(outputs) do lines[#lines + 1] = "  " .. line end
  end
  lines[#lines + 1] = next_step(failed, skipped, outcome)
  local last = totals.applied(done, failed, skipped, facts and facts.api_calls)
  lines[#lines + 1] = text.paint(style, "bold", last)
  return table.concat(lines, "\n") .. "\n"
end

apply.result = result_of

return apply
