--- Tags: ours beside the user's, in the form that each operation takes.
local keys_of = require "engine.value".keys

local tags = {}

---@param map table<string, string>
---@return { Key: string, Value: string }[]
function tags.list(map)
  local list = {}
  for i, name in ipairs(keys_of(map)) do list[i] = { Key = name, Value = map[name] } end
  return list
end

local function reserved(name)
  return name:find("^aws:") ~= nil or name:find("^mrun:") ~= nil
end

--- The user's own tags of an answer: AWS's and mrun's are not part of what was declared.
---@param list { Key: string, Value: string }[]|nil
---@return table<string, string>
function tags.map(list)
  local map = {}
  for _, tag in ipairs(list or {}) do
    if not reserved(tag.Key) then map[tag.Key] = tag.Value or "" end
  end
  return map
end

--- Whom the tags of an answer say it belongs to.
---@param list { Key: string, Value: string }[]|nil
---@return { stack: string, name: string, op: string|nil }|nil
function tags.owner(list)
  local found = {}
  for _, tag in ipairs(list or {}) do found[tag.Key] = tag.Value end
  if not found["mrun:stack"] then return nil end
  return {
    stack = found["mrun:stack"], name = found["mrun:resource"], op = found["mrun:op"],
    protect = found["mrun:protect"] == "true" or nil,
  }
end

--- The user's tags and the ownership tags of an intent.
---@param own table<string, string>|nil
---@param ownership table<string, string>|nil
---@return table<string, string>
function tags.merged(own, ownership)
  local map = {}
  for name, v in pairs(own or {}) do map[name] = tostring(v) end
  for name, v in pairs(ownership or {}) do map[name] = v end
  return map
end

--- Puts tags into a create's parameters: where the service model says that it takes them.
---@param params table
---@param op table facts of the operation
---@param kinds string[] resource types, for TagSpecifications
---@param map table<string, string>
function tags.put(params, op, kinds, map)
  if next(map) == nil then return end
  if op.input.TagSpecifications then
    params.TagSpecifications = {}
    for i, kind in ipairs(kinds) do
      params.TagSpecifications[i] = { ResourceType = kind, Tags = tags.list(map) }
    end
  elseif op.input.Tags then
    params.Tags = tags.list(map)
  end
end

--- What has to be written and what removed to come from one map to another.
---@param have table<string, string>
---@param want table<string, string>
---@return table<string, string> added, string[] removed
function tags.difference(have, want)
  local added, removed = {}, {}
  for name, v in pairs(want) do
    if have[name] ~= tostring(v) then added[name] = tostring(v) end
  end
  for name in pairs(have) do
    if want[name] == nil then removed[#removed + 1] = name end
  end
  table.sort(removed)
  return added, removed
end

return tags
