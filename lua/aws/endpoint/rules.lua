-- Evaluates an endpoint rule set (AWS's endpoint-rule-set-1.json, decoded): which endpoint a
-- service has for these parameters. Pure: the functions that rules call are handed in.
local rules = {}

-- Rule sets are data from a package and not hostile, but a cycle in our own reading should end.
local MAX_DEPTH <const> = 64

local resolve

local function attribute(value, path)
  for part in path:gmatch("[^.]+") do
    local name, index = part:match("^([^%[]*)%[(%-?%d+)%]$")
    for _, key in ipairs(index and { name, tonumber(index) } or { part }) do
      if key ~= "" then
        if type(value) ~= "table" then return nil end
        if math.type(key) then key = key < 0 and #value + 1 + key or key + 1 end
        value = value[key]
      end
    end
  end
  return value
end

-- "{Region}" and "{url#authority}"; "{{" and "}}" stand for the braces themselves.
local function expand(template, scope)
  if not template:find("[{}]") then return template end
  local text = template:gsub("{{", "\1"):gsub("}}", "\2")
  text = text:gsub("{([^{}]*)}", function(reference)
    local name, path = reference:match("^([^#]*)#?(.*)$")
    local value = attribute(scope[name], path:gsub("#", "."))
    if value == nil then error(("the rule set refers to %s, which is not set"):format(name), 0) end
    return tostring(value)
  end)
  return (text:gsub("\1", "{"):gsub("\2", "}"))
end

local function call(node, scope, functions)
  local name = node.fn
  local argv = node.argv
  local first = resolve(argv[1], scope, functions)
  if name == "isSet" then return first ~= nil end
  if name == "not" then return not first end
  if name == "getAttr" then return attribute(first, argv[2]) end
  local fn = functions[name]
  if not fn then error(("the rule set calls %s, which is unknown"):format(name), 0) end
  local arguments, count = { first }, #argv
  for at = 2, count do arguments[at] = resolve(argv[at], scope, functions) end
  return fn(table.unpack(arguments, 1, count))
end

function resolve(node, scope, functions)
  if type(node) == "string" then return expand(node, scope) end
  if type(node) ~= "table" then return node end
  if node.ref then return scope[node.ref] end
  if node.fn then return call(node, scope, functions) end
  local copy = setmetatable({}, getmetatable(node))
  for key, value in pairs(node) do copy[key] = resolve(value, scope, functions) end
  return copy
end

-- All conditions hold: the scope with what they assigned; otherwise nil.
local function holds(conditions, outer, functions)
  if not conditions or #conditions == 0 then return outer end
  local scope = setmetatable({}, { __index = outer })
  for _, condition in ipairs(conditions) do
    local result = call(condition, scope, functions)
    if result == nil or result == false then return nil end
    if condition.assign then scope[condition.assign] = result end
  end
  return scope
end

local evaluate

local kinds = {}

function kinds.endpoint(rule, scope, functions)
  local endpoint = rule.endpoint
  return {
    url = resolve(endpoint.url, scope, functions),
    properties = resolve(endpoint.properties or {}, scope, functions),
    headers = resolve(endpoint.headers or {}, scope, functions),
  }
end

function kinds.error(rule, scope, functions)
  return nil, resolve(rule.error, scope, functions)
end

function kinds.tree(rule, scope, functions, depth)
  return evaluate(rule.rules, scope, functions, depth + 1)
end

function evaluate(list, scope, functions, depth)
  if depth > MAX_DEPTH then error("the rule set is nested too deeply", 0) end
  for _, rule in ipairs(list) do
    local inner = holds(rule.conditions, scope, functions)
    if inner then
      local kind = rule.type or (rule.endpoint and "endpoint") or (rule.error and "error") or "tree"
      return kinds[kind](rule, inner, functions, depth)
    end
  end
  return nil, "No rule of the service's rule set holds for these parameters"
end

local function bind(ruleset, params)
  local scope = {}
  for name, parameter in pairs(ruleset.parameters or {}) do
    local value = params[name]
    if value == nil then value = parameter.default end
    if value == nil and parameter.required then
      return nil, ("the endpoint parameter %s is required"):format(name)
    end
    scope[name] = value
  end
  return scope
end

---@param ruleset table
---@param params table<string, any>
---@param functions table<string, function>  the standard library, see aws.endpoint.functions
---@return { url: string, properties: table, headers: table }|nil endpoint
---@return string|nil reason  the rule set's own words
function rules.evaluate(ruleset, params, functions)
  local scope, missing = bind(ruleset, params)
  if not scope then return nil, missing end
  return evaluate(ruleset.rules, scope, functions, 1)
end

return rules
