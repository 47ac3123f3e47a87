-- The places of a plan: each one's account is asked for, and compared with the state's, before
-- anything is read there.
local failure = require "engine.failure"
local tasks = require "engine.tasks"

local places = {}

local function collect(ctx, graph)
  local found, list = {}, {}
  local function add(place, whose)
    if found[place.key] then return end
    found[place.key] = { place = place, whose = whose }
    list[#list + 1] = found[place.key]
  end
  for _, name in ipairs(graph.order) do
    add(graph.resources[name].place, graph.resources[name])
  end
  for _, name in ipairs(ctx.row_names) do add(ctx.rows[name].place, ctx.rows[name]) end
  for _, intent in ipairs(ctx.state.open or {}) do add(intent.place, intent) end
  return list
end

--- The account is known by whoever answers there, never by what was written down.
local function identify(ctx, one)
  local place = {}
  for key, member in pairs(one.place) do place[key] = member end
  place.account = nil
  place.account = ctx.providers[place.provider].identity(place)
  return place
end

local function check_row(ctx, row)
  local account = ctx.places[row.place.key].account
  if not row.place.account or row.place.account == account then return end
  failure.raise {
    what = ("the stack %s is of account %s, and these credentials are of account %s")
      :format(ctx.stack.name, row.place.account, account),
    where = ctx:about(row).where,
    next = "use the credentials of that account, or another stack name (--stack)",
  }
end

--- Finds out the account of every place: ctx.places[key] is then the place with its account.
---@param ctx table
---@param graph table
function places.identify(ctx, graph)
  local list, functions = collect(ctx, graph), {}
  for i, one in ipairs(list) do
    functions[i] = function() return identify(ctx, one) end
  end
  ctx.places = {}
  for i, place in ipairs(tasks.all(functions)) do ctx.places[list[i].place.key] = place end
  for _, name in ipairs(ctx.row_names) do check_row(ctx, ctx.rows[name]) end
  for _, intent in ipairs(ctx.state.open or {}) do check_row(ctx, intent) end
end

return places
