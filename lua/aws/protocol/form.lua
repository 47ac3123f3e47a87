-- The query and ec2 protocols: a form in; XML out, query's with a result wrapper; errors in
-- ErrorResponse/Error (query) and Response/Errors/Error (ec2).
local form = require "native.form"
local xml = require "native.xml"
local xml_error = require "aws.protocol.xml_error"

---@param flavor "query"|"ec2"
---@return { request: function, result: function, error: function }
return function(flavor)
  local protocol = {}

  ---@param call { service: table, operation: table, params: table }
  ---@return { method: string, path: string, headers: table, body: string }|nil request
  ---@return table|nil failure
  function protocol.request(call)
    local body, cause = form.encode(call.operation.input, call.params, {
      flavor = flavor, action = call.operation.name, version = call.service.metadata.apiVersion,
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
  function protocol.result(call, response)
    local operation = call.operation
    local says_nothing = response.body == "" and operation.output
      and #operation.output:members() == 0
    if not operation.output or says_nothing then return xml_error.nothing(response.body) end
    local wrapper = (operation.output_traits or {}).resultWrapper
    return xml.decode(operation.output, response.body, { flavor = flavor, wrapper = wrapper })
  end

  ---@param call table
  ---@param response table
  ---@return { code: string, message: string|nil, request_id: string|nil, fields: table }|nil
  function protocol.error(call, response)
    return (xml_error.read(call, response.body or ""))
  end

  return protocol
end
