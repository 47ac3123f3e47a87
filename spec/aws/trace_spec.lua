local support = require "spec.aws.support"
local trace = require "aws.trace"

local function of(env) return trace(function(name) return env[name] end) end

describe("the trace of a Lambda function", function()
  it("is that of the environment, only inside of a function, with what a header cannot hold "
    .. "encoded", function()
    assert.is_nil(of {})
    assert.is_nil(of { _X_AMZN_TRACE_ID = "Root=1" })
    assert.equal("Root=1;Sampled=1", of { AWS_LAMBDA_FUNCTION_NAME = "f",
      _X_AMZN_TRACE_ID = "Root=1;Sampled=1" })
    assert.equal("first%0Asecond%C2%AA-=;:+&[]{}\"',", of { AWS_LAMBDA_FUNCTION_NAME = "f",
      _X_AMZN_TRACE_ID = "first\nsecond\u{aa}-=;:+&[]{}\"'," })
  end)

  it("goes with every call, unsigned", function()
    local session, clock = support.session { env = { AWS_ACCESS_KEY_ID = "A",
      AWS_SECRET_ACCESS_KEY = "S", AWS_REGION = "eu-west-1", AWS_LAMBDA_FUNCTION_NAME = "f",
      _X_AMZN_TRACE_ID = "Root=1" } }
    local log = support.drive(clock, { support.answer(200, "<a/>") }, function()
      return session:client "sts":GetCallerIdentity()
    end)
    local headers = log.requests[1].headers
    assert.equal("Root=1", headers["x-amzn-trace-id"])
    assert.is_nil(headers.authorization:find("trace", 1, true))
  end)
end)
