-- A rule set, partitions and parameters, as JSON: an endpoint, the rule set's own error, or a
-- failure that says what is damaged; the second time the same.
local compile = require "aws.endpoint.rules"
local failure = require "engine.failure"
local functions = require "aws.endpoint.functions"
local json = require "native.json"

local PARTITIONS <const> = { partitions = { { id = "aws", regionRegex = "^us\\-\\w+\\-\\d+$",
  regions = { ["us-east-1"] = {} }, outputs = { dnsSuffix = "amazonaws.com" } } } }

local function resolve(given)
  local params = type(given.params) == "table" and given.params or {}
  local program = compile(given, functions(given.partitions and given or PARTITIONS))
  local endpoint, reason = program:resolve(params)
  local again, same_reason = program:resolve(params)
  assert(endpoint == again and reason == same_reason, "the second time it is another")
  assert(endpoint and type(endpoint.url) == "string" or type(reason) == "string", "no answer")
end

return function(bytes)
  local given = json.decode(nil, bytes)
  if type(given) ~= "table" then return end
  local ok, why = pcall(resolve, given)
  assert(ok or failure.is(why), why)
end
