--- Everything that is told, as text or as a document. Pure: nothing is printed here.
--- A style is { color, terminal, width }; without one, text is plain.
local apply = require "engine.report.apply"
local document = require "engine.report.document"
local drift = require "engine.report.drift"
local failure = require "engine.report.failure"
local json = require "engine.report.json"
local operation = require "engine.report.operation"
local plan = require "engine.report.plan"
local progress = require "engine.report.progress"
local show = require "engine.report.show"
local state = require "engine.report.state"
local text = require "engine.report.text"
local totals = require "engine.report.totals"
local unified = require "engine.report.unified"
local value = require "engine.value"

local report = {
  plan = plan, apply = apply.text, show = show, failure = failure.text,
  progress = progress.new, redraw = progress.redraw,
  plan_document = document.plan, apply_document = document.apply, diff_document = document.diff,
  operation = operation.text, names = operation.list, sentence = operation.sentence,
  pretty = json, keys = value.keys,
  state_document = state.document, state_list = state.list, row_document = state.row,
  history = state.history, history_document = state.history_document, count = text.count,
  drift = drift.text, drift_document = drift.document,
  show_document = document.show, outputs = document.outputs, failure_document = failure.document,
}

--- Declared against live as a unified diff, and the sentence of totals.
---@param made table a plan
---@param style table|nil
---@param facts { api_calls: integer|nil }|nil
---@return string diff empty where nothing differs
---@return string last the line with the totals
function report.diff(made, style, facts)
  local lines = {}
  for _, change in ipairs(made.changes) do
    for _, line in ipairs(unified(change, style)) do lines[#lines + 1] = line end
  end
  local body = #lines > 0 and table.concat(lines, "\n") .. "\n" or ""
  local unseen = #(made.unseen or {})
  return body, totals.plan(made.totals, facts and facts.api_calls, unseen) .. "\n"
end

--- A value for a shell: text bare, everything else as it reads in a recipe.
---@param v any
---@return string
function report.bare(v)
  if type(v) == "string" then return v end
  return text.value(v)
end

return report
