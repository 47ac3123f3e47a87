local holds_data = require "provider.aws.holds_data"
local pack = require "native.pack"

describe("the list of what holds data", function()
  it("names types that there are", function()
    local data = assert(pack.open())
    for name in pairs(holds_data) do
      assert.is_not_nil(data:record("schema", name), name)
    end
    assert.is_true(holds_data["AWS::S3::Bucket"])
    assert.is_nil(holds_data["AWS::EC2::Instance"])
  end)
end)
