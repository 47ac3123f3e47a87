-- Errors of the XML protocols: Response/Errors/Error (ec2), ErrorResponse/Error (query), Error
-- (S3). What answers an error is often not the service itself, but something that stands before
-- it: code and message are read without a model, and the rest where the models know the code.
local fault = require "aws.protocol.fault"
local trim = require "aws.trim"
local xml = require "native.xml"

local xml_error = {}

local function child(node, name)
  for _, each in ipairs(node or {}) do
    if each.name == name then return each end
  end
end

local function text(node, name)
  local found = child(node, name)
  return found and found.text and trim(found.text) or nil
end

---@param body string
---@return { code: string, message: string|nil, request_id: string|nil, type: string|nil,
---  region: string|nil }|nil  the region where S3 says that a bucket is
function xml_error.parse(body)
  local root = xml.decode(nil, body)
  if not root then return nil end
  local found = child(child(root, "Errors"), "Error") or child(root, "Error") or root
  local code = text(found, "Code")
  if not code or code == "" then return nil end
  return {
    code = code, message = text(found, "Message"), type = text(found, "Type"),
    request_id = text(root, "RequestId") or text(root, "RequestID"),
    region = text(found, "Region"),
  }
end

---The id of the request in an answer that has nothing else to say.
---@param body string
---@return table|nil result  empty
---@return string|table|nil request_id_or_failure
function xml_error.nothing(body)
  if body == "" then return {} end
  local root, why = xml.decode(nil, body)
  if not root then return nil, why end
  local metadata = child(root, "ResponseMetadata") or root
  return {}, text(metadata, "RequestId") or text(metadata, "requestId")
end

---The error with the fields that its shape has, and the shape.
---@param call table
---@param body string
---@return table|nil error  { code, message, type, request_id, fields }
---@return table|nil shape
function xml_error.read(call, body)
  local found = xml_error.parse(body)
  if not found then return nil end
  local shape = fault.shape(call, found.code)
  found.fields = shape and xml.decode(shape, body) or {}
  return found, shape
end

return xml_error
