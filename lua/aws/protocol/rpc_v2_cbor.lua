-- The rpc-v2-cbor protocol: CBOR both ways, service and operation in the path.
local eventstream = require "aws.eventstream"
local fault = require "aws.protocol.fault"
local json = require "aws.protocol.json"
local url = require "aws.url"
local wire = require "native.cbor"

local rpc_v2_cbor = {}

local CONTENT_TYPE <const> = "application/cbor"
local EVENTS <const> = "application/vnd.amazon.eventstream"

---@param call { service: table, operation: table, params: table }
---@return table|nil request
---@return table|nil failure
function rpc_v2_cbor.request(call)
  local metadata, operation = call.service.metadata, call.operation
  local request = {
    method = "POST",
    path = ("/service/%s/operation/%s"):format(url.encode(metadata.targetPrefix),
      url.encode(operation.name)),
    headers = {
      ["smithy-protocol"] = "rpc-v2-cbor",
      accept = eventstream.of(operation) and EVENTS or CONTENT_TYPE,
    },
  }
  -- A service that once spoke query still answers with that protocol's error codes when asked to.
  if metadata.awsQueryCompatible then request.headers["x-amzn-query-mode"] = "true" end
  if not operation.input then return request end
  local body, cause = wire.encode(operation.input, call.params)
  if not body then return nil, cause end
  request.body, request.headers["content-type"] = body, CONTENT_TYPE
  return request
end

---@param call table
---@param response table
---@return table|nil result
---@return table|nil failure
function rpc_v2_cbor.result(call, response)
  local output = call.operation.output
  if not output then return {} end
  local events = eventstream.member(output)
  if events then return eventstream.result(call, response, events, wire.decode) end
  return wire.decode(output, response.body or "")
end

local function text(value)
  return type(value) == "string" and value or nil
end

---@param call table
---@param response table
---@return { code: string, type: string|nil, message: string|nil, fields: table }|nil
function rpc_v2_cbor.error(call, response)
  local body = response.body or ""
  local said = wire.decode(nil, body)
  -- What stands before a service answers in its own way.
  if type(said) ~= "table" then return (json.error(call, response)) end
  local code = fault.bare(text(said.__type))
  local compatible = (response.headers["x-amzn-query-error"] or ""):match("^([^;]+)")
  if not code and not compatible then return nil end
  local shape = fault.shape(call, code) or fault.shape(call, compatible)
  return {
    code = compatible or code, type = code, message = text(said.message) or text(said.Message),
    fields = shape and wire.decode(shape, body) or {},
  }
end

return rpc_v2_cbor
