--- The changes of one declared property, member by member.
local deferred = require "engine.value.deferred"
local hidden = require "engine.value.hidden"
local lists = require "engine.diff.same"
local merge = require "engine.diff.target"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local removed = require "engine.diff.removed"
local secret = require "engine.value.secret"
local shared = require "engine.diff.shared"

local property = {}

local emit

local function is_open(v)
  return type(v) == "table" and not hidden.kind(v) and not secret.digest_of(v)
end

--- A live item with the members that are declared, so that old and new can be laid side by side.
local function projected(have, want)
  if not is_open(have) or not is_open(want) then return have end
  if not plain.is_list(have) then
    local result = {}
    for key, member in next, have do
      if rawget(want, key) ~= nil then result[key] = projected(member, want[key]) end
    end
    return result
  end
  local declared, maps = {}, false
  for _, item in ipairs(want) do
    if not plain.is_map(item) then return have end
    maps = true
    for key, member in next, item do declared[key] = declared[key] or member end
  end
  if not maps then return have end
  local result = plain.list()
  for i, item in ipairs(have) do result[i] = projected(item, declared) end
  return result
end

--- AWS never shows it: what was applied last says whether it changed. Where nothing is known of
--- that (the state was rebuilt), a change must not cost the resource.
local function emit_unseen(context, spot)
  if context:applied(spot.want, spot.last) then return end
  if not context.has_last and context:replaces(spot.path, nil, spot.want) then return end
  context:change { path = spot.path, old = spot.last, new = spot.want }
end

local function emit_map(context, spot)
  for _, key in ipairs(plain.keys(spot.want)) do
    emit(context, lists.member_spot(context, spot, key))
  end
  for _, key in ipairs(plain.keys(spot.last or {})) do
    if rawget(spot.want, key) == nil then
      local member, named = lists.member_spot(context, spot, key), spot.node.properties
      if type(named) == "table" and named[key] then
        removed.member(context, member)
      else
        removed.key(context, member.path, member.have)
      end
    end
  end
end

local function emit_keyed(context, spot, key)
  local items = node.items(context.raw, spot.node)
  for _, item in ipairs(spot.want) do
    local path = lists.keyed_path(spot.path, item[key])
    local other = lists.item(spot.have, key, item[key])
    if other then
      emit(context, { path = path, node = items, want = item, have = other,
        last = lists.item(spot.last, key, item[key]) })
    else
      context:change { path = path, new = item }
    end
  end
  for _, item in ipairs(spot.last or {}) do
    local wanted = not is_open(item) or lists.item(spot.want, key, item[key])
    local other = not wanted and lists.item(spot.have, key, item[key])
    if other then removed.key(context, lists.keyed_path(spot.path, item[key]), other) end
  end
  if shared.is(context, spot) then shared.strangers(context, spot, key) end
end

local function all_keyed(list, key)
  for _, item in ipairs(list) do
    if not is_open(item) or item[key] == nil or hidden.kind(item[key]) then return false end
  end
  return true
end

local function emit_whole(context, spot)
  if lists.same(context, spot) then return end
  context:change { path = spot.path, old = projected(spot.have, spot.want), new = spot.want }
end

local function emit_table(context, spot)
  local key = lists.key(context, spot.path)
  if plain.is_list(spot.want) and key and all_keyed(spot.want, key) then
    return emit_keyed(context, spot, key)
  end
  if plain.is_list(spot.want) or plain.is_list(spot.have) then return emit_whole(context, spot) end
  emit_map(context, spot)
end

--- Whether AWS shows nothing of a value that only mrun knows.
local function unseen(context, spot)
  if spot.have ~= nil or deferred.is(spot.want) then return false end
  return context:write_only(spot.path) or secret.contains(spot.want)
    or context:holds_write_only(spot.path)
end

--- Adds the changes between a declared and a live value.
function emit(context, spot)
  if context:ignored(spot.path) then return end
  if unseen(context, spot) then return emit_unseen(context, spot) end
  local n = node.resolve(context.raw, spot.node)
  if is_open(spot.want) and is_open(spot.have) and not node.is_document(n)
    and context:hook(spot, spot.want, spot.have) == nil then
    return emit_table(context, { path = spot.path, node = n, want = spot.want, have = spot.have,
      last = is_open(spot.last) and spot.last or nil, parents = spot.parents })
  end
  emit_whole(context, spot)
end

--- Tags are compared by their keys: what others put there is left alone.
local function emit_tags(context, spot)
  local want, name = spot.want, spot.path
  if not is_open(want) then
    return context:change { path = name, old = spot.have, new = want }
  end
  local have, last = spot.have or {}, is_open(spot.last) and spot.last or {}
  for _, key in ipairs(plain.keys(want)) do
    local path = plain.path(name, key)
    local differs = not plain.equal(secret.reveal(want[key]), secret.reveal(have[key]))
    if differs and not context:ignored(path) then
      context:change { path = path, old = have[key], new = want[key] }
    end
  end
  for _, key in ipairs(plain.keys(last)) do
    local path = plain.path(name, key)
    if rawget(want, key) == nil and not removed.reserved(key) and not context:ignored(path) then
      removed.key(context, path, have[key])
    end
  end
end

--- Adds the changes of a declared property, and its target where there are any.
---@param context table
---@param name string
function property.declared(context, name)
  if context:ignored(name) then return end
  local spot = { path = name, node = node.resolve(context.raw, context.record.properties[name]),
    want = context.want[name], have = context.have[name], last = context.last[name] }
  local before = #context.changes
  if name == context.record.tags then
    emit_tags(context, spot)
  elseif shared.is(context, spot) and not lists.key(context, name) then
    spot.have = spot.have or {}
    shared.whole(context, spot)
  else
    emit(context, spot)
  end
  for i = before + 1, #context.changes do
    if not context.changes[i].unmanaged and context.target[name] == nil then
      context.target[name] = merge(context, spot)
    end
  end
end

return property
