-- The protocols, by the names that the models use.
local protocol = {}

local SPOKEN <const> = {
  json = require "aws.protocol.json",
  query = require "aws.protocol.query",
  ec2 = require "aws.protocol.ec2",
  ["rest-json"] = require "aws.protocol.rest_json",
  ["rest-xml"] = require "aws.protocol.rest_xml",
}

---The protocol of a service: the first of those that it offers and we speak.
---@param service table
---@return { request: function, result: function, error: function }|nil
function protocol.of(service)
  for _, name in ipairs(service.metadata.protocols or {}) do
    if SPOKEN[name] then return SPOKEN[name] end
  end
  return SPOKEN[service.metadata.protocol]
end

return protocol
