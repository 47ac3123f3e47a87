--- output, check and policy: what a recipe says about its result.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local plain = require "recipe.plain"
local position = require "recipe.position"
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

--- `check(condition, "what must hold")`.
function outputs.check(ev)
  return function(condition, message)
    if misuse.special(condition) and value.is_deferred(condition) then
      misuse.refuse(condition, "checked now", "apply(VALUE, function(v) check(v, ...) end)")
    end
    if not condition then
      failure.raise { what = "check failed: " .. tostring(message or "no message"),
        where = position.of(ev.chunks), next = "change what the recipe declares, or the check" }
    end
    return condition
  end
end

--- `policy "name" (function(resource) return ok, message end)`: asked about every resource.
function outputs.policy(ev)
  return function(name)
    if type(name) ~= "string" then
      failure.raise { what = "policy takes a name",
        next = 'write policy "name" (function ... end)' }
    end
    local source = position.of(ev.chunks)
    return function(fn)
      if type(fn) ~= "function" then
        failure.raise { what = ("policy %q takes a function"):format(name),
          next = "write function(resource) return ok, message end" }
      end
      ev.policies[#ev.policies + 1] = { name = name, fn = fn, source = source }
    end
  end
end

--- Asks every policy about every resource; the first that says no ends the evaluation.
---@param ev table
function outputs.enforce(ev)
  for _, policy in ipairs(ev.policies) do
    for _, resource in ipairs(ev.resources) do
      local ok, message = policy.fn {
        name = resource.name, type = resource.type, properties = value.copy(resource.properties),
      }
      if not ok then
        failure.raise {
          what = ("policy %q refuses %s: %s"):format(policy.name, resource.name,
            type(message) == "string" and message or "no reason given"),
          where = resource.source, next = ("the policy is at %s"):format(policy.source or "?"),
        }
      end
    end
  end
end

return outputs
