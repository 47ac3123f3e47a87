-- The pages of an operation, as the paginators of the models describe them, one after the other
-- or as one answer. Lists and texts are joined, numbers added; of all else the first page's stays.
local failure = require "engine.failure"
local json = require "native.json"
local rules_of = require("aws.pages.rules").of
local token = require "aws.pages.token"

local EMPTY <const> = getmetatable(json.decode(nil, "[]")) -- the mark of empty lists

local pages = {}

---@class aws.pages.options
---@field page_size integer|nil  how many items a call asks for
---@field max_items integer|nil  how many items are wanted in all
---@field starting_token string|nil  the NextToken of an earlier answer

---@class aws.pages.reader
---@field resume_token string|nil  set when max_items ended it: where the next one starts
local reader = {}
reader.__index = reader

local function length(value)
  if type(value) == "string" then return utf8.len(value) or #value end
  return type(value) == "table" and #value or 0
end

local function cut(value, from, to)
  if type(value) == "table" then
    local kept = table.move(value, from + 1, to, 1, {})
    return kept[1] == nil and setmetatable(kept, EMPTY) or kept
  end
  if not utf8.len(value) then return value:sub(from + 1, to) end
  return value:sub(utf8.offset(value, from + 1), utf8.offset(value, to + 1) - 1)
end

local function is_no_token(value)
  return not value or value == "" or value == 0 or value == json.null
    or type(value) == "table" and next(value) == nil
end

-- What the next call is sent with, or nil after the last page.
local function next_tokens(rules, page)
  if rules.more and is_no_token(rules.more(page)) then return nil end
  local tokens = {}
  for at, output in ipairs(rules.outputs) do
    local value = output(page)
    if not is_no_token(value) then tokens[rules.inputs[at]] = value end
  end
  return next(tokens) ~= nil and tokens or nil
end

local function same(a, b)
  return json.encode(nil, a) == json.encode(nil, b)
end

local function copy_of(params)
  local copy = {}
  for key, value in pairs(params) do copy[key] = value end
  return copy
end

local function with_tokens(self, tokens)
  local copy = copy_of(self.asked)
  for _, name in ipairs(self.rules.inputs) do copy[name] = tokens[name] end
  return copy
end

local function fail(self, what, next)
  failure.raise {
    what = ("%s %s: %s"):format(self.client.service, self.operation, what),
    service = self.client.service, operation = self.operation, code = "PaginationError",
    next = next,
  }
end

local function input_of(self)
  local operation = self.client.session.data:operation(self.client.service, self.operation)
  return operation and operation.input
end

local function set_page_size(self, size)
  local limit = self.rules and self.rules.limit
  if not limit then
    fail(self, "the size of its pages cannot be chosen", "leave the page size out")
  end
  local input = input_of(self)
  local member = input and input:member(limit)
  self.asked = copy_of(self.asked)
  self.asked[limit] = member and member.shape.kind == "string" and tostring(size) or size
end

---@param client aws.client
---@param operation string
---@param params table
---@param options aws.pages.options|nil
---@return aws.pages.reader
function pages.read(client, operation, params, options)
  options = options or {}
  local self = setmetatable({
    client = client, operation = operation, asked = params, tokens = {}, count = 0, skipped = 0,
    rules = rules_of(client.session.data, client.service, operation), most = options.max_items,
  }, reader)
  if self.rules and options.starting_token then
    self.tokens, self.skipped = token.decode(options.starting_token, self.rules.inputs)
    self.asked, self.resumed = with_tokens(self, self.tokens), true
  end
  if options.page_size then set_page_size(self, options.page_size) end
  return self
end

-- The first page after a starting token: what was given before is not given again, of the lists
-- beside the first one neither.
local function trim(self, page)
  for at, result in ipairs(self.rules.results) do
    local value = result.get(page)
    local kind = type(value)
    if kind == "table" and #value > 0 or kind == "string" then
      local all = length(value)
      result.put(page, cut(value, at == 1 and math.min(self.skipped, all) or all, all))
    elseif at == 1 and kind ~= "table" and value ~= nil then
      result.put(page, nil)
    end
  end
end

local function rest_of(self, page)
  local found = {}
  for at, place in ipairs(self.rules.rest) do found[at] = place.get(page) end
  return found
end

local function resume_at(self, tokens, skipped)
  self.resume_token = token.encode(tokens, self.rules.inputs, skipped, input_of(self))
  self.ended = true
end

-- Takes what is wanted of a page, and note of where the next one is.
local function take(self, page)
  local rules, skipped = self.rules, 0
  if not self.rest then
    if self.resumed then
      trim(self, page)
      skipped = self.skipped
    end
    self.rest = rest_of(self, page)
  end
  local value = rules.results[1].get(page)
  local over = self.most and self.count + length(value) - self.most or 0
  if over > 0 then
    local kept = length(value) - over
    rules.results[1].put(page, cut(value, 0, kept))
    return resume_at(self, self.tokens, kept + skipped)
  end
  self.count = self.count + length(value)
  local following = next_tokens(rules, page)
  if following and self.most == self.count then return resume_at(self, following) end
  self.ended = not following
  self.stuck = following and self.following and same(following, self.following)
  if following then
    self.asked, self.tokens, self.following = with_tokens(self, following), following, following
  end
end

---The next page, or nil after the last; waits.
---@return table|nil
function reader:next()
  if self.ended then return nil end
  if self.stuck then
    fail(self, "the service sent the same page token twice",
      "run it again; if it stays so, the endpoint is at fault")
  end
  local page = self.client:call(self.operation, self.asked)
  if not self.rules then
    self.ended = true
  else
    take(self, page)
  end
  return page
end

---@param client aws.client
---@param operation string
---@param params table
---@param options aws.pages.options|nil
---@return fun(): table|nil
function pages.iterate(client, operation, params, options)
  local self = pages.read(client, operation, params, options)
  return function() return self:next() end
end

---Gives each page to `use` while the next one is already asked for. It ends early where `use`
---returns false.
---@param client aws.client
---@param operation string
---@param params table
---@param use fun(page: table): boolean|nil
---@param options aws.pages.options|nil
function pages.each(client, operation, params, use, options)
  local self = pages.read(client, operation, params, options)
  local page = self:next()
  while page do
    if self.ended then return use(page) end
    local this, going = page, nil
    coroutine.yield { all = {
      function() page = self:next() end,
      function() going = use(this) end,
    } }
    if going == false then return end
  end
end

---Puts what a page brings behind what is there; a map that is there stays as it is.
---@param joined table
---@param page table
---@param result aws.pages.place
function pages.append(joined, page, result)
  local more, have = result.get(page), result.get(joined)
  if more == nil then return end
  if have == nil then
    result.put(joined, more)
  elseif type(have) == "table" and type(more) == "table" then
    table.move(more, 1, #more, #have + 1, have)
  elseif type(have) == "number" and type(more) == "number" then
    result.put(joined, have + more)
  elseif type(have) == "string" and type(more) == "string" then
    result.put(joined, have .. more)
  end
end

---What pages bring, joined, and what the first one says for all. After `max_items` there is a
---NextToken to go on with.
---@param client aws.client
---@param operation string
---@param params table
---@param options aws.pages.options|nil
---@return table
function pages.join(client, operation, params, options)
  local self = pages.read(client, operation, params, options)
  if not self.rules then return self:next() end
  local joined = {}
  for page in function() return self:next() end do
    for _, result in ipairs(self.rules.results) do pages.append(joined, page, result) end
  end
  for at, place in ipairs(self.rules.rest) do
    if self.rest[at] ~= nil then place.put(joined, self.rest[at]) end
  end
  joined.NextToken = self.resume_token
  return joined
end

return pages
