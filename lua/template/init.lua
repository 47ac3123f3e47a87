--- The CloudFormation front end: a template becomes the same declarations as a recipe.
local document = require "template.document"
local expression = require "template.expression"
local failure = require "engine.failure"
local mark = require "template.mark"
local outputs = require "recipe.outputs"
local parameters = require "template.parameters"
local recipe = require "recipe"
local resources = require "template.resources"
local yaml = require "native.yaml"

local template = {}

local SECTIONS = {
  AWSTemplateFormatVersion = true, Description = true, Metadata = true, Parameters = true,
  Resources = true, Outputs = true,
}
local REFUSED = {
  Conditions = "a recipe has `when`, and Lua's own if",
  Mappings = "use a parameter, or a table in a recipe",
  Rules = "use AllowedValues and AllowedPattern",
  Transform = "give mrun the template that the transform makes",
  Hooks = "leave it out",
}
local OUTPUT_FIELDS = { Value = true, Description = true }
local OUTPUT_REFUSED = {
  Export = "read the output with mrun output",
  Condition = "leave the output out",
}

--- Hostile templates end here: CloudFormation itself takes one megabyte.
local LIMITS = { max_bytes = 4 * 1024 * 1024, max_depth = 100, max_nodes = 500000 }

local function parse(ev, text)
  local documents, why = yaml.decode(text, LIMITS)
  if not documents then
    local at = type(why) == "table" and why.at
    failure.raise { what = failure.from(why).what,
      where = at and ("%s:%d:%d"):format(ev.path, at.line or at[1], at.column or at[2]) or ev.path,
      next = "correct the YAML or JSON here" }
  end
  if #documents ~= 1 then
    failure.raise { what = "a template is one document", where = ev.path,
      next = #documents == 0 and "it is empty" or "remove the --- between documents" }
  end
  return documents[1]
end

local function check_version(ev, node)
  if node and document.text(ev, node, "AWSTemplateFormatVersion") ~= "2010-09-09" then
    mark.fault(ev, node, "AWSTemplateFormatVersion must be 2010-09-09", "there is no other")
  end
end

local function read_outputs(ev, section)
  if not section then return end
  document.expect(ev, section, "map", "Outputs")
  for key, node in document.entries(section) do
    document.expect(ev, node, "map", "the output " .. key.text)
    document.check_keys(ev, node, OUTPUT_FIELDS, { name = "an output", refused = OUTPUT_REFUSED })
    if not node.value.Value then
      mark.fault(ev, key, ("the output %s has no Value"):format(key.text), "write Value: ...")
    end
    local v = expression.value(ev, node.value.Value)
    if v == nil then
      mark.fault(ev, node.value.Value, "an output cannot be AWS::NoValue", "leave the output out")
    end
    outputs.enter(ev, key.text, v, ("%s:%d"):format(ev.path, key.line))
  end
end

local function base_name(path)
  return (path:match("([^/]+)$"):gsub("%.[^.]*$", ""))
end

local function evaluate(ev, text)
  ev.inputs:saw_source(ev.path, text)
  local root = document.expect(ev, parse(ev, text), "map", "a template")
  document.check_keys(ev, root, SECTIONS, { name = "a template", refused = REFUSED })
  check_version(ev, root.value.AWSTemplateFormatVersion)
  if not root.value.Resources then
    mark.fault(ev, root, "the template has no Resources", "declare at least one")
  end
  ev.stack_name = ev.host.stack_name or base_name(ev.path)
  parameters.read(ev, root.value.Parameters)
  resources.read(ev, root.value.Resources)
  read_outputs(ev, root.value.Outputs)
  return recipe.finish(ev)
end

--- Evaluates the template at `path`; runs inside a task, where look-ups may wait.
---@param host table
---@param path string
---@return table evaluated
function template.load(host, path) return recipe.read(host, path, "a template", evaluate) end

return template
