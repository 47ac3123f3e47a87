-- So many calls at once over one thread: prints the seconds they took, on the clock and of CPU;
-- first through the client, then as plain requests of the same size.
--
--   mrun run spec/support/many_calls.lua COUNT URL
local aws = require "aws"
local sys = require "native.sys"

local count, url = tonumber((...)), select(2, ...)

local function measured(fn)
  local began_ms, began = sys.now_ms(), os.clock()
  fn()
  print(("%.6f %.6f"):format((sys.now_ms() - began_ms) / 1000, os.clock() - began))
end

local session = aws.session { region = "us-east-1", endpoint_url = url, env = {},
  credentials = { access_key = "AKIAIOSFODNN7EXAMPLE", secret_key = ("k"):rep(40) } }
local client = session:client "ec2"
client:DescribeVpcs()

local inputs = {}
for i = 1, count do inputs[i] = { VpcIds = { ("vpc-%08d"):format(i) } } end

measured(function()
  local answers = client:together("DescribeVpcs", inputs, { at_once = count })
  assert(#answers == count)
end)
