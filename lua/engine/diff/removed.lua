--- What becomes of a property that was declared once and no longer is.
local hidden = require "engine.value.hidden"
local lists = require "engine.diff.same"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"

local removed = {}

--- What nobody but AWS and mrun itself writes: never compared, never taken away.
---@param key string
---@return boolean
function removed.reserved(key)
  return key:find("^aws:") ~= nil or key:find("^mrun:") ~= nil
end

--- The live map without the keys that mrun put there.
local function without_keys(have, last)
  local result, fewer = {}, false
  for key, member in next, have do
    if rawget(last, key) ~= nil and not removed.reserved(key) then
      fewer = true
    else
      result[key] = member
    end
  end
  return result, fewer
end

local function without_keyed(have, last, key)
  local result = plain.list()
  for _, item in ipairs(have) do
    if not lists.item(last, key, item[key]) then result[#result + 1] = item end
  end
  return result, #result < #have
end

local function without_items(context, name, n, have, last)
  local _, left = lists.pair(context, { path = name, node = n, want = last, have = have })
  local result = plain.list()
  for i, j in ipairs(left) do result[i] = have[j] end
  return result, #result < #have
end

--- What mrun added (tags, rules, attachments) goes; what others added stays. nil where the property
--- is nothing that is added to; else what is left, and whether that is less.
local function rest(context, name, n, have, last)
  if type(have) ~= "table" or type(last) ~= "table" or hidden.kind(have) then return nil end
  if secret.digest_of(last) or node.is_document(n) then return nil end
  if name == context.record.tags then return without_keys(have, last) end
  if plain.is_list(have) or plain.is_list(last) then
    local key = lists.key(context, name)
    if key then return without_keyed(have, last, key) end
    if not lists.order_free(context, name, n) then return nil end
    return without_items(context, name, n, have, last)
  end
  if type(n.properties) == "table" then return nil end
  return without_keys(have, last)
end

--- The default that the handler, else the schema, has for a property.
local function default_of(context, name, n)
  local default = context.record.defaults[name]
  if type(default) == "function" then
    return default(context.have, context.last, context.want), true
  end
  if default ~= nil then return default, true end
  return n.default, n.default ~= nil
end

local function stays(context, name, have, last)
  if have == nil then have = last end
  context:change { path = name, old = have, unmanaged = true }
end

local function becomes(context, name, have, new)
  context:change { path = name, old = have, new = new, reset = true }
  context.target[name] = new
end

--- Whether it is of those that mrun attaches, and still what mrun attached.
local function is_ours(context, name, n, have, last)
  if not context.record.attached[name] or have == nil or last == nil then return false end
  return lists.same(context, { path = name, node = n, want = last, have = have })
    and not context:replaces(name, have, nil)
end

--- Adds to the changes what a removed property leads to: back to the default, without what mrun
--- added, or left as it is and said so.
---@param context table
---@param name string
function removed.property(context, name)
  local n = node.resolve(context.raw, context.record.properties[name])
  local have, last = context.have[name], context.last[name]
  if have == nil and not context:write_only(name) then return end
  local new, decided = default_of(context, name, n)
  local spot = { path = name, node = n, want = new, have = have }
  if new ~= nil and have ~= nil and lists.same(context, spot) then return end
  if new == nil and is_ours(context, name, n, have, last) then
    return becomes(context, name, have, nil)
  end
  if new == nil and not decided then
    local fewer
    new, fewer = rest(context, name, n, have, last)
    if new and not fewer then return end
  end
  if new == nil or context:replaces(name, have, new) then
    return stays(context, name, have, last)
  end
  becomes(context, name, have, new)
end

--- A key of the user's own, in a map or a keyed list: what mrun put there goes.
---@param context table
---@param path string
---@param have any
---@param stranger any mrun did not put it there
function removed.key(context, path, have, stranger)
  if have == nil or context:read_only(path) then return end
  context.dropped[path] = true
  context:change { path = path, old = have, reset = true, stranger = stranger and true or nil }
end

--- A member that the schema names, of a map that is declared still.
---@param context table
---@param spot Spot whose want is nothing
function removed.member(context, spot)
  local path, have = spot.path, spot.have
  if have == nil or context:read_only(path) then return end
  local default = node.resolve(context.raw, spot.node).default
  if default == nil or context:replaces(path, have, default) then
    return context:change { path = path, old = have, unmanaged = true }
  end
  if lists.same(context, { path = path, node = spot.node, want = default, have = have }) then
    return
  end
  context.restored[path] = default
  context:change { path = path, old = have, new = default, reset = true }
end

return removed
