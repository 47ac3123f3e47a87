--- pairs and next in one fixed order, so that the same recipe always declares the same.
local failure = require "engine.failure"
local misuse = require "recipe.misuse"
local objects = require "recipe.objects"

local order = {}

local RANK = { number = 1, string = 2, boolean = 3, table = 4 }

local function sort_key(key)
  if type(key) == "boolean" then return key and 1 or 0 end
  if type(key) == "table" then return objects.inside(key).name end
  return key
end

local function before(a, b)
  local rank_a, rank_b = RANK[type(a)], RANK[type(b)]
  if rank_a ~= rank_b then return rank_a < rank_b end
  return sort_key(a) < sort_key(b)
end

local function check_key(key, only)
  if RANK[type(key)] and (type(key) ~= "table" or objects.kind(key) == "resource") then return end
  if misuse.special(key) then
    misuse.refuse(key, "a key of a table", "a list of { key = VALUE, ... } tables")
  end
  if only then return end
  failure.raise {
    what = ("a table with a %s as key has no fixed order"):format(type(key)),
    next = "use strings or numbers as keys, or keep a list of the keys beside it",
  }
end

--- The keys of a table: numbers, strings, booleans, then resources by name.
---@param t table
---@return any[]
function order.keys(t)
  local keys = {}
  for key in next, t do keys[#keys + 1] = key end
  for _, key in ipairs(keys) do check_key(key, #keys == 1) end
  if #keys > 1 then table.sort(keys, before) end
  return keys
end

local function check_table(t, name)
  if type(t) ~= "table" then
    failure.raise { what = ("%s takes a table, not a %s"):format(name, type(t)),
      next = "look at where this value comes from" }
  end
  if misuse.special(t) then
    misuse.refuse(t, "walked through with " .. name, "each(VALUE, function(item) ... end)")
  end
end

function order.pairs(t)
  check_table(t, "pairs")
  local meta = getmetatable(t)
  if type(meta) == "table" and meta.__pairs then return meta.__pairs(t) end
  local keys, at = order.keys(t), 0
  return function()
    local key, v
    repeat -- what was removed on the way is not shown
      at = at + 1
      key = keys[at]
      v = key ~= nil and rawget(t, key)
    until key == nil or v ~= nil
    if key == nil then return nil end
    return key, v
  end, t, nil
end

local function following(list, i)
  i = i + 1
  local v = list[i]
  if v ~= nil then return i, v end
end

function order.ipairs(list)
  if list == nil or type(list) == "table" then
    if misuse.special(list) then
      misuse.refuse(list, "walked through with ipairs", "each(VALUE, function(item) ... end)")
    end
  end
  if type(list) ~= "table" then check_table(list, "ipairs") end
  return following, list, 0
end

--- next with a memory: the keys of the table that is being walked are sorted once.
---@return fun(t: table, key: any): any, any
function order.new_next()
  local walked, keys, positions
  return function(t, key)
    check_table(t, "next")
    if key == nil or walked ~= t or not positions[key] then
      walked, keys, positions = t, order.keys(t), {}
      for i, k in ipairs(keys) do positions[k] = i end
    end
    local at = 0
    if key ~= nil then
      at = positions[key]
      if not at then error("invalid key to 'next'", 2) end
    end
    repeat
      at = at + 1
    until keys[at] == nil or rawget(t, keys[at]) ~= nil
    if keys[at] == nil then return nil end
    return keys[at], rawget(t, keys[at])
  end
end

return order
