-- What a few services want beyond what their models say, as AWS's own clients do it.
local wrapped = require "aws.custom.wrapped"

local custom = {}

-- By the service's id in the models. Each has any of: params(operation, params) -> params,
-- request(call, request), failed(call, response) -> boolean, result(call, response, result).
local SERVICES <const> = {
  ["API Gateway"] = {
    -- It speaks HAL unless it is asked for plain JSON.
    request = function(_, request)
      request.headers.accept = request.headers.accept or "application/json"
    end,
  },
  ["CloudSearch Domain"] = {
    -- A query may be longer than what an address can hold.
    request = function(call, request)
      local path, query = request.path:match("^([^?]*)%?(.*)$")
      if call.operation.name ~= "Search" or not query then return end
      request.method, request.path, request.body = "POST", path, query
      request.headers["content-type"] = "application/x-www-form-urlencoded"
    end,
  },
  ["Auto Scaling"] = wrapped.autoscaling,
  CloudFormation = wrapped.cloudformation,
  EC2 = wrapped.ec2,
  Glacier = require "aws.custom.glacier",
  IAM = wrapped.iam,
  ["Route 53"] = require "aws.custom.route53",
  S3 = require "aws.custom.s3",
}

local function of(service, name)
  local found = SERVICES[service.metadata.serviceId]
  return found and found[name]
end

---The parameters as the service wants them; those given stay as they are.
---@param service table
---@param operation table
---@param params table
---@return table
function custom.params(service, operation, params)
  local change = of(service, "params")
  return change and change(operation, params) or params
end

---Changes a request in place before it is signed.
---@param call table
---@param request table
function custom.request(call, request)
  if call.operation.endpointoperation then
    request.headers["x-amz-api-version"] = call.service.metadata.apiVersion
  end
  local change = of(call.service, "request")
  if change then change(call, request) end
end

---Whether an answer that says 200 is an error all the same.
---@param call table
---@param response table
---@return boolean
function custom.failed(call, response)
  local judge = of(call.service, "failed")
  return judge ~= nil and judge(call, response)
end

---Changes a result in place.
---@param call table  `given`: the parameters as the caller gave them
---@param response table
---@param result table
function custom.result(call, response, result)
  local change = of(call.service, "result")
  if change then change(call, response, result) end
end

return custom
