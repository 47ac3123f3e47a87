-- Errors of the XML protocols: Response/Errors/Error (ec2), ErrorResponse/Error (query), Error
-- (S3). They are read without a model: what answers an error is often not the service itself, but
-- something that stands before it.
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
---@return { code: string, message: string|nil, request_id: string|nil,
---  region: string|nil }|nil  the region where S3 says that a bucket is
function xml_error.parse(body)
  local root = xml.decode(nil, body)
  if not root then return nil end
  local fault = child(child(root, "Errors"), "Error") or child(root, "Error") or root
  local code = text(fault, "Code")
  if not code or code == "" then return nil end
  return {
    code = code, message = text(fault, "Message"), type = text(fault, "Type"),
    request_id = text(root, "RequestId") or text(root, "RequestID"),
    region = text(fault, "Region"),
  }
end

return xml_error
