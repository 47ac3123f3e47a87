local crypto = require "native.crypto"
local sigv4 = require "native.sigv4"
local suites = require "spec.support.suites"
local time = require "native.time"

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

--- A raw HTTP request as the public cases have it; each header's values in a list.
local function parse(text)
  local head, body = text:match "^(.-)\r?\n\r?\n(.*)$"
  local lines, headers = {}, {}
  for each in ((head or text) .. "\n"):gmatch "(.-)\r?\n" do
    if each:match "^%s" and #lines > 1 then
      lines[#lines] = lines[#lines] .. "\n" .. each
    elseif each ~= "" then
      lines[#lines + 1] = each
    end
  end
  for i = 2, #lines do
    local name, value = lines[i]:match "^(.-):(.*)$"
    headers[name] = headers[name] or {}
    table.insert(headers[name], value)
  end
  local method, target = lines[1]:match "^(%S+) (.*) HTTP"
  return method, target, headers, body or ""
end

local function v4_request(name, context)
  local method, target, headers, body = parse(suites.read("sigv4/v4/" .. name .. "/request.txt"))
  return {
    method = method, url = "https://" .. headers.Host[1] .. target, headers = headers, body = body,
    service = context.service, region = context.region, time = (time.parse(context.timestamp)),
    access_key = context.credentials.access_key_id, token = context.credentials.token,
    secret_key = context.credentials.secret_access_key, normalize_path = context.normalize,
    omit_token = context.omit_session_token,
    expires_s = math.tointeger(context.expiration_in_seconds),
  }
end

describe("sigv4 and AWS's own cases", function()
  local NAMES = {
    "get-header-key-duplicate", "get-header-value-multiline", "get-header-value-order",
    "get-relative-normalized", "get-relative-unnormalized", "get-slash-dot-slash-normalized",
    "get-slash-pointless-dot-normalized", "get-slash-pointless-dot-unnormalized",
    "get-slash-unnormalized", "get-slashes-unnormalized", "get-space-unnormalized",
    "get-unreserved", "get-utf8", "get-vanilla-empty-query-key", "get-vanilla-query",
    "get-vanilla-query-order-encoded", "get-vanilla-utf8-query", "post-header-value-case",
    "post-sts-header-before", "post-vanilla", "post-vanilla-query", "post-x-www-form-urlencoded",
  }
  for _, name in ipairs(NAMES) do
    it("agrees step by step with " .. name, function()
      local folder = "sigv4/v4/" .. name .. "/"
      local context = suites.json(folder .. "context.json")
      if not context then return pending(suites.absent(folder)) end
      for _, style in ipairs { "header", "query" } do
        local case = v4_request(name, context)
        case.style = style
        if context.sign_body and style == "header" then
          case.headers["x-amz-content-sha256"] = crypto.hex(crypto.sha256(case.body))
        end
        local signed = assert(sigv4.sign(case))
        local function want(step) return suites.read(folder .. style .. "-" .. step .. ".txt") end
        assert.are.equal(want "canonical-request", signed.canonical_request)
        assert.are.equal(want "string-to-sign", signed.string_to_sign)
        assert.are.equal(want "signature", signed.signature)
        local sent = want "signed-request"
        if style == "header" then
          assert.is_truthy(sent:find(signed.headers.authorization, 1, true))
        else
          assert.is_truthy(sent:find("X-Amz-Signature=" .. signed.signature, 1, true))
        end
      end
    end)
  end

  it("encodes an encoded path again", function()
    local folder = "sigv4/v4/double-encode-path/"
    local want = suites.read(folder .. "header-canonical-request.txt")
    if not want then return pending(suites.absent(folder)) end
    local method, target, headers = parse(suites.read(folder .. "request.txt"))
    local signed = sign {
      method = method, url = "https://" .. headers.Host[1] .. target,
      time = (time.parse "20210511T154045Z"),
    }
    assert.are.equal(want, signed.canonical_request)
  end)

  it("agrees with the older case of a space in a query", function()
    local base = "sigv4-legacy/post-vanilla-query-space/post-vanilla-query-space."
    local want = suites.read(base .. "creq")
    if not want then return pending(suites.absent(base)) end
    local signed = sign {
      method = "POST", url = KEY.url .. "?p aram1=val ue1",
      secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    }
    assert.are.equal(want, signed.canonical_request)
    assert.are.equal(suites.read(base .. "sts"), signed.string_to_sign)
    assert.are.equal(suites.read(base .. "authz"), signed.headers.authorization)
  end)

  it("agrees with the examples of S3's manual", function()
    local cases = suites.json "sigv4-s3-docs/cases.json"
    if not cases then return pending(suites.absent "sigv4-s3-docs") end
    for _, case in ipairs(cases) do
      local options, headers = case.options, case.request.headers
      local hash = options.payload or crypto.hex(crypto.sha256(case.request.body or ""))
      if not options.query and not headers["x-amz-content-sha256"] then
        headers["x-amz-content-sha256"] = hash
      end
      local made = {
        method = case.request.method, url = case.request.url, headers = headers,
        payload_hash = options.payload, style = options.query and "query" or "header",
        expires_s = math.tointeger(options.expires or 3600), double_encode = false,
        normalize_path = false, service = case.service, region = case.region,
        time = (time.parse(case.timestamp)), access_key = case.credentials.access_key_id,
        secret_key = case.credentials.secret_access_key,
      }
      local signed = assert(sigv4.sign(made))
      assert.are.equal(case.expect.signed_headers, signed.signed_headers, case._id)
      assert.are.equal(case.expect.signature, signed.signature, case._id)
      local before, empty = signed.signature, crypto.hex(crypto.sha256 "")
      for i, want in ipairs(case.expect.chunk_signatures or {}) do
        local chunk = crypto.hex(crypto.sha256(("a"):rep(({ 65536, 1024, 0 })[i])))
        made.text = table.concat({ "AWS4-HMAC-SHA256-PAYLOAD", "20130524T000000Z",
          "20130524/us-east-1/s3/aws4_request", before, empty, chunk }, "\n")
        before = sigv4.signature(made)
        assert.are.equal(want, before, case._id)
      end
    end
  end)

  --- botocore keeps the first of several parameters of one name in a URL that it signs.
  local function first_of_each(url)
    local before, query = url:match "^(.-)%?(.*)$"
    if not before then return url end
    local seen, kept = {}, {}
    for pair in query:gmatch "[^&]+" do
      local name = pair:match "^[^=]*"
      if not seen[name] then kept[#kept + 1] = pair end
      seen[name] = true
    end
    return before .. "?" .. table.concat(kept, "&")
  end

  it("agrees with botocore's signatures", function()
    local cases = suites.json "golden-sign/sign.json"
    if not cases then return pending(suites.absent "golden-sign") end
    for _, case in ipairs(cases) do
      local s3, body = case.kind:match "%-s3$" ~= nil, crypto.unbase64(case.request.body_base64)
      local headers, credentials = {}, case.credentials
      for name, value in pairs(case.request.headers) do headers[name] = value end
      local style = case.kind:match "^%l+"
      if style == "header" then
        headers["X-Amz-Content-SHA256"] = case.expect.headers["X-Amz-Content-SHA256"]
      elseif headers["Content-Type"] == "application/x-www-form-urlencoded; charset=utf-8" then
        headers["Content-Type"] = nil
      end
      local signed = assert(sigv4.sign {
        method = case.request.method, headers = headers, body = body,
        url = style == "query" and first_of_each(case.request.url) or case.request.url,
        payload_hash = case.expect.canonical_request:match "[^\n]*$" == "UNSIGNED-PAYLOAD"
          and "UNSIGNED-PAYLOAD" or nil,
        style = style, expires_s = math.tointeger(case.options.expires or 3600),
        double_encode = not s3, normalize_path = not s3, service = case.service,
        region = case.region, time = (time.parse(case.timestamp)),
        token = credentials.session_token,
        access_key = credentials.access_key_id, secret_key = credentials.secret_access_key,
      })
      assert.are.equal(case.expect.canonical_request, signed.canonical_request, case._id)
      assert.are.equal(case.expect.string_to_sign, signed.string_to_sign, case._id)
      assert.are.equal(case.expect.authorization, signed.headers.authorization, case._id)
      if case.expect.url then assert.are.equal(case.expect.url, signed.url, case._id) end
    end
  end)
end)
