local support = require "spec.aws.support"
local time = require "native.time"

local COPY <const> = "<CopySnapshotResponse><snapshotId>snap-2</snapshotId></CopySnapshotResponse>"

-- What a call sends, and the URL in it, taken apart.
local function sent(service, operation, params)
  local session, clock = support.session()
  local log = support.drive(clock, { support.answer(200, COPY) }, function()
    return session:client(service):call(operation, params)
  end)
  local form = {}
  for name, value in log.requests[1].body:gmatch "([^&=]+)=([^&]*)" do
    form[name] = value:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  return form, clock
end

describe("a copy from another region", function()
  it("of EC2 brings a URL for the other region, and both regions", function()
    local form, clock = sent("ec2", "CopySnapshot", { SourceRegion = "us-east-1",
      SourceSnapshotId = "snap-1", Description = "a b" })
    assert.equal("us-east-1", form.SourceRegion)
    assert.equal("eu-west-1", form.DestinationRegion)
    local at = assert(time.format(clock.ms // 1000, "basic"))
    for _, part in ipairs { "https://ec2.us-east-1.amazonaws.com/?Action=CopySnapshot&Version=",
      "&SourceRegion=us-east-1&SourceSnapshotId=snap-1&DestinationRegion=eu-west-1&X-Amz-Algor",
      "Description=a%20b&", "%2Fus-east-1%2Fec2%2Faws4_request",
      "X-Amz-Date=" .. at .. "&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=" } do
      assert.matches(part, form.PresignedUrl, 1, true)
    end
  end)

  it("of the others brings the URL alone", function()
    local form = sent("rds", "CopyDBSnapshot", { SourceRegion = "us-east-1",
      SourceDBSnapshotIdentifier = "a", TargetDBSnapshotIdentifier = "b" })
    assert.is_nil(form.SourceRegion)
    assert.is_nil(form.DestinationRegion)
    assert.matches("https://rds.us-east-1.amazonaws.com/?Action=CopyDBSnapshot", form.PreSignedUrl,
      1, true)
    assert.matches("DestinationRegion=eu-west-1&X-Amz", form.PreSignedUrl, 1, true)
    assert.is_nil(form.PreSignedUrl:find("SourceRegion", 1, true))
  end)

  it("keeps the caller's own URL, and none is made for a copy at home", function()
    local form = sent("rds", "CopyDBSnapshot", { SourceRegion = "us-east-1", PreSignedUrl = "mine",
      SourceDBSnapshotIdentifier = "a", TargetDBSnapshotIdentifier = "b" })
    assert.same({ "mine" }, { form.PreSignedUrl, form.SourceRegion })
    form = sent("rds", "CopyDBSnapshot", { SourceDBSnapshotIdentifier = "a",
      TargetDBSnapshotIdentifier = "b" })
    assert.is_nil(form.PreSignedUrl)
  end)
end)
