-- JMESPath: paths into what services answer.
--
--   local jmespath = require "aws.jmespath"
--   jmespath.search("Reservations[].Instances[?State.Name == 'running'][]", answer)
--   local names = jmespath.compile "sort_by(Roles, &RoleName)[*].RoleName"
--   names(answer)
--
-- A null, and what is not there, is nil; inside lists and objects that an expression makes it is
-- native.json's null. What is wrong is raised as a failure whose `reason` is JMESPath's own word
-- for it ("syntax", "invalid-type", ...) or "limit".
local compile = require "aws.jmespath.compiler"
local fault = require "aws.jmespath.fault"
local parse = require "aws.jmespath.parser"
local runs = require "aws.jmespath.run"

local LONGEST <const> = 16384
local MOST_KEPT <const> = 512

local jmespath = {}

local kept, count = {}, 0

-- Names alone build nothing: there is nothing to weigh.
local function is_path(tree)
  if tree[1] == "then" then return is_path(tree[2]) and is_path(tree[3]) end
  return tree[1] == "field"
end

---The expression as a function of the value that it looks into.
---@param expression string
---@return fun(value: any): any
function jmespath.compile(expression)
  local found = kept[expression]
  if found then return found end
  if #expression > LONGEST then
    fault("limit", ("it is longer than %d bytes"):format(LONGEST), expression)
  end
  local tree = parse(expression)
  local evaluate = compile(tree, expression)
  found = is_path(tree) and evaluate
    or function(value) return evaluate(value, runs.new(expression)) end
  if count >= MOST_KEPT then kept, count = {}, 0 end
  kept[expression], count = found, count + 1
  return found
end

---@param expression string
---@param value any
---@return any
function jmespath.search(expression, value)
  return jmespath.compile(expression)(value)
end

return jmespath
