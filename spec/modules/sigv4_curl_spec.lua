-- curl signs by itself, from a program that shares nothing with ours but OpenSSL.
local json = require "json"
local Server = require "spec.support.server"
local sigv4 = require "native.sigv4"
local time = require "native.time"

local ID, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

describe("sigv4 and curl", function()
  local server

  setup(function() server = Server.start "http_server.py" end)
  teardown(function() server:stop() end)

  --- What arrives when curl signs.
  local function curl(service, path, words)
    local command = { "curl", "--silent", "--path-as-is", "--user", ID .. ":" .. SECRET,
      "--aws-sigv4", "aws:amz:eu-central-1:" .. service, server:url(path) }
    for _, word in ipairs(words) do command[#command + 1] = word end
    local pipe = io.popen("'" .. table.concat(command, "' '") .. "'")
    local said = pipe:read "a"
    pipe:close()
    return json.decode(said)
  end

  local function agree(service, path, words, names)
    local got = curl(service, path, words)
    local headers = {}
    for _, name in ipairs(names or {}) do headers[name] = got.headers[name] end
    local signed = assert(sigv4.sign {
      method = got.method, url = server:url(path), headers = headers, body = got.body,
      service = service, region = "eu-central-1", access_key = ID, secret_key = SECRET,
      time = (time.parse(got.headers["x-amz-date"])), double_encode = service ~= "s3",
      normalize_path = service ~= "s3",
    })
    assert.are.equal(got.headers.authorization, signed.headers.authorization)
    assert.are.equal(got.headers["x-amz-date"], signed.headers["x-amz-date"])
  end

  it("agree about a plain request", function() agree("ec2", "/", {}) end)

  it("agree about a form", function()
    agree("sts", "/", { "--data", "Action=GetCallerIdentity&Version=2011-06-15" }) -- curl leaves
    -- out the content type that it adds by itself
  end)

  it("agree about headers", function()
    agree("ssm", "/", { "--data", "{}", "-H", "Content-Type: application/x-amz-json-1.1",
      "-H", "X-Amz-Target: AmazonSSM.GetParameter" }, { "content-type", "x-amz-target" })
  end)

  it("agree about a query", function() agree("ec2", "/?a=1&b=2", {}) end)

  it("agree about S3", function()
    agree("s3", "/bucket/key", { "-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD" },
      { "x-amz-content-sha256" })
  end)
end)
