-- How an operation pages: its paginator out of the models, ready to be used.
local jmespath = require "aws.jmespath"

local rules = {}

local function list(value)
  if value == nil then return {} end
  return type(value) == "table" and value or { value }
end

---@class aws.pages.place
---@field get fun(value: table): any
---@field put fun(value: table, new: any)  makes the tables on the way

local function place(expression)
  local names = {}
  for name in expression:gmatch("[^.]+") do names[#names + 1] = name end
  local last = table.remove(names)
  return {
    get = jmespath.compile(expression),
    put = function(target, value)
      for _, name in ipairs(names) do
        target[name] = target[name] or {}
        target = target[name]
      end
      target[last] = value
    end,
  }
end

local function each(expressions, fn)
  local found = {}
  for at, expression in ipairs(list(expressions)) do found[at] = fn(expression) end
  return found
end

---@class aws.pages.rules
---@field inputs string[]  the members that take a token
---@field outputs (fun(page: table): any)[]  where the next ones are
---@field more (fun(page: table): any)|nil  whether there are more
---@field results aws.pages.place[]  what pages bring, the most important first
---@field rest aws.pages.place[]  what every page says again
---@field limit string|nil  the member for the size of a page

local function rules_in(data, service, operation)
  local found = data:record("paginator:" .. service, operation)
  if not found then return nil end
  return {
    inputs = list(found.input_token), outputs = each(found.output_token, jmespath.compile),
    more = found.more_results and jmespath.compile(found.more_results),
    results = each(found.result_key, place), rest = each(found.non_aggregate_keys, place),
    limit = found.limit_key,
  }
end

local read = setmetatable({}, { __mode = "k" }) -- by data; nobody changes rules

---@param data table  native.pack's
---@param service string
---@param operation string
---@return aws.pages.rules|nil
function rules.of(data, service, operation)
  local known = read[data] or {}
  read[data] = known
  local name = service .. "." .. operation
  if known[name] == nil then known[name] = rules_in(data, service, operation) or false end
  return known[name] or nil
end

return rules
