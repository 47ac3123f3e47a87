-- The client's own work, without a network: prints the CPU seconds of one time, and how many kB of
-- memory are the process's own at the end.
--
--   mrun run spec/support/client_bench.lua CASE COUNT FOLDER    (client_bench.py: with botocore)
local fs = require "native.fs"
local pack = require "native.pack"
local protocol = require "aws.protocol"
local sign = require "aws.sign"

local case, count, folder = ...
local data = assert(pack.open())

local function call(service, operation, params)
  local record = data:service(service)
  return { service = record, operation = data:operation(service, operation), params = params,
    protocol = protocol.of(record) }
end

local function body(name) return assert(fs.read(folder .. "/" .. name)) end

local function reading(made, text)
  return function()
    assert(made.protocol.result(made, { status = 200, headers = {}, body = text }))
  end
end

local RUN <const> = {
  ImageId = "ami-0abcdef1234567890", InstanceType = "t3.micro", MinCount = 1, MaxCount = 1,
  SubnetId = "subnet-0abc1234def567890", SecurityGroupIds = { "sg-0abc1234def567890" },
  ClientToken = "1c6ecd6e-6d2c-4bf5-9d6a-0123456789ab",
  BlockDeviceMappings = { { DeviceName = "/dev/xvda",
    Ebs = { VolumeSize = 20, VolumeType = "gp3", Encrypted = true } } },
  TagSpecifications = { { ResourceType = "instance",
    Tags = { { Key = "Name", Value = "web" }, { Key = "Team", Value = "a & b" } } } },
}

local cases = {}

function cases.sign()
  local request = { method = "POST", url = "https://ec2.eu-west-1.amazonaws.com/",
    body = "Action=DescribeVpcs&Version=2016-11-15",
    headers = { ["content-type"] = "application/x-www-form-urlencoded; charset=utf-8" } }
  local keys = { access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = ("k"):rep(40),
    token = ("t"):rep(400) }
  local auth = { name = "ec2", region = "eu-west-1", double_encode = true }
  return function() sign(request, keys, auth, 1700000000000) end
end

function cases.run()
  local made, answer = call("ec2", "RunInstances", RUN), body "run"
  local read = reading(made, answer)
  return function()
    assert(made.protocol.request(made))
    read()
  end
end

function cases.instances()
  return reading(call("ec2", "DescribeInstances", {}), body "instances")
end

function cases.items() return reading(call("dynamodb", "Query", {}), body "items") end

function cases.keys() return reading(call("s3", "ListObjectsV2", {}), body "keys") end

local work = cases[case]()
if tonumber(count) > 1 then work() end -- what is learned once
local began = os.clock()
for _ = 1, count do work() end
print(("%.9f"):format((os.clock() - began) / count))
for text in io.lines "/proc/self/status" do
  local kb = text:match "^RssAnon:%s*(%d+)"
  if kb then print(kb) end
end
