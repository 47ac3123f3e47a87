-- An expression, and behind an empty line the JSON that it looks into: a value that JSON can
-- write, or a failure of a known kind. The same again gives the same.
local failure = require "engine.failure"
local jmespath = require "aws.jmespath"
local json = require "native.json"

local GIVEN <const> = [=[{"a":[{"b":1,"c":"x"},{"b":null,"c":"y"},[]],"n":[3,1.5,-2],"s":"a✓",
  "o":{"k":{"k":{}},"t":true}}]=]
local KINDS <const> = { syntax = true, limit = true, ["invalid-type"] = true,
  ["invalid-arity"] = true, ["invalid-value"] = true, ["unknown-function"] = true }

local function search(expression, value)
  local ok, found = pcall(jmespath.search, expression, value)
  if not ok then
    assert(failure.is(found) and KINDS[found.reason], found)
    return found.reason
  end
  local text, why = json.encode(nil, found == nil and json.null or found)
  assert(text or tostring(why):find("nested too deep", 1, true), why)
  return text
end

return function(bytes)
  local expression, input = bytes:match("^(.-)\n\n(.*)$")
  local value = input and json.decode(nil, input, { nulls = true, exact = true })
  if value == nil then value = json.decode(nil, GIVEN, { nulls = true }) end
  expression = expression or bytes
  assert(search(expression, value) == search(expression, value), "it changes its mind")
end
