-- The pages of an operation, as the paginators of the models describe them.
local failure = require "engine.failure"
local path = require "aws.path"

local pages = {}

local function list(value)
  if value == nil then return {} end
  return type(value) == "table" and value or { value }
end

local function rules_of(client, operation)
  local found = client.session.data:record("paginator:" .. client.service, operation)
  if not found then return nil end
  return {
    input = list(found.input_token), output = list(found.output_token),
    results = list(found.result_key), more = found.more_results,
    rest = list(found.non_aggregate_keys),
  }
end

-- What the next call is sent with, or nil after the last page.
local function next_tokens(rules, page)
  if rules.more and not path.get(page, rules.more) then return nil end
  local tokens, any = {}, false
  for at, expression in ipairs(rules.output) do
    local value = path.get(page, expression)
    if type(value) == "table" and next(value) == nil or value == "" then value = nil end
    tokens[at], any = value, any or value ~= nil
  end
  return any and tokens or nil
end

local function same(a, b, count)
  for at = 1, count do
    if a[at] ~= b[at] then return false end
  end
  return true
end

local function with_tokens(rules, params, tokens)
  local copy = {}
  for key, value in pairs(params) do copy[key] = value end
  for at, name in ipairs(rules.input) do copy[name] = tokens[at] end
  return copy
end

local function repeated(client, operation)
  failure.raise {
    what = ("%s %s: the service sent the same page token twice"):format(client.service, operation),
    service = client.service, operation = operation, code = "PaginationError",
    next = "run it again; if it stays so, the endpoint is at fault",
  }
end

---@param client aws.client
---@param operation string
---@param params table
---@return fun(): table|nil
function pages.iterate(client, operation, params)
  local rules = rules_of(client, operation)
  local asked, tokens, ended = params, nil, false
  return function()
    if ended then return nil end
    local page = client:call(operation, asked)
    local following = rules and next_tokens(rules, page)
    if following and tokens and same(following, tokens, #rules.output) then
      repeated(client, operation)
    end
    ended = not following
    tokens = following
    if following then asked = with_tokens(rules, params, following) end
    return page
  end
end

local function append(joined, page, expression)
  local more = path.get(page, expression)
  local have = path.get(joined, expression)
  if more == nil then return end
  if have == nil then
    path.set(joined, expression, more)
  elseif type(have) == "table" and type(more) == "table" then
    table.move(more, 1, #more, #have + 1, have)
  elseif type(have) == "number" and type(more) == "number" then
    path.set(joined, expression, have + more)
  end
end

---@param client aws.client
---@param operation string
---@param params table
---@return table
function pages.join(client, operation, params)
  local rules = rules_of(client, operation)
  local joined
  for page in pages.iterate(client, operation, params) do
    if not joined then
      joined = page
    else
      for _, expression in ipairs(rules.results) do append(joined, page, expression) end
    end
  end
  for _, expression in ipairs(rules and rules.output or {}) do
    if expression:match("^[%w_]+$") then joined[expression] = nil end
  end
  return joined
end

return pages
