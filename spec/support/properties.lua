--- Changes one property of a resource at a time, and demands an empty plan after each apply.
local User = require "spec.support.user"
local stage = require "spec.support.stage"
local assert = require "luassert"
local value = require "engine.value"

local properties = {}

local function text(v)
  if type(v) ~= "table" then return type(v) == "string" and ("%q"):format(v) or tostring(v) end
  if v.lua then return v.lua end
  local parts = {}
  for _, key in ipairs(value.keys(v)) do
    local member = text(v[key])
    parts[#parts + 1] = type(key) == "number" and member or ("[%q] = %s"):format(key, member)
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

--- A value that stands in the recipe as it is written here.
---@param source string
---@return table
function properties.lua(source)
  return { lua = source }
end

local function merged(base, own)
  local all = {}
  for name, v in pairs(base) do all[name] = v end
  for name, v in pairs(own or {}) do all[name] = v end
  return all
end

local function recipe(case, own)
  local list = {}
  local all = merged(case.base, own)
  for _, name in ipairs(value.keys(all)) do
    if all[name] ~= false or own == nil or own[name] == false then
      list[#list + 1] = ("  %s = %s,"):format(name, text(all[name]))
    end
  end
  local kind = case.type:gsub("^AWS::", ""):gsub("::", ".")
  return ('local aws = provider "aws"\n%s\naws.%s "it" {\n%s\n}\n'):format(case.around or "", kind,
    table.concat(list, "\n"))
end

local function apply(user, case, own, what)
  user:write("recipe.lua", recipe(case, own))
  local said = user:must("apply", "--yes", "recipe.lua")
  local left = user:planned "recipe.lua"
  assert(#left == 0, ("%s: the plan is not empty after %s: %s"):format(case.type, what,
    table.concat(left, ", ")))
  return said
end

local function changing(said)
  local names, seen = {}, {}
  for _, call in ipairs(said.calls) do
    local reads = call.operation:find "^Describe" or call.operation:find "^Get"
      or call.operation:find "^List"
    if not reads and not seen[call.operation] then
      seen[call.operation] = true
      names[#names + 1] = call.operation
    end
  end
  table.sort(names)
  return names
end

--- One property: declared, changed, and no longer declared. `calls` are the changing operations
--- that the change may take.
local function step(user, case, change)
  if change.from ~= nil then
    apply(user, case, { [change.property] = change.from }, "declaring it")
  end
  local own = { [change.property] = change.to }
  user:write("recipe.lua", recipe(case, own))
  local planned = user:planned "recipe.lua"
  assert.are.same({ (change.action or "update") .. " it" }, planned, change.property)
  local said = apply(user, case, own, "changing " .. change.property)
  if change.calls then assert.are.same(change.calls, changing(said), change.property) end
  if not change.stays then apply(user, case, nil, "no longer declaring " .. change.property) end
end

--- All changes of a case, one after the other, on one resource.
---@param emulator table
---@param case { type: string, around: string|nil, base: table, changes: table[] }
local function change_all(emulator, case)
  local user <close> = User.new(emulator)
  apply(user, case, nil, "creating it")
  for _, change in ipairs(case.changes) do step(user, case, change) end
  user:must("destroy", "--yes")
end

--- A case of the spec for each.
---@param busted table the spec's _ENV
---@param cases table[]
function properties.each(busted, cases)
  local emulator = stage.emulator(busted)
  for _, case in ipairs(cases) do
    busted.it(case.type .. " changes as declared", function() change_all(emulator, case) end)
  end
end

return properties
