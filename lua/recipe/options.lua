--- mrun's own options of a resource, those in lower case.
local failure = require "engine.failure"
local objects = require "recipe.objects"
local schema = require "engine.schema"
local value = require "engine.value"

local options = {}

local function bad(name, what, next_step)
  failure.raise { what = ("%s %s"):format(name, what), next = next_step }
end

local function boolean(name, v)
  if type(v) ~= "boolean" then
    bad(name, "takes true or false", ("write %s = true"):format(name))
  end
  return v
end

local function text(name, v)
  if type(v) ~= "string" or v == "" then bad(name, "takes a string", "write it in quotes") end
  return v
end

local function each_of(v)
  if type(v) == "table" and not objects.inside(v) and not value.is_opaque(v) then return v end
  return { v }
end

local function length(name, list)
  local count = rawlen(list)
  for key in next, list do
    if math.type(key) ~= "integer" or key < 1 or key > count then
      bad(name, "takes a list without holes", "a nil in it is often a misspelt variable")
    end
  end
  return count
end

local function depends_on(name, v)
  local names, list = {}, each_of(v)
  for i = 1, length(name, list) do
    local inside = objects.inside(list[i])
    if inside and inside.kind == "resource" then
      if not inside.absent then names[#names + 1] = inside.name end
    elseif type(list[i]) == "string" then
      names[#names + 1] = list[i]
    else
      bad(name, ("takes resources or their names, not a %s"):format(type(list[i])),
        "write depends_on = { role, \"Name\" }")
    end
  end
  return names
end

local function ignore_changes(name, v, record)
  local list, result = each_of(v), {}
  for i = 1, length(name, list) do
    local path = text(name, list[i])
    local top = path:match("^[^.%[]+")
    if record and record.properties and not record.properties[top] then
      local nearest = schema.nearest(top, value.keys(record.properties))
      bad(name, ("names %s, which %s does not have"):format(top, record.type),
        nearest and ("did you mean %s?"):format(nearest) or ("see mrun types " .. record.type))
    end
    result[i] = path
  end
  return result
end

local function replace(name, v)
  if v ~= "create_first" and v ~= "delete_first" then
    bad(name, 'takes "create_first" or "delete_first"', "leave it out to let the type decide")
  end
  return v
end

local SECONDS = { s = 1, m = 60, h = 3600 }

--- Seconds: 90, "90s", "10m", "2h".
local function timeout(name, v)
  local seconds
  if type(v) == "number" then
    seconds = v
  elseif type(v) == "string" then
    local number, unit = v:match("^(%d+)([smh])$")
    seconds = number and tonumber(number) * SECONDS[unit]
  end
  if not seconds or seconds <= 0 then
    bad(name, "takes seconds, or a text such as \"10m\"", "write timeout = \"10m\"")
  end
  return seconds
end

local CHECKS = {
  depends_on = depends_on, protect = boolean, retain = boolean, ignore_changes = ignore_changes,
  replace = replace, timeout = timeout, when = boolean, moved_from = text, identifier = text,
}

--- Is this the name of an option?
---@param name string
---@return boolean
function options.has(name)
  return CHECKS[name] ~= nil
end

--- The checked value of one option.
---@param name string
---@param v any
---@param record table|nil the type's schema
---@return any
function options.check(name, v, record)
  local check = CHECKS[name]
  if not check then
    local nearest = schema.nearest(name, value.keys(CHECKS))
    bad(name, "is no option of a resource", nearest and ("did you mean %s?"):format(nearest)
      or "properties begin with a capital letter, options are in lower case")
  end
  if value.is_deferred(v) then
    bad(name, "must be known now, and a deferred value is not", "use a parameter or a look-up")
  end
  return check(name, v, record)
end

return options
