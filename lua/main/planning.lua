-- planning.lua: the options that several commands share, by group; a command names a group in its
-- `options` where it would describe one. And what they say, as a plan takes it.
local failure = require "engine.failure"

local planning = {}

planning.GROUPS = {
  choosing = {
    { name = "only", value = "GLOB", many = true,
      help = "only these (web/*, ** for all), with what they need or what stands on them" },
    { name = "except", value = "GLOB", many = true,
      help = "everything but these and what goes with them" },
  },
  replacing = {
    { name = "replace", value = "NAME", many = true, help = "replace it although nothing differs" },
  },
  refreshing = {
    { name = "refresh", value = "HOW",
      help = "full, batched (no call for one resource alone) or none (the state's word)" },
  },
  limiting = {
    { name = "destroy-data", value = "NAME", many = true,
      help = "agree that what NAME holds is lost (volumes, buckets, tables, keys)" },
    { name = "max-destroy", value = "N", help = "refuse to delete and replace more than N" },
  },
}

--- The options of a command, each group in full.
---@param module table the command
---@return table[]
function planning.options(module)
  local list = {}
  for _, option in ipairs(module.options or {}) do
    local group = planning.GROUPS[option] or { option }
    table.move(group, 1, #group, #list + 1, list)
  end
  return list
end

-- What belongs to a plan and goes into a saved one.
local CARRIED <const> = { "new", "update_inputs", "only", "except", "replace",
  "refresh" }

local function check_refresh(how)
  if how == nil or how == "full" or how == "batched" or how == "none" then return end
  failure.raise { kind = "usage", what = ("--refresh takes full, batched or none, not %s")
    :format(how), next = "leave it out to read everything" }
end

--- What the command line says of the plan to be made, or what a saved plan was made with.
---@param given table the options of the command line, or a saved plan
---@return table
function planning.chosen(given)
  local chosen = {}
  check_refresh(given.refresh)
  for _, key in ipairs(CARRIED) do chosen[key] = given[key] end
  return chosen
end

--- A saved plan is what it is: what was chosen then cannot be chosen otherwise now.
---@param given table the options of the command line
function planning.refuse_with_saved(given)
  for _, key in ipairs(CARRIED) do
    if given[key] then
      failure.raise { kind = "usage",
        what = ("--%s belongs to the plan, and this one is saved"):format((key:gsub("_", "-"))),
        next = "say it to mrun plan, or name the recipe" }
    end
  end
end

--- The changes that lose data and that none of these names agrees to.
---@param made table a plan
---@param ... string[]|nil names
---@return table[] changes
function planning.unagreed(made, ...)
  local agreed, list = {}, {}
  for i = 1, select("#", ...) do
    for _, name in ipairs((select(i, ...)) or {}) do agreed[name] = true end
  end
  for _, change in ipairs(made.changes) do
    if change.holds_data and not agreed[change.name] then list[#list + 1] = change end
  end
  return list
end

--- Refuses to lose data that nobody has named.
---@param list table[] changes
---@param again string the command that would do it
function planning.refuse_loss(list, again)
  if #list == 0 then return end
  local names, words = {}, {}
  for i, change in ipairs(list) do
    names[i] = ("%s (%s)"):format(change.name, change.type)
    words[i] = "--destroy-data " .. change.name
  end
  failure.raise { what = "what these hold would be lost, and nobody has agreed to that by name: "
    .. table.concat(names, ", "),
    next = ("nothing was changed: say %s %s, or leave them out with --except")
      :format(again, table.concat(words, " ")) }
end

local function limit_of(text)
  local limit = text and math.tointeger(tonumber(text))
  if text and (not limit or limit < 0) then
    failure.raise { kind = "usage", what = ("--max-destroy takes a number, not %s"):format(text),
      next = "say --max-destroy 0 to refuse every delete and replacement" }
  end
  return limit
end

--- Refuses a plan that takes away more than it may; before anything is changed.
---@param made table a plan
---@param ... string|nil the limits that were set, then and now
function planning.check_limit(made, ...)
  local loses = made.totals.delete + made.totals.replace
  for i = 1, select("#", ...) do
    local limit = limit_of((select(i, ...)))
    if limit and loses > limit then
      failure.raise {
        what = ("this plan deletes %d and replaces %d, and --max-destroy allows %d")
          :format(made.totals.delete, made.totals.replace, limit),
        where = "stack " .. made.stack,
        next = "nothing was changed: leave some out with --except, or allow more" }
    end
  end
end

return planning
