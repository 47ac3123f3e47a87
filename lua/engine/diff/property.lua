--- The changes of one declared property, member by member.
local deferred = require "engine.value.deferred"
local hidden = require "engine.value.hidden"
local lists = require "engine.diff.same"
local merge = require "engine.diff.target"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local removed = require "engine.diff.removed"
local secret = require "engine.value.secret"

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
local function emit_unseen(context, at, want, last)
  if context:applied(want, last) then return end
  if not context.has_last and context:replaces(at, nil, want) then return end
  context:change { path = at, old = last, new = want }
end

local function emit_map(context, at, n, want, have, last)
  for _, key in ipairs(plain.keys(want)) do
    local inner = node.member(context.raw, n, key) or {}
    emit(context, plain.path(at, key), inner, want[key], have[key], last and last[key],
      { want = want, have = have })
  end
  for _, key in ipairs(plain.keys(last or {})) do
    if rawget(want, key) == nil then
      local inner = node.member(context.raw, n, key) or {}
      local free = type(n.properties) ~= "table" or n.properties[key] == nil
      removed.member(context, plain.path(at, key), inner, free, have[key])
    end
  end
end

local function emit_keyed(context, at, n, want, have, last, key)
  local items = node.items(context.raw, n)
  for _, item in ipairs(want) do
    local path = lists.keyed_path(at, item[key])
    local other = lists.item(have, key, item[key])
    if other then
      emit(context, path, items, item, other, (lists.item(last, key, item[key])))
    else
      context:change { path = path, new = item }
    end
  end
  for _, item in ipairs(last or {}) do
    local wanted = not is_open(item) or lists.item(want, key, item[key])
    local other = not wanted and lists.item(have, key, item[key])
    if other then removed.member(context, lists.keyed_path(at, item[key]), items, true, other) end
  end
end

local function all_keyed(list, key)
  for _, item in ipairs(list) do
    if not is_open(item) or item[key] == nil or hidden.kind(item[key]) then return false end
  end
  return true
end

local function emit_whole(context, at, n, want, have, parents)
  if lists.same(context, at, n, want, have, parents) then return end
  context:change { path = at, old = projected(have, want), new = want }
end

local function emit_table(context, at, n, want, have, last, parents)
  local key = lists.key(context, at)
  if plain.is_list(want) and key and all_keyed(want, key) then
    return emit_keyed(context, at, n, want, have, last, key)
  end
  if plain.is_list(want) or plain.is_list(have) then
    return emit_whole(context, at, n, want, have, parents)
  end
  emit_map(context, at, n, want, have, last)
end

--- Adds the changes between a declared and a live value.
function emit(context, at, n, want, have, last, parents)
  if context:ignored(at) then return end
  if have == nil and not deferred.is(want)
    and (context:write_only(at) or secret.is(want)) then
    return emit_unseen(context, at, want, last)
  end
  n = node.resolve(context.raw, n)
  if is_open(want) and is_open(have) and not node.is_document(n)
    and context:hook(at, want, have, parents) == nil then
    return emit_table(context, at, n, want, have, is_open(last) and last or nil, parents)
  end
  emit_whole(context, at, n, want, have, parents)
end

--- Tags are compared by their keys: what others put there is left alone.
local function emit_tags(context, name, want, have, last)
  if not is_open(want) then return context:change { path = name, old = have, new = want } end
  have, last = have or {}, is_open(last) and last or {}
  for _, key in ipairs(plain.keys(want)) do
    local at = plain.path(name, key)
    local differs = not plain.equal(secret.reveal(want[key]), secret.reveal(have[key]))
    if differs and not context:ignored(at) then
      context:change { path = at, old = have[key], new = want[key] }
    end
  end
  for _, key in ipairs(plain.keys(last)) do
    if rawget(want, key) == nil and have[key] ~= nil and not removed.reserved(key)
      and not context:ignored(plain.path(name, key)) then
      context.dropped[plain.path(name, key)] = true
      context:change { path = plain.path(name, key), old = have[key], reset = true }
    end
  end
end

--- Indexes of live items that another resource of the stack declares.
local function siblings_items(context, name, n, have, left)
  local items, theirs = node.items(context.raw, n), {}
  local share = context.record.shares[name]
  for _, sibling in ipairs(context.siblings) do
    local item = sibling.type == share.type and share.item(sibling.want, context.have)
    for _, j in ipairs(item and left or {}) do
      if lists.same(context, name .. "[1]", items, item, have[j]) then theirs[j] = true end
    end
  end
  return theirs
end

--- A list that other resources of the stack add to: exact, but for what is theirs.
local function emit_shared(context, name, n, want, have)
  local found, left = lists.pair(context, name, node.items(context.raw, n), want, have)
  local theirs = siblings_items(context, name, n, have, left)
  local all_found, mine, target = true, plain.list(), plain.list()
  for i, item in ipairs(want) do
    target[i] = found[i] and have[found[i]] or item
    all_found = all_found and found[i] ~= nil
  end
  for j, item in ipairs(have) do
    if theirs[j] then target[#target + 1] = item else mine[#mine + 1] = item end
  end
  if all_found and #mine == #want then return end
  context:change { path = name, old = projected(mine, want), new = want }
  context.target[name] = target
end

--- Adds the changes of a declared property, and its target where there are any.
---@param context table
---@param name string
function property.declared(context, name)
  if name ~= context.record.tags and plain.equal(context.want[name], context.have[name]) then
    return
  end
  if context:ignored(name) then return end
  local n = node.resolve(context.raw, context.record.properties[name])
  local want, have, last = context.want[name], context.have[name], context.last[name]
  local before = #context.changes
  if name == context.record.tags then
    emit_tags(context, name, want, have, last)
  elseif context.record.shares[name] and plain.is_list(want)
    and (have == nil or is_open(have)) then
    emit_shared(context, name, n, want, have or {})
  else
    emit(context, name, n, want, have, last)
  end
  for i = before + 1, #context.changes do
    if not context.changes[i].unmanaged and context.target[name] == nil then
      context.target[name] = merge(context, name, n, want, have)
    end
  end
end

return property
