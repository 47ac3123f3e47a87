--- Lists that other resources of the stack add to: exact, but for what is theirs.
local lists = require "engine.diff.same"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local removed = require "engine.diff.removed"

local shared = {}

--- Whether what a sibling declares is this live item. A handler may say what makes them one, as two
--- rules are that differ in their description alone.
local function is_theirs(context, share, spot, item, live)
  if share.same then return share.same(item, live) end
  return lists.same(context, { path = spot.path .. "[1]", want = item, have = live,
    node = node.items(context.raw, spot.node) })
end

--- Indexes, of these, of live items that another resource of the stack declares.
local function theirs_of(context, spot, left)
  local found, share = {}, context.record.shares[spot.path]
  for _, sibling in ipairs(context.siblings) do
    local item = sibling.type == share.type
      and share.item(sibling.want, context.have, sibling.identifier)
    for _, j in ipairs(item and left or {}) do
      if is_theirs(context, share, spot, item, spot.have[j]) then found[j] = true end
    end
  end
  return found
end

--- Whether this is such a list.
---@param context table
---@param spot Spot
---@return boolean
function shared.is(context, spot)
  return context.record.shares[spot.path] ~= nil and plain.is_list(spot.want)
    and (spot.have == nil or plain.is_list(spot.have))
end

--- A list without keys, as a whole. What is as declared is shown as it is declared, and what is not
--- is shown with all that it has.
---@param context table
---@param spot Spot
function shared.whole(context, spot)
  local want, have = spot.want, spot.have
  local found, left = lists.pair(context, spot)
  local theirs, declared = theirs_of(context, spot, left), {}
  local all_found, mine, target = true, plain.list(), plain.list()
  for i, item in ipairs(want) do
    target[i] = found[i] and have[found[i]] or item
    all_found = all_found and found[i] ~= nil
    if found[i] then declared[found[i]] = item end
  end
  for j, item in ipairs(have) do
    if theirs[j] then target[#target + 1] = item else mine[#mine + 1] = declared[j] or item end
  end
  if all_found and #mine == #want then return end
  context:change { path = spot.path, old = mine, new = want }
  context.target[spot.path] = target
end

--- What a list with keys has and nobody declares goes.
---@param context table
---@param spot Spot
---@param key string
function shared.strangers(context, spot, key)
  local left = {}
  for j, item in ipairs(spot.have or {}) do
    local path = lists.keyed_path(spot.path, item[key])
    local told = context.dropped[path] or context:ignored(path)
    if not told and not lists.item(spot.want, key, item[key]) then left[#left + 1] = j end
  end
  local theirs = theirs_of(context, spot, left)
  for _, j in ipairs(left) do
    local item = spot.have[j]
    local path = lists.keyed_path(spot.path, item[key])
    if not theirs[j] then removed.key(context, path, item, "stranger") end
  end
end

return shared
