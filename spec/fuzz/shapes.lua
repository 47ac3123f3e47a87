-- Answers of services, read by their shapes: JSON, and the XML of ec2 and query.
local json = require "native.json"
local pack = require "native.pack"
local xml = require "native.xml"

local data = assert(pack.open "build/aws.data")
local instances = data:operation("ec2", "DescribeInstances").output
local role = data:operation("iam", "GetRole").output
local parameters = data:operation("ssm", "GetParametersByPath").output

return function(bytes)
  xml.decode(instances, bytes, { flavor = "ec2" })
  xml.decode(role, bytes, { flavor = "query", wrapper = "GetRoleResult" })
  xml.decode(nil, bytes)
  json.decode(parameters, bytes)
end
