--- Whether a live value is as declared. Only what is declared counts; what is deferred is not
--- known, so it differs.
local deferred = require "engine.value.deferred"
local document = require "engine.normalize.document"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"
local text = require "engine.normalize.text"

local same

local lists = {}

--- The live item of each wanted one, and the live ones left over. Items may match in any order;
--- each live item is taken once.
---@return table<integer, integer> pairs wanted index to live index
---@return integer[] left live indexes
function lists.pair(context, at, items, want, have)
  local pairs_found, used, left = {}, {}, {}
  for i, item in ipairs(want) do
    for j, other in ipairs(have) do
      if not used[j] and same(context, plain.path(at, i), items, item, other) then
        pairs_found[i], used[j] = j, true
        break
      end
    end
  end
  for j in ipairs(have) do
    if not used[j] then left[#left + 1] = j end
  end
  return pairs_found, left
end

--- Whether the order of this list means nothing: by its schema, or because the handler keys it.
function lists.order_free(context, at, n)
  return node.order_free(n) or context.record.keyed[context:pattern(at)] == true
end

--- The member by which the handler tells a list's items apart.
---@return string|nil
function lists.key(context, at)
  local key = context.record.keyed[context:pattern(at)]
  return type(key) == "string" and key or nil
end

--- The path of an item that has a key: BlockDeviceMappings[/dev/xvda]
function lists.keyed_path(at, wanted)
  return ("%s[%s]"):format(at, tostring(wanted))
end

--- The item with this key.
function lists.item(list, key, wanted)
  for i, item in ipairs(list or {}) do
    if type(item) == "table" and plain.equal(item[key], wanted) then return item, i end
  end
end

local function same_keyed(context, at, n, want, have, key)
  local items = node.items(context.raw, n)
  for i, item in ipairs(want) do
    if not plain.is_map(item) then return false end
    local other = lists.item(have, key, item[key])
    if not other or not same(context, plain.path(at, i), items, item, other) then return false end
  end
  return true
end

local function same_list(context, at, n, want, have)
  local key = lists.key(context, at)
  if key then return same_keyed(context, at, n, want, have, key) end
  if #want ~= #have then return false end
  local items = node.items(context.raw, n)
  if lists.order_free(context, at, n) then
    local _, left = lists.pair(context, at, items, want, have)
    return #left == 0
  end
  for i, item in ipairs(want) do
    if not same(context, plain.path(at, i), items, item, have[i]) then return false end
  end
  return true
end

local function same_map(context, at, n, want, have)
  for key, member in next, want do
    local inner = node.member(context.raw, n, key) or {}
    local parents = { want = want, have = have }
    if not same(context, plain.path(at, key), inner, member, have[key], parents) then
      return false
    end
  end
  return true
end

local function empty(v)
  return v == nil or v == "" or type(v) == "table" and not deferred.is(v) and next(v) == nil
end

--- What a live value that AWS leaves out stands for.
local function default_of(context, at, n)
  local default = context.record.defaults[at]
  if default == nil or type(default) == "function" then default = n.default end
  return default
end

local function same_known(context, at, n, want, have)
  if node.is_document(n) then return document(want, have) end
  if type(want) ~= "table" and type(have) ~= "table" then
    return text(n, at:match("([^.%[%]]+)[%[%d%]]*$") or at, want, have)
  end
  if type(want) ~= "table" or type(have) ~= "table" then return false end
  if plain.is_list(want) or plain.is_list(have) then
    if plain.is_map(want) and next(want) or plain.is_map(have) and next(have) then return false end
    return same_list(context, at, n, want, have)
  end
  return same_map(context, at, n, want, have)
end

--- Whether `have` is as `want` says.
---@param context table
---@param at string path
---@param n table the schema's node
---@param want any
---@param have any
---@param parents { want: table, have: table }|nil the items that hold them
---@return boolean
function same(context, at, n, want, have, parents)
  if deferred.is(want) then return false end
  want, have = secret.reveal(want), secret.reveal(have)
  local own = context:hook(at, want, have, parents)
  if own ~= nil then return own end
  if have == nil then
    if context:write_only(at) and at:find("[", 1, true) then return true end
    have = default_of(context, at, n)
    if have == nil then return empty(want) end
  end
  return same_known(context, at, node.resolve(context.raw, n), want, have)
end

lists.same = same

return lists
