-- The rest-json protocol: members in the URI, the query and headers; the rest, or the payload,
-- as JSON.
local json = require "aws.protocol.json"
local rest = require "aws.protocol.rest"
local wire = require "native.json"

local rest_json = {}

local OCTETS <const> = "application/octet-stream" -- also where there are none

local function body_of(call, parts)
  local payload = parts.payload
  if payload then
    local value = call.params[payload.name]
    local is_raw, raw, content_type = rest.raw(payload, value)
    if is_raw then return raw, content_type or (payload.shape.kind == "blob" and OCTETS) end
    if value ~= nil then return wire.encode(payload.shape, value), "application/json" end
    if payload.shape:traits().union then return "" end -- one without a member is none
    return "{}", "application/json"
  end
  return wire.encode(call.operation.input, call.params), "application/json"
end

---@param call { service: table, operation: table, params: table }
---@return table|nil request
---@return table|nil failure
function rest_json.request(call)
  local request, parts = rest.request(call)
  if not request or not (parts.payload or #parts.members > 0) then return request, parts end
  local body, content_type = body_of(call, parts)
  if not body then return nil, content_type end
  request.body = body
  request.headers["content-type"] = request.headers["content-type"] or content_type
  return request
end

---@param call table
---@param response table
---@return table|nil result
---@return table|nil failure
function rest_json.result(call, response)
  return rest.result(call, response, wire.decode)
end

---@param call table
---@param response table
---@return { code: string, message: string|nil, fields: table }|nil
function rest_json.error(call, response)
  return rest.fault(response, json.error(call, response))
end

return rest_json
