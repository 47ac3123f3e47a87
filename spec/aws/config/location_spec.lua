local location = require "aws.config.location"

local function files(env, platform)
  return location.files(function(name) return env[name] end, platform)
end

describe("the user's files", function()
  it("lie below the home folder, or where the environment says", function()
    assert.same({ config = "/h/.aws/config", credentials = "/h/.aws/credentials" },
      files { HOME = "/h", USERPROFILE = "/no" })
    assert.same({ config = "/h/c", credentials = "~x/k" },
      files { HOME = "/h", AWS_CONFIG_FILE = "~/c", AWS_SHARED_CREDENTIALS_FILE = "~x/k" })
    assert.same({ config = "~/c" }, files { AWS_CONFIG_FILE = "~/c" })
  end)

  it("lie in the profile of the user on Windows", function()
    assert.equal([[C:\me\.aws\config]], files({ USERPROFILE = [[C:\me]], HOMEPATH = "no" },
      "windows").config)
    assert.equal([[D:\me\.aws\config]], files({ HOMEDRIVE = "D:", HOMEPATH = [[\me]] },
      "windows").config)
  end)
end)
