-- The AWS client. Every service and operation of AWS's models, by their own names:
--
--   local aws = require "aws"
--   local ec2 = aws.client("ec2", { region = "eu-west-1" })
--   local answer = ec2:DescribeVpcs { VpcIds = { "vpc-1" } }
--   for page in ec2:pages("DescribeInstances", {}) do ... end
--   ec2:each_page("DescribeInstances", {}, function(page) ... end)   -- asks ahead meanwhile
--   local all = ec2:all("DescribeInstances", {}, { max_items = 5000 })
--   local many = ec2:split("DescribeVpcs", { VpcIds = ids }, "VpcIds", { size = 200 })
--   ec2:wait("InstanceRunning", { InstanceIds = { "i-1" } }, { max_wait_s = 300 })
--
-- Calls wait by yielding (see aws.call), so they run in a coroutine that somebody drives; what
-- asks for several things at once yields { all = functions } as well.
local check = require "aws.options"
local client = require "aws.client"
local sessions = require "aws.session"

local aws = {}

---Settings, credentials and limits that several clients share.
---@param options aws.session_options|nil
---@return aws.session
function aws.session(options)
  return sessions.new(check(options))
end

---@param service string
---@param options aws.session_options|nil
---@return aws.client
function sessions.class:client(service, options)
  local own = options and next(check(options)) and self:with(options) or self
  return client.new(own, service)
end

---A client of one service.
---@param service string  the model's name, as in "ec2"
---@param options aws.session_options|nil  with { session = ... } its own, and the rest above them
---@return aws.client
function aws.client(service, options)
  local given, rest = check(options), {}
  for name, value in pairs(given) do
    if name ~= "session" then rest[name] = value end
  end
  if given.session then return given.session:client(service, rest) end
  return client.new(sessions.new(rest), service)
end

return aws
