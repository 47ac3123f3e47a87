-- Texts that services wrap once more, taken and given plain as the AWS CLI does: IAM's policy
-- documents, CloudFormation's templates, EC2's console output, the user data of new instances.
local crypto = require "native.crypto"
local json = require "native.json"
local url = require "aws.url"

local wrapped = { iam = {}, cloudformation = {}, ec2 = {}, autoscaling = {} }

-- A text that is no JSON object stays what it is.
local function document(text)
  local plain = text:find("^%s*%%7[Bb]") and url.decode(text) or text
  if not plain:find("^%s*{") then return text end
  local value = json.decode(nil, plain, { exact = true })
  return type(value) == "table" and value or text
end

local POLICIES <const> = { AssumeRolePolicyDocument = true, PolicyDocument = true,
  AssumeRolePolicyDocumentTemplate = true, Document = true }

local function decode_policies(record)
  for name, value in pairs(record) do
    if type(value) == "table" then
      decode_policies(value)
    elseif POLICIES[name] and type(value) == "string" then
      record[name] = document(value) -- an existing field: pairs goes on
    end
  end
end

---@param result table
function wrapped.iam.result(_, _, result)
  decode_policies(result)
end

---@param result table
function wrapped.cloudformation.result(_, _, result)
  if result.TemplateBody then result.TemplateBody = document(result.TemplateBody) end
end

---@param call table
---@param result table
function wrapped.ec2.result(call, _, result)
  if call.operation.name ~= "GetConsoleOutput" or not result.Output then return end
  result.Output = crypto.unbase64(result.Output) or result.Output
end

-- The models have a plain text for what the services want in base64.
local function with_user_data(name)
  return function(operation, params)
    if operation.name ~= name or type(params.UserData) ~= "string" then return params end
    local copy = setmetatable({}, getmetatable(params))
    for key, value in pairs(params) do copy[key] = value end
    copy.UserData = crypto.base64(params.UserData)
    return copy
  end
end

wrapped.ec2.params = with_user_data "RunInstances"
wrapped.autoscaling.params = with_user_data "CreateLaunchConfiguration"

return wrapped
