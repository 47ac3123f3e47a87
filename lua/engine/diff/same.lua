--- Whether a live value is as declared. Only what is declared counts; what is deferred is not
--- known, so it differs.
---
--- A spot is one place of the comparison: { path, node, want, have, last, parents }.
local deferred = require "engine.value.deferred"
local document = require "engine.normalize.document"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"
local text = require "engine.normalize.text"

---@class Spot
---@field path string
---@field node table the schema's node
---@field want any
---@field have any
---@field last any
---@field parents { want: table, have: table }|nil the maps that hold want and have

local same

local lists = {}

--- The spot of an item of the lists at a spot.
local function item_spot(spot, items, i, want, have)
  return { path = plain.path(spot.path, i), node = items, want = want, have = have }
end

--- The live item of each wanted one, and the live ones left over. Items may match in any order;
--- each live item is taken once.
---@param spot Spot of two lists
---@return table<integer, integer> pairs wanted index to live index
---@return integer[] left live indexes
function lists.pair(context, spot)
  local items = node.items(context.raw, spot.node)
  local found, used, left = {}, {}, {}
  for i, item in ipairs(spot.want) do
    for j, other in ipairs(spot.have) do
      if not used[j] and same(context, item_spot(spot, items, i, item, other)) then
        found[i], used[j] = j, true
        break
      end
    end
  end
  for j in ipairs(spot.have) do
    if not used[j] then left[#left + 1] = j end
  end
  return found, left
end

--- Whether the order of this list means nothing: by its schema, or because the handler keys it.
function lists.order_free(context, path, n)
  return node.order_free(n) or context.record.keyed[context:pattern(path)] == true
end

--- The member by which the handler tells a list's items apart.
---@return string|nil
function lists.key(context, path)
  local key = context.record.keyed[context:pattern(path)]
  return type(key) == "string" and key or nil
end

--- The path of an item that has a key: BlockDeviceMappings[/dev/xvda]
function lists.keyed_path(path, wanted)
  return ("%s[%s]"):format(path, tostring(wanted))
end

--- The item with this key.
function lists.item(list, key, wanted)
  for i, item in ipairs(list or {}) do
    if type(item) == "table" and plain.equal(item[key], wanted) then return item, i end
  end
end

local function same_keyed(context, spot, key)
  local items = node.items(context.raw, spot.node)
  for i, item in ipairs(spot.want) do
    if not plain.is_map(item) then return false end
    local other = lists.item(spot.have, key, item[key])
    if not other or not same(context, item_spot(spot, items, i, item, other)) then return false end
  end
  return true
end

local function same_list(context, spot)
  local key = lists.key(context, spot.path)
  if key then return same_keyed(context, spot, key) end
  if #spot.want ~= #spot.have then return false end
  if lists.order_free(context, spot.path, spot.node) then
    local _, left = lists.pair(context, spot)
    return #left == 0
  end
  local items = node.items(context.raw, spot.node)
  for i, item in ipairs(spot.want) do
    if not same(context, item_spot(spot, items, i, item, spot.have[i])) then return false end
  end
  return true
end

--- The spot of a member of the maps at a spot.
---@param context table
---@param spot Spot
---@param key string
---@return Spot
function lists.member_spot(context, spot, key)
  return { path = plain.path(spot.path, key), node = node.member(context.raw, spot.node, key) or {},
    want = spot.want[key], have = spot.have[key], last = spot.last and spot.last[key],
    parents = { want = spot.want, have = spot.have } }
end

local function same_map(context, spot)
  for key in next, spot.want do
    if not same(context, lists.member_spot(context, spot, key)) then return false end
  end
  return true
end

local function empty(v)
  return v == nil or v == "" or type(v) == "table" and not deferred.is(v) and next(v) == nil
end

--- What a live value that AWS leaves out stands for.
local function default_of(context, spot)
  local default = context.record.defaults[spot.path]
  if default == nil or type(default) == "function" then default = spot.node.default end
  return default
end

local function is_filled_map(v)
  return plain.is_map(v) and next(v) ~= nil
end

local function same_known(context, spot)
  local want, have = spot.want, spot.have
  if node.is_document(spot.node) then
    return document(secret.reveal_all(want), secret.reveal_all(have))
  end
  if type(want) ~= "table" and type(have) ~= "table" then
    local name = spot.path:match("([^.%[%]]+)[%[%d%]]*$") or spot.path
    return text(spot.node, name, want, have)
  end
  if type(want) ~= "table" or type(have) ~= "table" then return false end
  if plain.is_list(want) or plain.is_list(have) then
    if is_filled_map(want) or is_filled_map(have) then return false end
    return same_list(context, spot)
  end
  return same_map(context, spot)
end

--- Whether `have` is as `want` says.
---@param context table
---@param spot Spot
---@return boolean
function same(context, spot)
  if deferred.is(spot.want) then return false end
  local want, have = secret.reveal(spot.want), secret.reveal(spot.have)
  local own = context:hook(spot, want, have)
  if own ~= nil then return own end
  local resolved = node.resolve(context.raw, spot.node)
  spot = { path = spot.path, node = resolved, want = want, have = have }
  if have == nil then
    if context:write_only(spot.path) and spot.path:find("[", 1, true) then return true end
    spot.have = default_of(context, spot)
    if spot.have == nil then return empty(want) end
  end
  return same_known(context, spot)
end

lists.same = same

return lists
