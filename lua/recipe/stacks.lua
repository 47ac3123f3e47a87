--- `stack "name"`: the name of this stack; `stack("network").VpcId`: an output of another one, as
--- it was when that was applied last.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"
local position = require "recipe.position"
local schema = require "engine.schema"
local value = require "engine.value"

local stacks = {}

local function of_other(ev, name, key)
  local outputs = ev.limits:outside(ev.host.outputs, name)
  if not outputs then
    failure.raise { what = ("there is no stack %s where this one's state is"):format(name),
      next = "apply its recipe first, with the same --state" }
  end
  local found = outputs[key]
  if found == nil then
    local near = schema.nearest(tostring(key), value.keys(outputs))
    failure.raise { what = ("the stack %s has no output %s"):format(name, tostring(key)),
      next = near and ("did you mean %s?"):format(near) or "add it to its recipe, and apply that" }
  end
  return found
end

-- Of a secret the other state has a digest only.
local function contains_digest(v)
  if value.digest_of(v) then return true end
  if type(v) ~= "table" or value.is_opaque(v) then return false end
  for _, member in next, v do
    if contains_digest(member) then return true end
  end
  return false
end

local function read(ev, name, key)
  local found = ev.inputs:replay("stacks", name .. "." .. tostring(key), function()
    return of_other(ev, name, key)
  end)
  if found == nil then
    failure.raise { what = ("the saved plan has no output %s of the stack %s"):format(key, name),
      next = "plan again" }
  end
  if contains_digest(found) then
    failure.raise { what = ("the output %s of the stack %s is secret, and a state keeps no secrets")
      :format(key, name), next = "read it with a look-up from where it comes" }
  end
  ev.inputs.stacks[name .. "." .. key] = found
  return value.copy(found)
end

local function handle(ev, entry)
  return objects.new({ kind = "stack", text = ("stack %q"):format(entry.name),
    hint = ("name one of its outputs, such as stack(%q).VpcId"):format(entry.name) },
    misuse.metatable {
      __index = function(_, key)
        entry.read = true
        return read(ev, entry.name, key)
      end,
    })
end

--- The function `stack` of a recipe.
---@param ev table
---@return fun(name: string): table
function stacks.named(ev)
  return function(name)
    if type(name) ~= "string" or not name:find("^[%w._-]+$") then
      failure.raise { what = ("%s cannot be the name of a stack"):format(
        type(name) == "string" and ("%q"):format(name) or "a " .. type(name)),
        next = 'write stack "name", with letters, digits and . _ -' }
    end
    local entry = { name = name, source = position.of(ev.chunks) }
    ev.stacks[#ev.stacks + 1] = entry
    return handle(ev, entry)
  end
end

--- The name that the recipe gives its own stack: the one of which no output was read.
---@param ev table
---@return string|nil
function stacks.own(ev)
  local own
  for _, entry in ipairs(ev.stacks) do
    if not entry.read and own and own.name ~= entry.name then
      failure.raise { what = ("is this the stack %s or %s?"):format(own.name, entry.name),
        where = entry.source, next = 'stack "name" without an output names this stack: keep one' }
    end
    if not entry.read then own = own or entry end
  end
  return own and own.name
end

--- The stacks of which outputs were read, and where.
---@param ev table
---@return { name: string, source: string }[]
function stacks.others(ev)
  local list = {}
  for _, entry in ipairs(ev.stacks) do
    if entry.read then list[#list + 1] = { name = entry.name, source = entry.source } end
  end
  return list
end

return stacks
