-- Calls that need not wait for one another, asked at once. Pages that hang on each other's tokens
-- are not among them; the parts of a long list of ids are, and the segments of a table.
local at_once = require "aws.at_once"
local pages = require "aws.pages"
local rules_of = require("aws.pages.rules").of

local AT_ONCE <const> = 8

local together = {}

---The answers to several inputs, in their order, each with all its pages.
---@param client aws.client
---@param operation string
---@param inputs table[]
---@param options { at_once: integer|nil }
---@return table[]
function together.ask(client, operation, inputs, options)
  local answers = {}
  at_once(#inputs, options.at_once or AT_ONCE, function(at)
    answers[at] = pages.join(client, operation, inputs[at])
  end)
  return answers
end

local function parts_of(params, member, size)
  local list, inputs = params[member], {}
  for at = 1, math.max(#list, 1), size do
    local part = {}
    for key, value in pairs(params) do part[key] = value end
    part[member] = table.move(list, at, math.min(at + size - 1, #list), 1, {})
    inputs[#inputs + 1] = part
  end
  return inputs
end

-- Without a paginator the lists of the answer are what is joined.
local function lists_of(answer)
  local places = {}
  for name, value in pairs(answer) do
    if type(value) == "table" then
      places[#places + 1] = {
        get = function(from) return from[name] end,
        put = function(into, new) into[name] = new end,
      }
    end
  end
  return places
end

---One answer for a list of any length, cut into parts that are asked at once.
---@param client aws.client
---@param operation string
---@param params table
---@param member string
---@param options { size: integer, at_once: integer|nil }
---@return table
function together.split(client, operation, params, member, options)
  local answers = together.ask(client, operation, parts_of(params, member, options.size), options)
  local rules = rules_of(client.session.data, client.service, operation)
  local joined = answers[1]
  for at = 2, #answers do
    for _, place in ipairs(rules and rules.results or lists_of(answers[at])) do
      pages.append(joined, answers[at], place)
    end
  end
  return joined
end

return together
