-- The rest-xml protocol: members in the URI, the query and headers; the rest, or the payload, as
-- XML.
local rest = require "aws.protocol.rest"
local xml = require "native.xml"
local xml_error = require "aws.protocol.xml_error"

local rest_xml = {}

local function namespace_of(traits)
  local namespace = traits.xmlNamespace
  return type(namespace) == "table" and namespace.uri or namespace
end

local function has_members(call, parts)
  for _, member in ipairs(parts.members) do
    if call.params[member.name] ~= nil then return true end
  end
  return false
end

-- A member has a name of its own where it is another than the member's, or has a namespace with it
-- (S3's LifecycleConfiguration); else the shape is what says its name.
local function payload_name(payload)
  local own, shape = payload.traits, payload.shape
  local is_named = own.xmlNamespace or own.locationName ~= payload.name
  return is_named and own.locationName or shape:traits().locationName or shape.name
end

local function payload_of(payload, value)
  local is_raw, raw, content_type = rest.raw(payload, value)
  if is_raw then return raw, content_type end
  if value == nil then return "" end
  return xml.encode(payload.shape, value, {
    root = payload_name(payload), namespace = namespace_of(payload.traits),
  }), "application/xml"
end

-- The shape's own name for itself stands above the operation's.
local function members_of(call)
  local input, traits = call.operation.input, call.operation.input_traits or {}
  return xml.encode(input, call.params, {
    root = input:traits().locationName or traits.locationName or input.name,
    namespace = namespace_of(traits),
  }), "application/xml"
end

---@param call { service: table, operation: table, params: table }
---@return table|nil request
---@return table|nil failure
function rest_xml.request(call)
  local request, parts = rest.request(call)
  if not request then return nil, parts end
  local body, content_type
  if parts.payload then
    body, content_type = payload_of(parts.payload, call.params[parts.payload.name])
  elseif has_members(call, parts) then
    body, content_type = members_of(call)
  else
    return request
  end
  if not body then return nil, content_type end
  request.body = body
  request.headers["content-type"] = request.headers["content-type"] or content_type
  return request
end

local function decode(shape, text)
  return xml.decode(shape, text, { flavor = "rest" })
end

---@param call table
---@param response table
---@return table|nil result
---@return string|table|nil request_id_or_failure
function rest_xml.result(call, response)
  return rest.result(call, response, decode)
end

---@param call table
---@param response table
---@return { code: string, message: string|nil, request_id: string|nil, fields: table }|nil
function rest_xml.error(call, response)
  return rest.fault(response, xml_error.read(call, response.body or ""))
end

return rest_xml
