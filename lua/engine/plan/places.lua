-- The places of a plan: each one's account is asked for, and compared with the state's, before
-- anything is read there.
local failure = require "engine.failure"
local tasks = require "engine.tasks"
local value = require "engine.value"

local places = {}

local function declared(graph)
  local list = {}
  for i, name in ipairs(graph.order) do list[i] = graph.resources[name].place end
  return list
end

local function recorded(ctx)
  local list = {}
  for _, name in ipairs(ctx.row_names) do
    list[#list + 1] = ctx.rows[name].place
    for _, old in ipairs(ctx.rows[name].old or {}) do list[#list + 1] = old.place end
  end
  for _, intent in ipairs(ctx.state.open or {}) do list[#list + 1] = intent.place end
  return list
end

--- Whether two places are one, however each is reached: another profile is no other place.
---@param a table
---@param b table
---@return boolean
function places.same(a, b)
  if a.key == b.key then return true end
  return a.account ~= nil and a.account == b.account and a.region ~= nil and a.region == b.region
    and a.provider == b.provider
end

--- A place of the state may be one that the recipe says how to reach.
local function reached(ctx, place)
  for _, key in ipairs(value.keys(ctx.places)) do
    if places.same(place, ctx.places[key]) then return ctx.places[key] end
  end
end

--- The account is known by whoever answers there, never by what was written down.
local function identify(ctx, one)
  local place = {}
  for key, member in pairs(one) do place[key] = member end
  place.account = nil
  place.account = ctx.providers[place.provider].identity(place)
  return place
end

local function identify_all(ctx, list)
  local keys, functions, asked = {}, {}, {}
  for _, place in ipairs(list) do
    ctx.places[place.key] = ctx.places[place.key] or reached(ctx, place)
    if not ctx.places[place.key] and not asked[place.key] then
      asked[place.key] = true
      keys[#keys + 1] = place.key
      functions[#keys] = function() return identify(ctx, place) end
    end
  end
  for i, place in ipairs(tasks.all(functions)) do ctx.places[keys[i]] = place end
end

local function refuse(ctx, account, other, where)
  failure.raise {
    what = ("the stack %s is of account %s, and these credentials are of account %s")
      :format(ctx.stack.name, account, other),
    where = where,
    next = "use the credentials of that account, or another stack name (--stack)",
  }
end

local function check(ctx, place, row)
  local account = ctx.places[place.key].account
  if not place.account or place.account == account then return end
  refuse(ctx, place.account, account, row and ctx:about(row).where or place.display or place.key)
end

--- Where a resource was, when that is another place than the one it is declared in; it moves to
--- another account only where the recipe itself says so, not for other credentials.
---@param ctx table
---@param resource table declared
---@param row table
---@return string|nil
function places.before(ctx, resource, row)
  local was, is = ctx.places[row.place.key], ctx.places[resource.place.key]
  if places.same(was, is) then return nil end
  local name = row.place.display or row.place.region or row.place.key
  if was.account == is.account then return name end
  if is.account and not resource.place.says_account and was.provider == is.provider then
    refuse(ctx, was.account, is.account, ctx:about(resource).where)
  end
  return ("%s of account %s"):format(name, was.account)
end

--- All places of a plan in words.
---@param ctx table
---@return string
function places.named(ctx)
  local names = {}
  for i, key in ipairs(value.keys(ctx.places)) do
    local place = ctx.places[key]
    names[i] = place.display or place.region or key
  end
  return table.concat(names, ", ")
end

--- Finds out the account of every place: ctx.places[key] is then the place with its account.
---@param ctx table
---@param graph table
---@param more table[]|nil  where to look besides
function places.identify(ctx, graph, more)
  ctx.places = {}
  identify_all(ctx, declared(graph))
  identify_all(ctx, recorded(ctx))
  identify_all(ctx, more or {})
  for _, place in ipairs(more or {}) do check(ctx, place) end
  for _, name in ipairs(ctx.row_names) do
    local row = ctx.rows[name]
    check(ctx, row.place, row)
    for _, old in ipairs(row.old or {}) do check(ctx, old.place, old) end
  end
  for _, intent in ipairs(ctx.state.open or {}) do check(ctx, intent.place, intent) end
end

return places
