-- Compiles an endpoint rule set (AWS's endpoint-rule-set-1.json, decoded): which endpoint a
-- service has for these parameters. A rule is compiled when a run first comes to it, its end when
-- its conditions first hold. Pure: the functions that rules call are handed in.
local expression = require "aws.endpoint.expression"
local fault = require "aws.endpoint.fault"
local memo = require "aws.endpoint.memo"
local parameters = require "aws.endpoint.parameters"
local runs = require "aws.endpoint.run"

local MAX_DEPTH <const>, MAX_KEPT <const> = 64, 500

local EXHAUSTED <const> = "No rule of the service's rule set holds for these parameters"

---@class aws.endpoint.program
---@field parameters table[]  { name, kind, default, required, built_in }
local program = {}
program.__index = program

---Raises: the rule set is not what one must be.
---@param reason string
function program:fault(reason)
  fault("the endpoint rule set", reason, self.at and "at " .. self.at)
end

local function list_of(self, value, what)
  if type(value) ~= "table" then self:fault(("its %s are no list"):format(what)) end
  return value
end

-- The conditions of a rule, and the names that stand for their results from then on.
local function conditions(self, rule, outer)
  local checks, scope = {}, setmetatable({}, { __index = outer })
  for at, condition in ipairs(list_of(self, rule.conditions or {}, "conditions")) do
    local check = { holds = expression.call(self, condition, scope, 1) }
    if condition.assign ~= nil then
      if type(condition.assign) ~= "string" then self:fault "it assigns to no name" end
      self.slots = self.slots + 1
      scope[condition.assign], check.slot = self.slots, self.slots
    end
    checks[at] = check
  end
  return function(run)
    for at = 1, #checks do
      local check = checks[at]
      local result = check.holds(run)
      if result == nil or result == false then return false end
      if check.slot then run[check.slot] = result end
    end
    return true
  end, scope
end

local outcomes = {}

-- The text that a rule ends in.
local function ending(self, node, scope)
  local value = expression.value(self, node, scope, 1)
  return function(run)
    local text = value(run)
    if type(text) ~= "string" then run.program:fault "a rule ends in what is no text" end
    return text
  end
end

-- Header names and the texts of each.
local function header_texts(self, headers, scope)
  local compiled = {}
  for name, texts in pairs(list_of(self, headers or {}, "headers")) do
    local values = {}
    for at, text in ipairs(list_of(self, texts, "headers")) do
      values[at] = ending(self, text, scope)
    end
    compiled[name] = values
  end
  return function(run)
    local found = {}
    for name, values in pairs(compiled) do
      local texts = {}
      for at = 1, #values do texts[at] = values[at](run) end
      found[name] = texts
    end
    return found
  end
end

function outcomes.endpoint(self, rule, scope)
  local endpoint = type(rule.endpoint) == "table" and rule.endpoint
    or self:fault "a rule has no endpoint"
  local url = ending(self, endpoint.url, scope)
  local properties = expression.data(self,
    list_of(self, endpoint.properties or {}, "properties"), scope, 1)
  local headers = header_texts(self, endpoint.headers, scope)
  return function(run)
    return { endpoint = { url = url(run), properties = properties(run), headers = headers(run) } }
  end
end

function outcomes.error(self, rule, scope)
  local text = ending(self, rule.error, scope)
  return function(run) return { reason = text(run) } end
end

local first_of

function outcomes.tree(self, rule, scope, at, depth)
  return first_of(self, rule.rules, scope, at .. ".", depth + 1)
end

local function compile(self, rule, outer, at, depth)
  self.at = at
  if type(rule) ~= "table" then self:fault "a rule is none" end
  local outcome = outcomes[rule.type]
  if not outcome then self:fault(("a rule is of the type %s"):format(tostring(rule.type))) end
  local hold, scope = conditions(self, rule, outer)
  local result
  return function(run)
    run:step()
    self.at = at
    if not hold(run) then return nil end
    result = result or outcome(self, rule, scope, at, depth)
    return result(run)
  end
end

-- The first rule of a list whose conditions hold.
function first_of(self, list, scope, prefix, depth)
  list_of(self, list, "rules")
  if depth > MAX_DEPTH then self:fault "its rules are nested too deeply" end
  local compiled = {}
  return function(run)
    for at = 1, #list do
      compiled[at] = compiled[at] or compile(self, list[at], scope, prefix .. at, depth)
      local result = compiled[at](run)
      if result then return result end
    end
    return { reason = EXHAUSTED }
  end
end

---The endpoint for these parameters. What it gives is kept and must not be changed.
---@param given table<string, any>
---@return { url: string, properties: table, headers: table }|nil endpoint
---@return string|nil reason  the rule set's own words
function program:resolve(given)
  local values, wrong = parameters.bind(self.parameters, given)
  if not values then return nil, wrong end
  local result = self.memo:find(values)
  if not result then
    local run = runs.new(self, values)
    result = self.first(run)
    self.memo:keep(run.asked, values, result)
  end
  return result.endpoint, result.reason
end

---@param ruleset table
---@param functions table<string, function>  the standard library, see aws.endpoint.functions
---@return aws.endpoint.program
return function(ruleset, functions)
  local self = setmetatable({ functions = functions, slots = 0, declared = {},
    memo = memo.new(MAX_KEPT) }, program)
  if type(ruleset) ~= "table" then self:fault "it is no map" end
  self.parameters = parameters.read(self, ruleset.parameters)
  for _, each in ipairs(self.parameters) do self.declared[each.name] = true end
  self.first = first_of(self, ruleset.rules, {}, "rule ", 1)
  return self
end
