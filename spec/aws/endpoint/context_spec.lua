-- Rule sets and models made for the case, in place of those of the data file.
local endpoint = require "aws.endpoint"
local support = require "spec.aws.support"

local function member(name, context)
  return { name = name, traits = { contextParam = context and { name = context } } }
end

local function world(given)
  local session = support.session {
    client_context = given.client_context, credentials = given.credentials, env = given.env,
    data = { record = function(_, kind)
      if kind == "endpoint_rules" then return given.rules end
      return { partitions = { { id = "aws", regionRegex = "^eu\\-", regions = {},
        outputs = { dnsSuffix = "aws.test", dualStackDnsSuffix = "dual.test" } } } }
    end },
  }
  return session, {
    service = { name = "toy", metadata = { serviceId = "Toy", endpointPrefix = "toys" },
      clientContextParams = given.declares },
    operation = { name = "Play", staticContextParams = given.static,
      operationContextParams = given.paths,
      input = { members = function() return given.members or {} end } },
    params = given.params or {}, credentials = given.credentials,
  }
end

local function answer(given)
  local session, call = world(given)
  return endpoint.resolve(session, call)
end

local SAYS <const> = {
  parameters = { What = { type = "string", default = "default" } },
  rules = { { type = "endpoint", conditions = {}, endpoint = { url = "https://{What}.test" } } },
}

describe("the parameters of a call's rule set", function()
  it("come from the model, the members, paths, the client, a default, in this order", function()
    local given = { rules = SAYS, static = { What = { value = "static" } },
      params = { Toy = "member", Box = { Toy = "path" } }, members = { member("Toy", "What") },
      paths = { What = { path = "Box.Toy" } }, client_context = { What = "client" },
      declares = { What = { type = "string" } } }
    assert.equal("https://static.test", answer(given).url)
    given.static = nil
    assert.equal("https://member.test", answer(given).url)
    given.params = { Box = { Toy = "path" } }
    assert.equal("https://path.test", answer(given).url)
    given.params = {}
    assert.equal("https://client.test", answer(given).url)
    given.declares = nil
    assert.equal("https://default.test", answer(given).url)
  end)

  it("may ask for the account of the credentials, which change", function()
    local rules = { parameters = { A = { type = "string", builtIn = "AWS::Auth::AccountId" } },
      rules = { { type = "endpoint", endpoint = { url = "https://{A}.test" }, conditions = {
        { fn = "isSet", argv = { { ref = "A" } } } } },
        { type = "error", conditions = {}, error = "nobody" } } }
    local session, call = world { rules = rules, credentials = { account_id = "1",
      access_key = "A", secret_key = "S" } }
    assert.equal("https://1.test", endpoint.resolve(session, call).url)
    call.credentials = { account_id = "2" }
    assert.equal("https://2.test", endpoint.resolve(session, call).url)
    call.credentials = nil
    assert.error_matches(function() endpoint.resolve(session, call) end,
      "toy has no endpoint: nobody")
  end)
end)

describe("the endpoint of a service without a rule set", function()
  local KEYS <const> = { AWS_REGION = "eu-x-1" }

  local function url(more)
    local env = {}
    for _, source in ipairs { KEYS, more } do
      for name, value in pairs(source) do env[name] = value end
    end
    return answer { env = env }.url
  end

  it("is where AWS's services mostly are", function()
    assert.equal("https://toys.eu-x-1.aws.test", url {})
    assert.equal("https://toys-fips.eu-x-1.aws.test", url { AWS_USE_FIPS_ENDPOINT = "true" })
    assert.equal("https://toys.eu-x-1.dual.test", url { AWS_USE_DUALSTACK_ENDPOINT = "true" })
    assert.equal("https://toys-fips.eu-x-1.dual.test",
      url { AWS_USE_FIPS_ENDPOINT = "true", AWS_USE_DUALSTACK_ENDPOINT = "true" })
    assert.equal("https://own.test", url { AWS_ENDPOINT_URL_TOY = "https://own.test" })
  end)
end)

describe("how a call is signed where it goes", function()
  local function auth(schemes)
    return answer { rules = { parameters = {}, rules = { { type = "endpoint", conditions = {},
      endpoint = { url = "https://x.test", properties = { authSchemes = schemes } } } } } }.auth
  end

  it("is as the endpoint says, else as the model says", function()
    assert.same({ scheme = "sigv4", name = "toys", region = "eu-west-1", double_encode = true },
      auth(nil))
    assert.same({ scheme = "sigv4", name = "n", region = "r", double_encode = false },
      auth { { name = "sigv4", signingName = "n", signingRegion = "r",
        disableDoubleEncoding = true } })
  end)

  it("is the first way that is made, and by its name what is not", function()
    local new = { name = "sigv4a", signingRegionSet = { "*" } }
    assert.equal("sigv4", auth { new, { name = "sigv4" } }.scheme)
    local found = auth { new }
    assert.same({ "sigv4a", "*" }, { found.scheme, found.region_set[1] })
  end)
end)
