-- What an answer means to who waits: the acceptors of a waiter of the models, in their order.
local jmespath = require "aws.jmespath"

local acceptor = {}

-- What is true of every one, or of any one, of a list that has some.
local function quantified(all)
  return function(found, expected)
    if type(found) ~= "table" or #found == 0 then return false end
    for at = 1, #found do
      if (found[at] == expected) ~= all then return not all end
    end
    return all
  end
end

local PATHS <const> = {
  path = function(found, expected) return found == expected end,
  pathAll = quantified(true), pathAny = quantified(false),
}

---@class aws.waiter.outcome
---@field result table|nil  of a call that went well
---@field status integer|nil
---@field code string|nil  of one that did not
---@field failure table|nil

-- A function of an outcome.
local function matcher(rule)
  local expected, compare = rule.expected, PATHS[rule.matcher]
  if compare then
    local search = jmespath.compile(rule.argument)
    return function(outcome)
      return outcome.result ~= nil and compare(search(outcome.result), expected)
    end
  elseif rule.matcher == "status" then
    return function(outcome) return outcome.status == expected end
  end
  if type(expected) == "boolean" then
    return function(outcome) return (outcome.code ~= nil) == expected end
  end
  return function(outcome) return outcome.code == expected end
end

---The acceptors of a waiter, ready to be asked.
---@param rules table[]  as the models have them
---@return table[]
function acceptor.list(rules)
  local found = {}
  for at, rule in ipairs(rules) do
    found[at] = { state = rule.state, rule = rule, matches = matcher(rule) }
  end
  return found
end

---What an outcome means. An error that no acceptor knows ends the waiting.
---@param list table[]
---@param outcome aws.waiter.outcome
---@return "success"|"failure"|"retry"|"error" state
---@return table|nil rule  the acceptor that knew
function acceptor.judge(list, outcome)
  for _, each in ipairs(list) do
    if each.matches(outcome) then return each.state, each.rule end
  end
  return outcome.code and "error" or "retry"
end

local function words(value)
  if type(value) ~= "table" then return value ~= nil and tostring(value) or nil end
  local found, known = {}, {}
  for _, item in ipairs(value) do
    local text = type(item) ~= "table" and tostring(item) or nil
    if text and not known[text] then
      found[#found + 1], known[text] = text, true
    end
  end
  return #found > 0 and table.concat(found, ", ") or nil
end

---The state that an outcome shows, in words: "Table.TableStatus is CREATING".
---@param rules table[]
---@param outcome aws.waiter.outcome
---@return string|nil
function acceptor.seen(rules, outcome)
  if outcome.code then return "the answer is " .. outcome.code end
  for _, rule in ipairs(rules) do
    if PATHS[rule.matcher] and outcome.result then
      local found = words(jmespath.search(rule.argument, outcome.result))
      if found then return ("%s is %s"):format(rule.argument, found) end
    end
  end
  return outcome.status and ("the answer is HTTP %d"):format(outcome.status) or nil
end

return acceptor
