--- The full wanted value of a property, ready for the provider: what is declared, laid over what
--- is live and not mrun's to change.
local hidden = require "engine.value.hidden"
local lists = require "engine.diff.same"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"

local merge

local function merge_map(context, at, n, want, have)
  local result = {}
  for key, member in next, have do
    local inner = plain.path(at, key)
    local restored = context.restored[inner]
    if restored ~= nil then
      result[key] = restored
    elseif not context.dropped[inner] and not context:read_only(inner) then
      result[key] = member
    end
  end
  for key, member in next, want do
    local inner = node.member(context.raw, n, key) or {}
    result[key] = merge(context, plain.path(at, key), inner, member, have[key])
  end
  return result
end

local function merge_keyed(context, at, n, want, have)
  local key = lists.key(context, at)
  local items, result, taken = node.items(context.raw, n), plain.list(), {}
  for i, item in ipairs(want) do
    local other, j = lists.item(have, key, item[key])
    if j then taken[j] = true end
    result[i] = merge(context, plain.path(at, i), items, item, other)
  end
  for j, item in ipairs(have) do
    if not taken[j] and not context.dropped[lists.keyed_path(at, item[key])] then
      result[#result + 1] = item
    end
  end
  return result
end

--- A live item that is as declared stands in its live form, so that a plain comparison with what
--- is live shows exactly what to add and what to take away.
local function merge_set(context, at, n, want, have)
  local pairs_found = lists.pair(context, at, node.items(context.raw, n), want, have)
  local result = plain.list()
  for i, item in ipairs(want) do
    result[i] = pairs_found[i] and have[pairs_found[i]] or item
  end
  return result
end

--- The target of a value that may be deep.
---@param context table
---@param at string
---@param n table
---@param want any
---@param have any
---@return any
function merge(context, at, n, want, have)
  n = node.resolve(context.raw, n)
  if type(want) ~= "table" or type(have) ~= "table" or hidden.kind(want) or hidden.kind(have)
    or node.is_document(n) then
    return want
  end
  if plain.is_list(want) then
    if lists.key(context, at) then return merge_keyed(context, at, n, want, have) end
    if lists.order_free(context, at, n) then return merge_set(context, at, n, want, have) end
    return want
  end
  if plain.is_list(have) then return want end
  return merge_map(context, at, n, want, have)
end

return merge
