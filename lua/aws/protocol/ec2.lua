-- The ec2 protocol: a form in, XML out, errors in Response/Errors/Error.
local form = require "native.form"
local xml = require "native.xml"
local xml_error = require "aws.protocol.xml_error"

local ec2 = {}

---@param call { service: table, operation: table, params: table }
---@return { method: string, path: string, headers: table, body: string }|nil request
---@return table|nil failure
function ec2.request(call)
  local body, cause = form.encode(call.operation.input, call.params, {
    flavor = "ec2", action = call.operation.name, version = call.service.metadata.apiVersion,
  })
  if not body then return nil, cause end
  return {
    method = "POST", path = "/", body = body,
    headers = { ["content-type"] = "application/x-www-form-urlencoded; charset=utf-8" },
  }
end

---@param call table
---@param response table
---@return table|nil result
---@return string|table|nil request_id_or_failure
function ec2.result(call, response)
  if not call.operation.output or response.body == "" then
    return xml_error.nothing(response.body)
  end
  return xml.decode(call.operation.output, response.body, { flavor = "ec2" })
end

---@param call table
---@param response table
---@return { code: string, message: string|nil, request_id: string|nil, fields: table }|nil
function ec2.error(call, response)
  return (xml_error.read(call, response.body or ""))
end

return ec2
