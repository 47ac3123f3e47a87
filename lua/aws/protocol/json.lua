-- The json 1.0 and 1.1 protocols: JSON both ways, the operation in x-amz-target.
local eventstream = require "aws.eventstream"
local fault = require "aws.protocol.fault"
local wire = require "native.json"
local xml_error = require "aws.protocol.xml_error"

local json = {}
local bare = fault.bare

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
  local output = call.operation.output
  if not output or response.body == "" then return {} end
  local events = eventstream.member(output)
  if events then return eventstream.result(call, response, events, wire.decode) end
  return wire.decode(output, response.body)
end

local function text(value)
  return type(value) == "string" and value or nil
end

local function code_of(headers, fields)
  return bare(headers["x-amzn-errortype"]) or bare(text(fields.__type)) or bare(text(fields.code))
    or bare(text(fields.Code))
end

-- What is no JSON object may still say its code in a header, or be XML from something between.
local function without_fields(call, response)
  local code = bare(response.headers["x-amzn-errortype"])
  if not code then return xml_error.read(call, response.body or "") end
  return { code = code, fields = {} }, fault.shape(call, code)
end

---The error, and its shape where the models know it.
---@param call table
---@param response table
---@return { code: string, type: string|nil, message: string|nil, fields: table }|nil
---@return table|nil shape
function json.error(call, response)
  local headers, body = response.headers, response.body or ""
  local said = body:match("^%s*{") and wire.decode(nil, body, { exact = true }) or nil
  if type(said) ~= "table" then return without_fields(call, response) end
  local message = text(said.message) or text(said.Message) or text(said.errorMessage)
  local compatible = (headers["x-amzn-query-error"] or ""):match("^([^;]+)")
  local code = code_of(headers, said)
  if not code and not compatible then
    if not message then return nil end
    code = tostring(response.status) -- a gateway's own words
  end
  local shape = fault.shape(call, code) or fault.shape(call, compatible)
  local fields = shape and wire.decode(shape, body) or {}
  return { code = compatible or code, type = code, message = message, fields = fields }, shape
end

return json
