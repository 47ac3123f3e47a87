--- `params { Name = { type, default, ... } }`: from what was given, or the default, to
--- plain Lua values.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local param_types = require "recipe.param_types"
local position = require "recipe.position"
local schema = require "engine.schema"
local value = require "engine.value"

local params = {}

local FIELDS = {
  type = "string", default = "any", pattern = "string", allowed = "table", min = "number",
  max = "number", secret = "boolean", help = "string", constraint = "string",
}

--- Raises about a parameter; the recipe's line is that of its name where it can be found.
local function bad(ev, name, what, next_step, kind)
  local where = ev.where_param and ev.where_param(name)
  if not where then
    local path, line = position.find(ev.chunks)
    if path then
      where = ("%s:%d"):format(path, position.of_key(ev.inputs.sources[path], line, name))
    end
  end
  failure.raise { what = ("parameter %s %s"):format(name, what), where = where, next = next_step,
    kind = kind }
end

local function check_spec(ev, name, spec)
  if type(name) ~= "string" or not name:find("^[%w_]+$") then
    bad(ev, tostring(name), "cannot be called that", "names are made of letters, digits and _")
  end
  if type(spec) ~= "table" or misuse.special(spec) then
    bad(ev, name, "takes its description in braces", ("write %s = { default = ... }"):format(name))
  end
  for field, v in next, spec do
    local kind = FIELDS[field]
    if not kind then
      local nearest = schema.nearest(tostring(field), value.keys(FIELDS))
      bad(ev, name, ("has no field %s"):format(tostring(field)),
        nearest and ("did you mean %s?"):format(nearest) or "see params in the manual")
    end
    if kind ~= "any" and type(v) ~= kind then
      bad(ev, name, ("takes a %s as %s"):format(kind, field), "correct the description")
    end
  end
end

local function type_of(ev, name, spec)
  local type_name = spec.type or param_types.of_default(spec.default)
  local parsed = param_types.parse(type_name)
  if not parsed then
    bad(ev, name, ("has no known type: %s"):format(type_name),
      "types are CloudFormation's: String, Number, List<...>, AWS::SSM::Parameter::Value<...>")
  end
  return parsed
end

--- The raw value: as given, as recorded, the default, or asked for.
local function find_raw(ev, name, spec)
  return ev.inputs:replay("params", name, function()
    local given = ev.host.params and ev.host.params[name]
    if given ~= nil then return given end
    if spec.default ~= nil then return spec.default end
    local asked = ev.host.ask and ev.limits:outside(ev.host.ask, name, spec)
    if asked ~= nil then return asked end
    bad(ev, name, "has no value", ("give it with -P %s=..."):format(name), "usage")
  end)
end

local function shown(spec, v)
  return spec.secret and "its value" or ("%q"):format(tostring(v))
end

local function check_allowed(ev, name, spec, item)
  if not spec.allowed then return end
  local words = {}
  for i, allowed in ipairs(spec.allowed) do
    if tostring(allowed) == tostring(item) then return end
    words[i] = tostring(allowed)
  end
  bad(ev, name, ("does not allow %s"):format(shown(spec, item)),
    spec.constraint or "allowed: " .. table.concat(words, ", "), "usage")
end

local function check_pattern(ev, name, spec, item)
  if not spec.pattern then return end
  -- CloudFormation's rule: the pattern is about the whole value.
  local matches, why = ev.host.regex("^(?:" .. spec.pattern .. ")$", tostring(item))
  if matches == nil and why then
    bad(ev, name, ("has a broken pattern: %s"):format(failure.from(why).what),
      "correct the regular expression")
  end
  if not matches or tostring(item):find("\n$") then
    bad(ev, name, ("does not match its pattern: %s"):format(shown(spec, item)),
      spec.constraint or "pattern: " .. spec.pattern, "usage")
  end
end

local function check_range(ev, name, spec, item)
  local size, unit = item, ""
  if type(item) ~= "number" then size, unit = #tostring(item), " characters" end
  if spec.min and size < spec.min then
    bad(ev, name, ("is less than %g%s: %s"):format(spec.min, unit, shown(spec, item)),
      spec.constraint or "give a larger one", "usage")
  end
  if spec.max and size > spec.max then
    bad(ev, name, ("is more than %g%s: %s"):format(spec.max, unit, shown(spec, item)),
      spec.constraint or "give a smaller one", "usage")
  end
end

local function check_value(ev, name, spec, converted)
  local items = type(converted) == "table" and converted or { converted }
  for _, item in ipairs(items) do
    check_allowed(ev, name, spec, item)
    check_pattern(ev, name, spec, item)
    if type(item) ~= "boolean" then check_range(ev, name, spec, item) end
  end
end

local function store(ev)
  return ev.limits:aside(ev.host.place, "aws", {})
end

local function from_store(ev, prepared)
  local name, parsed, path = prepared.name, prepared.parsed, prepared.value
  local found = ev.inputs:lookup("aws", store(ev), { "parameter", path }, prepared.spec.secret)
  local hidden = value.is_secret(found)
  local converted, why = param_types.from_store(parsed, value.reveal(found))
  if why then bad(ev, name, ("of %s %s"):format(path, why), "look at the parameter's value") end
  -- What a plan may keep as it was applied, although a newer one has come out.
  ev.inputs.latest[#ev.inputs.latest + 1] = { param = name, path = path,
    value = not hidden and converted or nil }
  return hidden and value.secret(converted) or converted
end

--- One parameter, checked, as far as it is known without asking AWS.
---@param ev table
---@param name string
---@param spec table
---@return table prepared
function params.prepare(ev, name, spec)
  check_spec(ev, name, spec)
  local parsed = type_of(ev, name, spec)
  local raw = find_raw(ev, name, spec)
  local converted, why = param_types.convert(parsed, raw)
  if why then bad(ev, name, why, ("give it with -P %s=..."):format(name), "usage") end
  check_value(ev, name, spec, converted)
  ev.declared_params[name] = true
  ev.inputs.params[name] = converted
  if spec.secret then
    if not parsed.ssm then value.secret(converted) end
    ev.inputs.secret_params[name] = true
  end
  return { name = name, spec = spec, parsed = parsed, value = converted }
end

--- Whether a value of the parameter store is left open: offline, where one text stands for it.
local function stays_open(ev, prepared)
  return ev.host.offline and not prepared.parsed.list
end

--- Asks the parameter store for all of them at once.
---@param ev table
---@param prepared table[]
function params.look_up(ev, prepared)
  local lookups = {}
  for _, each in ipairs(prepared) do
    if each.parsed.ssm and not stays_open(ev, each) then
      lookups[#lookups + 1] = { "parameter", each.value }
    end
  end
  if #lookups > 1 then ev.inputs:prefetch("aws", store(ev), lookups) end
end

--- The value of a prepared parameter; a secret where it is to be one. Offline, what the parameter
--- store holds is deferred.
---@param ev table
---@param prepared table
---@return any
function params.value(ev, prepared)
  local v, parsed = prepared.value, prepared.parsed
  if parsed.ssm and stays_open(ev, prepared) then
    return value.lookup(store(ev), { "parameter", v })
  end
  if parsed.ssm then v = from_store(ev, prepared) end
  if parsed.list and not value.is_secret(v) then v = value.list(value.copy(v)) end
  return prepared.spec.secret and value.secret(v) or v
end

--- The table that the recipe gets: a name that it does not have is an error.
---@param ev table
---@param specs table
---@return table
function params.define(ev, specs)
  if type(specs) ~= "table" or misuse.special(specs) then
    failure.raise { what = "params takes a table",
      next = "write params { Name = { default = ... } }" }
  end
  local found, prepared = {}, {}
  for i, name in ipairs(value.keys(specs)) do
    if ev.declared_params[name] then
      bad(ev, name, "is described twice", "keep one of the two")
    end
    prepared[i] = params.prepare(ev, name, specs[name])
  end
  params.look_up(ev, prepared)
  for _, each in ipairs(prepared) do found[each.name] = params.value(ev, each) end
  return setmetatable(found, {
    __metatable = false,
    __index = function(_, key)
      local nearest = schema.nearest(tostring(key), value.keys(found))
      failure.raise { what = ("there is no parameter %s"):format(tostring(key)),
        next = nearest and ("did you mean %s?"):format(nearest) or "describe it in params { }" }
    end,
  })
end

--- Every parameter that was given must be one of the recipe's.
---@param ev table
function params.check_given(ev)
  for _, name in ipairs(value.keys(ev.host.params or {})) do
    if not ev.declared_params[name] then
      local nearest = schema.nearest(name, value.keys(ev.declared_params))
      failure.raise { what = ("%s has no parameter %s"):format(ev.path, name), kind = "usage",
        next = nearest and ("did you mean %s?"):format(nearest)
          or "leave out -P " .. name .. "=..." }
    end
  end
end

return params
