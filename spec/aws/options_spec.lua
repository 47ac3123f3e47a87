-- The options of a client, and what becomes of those that are none.
local aws = require "aws"
local support = require "spec.aws.support"

-- Each call fails, with the words that stand before it.
local function all_fail(calls)
  for words, call in pairs(calls) do
    local ok, why = pcall(call)
    assert.is_false(ok)
    assert.matches(words, tostring(why), 1, true)
  end
end

describe("the options of the AWS client", function()
  local function refused(words, options)
    local ok, why = pcall(aws.client, "ssm", options)
    assert.is_false(ok)
    for _, word in ipairs(words) do assert.matches(word, tostring(why), 1, true) end
    assert.is_nil(tostring(why):find("hidden", 1, true))
  end

  it("are known by their names: none that is misspelt sends a call elsewhere", function()
    refused({ "no option endpointurl", "did you mean endpoint_url?" }, { endpointurl = "hidden" })
    refused({ "no option regoin", "did you mean region?" }, { regoin = "hidden" })
    refused({ "no option 1" }, { "hidden" })
    refused({ "a table, not a string" }, "hidden")
  end)

  it("are all that a session reads", function()
    local count = 0
    for line in io.lines "lua/aws/session.lua" do
      local name = line:match "^%-%-%-@field ([%w_]+) "
      if name then
        count = count + 1
        local _, why = pcall(aws.client, "ssm", { [name] = coroutine.create(print) })
        assert.is_nil(tostring(why):find("no option", 1, true), name)
      end
    end
    assert.is_true(count > 20)
  end)

  it("are of the type that each has", function()
    refused({ "region must be a string, not a number" }, { region = 5 })
    refused({ "timeout_ms must be a number" }, { timeout_ms = "hidden" })
    refused({ "endpoint_url must be a text" }, { endpoint_url = true })
    refused({ "credentials must be a table" }, { credentials = "hidden" })
    refused({ "access_key = TEXT" }, { credentials = { access_key_id = "hidden" } })
  end)

  it("stand above those of a session that is shared", function()
    local session = support.session { region = "eu-west-1" }
    local client = aws.client("ssm", { session = session, region = "us-west-2" })
    assert.same({ "us-west-2", "eu-west-1" }, { client.session:region(), session:region() })
    assert.equal(session, aws.client("ssm", { session = session }).session)
  end)

  it("are no reason for a fault of Lua where a name or the parameters are no such thing", function()
    local client = aws.client("s3", { region = "eu-west-1",
      credentials = { access_key = "A", secret_key = "S" } })
    all_fail {
      ["no AWS service true"] = function() aws.client(true) end,
      ["no operation 5"] = function() client:call(5) end,
      ["must be a table, not a string"] = function() client:presign("GetObject", "x") end,
    }
  end)
end)

describe("what a method of a client is told", function()
  local client

  setup(function()
    client = aws.client("s3", { region = "eu-west-1", env = {},
      credentials = { access_key = "A", secret_key = "S" } })
  end)

  it("is of its type, and none that it does not know", function()
    all_fail {
      ["s3 pages: the parameters must be a table, not a string"] = function()
        client:pages("ListObjectsV2", "x")
      end,
      ["s3 pages: the options must be a table, not a number"] = function()
        client:all("ListObjectsV2", {}, 5)
      end,
      ["s3 pages: max_items must be a number, not a string"] = function()
        client:all("ListObjectsV2", {}, { max_items = "5" })
      end,
      ["s3 pages: there is no option maxitems\n  did you mean max_items?"] = function()
        client:each_page("ListObjectsV2", {}, print, { maxitems = 5 })
      end,
      ["s3 has no waiter 5"] = function() client:wait(5) end,
      ["s3 wait: max_wait_s must be a number, not a boolean"] = function()
        client:wait("BucketExists", { Bucket = "b" }, { max_wait_s = true })
      end,
      ["s3 together: the inputs must be a table, not a number"] = function()
        client:together("ListObjectsV2", 5)
      end,
      ["s3 together: at_once must be a number"] = function()
        client:together("ListObjectsV2", { {} }, { at_once = {} })
      end,
      ["s3 split: the parameters have no list Keys"] = function()
        client:split("DeleteObjects", { Bucket = "b" }, "Keys", { size = 5 })
      end,
      ["s3 split: size must be a whole number above 0"] = function()
        client:split("DeleteObjects", { Keys = {} }, "Keys", { size = 0 })
      end,
      ["s3 presign: there is no option expires\n  did you mean expires_s?"] = function()
        client:presign("GetObject", { Bucket = "b", Key = "k" }, { expires = 5 })
      end,
    }
  end)
end)
