-- So many calls at once over one thread: prints the seconds they took, on the clock and of CPU.
--
--   mrun run spec/support/many_calls.lua COUNT URL ACCESS_KEY SECRET_KEY
local aws = require "aws"
local sys = require "native.sys"

local count, url, access_key, secret_key = ...
count = tonumber(count)

local session = aws.session { region = "us-east-1", endpoint_url = url, env = {},
  credentials = { access_key = access_key, secret_key = secret_key } }
local client = session:client "ec2"
client:DescribeVpcs()

local inputs = {}
for i = 1, count do
  inputs[i] = { Filters = { { Name = "vpc-id", Values = { ("vpc-%08d"):format(i) } } } }
end

local began_ms, began = sys.now_ms(), os.clock()
local answers = client:together("DescribeVpcs", inputs, { at_once = count })
assert(#answers == count)
print(("%.6f %.6f"):format((sys.now_ms() - began_ms) / 1000, os.clock() - began))
