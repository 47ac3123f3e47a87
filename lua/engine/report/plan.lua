--- A plan as text.
local changes = require "engine.report.changes"
local text = require "engine.report.text"
local totals = require "engine.report.totals"

local function names_of(list, fits)
  local names = {}
  for _, change in ipairs(list) do
    if fits(change) then names[#names + 1] = text.escape(change.name) end
  end
  return names
end

--- What is lost, said once more and by name, where nobody can overlook it.
local function warning(lines, list, style, what, fits)
  local names = names_of(list, fits)
  if #names == 0 then return end
  local line = ("!!! %s: %s"):format(what:format(text.count(#names, "resource")),
    table.concat(names, ", "))
  lines[#lines + 1] = text.paint(style, "alarm", line)
end

---@param plan table of engine.plan
---@param style { color: boolean|nil, terminal: boolean|nil, width: integer|nil }|nil
---@param facts { api_calls: integer|nil }|nil
---@return string
return function(plan, style, facts)
  local lines = changes.lines(plan.changes, style)
  if #lines > 0 then lines[#lines + 1] = "" end
  for _, notice in ipairs(plan.notices or {}) do
    lines[#lines + 1] = text.paint(style, "cyan", "note: " .. text.escape(notice))
  end
  warning(lines, plan.changes, style, "%s will be deleted",
    function(change) return change.action == "delete" end)
  warning(lines, plan.changes, style, "%s will be destroyed and made anew",
    function(change) return change.action == "replace" end)
  warning(lines, plan.changes, style, "what is held in %s will be lost",
    function(change) return change.holds_data end)
  local last = totals.plan(plan.totals, facts and facts.api_calls, #(plan.unseen or {}))
  lines[#lines + 1] = text.paint(style, "bold", last)
  return table.concat(lines, "\n") .. "\n"
end
