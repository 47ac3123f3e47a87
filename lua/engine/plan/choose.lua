-- Which resources a plan is about: all of them, or those that globs choose (`only`, `except`), with
-- everything that these pull in. What is not chosen is neither read nor changed, and that is said.
local failure = require "engine.failure"
local order = require "engine.graph.order"
local schema = require "engine.schema"
local value = require "engine.value"

local choose = {}

local MOST <const> = 12 -- names in a notice; the rest is counted

--- A glob as a Lua pattern: `*` and `?` stay within a scope, `**` does not.
local function pattern_of(glob)
  local text = glob:gsub("[%^%$%(%)%%%.%[%]%+%-]", "%%%0"):gsub("%*%*", "\0")
  text = text:gsub("%*", "[^/]*"):gsub("%?", "[^/]"):gsub("%z", ".*")
  return "^" .. text .. "$"
end

--- Every name of the stack: those declared, and those that have left the recipe.
local function names_of(run)
  local names = table.move(run.graph.order, 1, #run.graph.order, 1, {})
  return table.move(run.left, 1, #run.left, #names + 1, names)
end

local function matching(run, globs, option)
  local names, found = names_of(run), {}
  for _, glob in ipairs(globs) do
    local pattern, any = pattern_of(glob), false
    for _, name in ipairs(names) do
      if name:find(pattern) then found[name], any = true, true end
    end
    if not any then
      local near = schema.nearest(glob, names)
      failure.raise { kind = "usage",
        what = ("%s %s: nothing in this stack has such a name"):format(option, glob),
        next = near and ("did you mean %s?"):format(near) or "a scope's are web/*, all are **" }
    end
  end
  return found
end

--- By row name: the names that stood on it when they were last applied.
local function standing_on(run)
  local result = {}
  local function note(row, name)
    for _, other in ipairs(row.depends or {}) do
      result[other] = result[other] or {}
      table.insert(result[other], name)
    end
    for _, old in ipairs(row.old or {}) do note(old, name) end
  end
  for _, name in ipairs(run.graph.order) do
    if run.matched[name] then note(run.matched[name], name) end
  end
  for _, name in ipairs(run.left) do note(run.ctx.rows[name], name) end
  return result
end

--- The set, and everything that `next_of(name)` gives, again and again.
local function closed(set, next_of)
  local open, result = value.keys(set), {}
  for name in pairs(set) do result[name] = true end
  while #open > 0 do
    for _, other in ipairs(next_of(table.remove(open))) do
      if not result[other] then
        result[other] = true
        open[#open + 1] = other
      end
    end
  end
  return result
end

local function joined(...)
  local all = {}
  for _, list in ipairs { ... } do table.move(list, 1, #list, #all + 1, all) end
  return all
end

--- What has to be looked at with a name: what a declared one needs, and who stands on what goes.
local function pulled_in(run, standing, name)
  local edges = run.graph.edges[name]
  if edges then return edges end
  return standing[name] or {}
end

--- What cannot be done without a name: who needs it, and what it keeps from going.
local function pulled_out(run, turned, name)
  local row, kept = run.matched[name] or run.ctx.rows[name], {}
  for _, other in ipairs(row and row.depends or {}) do
    if not run.graph.edges[other] and run.ctx.rows[other] then kept[#kept + 1] = other end
  end
  return joined(turned[name] or {}, kept)
end

---@class engine.choice
---@field set table<string, boolean>|nil the names that are looked at; nil: all
---@field named table<string, boolean> those that the globs themselves choose
---@field out table<string, boolean> those that `except` leaves out, with what goes with them

--- What a run is about.
---@param run table with ctx, graph, matched and left
---@param options { only: string[]|nil, except: string[]|nil }
---@return engine.choice
function choose.new(run, options)
  local choice = { named = {}, out = {} }
  if options.forget then
    choice.set = matching(run, options.forget, "forget")
    return choice
  end
  if not options.only and not options.except and not options.names then return choice end
  choice.standing = standing_on(run)
  choice.turned = order.turned(run.graph.order, run.graph.edges)
  local all = names_of(run)
  if options.names then
    choice.set = {}
    for _, name in ipairs(options.names) do choice.set[name] = true end
    return choice
  end
  if options.except then
    choice.excepted = matching(run, options.except, "--except")
    choice.out = closed(choice.excepted, function(name)
      return pulled_out(run, choice.turned, name)
    end)
  end
  if options.only then
    choice.named = matching(run, options.only, "--only")
    choice.set = closed(choice.named, function(name)
      return pulled_in(run, choice.standing, name)
    end)
  else
    choice.set = {}
    for _, name in ipairs(all) do choice.set[name] = true end
  end
  for name in pairs(choice.out) do choice.set[name] = nil end
  return choice
end

local function stuck(run, name, other)
  failure.raise { what = ("%s would be replaced, and %s, which is left out, stands on it")
    :format(name, other), where = run.ctx:about(run.graph.resources[name]).where,
    next = ("leave out %s too, or take %s along"):format(name, other) }
end

--- Adds what the decided changes need besides: who stands on something that is replaced, and who
--- holds what something new asks for. True where there is more to look at now.
---@param run table with choice and changes
---@param conflicts table<string, string>
---@return boolean
function choose.extend(run, conflicts)
  local choice = run.choice
  if not choice.set then return false end
  local more = {}
  local function need(name, other)
    if choice.set[other] then return end
    if choice.out[other] then stuck(run, name, other) end
    more[other] = true
  end
  for name, change in pairs(run.changes) do
    if change.action == "replace" then
      local row = run.matched[name]
      local upon = joined(choice.turned[name] or {}, choice.standing[row.name] or {})
      for _, other in ipairs(upon) do need(name, other) end
    end
  end
  for new, old in pairs(conflicts) do need(new, old) end
  if not next(more) then return false end
  local added = closed(more, function(name) return pulled_in(run, choice.standing, name) end)
  for name in pairs(added) do choice.set[name] = not choice.out[name] or nil end
  return true
end

--- Names in one line: the first few, and how many more there are.
---@param names string[]
---@return string
function choose.listed(names)
  if #names <= MOST then return table.concat(names, ", ") end
  return ("%s and %d more"):format(table.concat(names, ", ", 1, MOST), #names - MOST)
end

local function without(set, other)
  local names = {}
  for _, name in ipairs(value.keys(set)) do
    if not (other or {})[name] then names[#names + 1] = name end
  end
  return names
end

--- What is not looked at, sorted; empty where everything is.
---@param run table
---@return string[]
function choose.unseen(run)
  local set, names = run.choice.set, {}
  if not set then return names end
  for _, name in ipairs(names_of(run)) do
    if not set[name] then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

--- Says what was pulled in, what was pulled out, and what nobody has looked at.
---@param run table
function choose.tell(run)
  local choice, notices = run.choice, run.notices
  if not choice.set or run.forget or run.back then return end
  local along = next(choice.named) and without(choice.set, choice.named) or {}
  if #along > 0 then
    notices[#notices + 1] = "taken along, because what is chosen needs them or stands on them: "
      .. choose.listed(along)
  end
  local out = choice.excepted and without(choice.out, choice.excepted) or {}
  if #out > 0 then
    notices[#notices + 1] = "left out with what is excepted, because they go together: "
      .. choose.listed(out)
  end
  local unseen = choose.unseen(run)
  if #unseen > 0 then
    notices[#notices + 1] = ("not looked at, so nothing is known of them: %s")
      :format(choose.listed(unseen))
  end
end

--- A list of names cut down to those that are looked at.
---@param run table
---@param names string[]
---@return string[]
function choose.of(run, names)
  local set = run.choice.set
  if not set then return names end
  local result = {}
  for _, name in ipairs(names) do
    if set[name] then result[#result + 1] = name end
  end
  return result
end

return choose
