--- Which members a map must have, may have together, and must not.
local fault = require "engine.schema.check.fault"

local function present(v, names)
  local found = {}
  for _, name in ipairs(names) do
    if rawget(v, name) ~= nil then found[#found + 1] = name end
  end
  return found
end

local function prefix(path)
  return path == "" and "" or path .. "."
end

local function required(context, names, v, path)
  for _, name in ipairs(names) do
    if rawget(v, name) == nil and not context.optional[prefix(path) .. name] then
      fault.add(context, prefix(path) .. name, prefix(path) .. name .. " is required",
        "add it, or see mrun types " .. context.record.type)
    end
  end
end

local function xor(context, names, v, path)
  local found = present(v, names)
  if #found == 1 then return end
  local told = fault.list(names)
  if #found == 0 then
    fault.add(context, path, ("%sone of %s is required"):format(path ~= "" and path .. ": " or "",
      told), "add exactly one of them")
  else
    fault.add(context, prefix(path) .. found[2], ("%s exclude each other"):format(
      fault.list(found, "and")), "keep one of them")
  end
end

local function some(context, names, v, path)
  if #present(v, names) > 0 then return end
  fault.add(context, path, ("%sat least one of %s is required"):format(
    path ~= "" and path .. ": " or "", fault.list(names)))
end

local function dependents(context, rules, v, path, check)
  local names = {}
  for name in next, rules do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    if rawget(v, name) ~= nil and type(rules[name]) == "table" then
      check(context, name, rules[name], v, prefix(path))
    end
  end
end

local function needs(context, name, others, v, at)
  for _, other in ipairs(others) do
    if rawget(v, other) == nil then
      fault.add(context, at .. other, ("%s%s needs %s as well"):format(at, name, other),
        ("add %s, or leave %s out"):format(other, name))
    end
  end
end

local function excludes(context, name, others, v, at)
  for _, other in ipairs(others) do
    -- A pair names each other twice; one fault says it.
    if rawget(v, other) ~= nil and not context.excluded[at .. other .. "\0" .. name] then
      context.excluded[at .. name .. "\0" .. other] = true
      fault.add(context, at .. other, ("%s%s and %s exclude each other"):format(at, name, other),
        "keep one of them")
    end
  end
end

--- Checks which members a map has.
---@param context table
---@param n table resolved node
---@param v table
---@param path string
return function(context, n, v, path)
  if type(n.required) == "table" then required(context, n.required, v, path) end
  if type(n.requiredXor) == "table" then xor(context, n.requiredXor, v, path) end
  if type(n.requiredOr) == "table" then some(context, n.requiredOr, v, path) end
  if type(n.dependentRequired) == "table" then
    dependents(context, n.dependentRequired, v, path, needs)
  end
  if type(n.dependencies) == "table" then dependents(context, n.dependencies, v, path, needs) end
  if type(n.dependentExcluded) == "table" then
    dependents(context, n.dependentExcluded, v, path, excludes)
  end
end
