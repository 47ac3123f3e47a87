-- Answers that are given in parts, as they come.
local json = require "json"
local native_http = require "native.http"
local Server = require "spec.support.server"

local PART_BYTES <const> = 256 * 1024

describe("http in parts", function()
  local server, http

  setup(function() server = Server.start "http_server.py" end)
  teardown(function() server:stop() end)
  before_each(function() http = assert(native_http.new()) end)
  after_each(function()
    local pending = http:pending()
    http:close()
    assert.are.equal(0, pending)
  end)

  local function add(path, fields)
    fields = fields or { in_parts = true }
    fields.url = server:url(path)
    return assert(http:add(fields))
  end

  local function wait(id)
    for _ = 1, 100 do
      local done = http:poll(10000)
      if done[id] then return done[id] end
    end
    error "no answer"
  end

  local function next_part(part)
    assert.is_true(http:more(part.more))
    return wait(part.more)
  end

  it("gives each as it comes, the header's with each", function()
    local id = add "/conversation"
    local one = wait(id)
    assert.are.same({ 200, "one", id, "6" },
      { one.status, one.body, one.more, one.headers["content-length"] })
    wait(add("/go", {}))
    local last = next_part(one)
    assert.are.same({ 200, "two" }, { last.status, last.body })
    assert.is_nil(last.more)
    assert.is_false(http:more(id))
  end)

  it("gives none before it is asked for", function()
    local one = wait(add "/conversation")
    wait(add("/go", {}))
    for _ = 1, 5 do assert.are.same({}, http:poll(20)) end
    assert.are.equal("two", next_part(one).body)
  end)

  it("reads no more of one without an end than is asked for", function()
    local part, bytes, parts = wait(add "/endless"), 0, 0
    while bytes < 64 * PART_BYTES do
      bytes, parts = bytes + #part.body, parts + 1
      assert.is_true(#part.body < 2 * PART_BYTES)
      part = next_part(part)
    end
    assert.is_true(parts > 32)
    for _ = 1, 20 do http:poll(10) end
    assert.is_true(#next_part(part).body < 2 * PART_BYTES)
    assert.is_true(http:cancel(part.more))
    assert.is_false(http:more(part.more))
  end)

  it("says at the last that the rest does not come", function()
    local part = wait(add "/cut")
    assert.are.equal("half", part.body)
    part = next_part(part)
    assert.are.equal("reset", part.failure.code)
    assert.is_nil(part.more)
  end)

  it("gives what is empty, small, packed or no success whole", function()
    for path, body in pairs { ["/status/500"] = "status", ["/chunked"] = "four five" } do
      local answer, text = wait(add(path)), ""
      while answer.more do answer, text = next_part(answer), text .. answer.body end
      assert.are.equal(body, text .. answer.body)
    end
    assert.are.equal("", wait(add "/headers").body)
    local answer, text = wait(add "/gzip"), ""
    while answer.more do answer, text = next_part(answer), text .. answer.body end
    assert.are.equal(("g"):rep(1000), text .. answer.body)
    local refused = wait(add "/status/404")
    assert.are.same({ 404, "status" }, { refused.status, refused.body })
    assert.is_nil(refused.more)
  end)

  it("is closed in the middle of one", function()
    add "/conversation"
    local one = wait(add "/endless")
    assert.is_truthy(one.more)
    http:close()
    http = assert(native_http.new())
    local echo = wait(add("/echo", {}))
    assert.are.equal("/echo", json.decode(echo.body).path)
  end)

  it("takes no file besides", function()
    assert.error_matches(function() add("/echo", { in_parts = true, to_file = "x" }) end,
      "both to_file and in_parts")
  end)
end)
