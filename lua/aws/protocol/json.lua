-- The json 1.0 and 1.1 protocols: JSON both ways, the operation in x-amz-target.
local wire = require "native.json"
local xml_error = require "aws.protocol.xml_error"

local json = {}

---@param call { service: table, operation: table, params: table }
---@return table|nil request
---@return table|nil failure
function json.request(call)
  local metadata, operation = call.service.metadata, call.operation
  local body, cause = "{}", nil
  if operation.input then body, cause = wire.encode(operation.input, call.params) end
  if not body then return nil, cause end
  local headers = {
    ["content-type"] = "application/x-amz-json-" .. (metadata.jsonVersion or "1.0"),
    ["x-amz-target"] = metadata.targetPrefix .. "." .. operation.name,
  }
  -- A service that once spoke query still answers with that protocol's error codes when asked to.
  if metadata.awsQueryCompatible then headers["x-amzn-query-mode"] = "true" end
  return { method = "POST", path = "/", body = body, headers = headers }
end

---@param call table
---@param response table
---@return table|nil result
---@return table|nil failure
function json.result(call, response)
  if not call.operation.output or response.body == "" then return {} end
  return wire.decode(call.operation.output, response.body)
end

-- "aws.protocoltests#FooError:http://..." is FooError.
local function bare(code)
  return code and code:gsub(":.*$", ""):gsub("^.*#", "")
end

local function text(value)
  return type(value) == "string" and value or nil
end

---@param _ table
---@param response table
---@return { code: string, message: string|nil, fields: table }|nil
function json.error(_, response)
  local headers, body = response.headers, response.body or ""
  local fields = body:match("^%s*{") and wire.decode(nil, body) or nil
  if type(fields) ~= "table" then
    local code = bare(headers["x-amzn-errortype"])
    return code and { code = code, fields = {} } or xml_error.parse(body)
  end
  local code = bare(headers["x-amzn-errortype"]) or bare(text(fields.__type))
    or bare(text(fields.code)) or bare(text(fields.Code))
  local compatible = (headers["x-amzn-query-error"] or ""):match("^([^;]+)")
  if not code and not compatible then return nil end
  return {
    code = compatible or code, type = code,
    message = text(fields.message) or text(fields.Message) or text(fields.errorMessage),
    fields = fields,
  }
end

return json
