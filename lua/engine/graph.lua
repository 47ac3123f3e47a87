-- The graph: what a recipe declares, checked, in an order in which everything comes after what it
-- depends on.
--
--   graph.build(evaluated, { schema = function(provider, type) ... end, match = ports.match })
--     -> { stack, resources = { [name] = resource }, order = { names },
--          edges = { [name] = { names } },
--          attributes = { [name] = { [attribute] = true } }, outputs, checks, inputs, notices }
--
-- A resource of the graph is the declared one with `want` (its canonical properties) added,
-- `awaits` (those of them that hold something deferred) and `hides` (whether one has a secret).
local failure = require "engine.failure"
local order = require "engine.graph.order"
local schema = require "engine.schema"
local value = require "engine.value"

local graph = {}

local LONGEST_NAME <const> = 256 -- of a tag's value: EC2's and IAM's documentation of tags

local function label(resource)
  return ("%s (%s)"):format(resource.name, resource.type)
end

local function fault(resource, what, next_step)
  return { where = resource.source, what = what, next = next_step, about = label(resource) }
end

local function unknown_name(resource, name, declared, how)
  local near = schema.nearest(name, value.keys(declared))
  return fault(resource, ("%s %s, which is not declared"):format(how, name),
    near and ("did you mean %s?"):format(near) or "declare it, or take the name out")
end

--- The names that a resource comes after, sorted; adds what it refers to to `attributes`.
local function depends(resource, declared, attributes, faults)
  local found, names = {}, {}
  for _, property in ipairs(resource.awaits) do value.references(resource.want[property], found) end
  for name, used in pairs(found) do
    if declared[name] then
      names[name] = true
      attributes[name] = attributes[name] or {}
      for attribute in pairs(used) do attributes[name][attribute] = true end
    else
      faults[#faults + 1] = unknown_name(resource, name, declared, "refers to")
    end
  end
  for _, name in ipairs(resource.options.depends_on or {}) do
    if declared[name] then
      names[name] = true
    else
      faults[#faults + 1] = unknown_name(resource, name, declared, "depends on")
    end
  end
  return next(names) and value.keys(names) or names
end

local function checked(resource, options, faults)
  local record = options.schema(resource.provider, resource.type)
  local result = { name = resource.name, type = resource.type, provider = resource.provider,
    place = resource.place, source = resource.source, properties = resource.properties,
    options = resource.options or {}, awaits = {}, want = resource.properties,
    hides = false }
  if #resource.name > LONGEST_NAME then
    faults[#faults + 1] = fault(resource, ("its name has %d characters"):format(#resource.name),
      ("use at most %d, with its scopes: it is the value of a tag"):format(LONGEST_NAME))
  end
  if not record then
    faults[#faults + 1] = fault(resource, "the type " .. resource.type .. " is not known",
      "mrun types lists them")
    return result
  end
  for _, found in ipairs(schema.check(record, resource.properties, options.match)) do
    faults[#faults + 1] = fault(resource, found.what,
      found.next or "see mrun types " .. resource.type)
  end
  result.want, result.awaits, result.hides = schema.canonical(record, resource.properties)
  return result
end

local function raise_faults(faults)
  if #faults == 0 then return end
  if #faults == 1 then
    local one = faults[1]
    failure.raise { what = one.about .. ": " .. one.what, where = one.where, next = one.next }
  end
  local lines = {}
  for i, one in ipairs(faults) do
    lines[i] = ("%s%s: %s%s"):format(one.where and one.where .. ": " or "", one.about, one.what,
      one.next and " (" .. one.next .. ")" or "")
  end
  failure.raise { what = table.concat(lines, "\n"), faults = faults,
    next = ("nothing was done: mend these %d and run it again"):format(#faults) }
end

local function raise_cycle(cycle, resources)
  local steps = {}
  for i, name in ipairs(cycle) do
    local source = resources[name].source
    steps[i] = source and i < #cycle and ("%s (%s)"):format(name, source) or name
  end
  failure.raise { what = "these depend on each other: " .. table.concat(steps, " -> "),
    where = resources[cycle[1]].source,
    next = "take out one of the references, or put it into a resource of its own" }
end

local function collect(evaluated, options, faults)
  local resources, names = {}, {}
  for i, resource in ipairs(evaluated.resources) do
    if resources[resource.name] then
      faults[#faults + 1] = fault(resource, "the name is declared twice",
        "the other one is at " .. tostring(resources[resource.name].source))
    end
    resources[resource.name] = checked(resource, options, faults)
    names[i] = resource.name
  end
  return resources, names
end

--- What outputs and checks refer to has to be read.
local function output_references(outputs, resources, attributes)
  for _, output in ipairs(outputs) do
    local found = {}
    value.references(output.value, found)
    for name, used in pairs(found) do
      if resources[name] then
        attributes[name] = attributes[name] or {}
        for attribute in pairs(used) do attributes[name][attribute] = true end
      end
    end
  end
end

--- Checks everything that was declared and puts it in order; raises all faults at once.
---@param evaluated table what a front end returns
---@param options { schema: fun(provider: string, type: string): table|nil, match: function|nil }
---@return table graph
function graph.build(evaluated, options)
  local faults, edges, attributes = {}, {}, {}
  local resources, names = collect(evaluated, options, faults)
  for _, name in ipairs(names) do
    edges[name] = depends(resources[name], resources, attributes, faults)
  end
  raise_faults(faults)
  local sorted, cycle = order.sort(names, edges)
  if cycle then raise_cycle(cycle, resources) end
  local outputs = evaluated.outputs or {}
  local checks = evaluated.checks or {}
  output_references(outputs, resources, attributes)
  output_references(checks, resources, attributes)
  return {
    stack = evaluated.stack, resources = resources, order = sorted, edges = edges,
    attributes = attributes, outputs = outputs, checks = checks,
    inputs = evaluated.inputs or {}, notices = evaluated.notices or {},
  }
end

--- The graph of a stack in which nothing is wanted.
---@param stack string
---@return table graph
function graph.nothing(stack)
  return { stack = stack, resources = {}, order = {}, edges = {}, attributes = {}, outputs = {},
    checks = {}, inputs = {}, notices = {} }
end

--- A copy with deferred values described and secrets as digests, so that it can be written down.
local function portable(v, digest, key)
  if value.is_secret(v) then return value.digest(digest, key, v) end
  if value.is_deferred(v) then return value.describe(v) end
  if type(v) ~= "table" then return v end
  local result = {}
  for name, member in pairs(v) do result[name] = portable(member, digest, key) end
  return value.is_list(v) and value.list(result) or result
end

--- One digest of all that is declared: two graphs with the same one declare the same.
---@param ports table json and digest
---@param g table
---@param key string of the stack
---@return string
function graph.digest(ports, g, key)
  local resources = {}
  for i, name in ipairs(g.order) do
    local resource = g.resources[name]
    resources[i] = { name = name, type = resource.type, provider = resource.provider,
      place = resource.place.key, want = portable(resource.want, ports.digest, key),
      options = portable(resource.options, ports.digest, key) }
  end
  local outputs = {}
  for i, output in ipairs(g.outputs) do
    outputs[i] = { name = output.name, value = portable(output.value, ports.digest, key) }
  end
  return ports.digest(key, ports.json { stack = g.stack, resources = value.list(resources),
    outputs = value.list(outputs) })
end

return graph
