local location = require "state.location"

local function message_of(said)
  local ok, err = pcall(location.parse, said)
  assert.is_false(ok)
  assert.equal("usage", err.kind)
  return tostring(err)
end

describe("the state's location", function()
  it("is a folder, or a bucket and a prefix", function()
    assert.same({ kind = "folder", path = ".mrun", text = ".mrun" }, location.parse ".mrun")
    local found = location.parse "s3://bucket/team/network/"
    assert.same({ "s3", "bucket", "team/network", "s3://bucket/team/network", 60 },
      { found.kind, found.bucket, found.prefix, found.text, found.lock_expiry })
    assert.equal("", location.parse "s3://bucket".prefix)
    assert.equal("s3://bucket", location.parse "s3://bucket/".text)
  end)

  it("has settings behind the address, or beside it; those behind it count", function()
    local found = location.parse {
      url = "s3://b/p?region=eu-west-1&kms_key=arn%3Aaws%3Akms%3Aeu-west-1%3A1%3Akey%2Fa",
      region = "us-east-1", profile = "ops", lock_expiry = 90,
    }
    assert.same({ "eu-west-1", "ops", "arn:aws:kms:eu-west-1:1:key/a", 90, "s3://b/p" },
      { found.region, found.profile, found.kms_key, found.lock_expiry, found.text })
  end)

  it("says what is wrong with it", function()
    assert.matches("names no bucket", message_of "s3:///x")
    assert.matches("has no setting colour.*region, profile", message_of "s3://b/p?colour=red")
    assert.matches("has no setting colour", message_of { url = "s3://b/p", colour = "red" })
    assert.matches("lock_expiry is a number", message_of "s3://b/p?lock_expiry=soon")
    assert.matches("no state at gs://", message_of "gs://bucket/p")
    assert.matches("name no url", message_of { region = "x" })
    assert.matches("name no url", message_of "")
  end)
end)
