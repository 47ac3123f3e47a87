local crypto = require "native.crypto"
local sigv4 = require "native.sigv4"

local KEY = {
  access_key = "AKIDEXAMPLE", secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
  service = "service", region = "us-east-1", time = 1440938160, method = "GET",
  url = "https://example.amazonaws.com/",
}

local function request(fields)
  local made = {}
  for name, value in pairs(KEY) do made[name] = value end
  for name, value in pairs(fields or {}) do made[name] = value end
  return made
end

local function sign(fields) return assert(sigv4.sign(request(fields))) end

local function line(text, number)
  local at = 0
  for each in (text .. "\n"):gmatch "(.-)\n" do
    at = at + 1
    if at == number then return each end
  end
end

describe("sigv4", function()
  it("signs a plain request, each step visible", function()
    local signed = sign()
    local hash = crypto.hex(crypto.sha256(signed.canonical_request))
    assert.are.equal("GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
      .. "host;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      signed.canonical_request)
    assert.are.equal("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n"
      .. hash, signed.string_to_sign)
    assert.are.equal("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
      signed.signature)
    assert.are.equal("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/"
      .. "aws4_request, SignedHeaders=host;x-amz-date, Signature=" .. signed.signature,
      signed.headers.authorization)
    assert.are.equal("20150830T123600Z", signed.headers["x-amz-date"])
    assert.are.equal(KEY.url, signed.url)
  end)

  it("gives no step to who does not want any", function()
    local signed = sign { steps = false }
    assert.are.same({ headers = sign().headers, url = KEY.url }, signed)
  end)

  it("signs a request of the client's all in one", function()
    local sent = { method = "POST", url = "https://Example.amazonaws.com:443/a b?x=1&a",
      headers = { ["content-type"] = "text/plain", host = "old", Host = "", ["x-amz-date"] = "old",
        list = { "b", "a" }, ["X-Upper"] = " 1  2 " }, body = "text" }
    local keys = { access_key = KEY.access_key, secret_key = KEY.secret_key, token = "T" }
    for _, payload_hash in ipairs { false, "UNSIGNED-PAYLOAD" } do
      for _, double_encode in ipairs { true, false } do
        sent.payload_hash = payload_hash or nil
        local auth = { name = "s3", region = "r", double_encode = double_encode }
        local headers = assert(sigv4.headers(sent, keys, auth, KEY.time))
        local want = { ["content-type"] = "text/plain", host = "example.amazonaws.com",
          list = { "b", "a" }, ["X-Upper"] = " 1  2 ",
          ["x-amz-content-sha256"] = payload_hash or nil }
        local signed = sign { method = "POST", url = sent.url, headers = want, body = "text",
          service = "s3", region = "r", token = "T", double_encode = double_encode,
          normalize_path = double_encode }
        for name, value in pairs(signed.headers) do want[name] = value end
        assert.are.same(want, headers)
      end
    end
    assert.are.equal("old", sent.headers.host)
    assert.has_error(function() sigv4.headers(sent, {}, { region = "r", name = "s" }, 0) end,
      "sign: access_key is missing")
    sent.url = "nowhere"
    local _, failure = sigv4.headers(sent, keys, { region = "r", name = "s" }, 0)
    assert.matches("the URL is not scheme://host/path", tostring(failure))
  end)

  it("sorts and trims many headers, and long values", function()
    local headers, names = {}, {}
    for i = 1, 40 do
      local name = ("x-%02d"):format(41 - i)
      headers[name:upper()] = ("v"):rep(i) .. "\t \1 " .. ("w"):rep(20 - i % 20) .. "  "
      names[41 - i] = ("%s:%s \1 %s"):format(name, ("v"):rep(i), ("w"):rep(20 - i % 20))
    end
    local canonical = sign({ headers = headers }).canonical_request
    assert.is_truthy(canonical:find("\n" .. table.concat(names, "\n") .. "\nx-amz-date:", 1, true))
  end)

  it("adds no header that signing does not consist of, and changes none of the caller's", function()
    local headers = { ["Content-Type"] = "text/plain" }
    local signed = sign { headers = headers, body = "x" }
    assert.are.same({ ["Content-Type"] = "text/plain" }, headers)
    local names = {}
    for name in pairs(signed.headers) do names[#names + 1] = name end
    table.sort(names)
    assert.are.same({ "authorization", "x-amz-date" }, names)
    assert.are.equal("content-type;host;x-amz-date", signed.signed_headers)
  end)

  it("leaves out what belongs to one hop and signs its own time and token", function()
    local signed = sign {
      token = "T", headers = {
        ["User-Agent"] = "x", Connection = "close", Expect = "100-continue", Authorization = "old",
        ["X-Amzn-Trace-Id"] = "t", ["X-Amz-Date"] = "old", ["X-Amz-Security-Token"] = "old",
        ["X-Amz-Target"] = "A.B",
      },
    }
    assert.are.equal("host;x-amz-date;x-amz-security-token;x-amz-target", signed.signed_headers)
    assert.are.equal("T", signed.headers["x-amz-security-token"])
    assert.is_nil(signed.canonical_request:find("old", 1, true))
  end)

  it("takes the body's hash from the argument, the header or the body, in this order", function()
    local hash = crypto.hex(crypto.sha256 "body")
    local function last(fields) return sign(fields).canonical_request:match "[^\n]*$" end
    local header = { ["X-Amz-Content-Sha256"] = "from-the-header" }
    assert.are.equal(hash, last { body = "body" })
    assert.are.equal("from-the-header", last { body = "body", headers = header })
    assert.are.equal("UNSIGNED-PAYLOAD",
      last { body = "body", headers = header, payload_hash = "UNSIGNED-PAYLOAD" })
  end)

  it("sends a token that it was told not to sign", function()
    local bare, signed = sign(), sign { token = "T", omit_token = true }
    assert.are.equal(bare.signature, signed.signature)
    assert.are.equal("T", signed.headers["x-amz-security-token"])
    local url = sign({ token = "T/", omit_token = true, style = "query" }).url
    assert.matches("&X%-Amz%-Security%-Token=T%%2F&X%-Amz%-Signature=", url)
  end)

  it("joins and trims the values of a header", function()
    local signed = sign { headers = { ["My-Header"] = { " a   b ", "c\n  d" }, ["my-other"] = "" } }
    assert.matches("\nmy%-header:a b,c d\nmy%-other:\n", signed.canonical_request)
  end)

  it("writes a host as clients send it", function()
    for url, host in pairs {
      ["https://EXAMPLE.com:443/"] = "example.com", ["http://example.com:80"] = "example.com",
      ["https://example.com:80/"] = "example.com:80", ["http://u:p@[::1]:8080/?q"] = "[::1]:8080",
      ["https://example.com:/"] = "example.com",
    } do
      assert.are.equal("host:" .. host, line(sign({ url = url }).canonical_request, 4))
    end
    local given = sign { headers = { Host = "other" } }
    assert.are.equal("host:other", line(given.canonical_request, 4))
  end)

  it("normalizes and encodes a path again, except as S3 has it", function()
    local function path(text, s3)
      local options = { url = "https://h" .. text }
      if s3 then options.normalize_path, options.double_encode = false, false end
      return line(sign(options).canonical_request, 2)
    end
    for text, want in pairs {
      [""] = "/", ["/"] = "/", ["//"] = "/", ["/a/../b/./c/"] = "/b/c/", ["/../.."] = "/",
      ["/a%20b"] = "/a%2520b", ["/a b"] = "/a%20b", ["/a/.."] = "/", ["/a/b/.."] = "/a",
      ["/a//b?x"] = "/a/b", ["/%"] = "/%25", ["/a#fragment"] = "/a", ["/..."] = "/...",
    } do
      assert.are.equal(want, path(text), text)
    end
    for text, want in pairs {
      ["//"] = "//", ["/a/../b"] = "/a/../b", ["/a%20b"] = "/a%20b", ["/a b"] = "/a%20b",
      ["/a%2Fb"] = "/a%2Fb", ["/%"] = "/%25", ["/a@b"] = "/a%40b", ["/\0"] = "/%00",
    } do
      assert.are.equal(want, path(text, true), text)
    end
  end)

  it("sorts and encodes the query", function()
    local function query(text)
      return line(sign({ url = "https://h/?" .. text }).canonical_request, 3)
    end
    for text, want in pairs {
      ["b=1&a=2&a=1"] = "a=1&a=2&b=1", ["lifecycle"] = "lifecycle=", ["a=b=c"] = "a=b%3Dc",
      ["&&a"] = "a=", ["a=x+y"] = "a=x%20y", ["a=%2b"] = "a=%2b", ["%zz"] = "%25zz=",
      ["Param-3=Value3&Param=Value2"] = "Param=Value2&Param-3=Value3", ["="] = "=",
    } do
      assert.are.equal(want, query(text), text)
    end
  end)

  it("signs a URL", function()
    local signed = sign { style = "query", expires_s = 60, url = "https://h/?a=1&X=2", token = "T" }
    assert.matches("^https://h/%?a=1&X=2&X%-Amz%-Algorithm=AWS4%-HMAC%-SHA256&X%-Amz%-Credential="
      .. "AKIDEXAMPLE%%2F20150830%%2Fus%-east%-1%%2Fservice%%2Faws4_request&X%-Amz%-Date="
      .. "20150830T123600Z&X%-Amz%-Expires=60&X%-Amz%-SignedHeaders=host"
      .. "&X%-Amz%-Security%-Token=T&X%-Amz%-Signature=%x+$", signed.url)
    assert.are.same({}, signed.headers)
    local bare = sign { style = "query", url = "https://h" }
    assert.matches("^https://h%?X%-Amz%-Algorithm=", bare.url)
    assert.matches("&X%-Amz%-Expires=3600&", bare.url)
  end)

  it("derives a key once for a day, region and service, and never mixes two up", function()
    local function signature(fields) return sign(fields).signature end
    local first = signature()
    local all = { [first] = true }
    for i = 1, 40 do all[signature { region = "r" .. i }] = true end
    all[signature { secret_key = "other" }] = true
    all[signature { service = "servic", region = "eus-east-1" }] = true
    local count = 0
    for _ in pairs(all) do count = count + 1 end
    assert.are.equal(43, count)
    assert.are.equal(first, signature())
  end)

  it("signs a text alone, for what is signed in a chain", function()
    local last = request { text = sign().string_to_sign }
    assert.are.equal(sign().signature, sigv4.signature(last))
    assert.has_error(function() sigv4.signature(request()) end)
  end)

  it("raises on an argument that is missing or of the wrong kind", function()
    for _, name in ipairs {
      "method", "url", "access_key", "secret_key", "region", "service", "time",
    } do
      local fields = request()
      fields[name] = nil
      assert.has_error(function() sigv4.sign(fields) end)
    end
    for name, value in pairs {
      time = "x", headers = 1, style = "other", expires_s = 604801, secret_key = ("x"):rep(1025),
    } do
      assert.has_error(function() sign { [name] = value } end)
    end
    assert.has_error(function() sign { headers = { a = 1 } } end)
    assert.has_error(function() sign { headers = { "a" } } end)
    assert.has_error(function() sigv4.sign() end)
  end)

  it("refuses what is no URL", function()
    for _, url in ipairs {
      "", "/", "h/p", "https:", "https:/h", "https://", "https:///p", "://h",
    } do
      local signed, failure = sigv4.sign(request { url = url })
      assert.is_nil(signed, url)
      assert.matches("^sign: the URL", tostring(failure))
    end
  end)
end)
