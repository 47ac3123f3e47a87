--- All that is wrong with a declaration, at once, before anything is asked of AWS.
local check_node = require "engine.schema.check.node"
local deferred = require "engine.value.deferred"
local fault = require "engine.schema.check.fault"
local fits = require "engine.schema.check.fits"
local node = require "engine.schema.node"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"

-- A record never changes, so the nodes of a tag's key and value are looked up once.
local nodes_of = setmetatable({}, { __mode = "k" })

local function tag_nodes(record)
  local n = node.resolve(record.raw, record.properties[record.tags])
  if record.tag_form == "list" then
    local members = node.items(record.raw, n).properties or {}
    return { members.Key or {}, members.Value or {} }
  end
  local _, any = next(n.patternProperties or {})
  return { {}, any or {} }
end

local function check_tag(context, key, v, nodes)
  if deferred.is(key) then
    return fault.add(context, context.record.tags, "a tag's key is needed before apply",
      "write the key as text; its value may come from another resource")
  end
  local path = plain.path(context.record.tags, tostring(key))
  if v == nil then
    return fault.add(context, path, path .. " has no value", 'write a value, "" at least')
  end
  check_node(context, nodes[1], tostring(key), path)
  if type(secret.reveal(v)) == "table" and not deferred.is(v) then
    return fault.add(context, path, ("%s takes text, not %s"):format(path, fault.show(context, v)))
  end
  check_node(context, nodes[2], v, path)
end

local function check_tag_list(context, tags, nodes)
  local seen = {}
  for i, tag in ipairs(tags) do
    local path = plain.path(context.record.tags, i)
    if deferred.is(tag) then
      fault.add(context, path, "a tag's key is needed before apply", "write { Key = , Value = }")
    elseif not plain.is_map(tag) or tag.Key == nil then
      fault.add(context, path, path .. " is no tag", "write { Key = , Value = }")
    else
      check_tag(context, tag.Key, tag.Value, nodes)
      if not deferred.is(tag.Key) then
        if seen[tag.Key] then
          fault.add(context, path, ("the tag %s is there twice"):format(tag.Key))
        end
        seen[tag.Key] = true
      end
    end
  end
end

--- Tags may be written as a map or as a list of Key and Value, whatever the schema has.
local function check_tags(context, tags)
  if deferred.is(tags) then return end
  if type(tags) ~= "table" or secret.is(tags) then
    return fault.add(context, context.record.tags, context.record.tags .. " takes a map of tags",
      'write { Name = "..." }')
  end
  local nodes = nodes_of[context.record] or tag_nodes(context.record)
  nodes_of[context.record] = nodes
  if plain.is_list(tags) then return check_tag_list(context, tags, nodes) end
  for key, v in next, tags do
    if not (fits.node(nodes[1], key) and fits.node(nodes[2], v)) then
      check_tag(context, key, v, nodes)
    end
  end
end

local function check_read_only(context, want)
  local record = context.record
  for name in next, want do
    if record.read_only[name] and not record.create_only[name] and not record.write_only[name] then
      fault.add(context, name, ("%s is set by AWS and cannot be declared"):format(name),
        "take it out; it can be read as an attribute")
    end
  end
end

local function in_order(faults)
  if #faults < 2 then return faults end
  local at = {}
  for i, found in ipairs(faults) do at[found] = i end
  table.sort(faults, function(a, b)
    if a.path ~= b.path then return a.path < b.path end
    return at[a] < at[b]
  end)
  return faults
end

--- All faults of a declaration, in order of their paths. Deferred parts are skipped.
---@param record SchemaRecord
---@param want table<string, any>
---@param match (fun(pattern: string, text: string): boolean|nil)|nil nil: not checked
---@return { path: string, what: string, next: string|nil }[]
return function(record, want, match)
  local context = { record = record, match = match, faults = {}, excluded = {}, optional = {},
    apart = record.tags }
  -- What mrun names by itself need not be declared.
  if record.name_property then context.optional[record.name_property] = true end
  local tags = record.tags and want[record.tags]
  if tags ~= nil then check_tags(context, tags) end
  check_read_only(context, want)
  for name, instead in next, record.refused do
    if want[name] ~= nil then
      fault.add(context, name, name .. " cannot be written by the service's own API", instead)
    end
  end
  check_node(context, record.raw, want, "")
  return in_order(context.faults)
end
