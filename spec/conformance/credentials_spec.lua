-- The runner tells a wrong expectation from a right one, in what it says of credentials.
local fs = require "native.fs"
local planted = require "spec.conformance.planted"
local suites = require "spec.support.suites"

local DATA <const> = os.getenv "TMPDIR" .. "/data"

-- Copies what lies below the data's folder, and alters one file of the copy.
local function plant(path, file, from, to)
  local folder = DATA .. "/" .. path:match "^(.*)/[^/]*$"
  assert(fs.mkdir(folder))
  assert(os.execute(("cp -r '%s%s' '%s' && chmod -R u+w '%s'"):format(suites.folder, path, folder,
    DATA)))
  local name = DATA .. "/" .. file
  local text = assert(fs.read(name))
  local at, stop = text:find(from, 1, true)
  assert(at, from .. " is not in " .. name)
  assert(fs.replace(name, text:sub(1, at - 1) .. to .. text:sub(stop + 1)))
end

-- The planted case is told with what is wrong.
local function assert_planted(suite, case, what)
  local said = planted.conform(DATA, suite)
  assert.equal(1, said.code)
  assert.matches(suite .. " " .. case, said.out, 1, true)
  assert.matches(what, said.out, 1, true)
  assert.matches("\n%d+ passed, [1-9]%d* failed\n$", said.out)
end

local CHAIN <const> = "credentials-chain/chain/"

-- Folder or file, the file that is altered, what for what, the case, and what the runner says.
local PLANTED <const> = {
  { CHAIN .. "ecs_credentials", CHAIN .. "ecs_credentials/test-case.json", "secretkeycorrect",
    "another", "chain/ecs_credentials", 'expected "another"' },
  { CHAIN .. "ecs_credentials", CHAIN .. "ecs_credentials/test-case.json",
    '"expiry": 1234567890', '"expiry": 1234567891', "chain/ecs_credentials", "expiry: expected" },
  { CHAIN .. "imds_assume_role", CHAIN .. "imds_assume_role/http.json", "/latest/api/token",
    "/latest/api/other", "chain/imds_assume_role", "request 1.url: expected" },
  { CHAIN .. "environment_variables", CHAIN .. "environment_variables/test-case.json", '"Ok"',
    '"ErrorContains"', "chain/environment_variables", "expected a failure" },
  { CHAIN .. "imds_disabled", CHAIN .. "imds_disabled/test-case.json", '"ErrorContains": "the',
    '"Ok": {}, "x": "the', "chain/imds_disabled", "expected credentials" },
  { "credentials-chain/token-chain/profile_keys",
    "credentials-chain/token-chain/profile_keys/test-case.json", "foobarbaz", "another",
    "token-chain/profile_keys", 'expected "another"' },
}
local FILES <const> = {
  { "profile-parser-tests.json", '"name": "value"', '"name": "other"', "profile-parser-tests",
    'expected "other"' },
  { "profile-parser-kotlin.json", '"name": "value"', '"name": "other"', "profile-parser-kotlin",
    'expected "other"' },
  { "file-location-tests.json", '"/home/user/.aws/config"', '"/home/.aws/config"',
    "file-location", 'config: expected "/home/.aws/config"' },
  { "assume-role-tests.json", '"access_key_id": "abc123"', '"access_key_id": "abc"',
    "assume-role", 'expected "abc"' },
  { "ecs-tests.json", '"Ok": "http://169.254.170.2/', '"Ok": "http://169.254.170.9/',
    "ecs-endpoint", "expected" },
  { "imds-endpoint-tests.json", '"Ok": "http://169.254.169.254/', '"Ok": "http://169.254.169.9/',
    "imds-endpoint", "expected" },
  { "endpoint-url-tests.json", '"endpointUrl": "https://s3', '"endpointUrl": "https://s4',
    "endpoint-url", 'expected "https://s4' },
  { "login-provider-tests.json", '"accessKeyId": "NEWREFRESHEDKEY",\n    "secretAccessKey": "n',
    '"accessKeyId": "OTHER",\n    "secretAccessKey": "n', "login", 'expected "OTHER"' },
  { "recursion-detection.json", '"requestHeadersAfter": []',
    '"requestHeadersAfter": ["X-Amzn-Trace-Id: x"]', "recursion-detection", "expected" },
}

describe("conformance of credentials", function()
  after_each(function() os.execute("rm -rf " .. DATA) end)

  for at, each in ipairs(PLANTED) do
    it(("reports a wrong case of the chain as failed (%d)"):format(at), function()
      if not suites.read(each[2]) then return pending(suites.absent(each[2])) end
      plant(each[1], each[2], each[3], each[4])
      assert_planted("credentials-chain", each[5], each[6])
    end)
  end

  for _, each in ipairs(FILES) do
    it("reports a wrong case of " .. each[1] .. " as failed", function()
      local path = "credentials-config/" .. each[1]
      if not suites.read(path) then return pending(suites.absent(path)) end
      plant(path, path, each[2], each[3])
      assert_planted("credentials-config", each[4], each[5])
    end)
  end

  it("passes over what is not there", function()
    local said = planted.conform(DATA, "credentials-chain")
    assert.equal(0, said.code)
    assert.matches("0 passed, 0 failed, 1 skipped", said.out, 1, true)
  end)
end)
