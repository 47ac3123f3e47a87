local world = require "spec.aws.credentials.world"

local function ask(command, more)
  return world.ask { config = ("[default]\ncredential_process = %s\n%s"):format(command,
    more or "") }
end

local GOOD <const> = [[{"Version":1,"AccessKeyId":"K","SecretAccessKey":"HUSH","SessionToken":"T",]]
  .. [["Expiration":"2023-11-15T00:00:00Z"}]]

describe("credential_process", function()
  it("gives the credentials that the program prints", function()
    local said = ask(("printf '%%s' '%s'"):format(GOOD))
    assert.same({ access_key = "K", secret_key = "HUSH", token = "T", expires_ms = 1700006400000,
      source = "the credential_process of the profile default" }, said.keys)
    said = ask([[echo '{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S","AccountId":"12"}']])
    assert.same({ "12" }, { said.keys.account_id })
    said = ask([[echo '{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S"}']],
      "aws_account_id = 34\n")
    assert.same({ "34" }, { said.keys.account_id })
  end)

  it("runs no shell", function()
    local said = ask([[echo '{"Version":1,"AccessKeyId":"K","SecretAccessKey":"S"}' && touch x]])
    assert.matches("the answer is no JSON object", said.message, 1, true)
    said = ask "exit 1"
    assert.matches("did not run", said.message, 1, true)
  end)

  it("that fails shows nothing of what it said", function()
    local said = ask [[sh -c "echo HUSH >&2; echo HUSH; exit 3"]]
    assert.matches("the credential_process of the profile default failed with exit code 3",
      said.message, 1, true)
    assert.is_nil(said.message:find("HUSH", 1, true))
    said = ask [[sh -c 'kill -9 $$']]
    assert.matches("was ended by signal 9", said.message, 1, true)
  end)

  it("that prints something else is an error without a word of it", function()
    for command, reason in pairs {
      ["echo HUSH"] = "no JSON object",
      ["echo '[1]'"] = "no JSON object",
      ["true"] = "no JSON object",
      [ [[echo '{"Version":2,"AccessKeyId":"HUSH","SecretAccessKey":"HUSH"}']] ] = "Version than 1",
      [ [[echo '{"Version":"1","AccessKeyId":"HUSH","SecretAccessKey":"HUSH"}']] ] =
        "Version than 1",
      [ [[echo '{"Version":1,"AccessKeyId":"HUSH"}']] ] = "no SecretAccessKey",
      [ [[echo '{"Version":1,"AccessKeyId":"HUSH","SecretAccessKey":5}']] ] =
        "SecretAccessKey is no text",
      [ [[echo '{"Version":1,"AccessKeyId":"H","SecretAccessKey":"HUSH","Expiration":"HUSH"}']] ] =
        "the time of expiry cannot be read",
      ["head -c 100000 /dev/zero"] = "said more than is allowed",
      ["echo 'x"] = "has a quote that is not closed",
    } do
      local said = ask(command)
      assert.is_nil(said.keys)
      assert.matches(reason, said.message, 1, true)
      assert.is_nil(said.message:find("HUSH", 1, true))
    end
  end)

  it("comes after SSO and the credentials file, and before keys in the config file", function()
    local command = [[credential_process = echo '{"Version":1,"AccessKeyId":"PROCESS",]]
      .. [["SecretAccessKey":"S"}']] .. "\n"
    local keys = "aws_access_key_id = FILE\naws_secret_access_key = S\n"
    assert.equal("PROCESS", world.ask { config = "[default]\n" .. command .. keys }.keys.access_key)
    assert.equal("FILE", world.ask { config = "[default]\n" .. command,
      files = { ["/home/me/.aws/credentials"] = "[default]\n" .. keys } }.keys.access_key)
  end)
end)
