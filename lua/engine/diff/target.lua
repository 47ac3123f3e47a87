--- The full wanted value of a property, ready for the provider: what is declared, laid over what
--- is live and not mrun's to change.
local hidden = require "engine.value.hidden"
local lists = require "engine.diff.same"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"

local merge

local function merge_map(context, spot)
  local result = {}
  for key, member in next, spot.have do
    local inner = plain.path(spot.path, key)
    local restored = context.restored[inner]
    if restored ~= nil then
      result[key] = restored
    elseif not context.dropped[inner] and not context:read_only(inner) then
      result[key] = member
    end
  end
  for key in next, spot.want do
    result[key] = merge(context, lists.member_spot(context, spot, key))
  end
  return result
end

local function merge_keyed(context, spot, key)
  local items, result, taken = node.items(context.raw, spot.node), plain.list(), {}
  for i, item in ipairs(spot.want) do
    local other, j = lists.item(spot.have, key, item[key])
    if j then taken[j] = true end
    result[i] = merge(context, { path = lists.keyed_path(spot.path, item[key]), node = items,
      want = item, have = other })
  end
  for j, item in ipairs(spot.have) do
    if not taken[j] and not context.dropped[lists.keyed_path(spot.path, item[key])] then
      result[#result + 1] = item
    end
  end
  return result
end

--- A live item that is as declared stands in its live form, so that a plain comparison with what
--- is live shows exactly what to add and what to take away.
local function merge_set(context, spot)
  local found = lists.pair(context, spot)
  local result = plain.list()
  for i, item in ipairs(spot.want) do
    result[i] = found[i] and spot.have[found[i]] or item
  end
  return result
end

--- The target of a value that may be deep.
---@param context table
---@param spot Spot
---@return any
function merge(context, spot)
  local want, have, n = spot.want, spot.have, node.resolve(context.raw, spot.node)
  if type(want) ~= "table" or type(have) ~= "table" or hidden.kind(want) or hidden.kind(have)
    or node.is_document(n) then
    return want
  end
  spot = { path = spot.path, node = n, want = want, have = have }
  if plain.is_list(want) then
    local key = lists.key(context, spot.path)
    if key then return merge_keyed(context, spot, key) end
    if lists.order_free(context, spot.path, n) then return merge_set(context, spot) end
    return want
  end
  if plain.is_list(have) then return want end
  return merge_map(context, spot)
end

return merge
