--- The forms that a handler's `update` and `have` are often made of.
local json = require "json"
local value = require "engine.value"

local form = {}

local function has(list, wanted)
  for _, v in ipairs(list or {}) do
    if value.equal(v, wanted) then return true end
  end
  return false
end

--- What is in one list and not in the other, both ways.
---@param have any[]|nil
---@param want any[]|nil
---@return any[] added, any[] removed
function form.difference(have, want)
  local added, removed = {}, {}
  for _, v in ipairs(want or {}) do
    if not has(have, v) then added[#added + 1] = v end
  end
  for _, v in ipairs(have or {}) do
    if not has(want, v) then removed[#removed + 1] = v end
  end
  return added, removed
end

--- A list kept by one operation that takes Add<Property> and Remove<Property>.
---@param operation string
---@return function
function form.delta(operation)
  return function(change, property)
    local added, removed = form.difference(change.have[property], change.want[property])
    local params = {}
    if #added > 0 then params["Add" .. property] = added end
    if #removed > 0 then params["Remove" .. property] = removed end
    return next(params) and { { operation, params } } or {}
  end
end

--- A set kept by one operation to put a member in and one to take it out.
---@param spec { add: string, remove: string, member: string, remove_first: boolean|nil,
---  gone: string[]|nil, there: string[]|nil } there: what is said when it was added already
---@return function
function form.set(spec)
  return function(change, property)
    local added, removed = form.difference(change.have[property], change.want[property])
    local adding, removing = {}, {}
    for i, v in ipairs(added) do
      adding[i] = { spec.add, { [spec.member] = v }, merge = false, done = spec.there }
    end
    for i, v in ipairs(removed) do
      removing[i] = { spec.remove, { [spec.member] = v }, merge = false, done = spec.gone }
    end
    local first, last = adding, removing
    if spec.remove_first then first, last = removing, adding end
    return table.move(last, 1, #last, #first + 1, first)
  end
end

--- A property that one operation writes and another takes away.
---@param put string
---@param remove string
---@return function
function form.put(put, remove)
  return function(change, property)
    local v = change.want[property]
    if v == nil then return { { remove, {} } } end
    return { { put, { [property] = v } } }
  end
end

--- A structure of which each member is an attribute of its own: `names` says which.
---@param operation string
---@param names table<string, string>
---@return function
function form.members(operation, names)
  return function(change, property)
    local steps, have = {}, change.have[property] or {}
    for _, name in ipairs(value.keys(change.want[property] or {})) do
      local v = change.want[property][name]
      if v ~= have[name] then
        local wrapped = type(v) == "boolean" and { Value = v } or v
        steps[#steps + 1] = { operation, { [names[name]] = wrapped } }
      end
    end
    return steps
  end
end

--- The last part of an ARN: `arn:aws:iam::1:instance-profile/path/name`.
---@param arn string|nil
---@return string|nil
function form.arn_name(arn)
  return arn and arn:match("[^/]+$")
end

--- For `update` of what matters at creation alone.
---@return table[]
function form.nothing()
  return {}
end

--- A document as the API takes it.
---@param document string|table
---@return string
function form.text(document)
  return type(document) == "string" and document or json.encode(document)
end

--- A moment as AWS writes it, from seconds since the epoch.
---@param seconds number|string|nil
---@return string|nil
function form.time(seconds)
  if type(seconds) ~= "number" then return seconds end
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds))
end

return form
