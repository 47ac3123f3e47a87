-- Roles with an MFA device in the CLI's cache: what of it is taken, and what is asked for anew.
-- That the CLI and mrun find each other's, servers_spec shows.
local json = require "json"
local world = require "spec.aws.credentials.world"

local DEVICE <const> = "arn:aws:iam::1:mfa/me"
-- The SHA-1 of {"RoleArn": "arn:aws:iam::1:role/A", "SerialNumber": "arn:aws:iam::1:mfa/me"}
local FILE <const> =
  "/home/me/.aws/cli/cache/0b3c8389ac82e75ea97faed939621ba1c78d7333.json"
local CONFIG <const> = ([[
[default]
role_arn = arn:aws:iam::1:role/A
source_profile = me
%s
[profile me]
aws_access_key_id = AKID
aws_secret_access_key = SECRET
]])

local function kept(changes)
  local keys = { AccessKeyId = "KEPT", SecretAccessKey = "KEPTSECRET", SessionToken = "TOKEN",
    Expiration = "2023-11-14T23:13:20UTC" } -- an hour from now
  for name, value in pairs(changes or {}) do keys[name] = value end
  return json.encode { Credentials = keys, AssumedRoleUser = { Arn =
    "arn:aws:sts::123456789012:assumed-role/A/x" } }
end

-- The answer to a question that must not be asked ends it all.
local function asked(file, lines, answers)
  return world.ask { answers = answers, config = CONFIG:format(lines or "mfa_serial = " .. DEVICE),
    files = { [FILE] = file }, ask = function() return "no code" end }
end

describe("a role that an MFA code was typed for", function()
  it("is taken from the CLI's cache", function()
    local found = asked(kept())
    assert.same({ "KEPT", "KEPTSECRET", "TOKEN", "123456789012", world.NOW_MS + 3600000 },
      { found.keys.access_key, found.keys.secret_key, found.keys.token, found.keys.account_id,
        found.keys.expires_ms })
    assert.same({}, found.requests)
  end)

  it("is asked for anew where it ends soon, is not whole, or is another", function()
    for _, file in ipairs { kept { Expiration = "2023-11-14T22:28:19Z" },
      kept { Expiration = "soon" }, kept { SessionToken = "" }, kept { AccessKeyId = 1 },
      '{"Credentials": 1}', "[]", "{", "" } do
      assert.matches("what was typed is none", asked(file).message)
    end
    for _, line in ipairs { "external_id = x", "duration_seconds = 900", "role_session_name = me",
      'external_id = "' } do
      assert.matches("what was typed is none", asked(kept(), "mfa_serial = " .. DEVICE .. "\n"
        .. line).message)
    end
  end)

  it("is no other role's", function()
    local refused = require("spec.aws.support").answer(403, "")
    assert.matches("cannot assume the role", asked(kept(), "", { refused }).message)
  end)
end)
