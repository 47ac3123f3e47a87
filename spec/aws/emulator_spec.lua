-- The client against servers that check what it signs and speak as AWS does.
local aws = require "aws"
local emulator = require "spec.support.emulator"
local http = require "native.http"
local sys = require "native.sys"

local function drive(fn)
  local network = http.new { user_agent = "mrun-spec" }
  local thread, input = coroutine.create(fn), nil
  while true do
    local ok, wanted = coroutine.resume(thread, input)
    if not ok or coroutine.status(thread) == "dead" then
      network:close()
      return ok, wanted
    end
    input = nil
    if wanted.http then
      local id = assert(network:add(wanted.http))
      repeat input = network:poll(1000)[id] until input
    else
      network:poll(math.max(0, wanted.until_ms - sys.now_ms()))
    end
  end
end

local function call(session, service, operation, params)
  local ok, result = drive(function() return session:client(service):call(operation, params) end)
  return result, ok
end

local function session_of(server, more)
  local options = { env = {}, region = "us-east-1", endpoint_url = server.url,
    credentials = { access_key = server.access_key, secret_key = server.secret_key,
      source = "the spec" } }
  for key, value in pairs(more or {}) do options[key] = value end
  return aws.session(options)
end

-- One read of each protocol.
local READS <const> = { { "ec2", "DescribeVpcs" }, { "sts", "GetCallerIdentity" },
  { "iam", "ListRoles" }, { "ssm", "DescribeParameters" }, { "lambda", "ListFunctions" },
  { "s3", "ListBuckets" }, { "dynamodb", "ListTables" } }

for _, kind in ipairs { "moto", "ministack" } do
  describe("the client, with " .. kind .. ",", function()
    local server, session
    setup(function()
      server = emulator.start(kind)
      session = session_of(server)
    end)
    teardown(function() server:stop() end)

    it("is who its keys are", function()
      assert.matches("^%d+$", call(session, "sts", "GetCallerIdentity").Account)
    end)

    it("signs each protocol right, and is refused with a wrong secret", function()
      local wrong = session_of(server, { credentials = { access_key = server.access_key,
        secret_key = "wrong", source = "the spec" } })
      for _, read in ipairs(READS) do
        local result, ok = call(session, read[1], read[2])
        assert.is_true(ok, tostring(result))
        local refused, accepted = call(wrong, read[1], read[2])
        assert.is_false(accepted)
        assert.is_true(refused.status >= 400)
      end
    end)

    it("makes and reads back text of every kind", function()
      local text = "ä b+c&d=%20 <x> \"q\" 日本"
      local made = call(session, "ec2", "CreateVpc", { CidrBlock = "10.9.0.0/16",
        TagSpecifications = {
          { ResourceType = "vpc", Tags = { { Key = "Name", Value = text } } } } })
      local found = call(session, "ec2", "DescribeVpcs", { VpcIds = { made.Vpc.VpcId } })
      assert.equal(text, found.Vpcs[1].Tags[1].Value)
      call(session, "ssm", "PutParameter", { Name = "/a/b", Value = text, Type = "String" })
      local parameter = call(session, "ssm", "GetParameter", { Name = "/a/b" }).Parameter
      assert.equal(text, parameter.Value)
      assert.equal(1, parameter.Version)
      local key = "a b/+%/ü.txt"
      call(session, "s3", "CreateBucket", { Bucket = "my-bucket" })
      call(session, "s3", "PutObject", { Bucket = "my-bucket", Key = key, Body = text })
      assert.equal(text, call(session, "s3", "GetObject", { Bucket = "my-bucket", Key = key }).Body)
    end)

    it("raises the service's own error", function()
      local fault, ok = call(session, "iam", "GetRole", { RoleName = "nobody" })
      assert.is_false(ok)
      assert.same({ "iam", "GetRole", "NoSuchEntity", 404 },
        { fault.service, fault.operation, fault.code, fault.status })
      assert.equal("ParameterNotFound",
        call(session, "ssm", "GetParameter", { Name = "/none" }).code)
    end)

    it("joins pages", function()
      for at = 1, 5 do
        call(session, "ssm", "PutParameter",
          { Name = "/p/" .. at, Value = "v", Type = "String" })
      end
      local ok, all = drive(function()
        return session:client "ssm":all("GetParametersByPath", { Path = "/p", MaxResults = 2 })
      end)
      assert.is_true(ok)
      assert.equal(5, #all.Parameters)
    end)
  end)
end

describe("the client, with ministack,", function()
  it("puts its clock right by the server's", function()
    local server <close> = setmetatable({ it = emulator.start "ministack" },
      { __close = function(self) self.it:stop() end })
    local session = session_of(server.it, { now = function() return sys.now_ms() - 3600e3 end })
    local _, ok = call(session, "sts", "GetCallerIdentity")
    assert.is_true(ok)
    assert.is_true(session.skew_ms > 3500e3)
  end)
end)
