--- The values of a template: plain ones as they are, intrinsic functions as what they
--- stand for.
local declare = require "recipe.declare"
local document = require "template.document"
local mark = require "template.mark"
local provider = require "recipe.provider"
local schema = require "engine.schema"
local value = require "engine.value"

local expression = {}

--- What `!Ref AWS::NoValue` gives: whatever holds it leaves it out.
local NO_VALUE = setmetatable({}, { __name = "no value" })

local PSEUDO = {
  ["AWS::Region"] = "Region", ["AWS::AccountId"] = "AccountId", ["AWS::Partition"] = "Partition",
  ["AWS::URLSuffix"] = "URLSuffix",
}
local WITHOUT = {
  ["AWS::StackId"] = "a stack of mrun has no ARN; use AWS::StackName",
  ["AWS::NotificationARNs"] = "a stack of mrun notifies nobody",
}

local evaluate

-- References ----------------------------------------------------------------------------

local function known_names(ev)
  local names = { "AWS::NoValue", "AWS::StackName" }
  for name in next, PSEUDO do names[#names + 1] = name end
  for name in next, ev.parameters do names[#names + 1] = name end
  for name in next, ev.template_resources do names[#names + 1] = name end
  return names
end

local function reference(ev, node, name)
  if name == "AWS::NoValue" then return NO_VALUE end
  if name == "AWS::StackName" then return ev.stack_name end
  if PSEUDO[name] then
    return mark.at(ev, node, provider.known, ev, ev.aws, PSEUDO[name])
  end
  if WITHOUT[name] then
    mark.fault(ev, node, ("mrun does not have %s"):format(name), WITHOUT[name])
  end
  if ev.parameters[name] ~= nil then return ev.parameters[name] end
  local inside = ev.template_resources[name]
  if inside then return mark.at(ev, node, declare.attribute, inside, "Ref") end
  local nearest = schema.nearest(name, known_names(ev))
  mark.fault(ev, node, ("there is no parameter or resource %s"):format(name),
    nearest and ("did you mean %s?"):format(nearest) or "declare it, or correct the name")
end

local function attribute(ev, node, name, path)
  local inside = ev.template_resources[name]
  if not inside then
    local nearest = schema.nearest(name, value.keys(ev.template_resources))
    mark.fault(ev, node, ("there is no resource %s"):format(name),
      nearest and ("did you mean %s?"):format(nearest) or "declare it, or correct the name")
  end
  local has, nearest = schema.attribute(inside.record, path)
  if not has then
    mark.fault(ev, node, ("%s has no attribute %s"):format(inside.type, path),
      nearest and ("did you mean %s?"):format(nearest)
        or ("mrun types %s lists what it has"):format(inside.type))
  end
  if inside.record.attributes[path] then return declare.attribute(inside, path) end
  local found
  for step in path:gmatch("[^.]+") do
    found = found and found[step] or declare.attribute(inside, step)
  end
  return found
end

local function get_att(ev, node)
  if node.kind == "scalar" then
    local name, path = document.text(ev, node, "GetAtt"):match("^([^.]+)%.(.+)$")
    if name then return attribute(ev, node, name, path) end
  elseif node.kind == "list" and #node.value == 2 then
    local name = document.text(ev, node.value[1], "the resource of GetAtt")
    local path = evaluate(ev, node.value[2])
    if type(path) == "string" then return attribute(ev, node.value[2], name, path) end
  end
  mark.fault(ev, node, "GetAtt takes a resource and an attribute",
    "write !GetAtt Name.Attribute, or [Name, Attribute]")
end

-- Text ----------------------------------------------------------------------------------

local function text_part(ev, node, v, name)
  if type(v) == "table" and not value.is_opaque(v) then
    mark.fault(ev, node, ("%s is a list or a map, and cannot stand in a text"):format(name),
      "join it with Fn::Join")
  end
  if type(v) == "boolean" then return tostring(v) end
  return v
end

local function sub_part(ev, node, name, own)
  if own[name] ~= nil then return own[name] end
  local resource, path = name:match("^(%w+)%.(.+)$")
  local v
  if resource then
    v = attribute(ev, node, resource, path)
  else
    v = reference(ev, node, name)
  end
  if rawequal(v, NO_VALUE) then
    mark.fault(ev, node, "AWS::NoValue cannot stand in a text", "leave it out")
  end
  return text_part(ev, node, v, "${" .. name .. "}")
end

local function substitute(ev, node, text, own)
  local parts, at = {}, 1
  while true do
    local open = text:find("${", at, true)
    parts[#parts + 1] = text:sub(at, (open or 0) - 1)
    if not open then break end
    local close = text:find("}", open, true)
    if not close then
      mark.fault(ev, node, "Sub has a ${ without its }", "close it, or write ${!} for a plain ${")
    end
    local name = text:sub(open + 2, close - 1)
    if name:sub(1, 1) == "!" then
      parts[#parts + 1] = "${" .. name:sub(2) .. "}"
    else
      parts[#parts + 1] = sub_part(ev, node, name, own)
    end
    at = close + 1
  end
  return value.join(parts)
end

local function sub(ev, node)
  if node.kind == "scalar" then
    return substitute(ev, node, document.text(ev, node, "Sub"), {})
  end
  if node.kind ~= "list" or #node.value ~= 2 or node.value[2].kind ~= "map" then
    mark.fault(ev, node, "Sub takes a text, or a list of a text and a map",
      'write !Sub "${Name}-suffix"')
  end
  local own = {}
  for key, item in document.entries(node.value[2]) do
    own[key.text] = text_part(ev, item, evaluate(ev, item), key.text)
  end
  return substitute(ev, node.value[1], document.text(ev, node.value[1], "the text of Sub"), own)
end

local function join(ev, node)
  if node.kind ~= "list" or #node.value ~= 2 then
    mark.fault(ev, node, "Join takes a delimiter and a list", 'write !Join ["-", [a, b]]')
  end
  local delimiter = document.text(ev, node.value[1], "the delimiter of Join")
  local items = evaluate(ev, node.value[2])
  if value.is_deferred(items) then return value.concat(items, delimiter) end
  if type(items) ~= "table" or not (value.is_list(items) or next(items) == nil) then
    mark.fault(ev, node.value[2], "Join takes a list as its second part", "write [a, b]")
  end
  local parts = {}
  for i, item in ipairs(items) do
    if i > 1 then parts[#parts + 1] = delimiter end
    parts[#parts + 1] = text_part(ev, node.value[2], item, ("element %d"):format(i))
  end
  return value.join(parts)
end

-- All of it -----------------------------------------------------------------------------

local FUNCTIONS = {
  Ref = function(ev, node)
    return reference(ev, node, document.text(ev, node, "Ref"))
  end,
  ["Fn::GetAtt"] = get_att, ["Fn::Sub"] = sub, ["Fn::Join"] = join,
}

local function is_function(name)
  return name == "Ref" or name == "Condition" or name:sub(1, 4) == "Fn::"
end

local function call(ev, node, argument, name)
  local fn = FUNCTIONS[name]
  if fn then return fn(ev, argument) end
  local nearest = schema.nearest(name, value.keys(FUNCTIONS))
  mark.fault(ev, node, ("mrun does not do the function %s of a template"):format(name),
    nearest and ("did you mean %s?"):format(nearest)
      or "it does Ref, Fn::GetAtt, Fn::Sub and Fn::Join")
end

local function untagged(node)
  local copy = {}
  for key, v in next, node do copy[key] = v end
  copy.tag = nil
  return copy
end

local function map(ev, node)
  local first = node.keys[1]
  if first and is_function(first.text) then
    if #node.keys == 1 then return call(ev, first, node.value[first.text], first.text) end
    mark.fault(ev, first, ("%s must stand alone in its map"):format(first.text),
      "give it a map of its own")
  end
  local result = {}
  for key, item in document.entries(node) do
    local v = evaluate(ev, item)
    if not rawequal(v, NO_VALUE) then result[key.text] = v end
  end
  return result
end

local function list(ev, node)
  local result = {}
  for _, item in ipairs(node.value) do
    local v = evaluate(ev, item)
    if not rawequal(v, NO_VALUE) then result[#result + 1] = v end
  end
  return value.list(result)
end

function evaluate(ev, node)
  if node.tag then
    local name = node.tag:match("^!(%a.*)$")
    if name then
      if name ~= "Ref" and name ~= "Condition" then name = "Fn::" .. name end
      return call(ev, node, untagged(node), name)
    end
    if node.tag ~= "!!str" then
      mark.fault(ev, node, ("the tag %s has no place in a template"):format(node.tag),
        "leave it out")
    end
    return node.text
  end
  if node.kind == "map" then return map(ev, node) end
  if node.kind == "list" then return list(ev, node) end
  if node.value == nil then
    mark.fault(ev, node, "null is no value in a template", "leave the key out, or use AWS::NoValue")
  end
  return node.value
end

--- The value of a node; nil where it is AWS::NoValue.
---@param ev table
---@param node table
---@return any
function expression.value(ev, node)
  local v = evaluate(ev, node)
  if rawequal(v, NO_VALUE) then return nil end
  return v
end

return expression
