--- Updates: property by property, as the handler says, in as few calls as the operations take.
local failure = require "engine.failure"
local fit = require "provider.aws.fit"
local tags = require "provider.aws.tags"
local value = require "engine.value"

local update = {}

--- "ModifyVpcEndpoint" for a property: the member of that name, or of what the API calls it.
local function by_name(job, change, rule, property)
  local made, operation = job.handler, type(rule) == "table" and rule[1] or rule
  local facts = job.machine:operation(made.service, operation)
  local member = type(rule) == "table" and rule.as or made.called[property] or property
  local shape = facts.input[member]
  if not shape then error(("%s takes no %s"):format(operation, member), 0) end
  local v = change.want[property]
  if v == nil then v = made.defaults[property] end
  if made.send[property] then v = made.send[property](v, change.want) end
  if v == nil then return {} end
  return { { operation, { [member] = fit.to_shape(shape, v, made.called) } } }
end

local function bare(names)
  local list = {}
  for i, name in ipairs(names) do list[i] = { Key = name } end
  return list
end

--- The calls that write these tags and take those away; none where nothing says how.
local function tag_steps(job, change, added, removed)
  local made, steps = job.handler, {}
  local taggable = made.tags_property or made.create.tags -- a route is not
  local rule = made.tagging or taggable and made.common.tagging
  if not rule then return steps end
  local function step(operation, members)
    if rule.ids then members[rule.ids] = { change.fields[made.member] } end
    if rule.id then members[rule.id] = change.fields[made.member] end
    for name, v in pairs(rule.with or {}) do members[name] = v end
    steps[#steps + 1] = { operation, members }
  end
  if next(added) then step(rule.add, { Tags = tags.list(added) }) end
  if #removed > 0 then
    local by_key = job.machine:operation(made.service, rule.remove).input.TagKeys
    step(rule.remove, by_key and { TagKeys = removed } or { Tags = bare(removed) })
  end
  return steps
end

local function steps_of(job, change, property, rule)
  if type(rule) == "function" then return rule(change, property) or {} end
  if rule then return by_name(job, change, rule, property) end
  if property == job.handler.tags_property then
    return tag_steps(job, change, tags.difference(change.have[property] or {},
      change.want[property] or {}))
  end
  failure.raise {
    what = ("%s of %s cannot be changed"):format(property, job.handler.type),
    next = "the service has no operation for it: replace the resource",
  }
end

--- Operations that are called ...Attribute change one attribute a call.
local function mergeable(operation)
  return not operation:find "Attribute$"
end

local function add(list, steps)
  for _, step in ipairs(steps) do
    local last
    for _, earlier in ipairs(list) do
      local one = earlier[1] == step[1] and mergeable(step[1]) and step.merge ~= false
      if one then last = earlier end
    end
    if last then
      for member, v in pairs(step[2]) do last[2][member] = v end
    else
      list[#list + 1] = step
    end
  end
end

local function in_order(job, properties)
  local rank, sorted = {}, {}
  for i, name in ipairs(job.handler.order) do rank[name] = i - #job.handler.order end
  for i, name in ipairs(properties) do sorted[i] = name end
  table.sort(sorted, function(a, b)
    local rank_a, rank_b = rank[a] or 1, rank[b] or 1
    if rank_a ~= rank_b then return rank_a < rank_b end
    return a < b
  end)
  return sorted
end

--- A new resource has some properties already as they are wanted.
local function same(job, change, name)
  if not change.new then return false end
  local have = change.have[name]
  if have == nil then have = job.handler.defaults[name] end
  return have ~= nil and value.equal(have, change.want[name])
end

--- Changes these properties. Returns another identifier where the change made one.
---@param job table
---@param change table
---@param properties string[]
---@return string|nil identifier
function update.apply(job, change, properties)
  local list, called, identifier = {}, {}, nil
  change.changed = {}
  for _, name in ipairs(properties) do change.changed[name] = true end
  for _, name in ipairs(in_order(job, properties)) do
    local rule = job.handler.update[name]
    local once = type(rule) == "function" and called[rule]
    if not once and not same(job, change, name) then
      add(list, steps_of(job, change, name, rule))
      if type(rule) == "function" then called[rule] = true end
    end
  end
  for _, step in ipairs(list) do
    local answer = change:call(step[1], step[2], step)
    if step.identifier then identifier = step.identifier(answer) end
  end
  return identifier
end

--- Writes and takes away mrun's own tags.
---@param job table
---@param change table
---@param own { add: table<string, string>, remove: string[] }
function update.own(job, change, own)
  for _, step in ipairs(tag_steps(job, change, own.add, own.remove)) do
    change:call(step[1], step[2])
  end
end

return update
