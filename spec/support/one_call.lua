-- One call of a service that answers at once, in a process of its own: what a person waits for.
-- Prints how many things came, and how many kB of memory are the process's own at the end.
--
--   mrun run spec/support/one_call.lua CASE URL      (one_call.py: with boto3)
local aws = require "aws"

local CALLS <const> = {
  run = { "ec2", "RunInstances", { ImageId = "ami-0abcdef1234567890", MinCount = 1, MaxCount = 1,
    InstanceType = "t3.micro", SubnetId = "subnet-0abc1234def567890",
    SecurityGroupIds = { "sg-0abc1234def567890" } } },
  instances = { "ec2", "DescribeInstances", {} },
  items = { "dynamodb", "Query", { TableName = "t", KeyConditionExpression = "id = :i",
    ExpressionAttributeValues = { [":i"] = { S = "x" } } } },
  keys = { "s3", "ListObjectsV2", { Bucket = "b" } },
}

local case, url = ...
local service, operation, params = table.unpack(CALLS[case])
local client = aws.client(service, { region = "us-east-1", endpoint_url = url, env = {},
  credentials = { access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = ("k"):rep(40) } })
local result = client:call(operation, params)
print(#(result.Instances or result.Reservations or result.Items or result.Contents))
for text in io.lines "/proc/self/status" do
  local kb = text:match "^RssAnon:%s*(%d+)"
  if kb then print(kb) end
end
