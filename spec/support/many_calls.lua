-- So many calls at once over one thread: prints the seconds they took, on the clock and of CPU;
-- first through the client, then as plain requests of the same size over libcurl alone.
--
--   mrun run spec/support/many_calls.lua COUNT URL
local aws = require "aws"
local http = require "native.http"
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

-- What libcurl itself takes: the client can be no faster than that.
measured(function()
  local network, left = http.new { user_agent = "bench" }, count
  local request = { url = url .. "/", method = "POST", headers = { authorization = ("a"):rep(300),
    ["x-amz-content-sha256"] = ("a"):rep(64) }, body = ("b"):rep(60) }
  for _ = 1, count do assert(network:add(request)) end
  while left > 0 do
    for _ in pairs(assert(network:poll(1000))) do left = left - 1 end
  end
  network:close()
end)
