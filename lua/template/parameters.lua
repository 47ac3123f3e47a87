--- The Parameters of a template, read like the params of a recipe.
local document = require "template.document"
local mark = require "template.mark"
local params = require "recipe.params"

local parameters = {}

local FIELDS = {
  Type = true, Default = true, AllowedValues = true, AllowedPattern = true, NoEcho = true,
  ConstraintDescription = true, Description = true,
  MinLength = true, MaxLength = true, MinValue = true, MaxValue = true,
}

local function number(ev, node, name)
  local found = node and tonumber(document.text(ev, node, name))
  if node and not found then
    mark.fault(ev, node, ("%s must be a number"):format(name), "write a number")
  end
  return found
end

local function allowed(ev, node)
  if not node then return nil end
  local texts = {}
  for i, item in ipairs(document.expect(ev, node, "list", "AllowedValues").value) do
    texts[i] = document.text(ev, item, "an allowed value")
  end
  return texts
end

local function text(ev, node, name)
  return node and document.text(ev, node, name)
end

local function default(ev, node)
  if not node then return nil end
  if node.kind == "list" then
    mark.fault(ev, node, "Default must be a single value", "write the list with commas")
  end
  document.expect(ev, node, "scalar", "Default")
  return node.text or ""
end

--- What a recipe would have written in params { }.
local function spec_of(ev, name, node)
  document.expect(ev, node, "map", "the parameter " .. name)
  document.check_keys(ev, node, FIELDS, { name = "a parameter" })
  local fields = node.value
  if not fields.Type then
    mark.fault(ev, node, ("the parameter %s has no Type"):format(name), "write Type: String")
  end
  local type_name = document.text(ev, fields.Type, "Type")
  if type_name == "Boolean" then
    mark.fault(ev, fields.Type, "CloudFormation has no parameters of type Boolean",
      "write Type: String and AllowedValues: [\"true\", \"false\"]")
  end
  local of_number = type_name == "Number"
  return {
    type = type_name, default = default(ev, fields.Default),
    allowed = allowed(ev, fields.AllowedValues),
    pattern = text(ev, fields.AllowedPattern, "AllowedPattern"),
    constraint = text(ev, fields.ConstraintDescription, "ConstraintDescription"),
    help = text(ev, fields.Description, "Description"),
    secret = (text(ev, fields.NoEcho, "NoEcho") or "false"):lower() == "true",
    min = number(ev, of_number and fields.MinValue or fields.MinLength, "the least"),
    max = number(ev, of_number and fields.MaxValue or fields.MaxLength, "the most"),
  }
end

--- Reads the section: ev.parameters is filled with the values.
---@param ev table
---@param section table|nil node
function parameters.read(ev, section)
  ev.parameters = {}
  if not section then return end
  document.expect(ev, section, "map", "Parameters")
  ev.where_param = function(name)
    local key = document.key(section, name)
    return key and mark.of(ev, key)
  end
  local prepared = {}
  for key, node in document.entries(section) do
    if not key.text:find("^%w+$") then
      mark.fault(ev, key, ("%s cannot be the name of a parameter"):format(key.text),
        "names are made of letters and digits")
    end
    local spec = spec_of(ev, key.text, node)
    prepared[#prepared + 1] = mark.at(ev, key, params.prepare, ev, key.text, spec)
  end
  params.look_up(ev, prepared)
  for _, each in ipairs(prepared) do
    local key = document.key(section, each.name)
    ev.parameters[each.name] = mark.at(ev, key, params.value, ev, each)
  end
end

return parameters
