--- The Resources of a template: the same declarations as a recipe's, with the same checks.
local declare = require "recipe.declare"
local document = require "template.document"
local expression = require "template.expression"
local mark = require "template.mark"
local provider = require "recipe.provider"
local schema = require "engine.schema"
local value = require "engine.value"

local resources = {}

local FIELDS = {
  Type = true, Properties = true, DependsOn = true, DeletionPolicy = true,
  UpdateReplacePolicy = true, Metadata = true, Description = true,
}
local REFUSED = {
  Condition = "leave the resource out, or declare it in a recipe with `when`",
  CreationPolicy = "mrun waits by itself until a resource is ready; leave it out",
  UpdatePolicy = "leave it out, or declare the resource in a recipe",
}

local function refuse_type(ev, node, type_name)
  local nearest = schema.nearest(type_name, ev.limits:aside(ev.host.types, "aws") or {})
  mark.fault(ev, node, ("there is no type %s"):format(type_name),
    nearest and ("did you mean %s?"):format(nearest) or "mrun types lists them")
end

--- Name, type and schema of one resource; its properties come when all names are known.
local function introduce(ev, key, node)
  if not key.text:find("^%w+$") then
    mark.fault(ev, key, ("%s cannot be the name of a resource"):format(key.text),
      "names are made of letters and digits")
  end
  document.expect(ev, node, "map", "the resource " .. key.text)
  document.check_keys(ev, node, FIELDS, { name = "a resource", refused = REFUSED })
  local type_node = node.value.Type
  if not type_node then
    mark.fault(ev, key, ("%s has no Type"):format(key.text), "write Type: AWS::...")
  end
  local type_name = document.text(ev, type_node, "Type")
  local record = ev.schema("aws", type_name)
  if not record then refuse_type(ev, type_node, type_name) end
  return {
    kind = "resource", name = key.text, type = type_name, provider = "aws", record = record,
    key = key, node = node, source = ("%s:%d"):format(ev.path, key.line),
  }
end

local function depends_on(ev, node)
  if not node then return nil end
  local items = node.kind == "list" and document.expect(ev, node, "list", "DependsOn").value
    or { node }
  local names = {}
  for i, item in ipairs(items) do
    names[i] = document.text(ev, item, "DependsOn")
    if not ev.template_resources[names[i]] then
      local nearest = schema.nearest(names[i], value.keys(ev.template_resources))
      mark.fault(ev, item, ("DependsOn names %s, which is not there"):format(names[i]),
        nearest and ("did you mean %s?"):format(nearest) or "declare it, or leave it out")
    end
  end
  return names
end

local function retains(ev, node, name)
  if not node then return false end
  local policy = document.text(ev, node, name)
  if policy == "Retain" or policy == "RetainExceptOnCreate" then return true end
  if policy == "Delete" then return false end
  mark.fault(ev, node, ("%s %s is not one that mrun does"):format(name, policy),
    "it does Delete and Retain")
end

local function options_of(ev, fields)
  local deletion = retains(ev, fields.DeletionPolicy, "DeletionPolicy")
  local replacement = retains(ev, fields.UpdateReplacePolicy, "UpdateReplacePolicy")
  return {
    depends_on = depends_on(ev, fields.DependsOn),
    retain = (deletion or replacement) or nil,
  }
end

local function properties_of(ev, inside)
  local node = inside.node.value.Properties
  if not node then return {} end
  document.expect(ev, node, "map", "Properties")
  local properties = {}
  for key, item in document.entries(node) do
    if not inside.record.properties[key.text] then
      local nearest = schema.nearest(key.text, value.keys(inside.record.properties))
      mark.fault(ev, key, ("%s has no property %s"):format(inside.type, key.text),
        nearest and ("did you mean %s?"):format(nearest)
          or ("mrun types %s lists what it has"):format(inside.type))
    end
    properties[key.text] = expression.value(ev, item)
  end
  return properties
end

--- The first fault that the schema finds, with its line and column.
local function check(ev, inside)
  local faults = schema.check(inside.record, inside.properties, ev.host.regex)
  local fault = faults and faults[1]
  if not fault then return end
  local node = inside.node.value.Properties
  local at = node and document.locate(node, fault.path) or inside.key
  if at == node then at = inside.key end
  local more = #faults > 1 and (" (and %d more faults)"):format(#faults - 1) or ""
  mark.fault(ev, at, ("%s (%s): %s%s"):format(inside.name, inside.record.type, fault.what,
    more), fault.next or "see mrun types " .. inside.record.type)
end

--- Reads the section: every resource is checked and entered.
---@param ev table
---@param section table node
function resources.read(ev, section)
  document.expect(ev, section, "map", "Resources")
  ev.aws = provider.open(ev, "aws")
  ev.template_resources = {}
  local order = {}
  for key, node in document.entries(section) do
    local inside = introduce(ev, key, node)
    ev.template_resources[inside.name] = inside
    order[#order + 1] = inside
  end
  for _, inside in ipairs(order) do
    inside.options = options_of(ev, inside.node.value)
    inside.properties = properties_of(ev, inside)
    check(ev, inside)
    inside.place = provider.place(ev, ev.aws)
    mark.at(ev, inside.key, declare.enter, ev, inside)
  end
end

return resources
