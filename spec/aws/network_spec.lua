local network = require "aws.network"
local support = require "spec.aws.support"

local function proxy(address, variables)
  return network.proxy(function(name) return variables[name] end, address)
end

describe("the network", function()
  it("is reached through the proxy of the address's scheme", function()
    local variables = { HTTPS_PROXY = "http://p:1", http_proxy = "q:2" }
    assert.equal("http://p:1", proxy("https://ec2.eu-west-1.amazonaws.com/", variables))
    assert.equal("http://q:2", proxy("http://example.com/", variables))
    assert.is_nil(proxy("https://example.com/", {}))
  end)

  it("takes what is the URL of a proxy, and tells of another without its password", function()
    for _, good in ipairs { "http://u:p@host:1", "socks5h://host", "https://[::1]:3128/" } do
      assert.equal(good, proxy("https://example.com/", { HTTPS_PROXY = good }))
    end
    for _, bad in ipairs { "http://u:p@55@host", "ftp://u:p55@host", "http://u:p/55@host", "a b",
    } do
      local ok, why = pcall(proxy, "https://example.com/", { HTTPS_PROXY = bad })
      assert.is_false(ok)
      assert.matches("HTTPS_PROXY is not the URL of a proxy", tostring(why), 1, true)
      assert.is_nil(tostring(why):find("55", 1, true))
    end
  end)

  it("is reached without it where NO_PROXY says so, and on this machine", function()
    local function with(list) return { HTTPS_PROXY = "http://p:1", NO_PROXY = list } end
    for _, list in ipairs { "*", "example.com", ".example.com", "a, api.example.com:443" } do
      assert.is_nil(proxy("https://api.example.com/", with(list)))
    end
    for _, list in ipairs { "", "ample.com", "other.com", "example.com:8443" } do
      assert.equal("http://p:1", proxy("https://api.example.com/", with(list)))
    end
    assert.is_nil(proxy("https://api.example.com:8443/", with "example.com:8443"))
    assert.is_nil(proxy("https://127.0.0.1:1/", with ""))
  end)

  it("is trusted by the user's own certificates where there are some", function()
    local session, clock = support.session { env = { AWS_ACCESS_KEY_ID = "A",
      AWS_SECRET_ACCESS_KEY = "S", AWS_REGION = "eu-west-1", AWS_CA_BUNDLE = "/ca.pem",
      https_proxy = "http://p:1" } }
    local log = support.drive(clock, { support.answer(200, "<x/>") }, function()
      return session:client "ec2":DescribeVpcs {}
    end)
    assert.same({ "/ca.pem", "http://p:1" }, { log.requests[1].ca_file, log.requests[1].proxy })
  end)
end)
