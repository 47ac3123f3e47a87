-- Compiles the values of a rule set (texts, references, calls of functions) to Lua functions of
-- one run. What a rule set names is looked up once, here; a run only walks.
local template = require "aws.endpoint.template"

local expression = {}

local MAX_DEPTH <const> = 64

local ARITY <const> = {
  isSet = 1, ["not"] = 1, getAttr = 2, stringEquals = 2, booleanEquals = 2, substring = 4,
  uriEncode = 1, parseURL = 1, isValidHostLabel = 2, split = 3, ite = 3,
  ["aws.partition"] = 1, ["aws.parseArn"] = 1, ["aws.isVirtualHostableS3Bucket"] = 2,
}

local function is_set(value) return value ~= nil end
local function is_not(value) return not value end

-- A name: what a condition before has assigned, else a parameter.
local function reference(program, name, scope)
  if type(name) ~= "string" then program:fault "a reference has no name" end
  local slot = scope[name]
  if slot then return function(run) return run[slot] end end
  if not program.declared[name] then
    program:fault(("it refers to %s, which nothing sets"):format(name))
  end
  return function(run) return run:ask(name) end
end

local TEXT <const> = { string = true, number = true, boolean = true }

local function piece(program, part, scope)
  local value = reference(program, part.name, scope)
  local steps = part.path ~= "" and template.steps(part.path) or {}
  if not steps then program:fault(("%q is no path"):format(part.path)) end
  return function(run)
    local found = template.walk(value(run), steps)
    if not TEXT[type(found)] then
      run.program:fault(("it puts %s into a text, where it is %s"):format(part.name,
        found == nil and "not set" or "no text"))
    end
    return tostring(found)
  end
end

local function text(program, node, scope)
  if not node:find("[{}]") then return function() return node end end
  local pieces, reason = template.pieces(node)
  if not pieces then program:fault(reason) end
  local values = {}
  for at, part in ipairs(pieces) do
    values[at] = type(part) == "table" and piece(program, part, scope) or function() return part end
  end
  return function(run)
    local found = {}
    local bytes = 0
    for at = 1, #values do
      found[at] = values[at](run)
      bytes = bytes + #found[at]
    end
    run:charge(bytes)
    return table.concat(found)
  end
end

local function attribute(program, argv, scope, depth)
  local value = expression.value(program, argv[1], scope, depth + 1)
  local steps = type(argv[2]) == "string" and template.steps(argv[2])
  if not steps then program:fault("getAttr wants a path, and has " .. tostring(argv[2])) end
  return function(run)
    run:step()
    return template.walk(value(run), steps)
  end
end

local function function_named(program, name, argv)
  local fn = name == "isSet" and is_set or name == "not" and is_not or program.functions[name]
  if type(name) ~= "string" or not fn then
    program:fault(("it calls %s, which is unknown"):format(tostring(name)))
  end
  if #argv ~= (ARITY[name] or #argv) or #argv == 0 then
    program:fault(("it calls %s with %d arguments"):format(name, #argv))
  end
  return fn
end

---Compiles a call.
---@param program table
---@param node { fn: string, argv: table }
---@param scope table<string, integer>  the slots of what is assigned
---@param depth integer
---@return fun(run: table): any
function expression.call(program, node, scope, depth)
  if depth > MAX_DEPTH then program:fault "its calls are nested too deeply" end
  local argv = type(node) == "table" and node.argv
  if type(argv) ~= "table" then program:fault "a condition is no call of a function" end
  if node.fn == "getAttr" and #argv == 2 then return attribute(program, argv, scope, depth) end
  local fn, values = function_named(program, node.fn, argv), {}
  for at, each in ipairs(argv) do
    values[at] = expression.value(program, each, scope, depth + 1)
  end
  local count = #values
  return function(run)
    run:step()
    local found = {}
    for at = 1, count do
      local value = values[at](run)
      if type(value) == "string" then run:charge(#value) end
      found[at] = value
    end
    return fn(table.unpack(found, 1, count))
  end
end

-- A list or a map, whose values are compiled by `compile`.
local function container(program, node, scope, depth, compile)
  if depth > MAX_DEPTH then program:fault "its values are nested too deeply" end
  local values, mark = {}, getmetatable(node)
  for key, value in pairs(node) do values[key] = compile(program, value, scope, depth + 1) end
  return function(run)
    run:step()
    local found = setmetatable({}, mark)
    for key, value in pairs(values) do found[key] = value(run) end
    return found
  end
end

---Compiles any value.
---@param program table
---@param node any
---@param scope table<string, integer>
---@param depth integer
---@return fun(run: table): any
function expression.value(program, node, scope, depth)
  local kind = type(node)
  if kind == "string" then return text(program, node, scope) end
  if kind == "boolean" or kind == "number" then return function() return node end end
  if kind ~= "table" then program:fault "a value is missing" end
  if node.ref ~= nil then return reference(program, node.ref, scope) end
  if node.fn ~= nil then return expression.call(program, node, scope, depth) end
  return container(program, node, scope, depth, expression.value)
end

---Compiles what is only data with texts in it, as properties are: a map's `ref` is a name there.
---@param program table
---@param node any
---@param scope table<string, integer>
---@param depth integer
---@return fun(run: table): any
function expression.data(program, node, scope, depth)
  if type(node) ~= "table" then return expression.value(program, node, scope, depth) end
  return container(program, node, scope, depth, expression.data)
end

return expression
