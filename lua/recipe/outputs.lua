--- output, check and policy: what a recipe says about its result.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local plain = require "recipe.plain"
local position = require "recipe.position"
local strings = require "recipe.strings"
local value = require "engine.value"

local outputs = {}

--- Enters one output.
---@param ev table
---@param name string
---@param v any
---@param source string|nil
function outputs.enter(ev, name, v, source)
  if ev.output_names[name] then
    failure.raise { what = ("there are two outputs named %s"):format(name),
      next = ("the other one is at %s"):format(ev.output_names[name]) }
  end
  ev.output_names[name] = source or "?"
  ev.outputs[#ev.outputs + 1] = { name = name, value = v, source = source,
    secret = value.contains_secret(v) or nil }
end

--- `output { Name = value }`.
---@param ev table
---@param named table
function outputs.add(ev, named)
  if type(named) ~= "table" or misuse.special(named) then
    failure.raise { what = "output takes a table", next = "write output { Name = value }" }
  end
  for _, name in ipairs(value.keys(named)) do
    if type(name) ~= "string" then
      failure.raise { what = "an output needs a name", next = "write output { Name = value }" }
    end
    outputs.enter(ev, name, plain.copy(named[name], "output " .. name), position.of(ev.chunks))
  end
end

--- `check(condition, "what must hold")`: what is known is checked now; a deferred condition is
--- handed on, and checked when what it depends on is there.
function outputs.check(ev)
  return function(condition, message)
    local source, told = position.of(ev.chunks), strings.show(message or "no message")
    if value.is_deferred(condition) then
      if ev.closed then misuse.refuse(condition, "checked any more") end
      ev.checks[#ev.checks + 1] = { value = condition, message = told, source = source }
      return condition
    end
    local inside = objects.inside(condition)
    if inside then
      misuse.refuse(condition, "checked", "check(RESOURCE.Attribute, ...)")
    end
    if not value.reveal(condition) then
      failure.raise { what = "check failed: " .. told, where = source,
        next = "change what the recipe declares, or the check" }
    end
    return condition
  end
end

local function enter_policy(ev, name, fn, source)
  if type(fn) ~= "function" then
    failure.raise { what = ("%s takes a function"):format(name),
      next = "write policy(function(plan) ... end), and return a text to refuse the plan" }
  end
  ev.policies[#ev.policies + 1] = { name = name, fn = fn, source = source }
end

--- `policy(function(plan) ... end)` or `policy "name" (function(plan) ... end)`: asked about every
--- plan of the recipe.
function outputs.policy(ev)
  return function(first)
    local source = position.of(ev.chunks)
    if type(first) ~= "string" then return enter_policy(ev, "policy", first, source) end
    local name = ("policy %q"):format(first)
    local entry = { name = name, source = source, what = name .. " takes a function",
      next = ("write %s (function(plan) ... end)"):format(name) }
    ev.pending[entry] = true
    return function(fn)
      ev.pending[entry] = nil
      enter_policy(ev, name, fn, source)
    end
  end
end

--- The text of what a policy raised or returned.
local function reason(v)
  if failure.is(v) then return v.what end
  if type(v) ~= "string" then return "no reason given" end
  return (position.split(v))
end

--- Asks every policy about a plan, each with a copy of its own; the first that refuses is raised.
---@param ev table
---@param plan table the plan as --json shows it
function outputs.enforce(ev, plan)
  for _, policy in ipairs(ev.policies) do
    local ok, answer, message = pcall(policy.fn, value.copy(plan))
    if ev.limits.killed then error(ev.limits.killed, 0) end
    local why = not ok and reason(answer) or type(answer) == "string" and answer
      or answer == false and reason(message)
    if why then
      failure.raise { what = ("%s refuses this plan: %s"):format(policy.name, why),
        where = policy.source, next = "nothing was changed: change the recipe, or the policy" }
    end
  end
end

return outputs
