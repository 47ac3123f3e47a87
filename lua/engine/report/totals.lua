--- The sentence that a plan and an apply end with.
local text = require "engine.report.text"
local words = require "engine.report.words"

local totals = {}

local function sentence(counts, tense)
  local parts = {}
  for _, action in ipairs(words.ALWAYS) do
    parts[#parts + 1] = ("%d %s"):format(counts[action] or 0, words.of(action)[tense])
  end
  for _, action in ipairs(words.SOMETIMES) do
    if (counts[action] or 0) > 0 then
      parts[#parts + 1] = ("%d %s"):format(counts[action], words.of(action)[tense])
    end
  end
  return table.concat(parts, ", ") .. "."
end

local function with_calls(line, api_calls)
  if not api_calls then return line end
  return line .. " " .. text.count(api_calls, "API call") .. "."
end

--- Whether there is nothing that changes.
---@param counts table<string, integer>
---@return boolean
function totals.nothing(counts)
  for action in next, words.actions do
    if (counts[action] or 0) > 0 then return false end
  end
  return true
end

--- The last line of a plan.
---@param counts table<string, integer>
---@param api_calls integer|nil
---@param unseen integer|nil how many nobody has looked at
---@return string
function totals.plan(counts, api_calls, unseen)
  local rest = (unseen or 0) > 0 and (" %d not looked at."):format(unseen) or ""
  if not totals.nothing(counts) then
    return with_calls(sentence(counts, "ahead") .. rest, api_calls)
  end
  local unchanged = counts.unchanged or 0
  local line = ("Nothing to do: %s %s as declared."):format(text.count(unchanged, "resource"),
    unchanged == 1 and "is" or "are")
  return with_calls(line .. rest, api_calls)
end

--- The last line of an apply.
---@param counts table<string, integer> of what was done
---@param failed integer
---@param skipped integer
---@param api_calls integer|nil
---@return string
function totals.applied(counts, failed, skipped, api_calls)
  local line = sentence(counts, "done")
  if failed + skipped > 0 then
    line = ("%d failed, %d skipped; %s"):format(failed, skipped, line)
  end
  return with_calls(line, api_calls)
end

return totals
