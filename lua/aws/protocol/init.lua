-- The protocols, by the names that the models use.
local form = require "aws.protocol.form"

local protocol = {}

local SPOKEN <const> = {
  json = require "aws.protocol.json",
  query = form "query",
  ec2 = form "ec2",
  ["rest-json"] = require "aws.protocol.rest_json",
  ["rest-xml"] = require "aws.protocol.rest_xml",
  ["smithy-rpc-v2-cbor"] = require "aws.protocol.rpc_v2_cbor",
}

-- Of several that a service offers, as the AWS CLI prefers them: endpoints that stand in for AWS
-- know these best.
local ORDER <const> = { "json", "rest-json", "rest-xml", "smithy-rpc-v2-cbor", "query", "ec2" }

local function choose(service)
  local offered = {}
  for _, name in ipairs(service.metadata.protocols or {}) do offered[name] = true end
  for _, name in ipairs(ORDER) do
    if offered[name] then return SPOKEN[name] end
  end
  return SPOKEN[service.metadata.protocol]
end

local chosen = setmetatable({}, { __mode = "k" }) -- by service; false where we speak none

---The protocol of a service: of those that it offers and we speak.
---@param service table
---@return { request: function, result: function, error: function }|nil
function protocol.of(service)
  if chosen[service] == nil then chosen[service] = choose(service) or false end
  return chosen[service] or nil
end

return protocol
