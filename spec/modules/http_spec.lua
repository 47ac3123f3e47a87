local child = require "spec.support.child"
local json = require "json"
local native_http = require "native.http"
local Server = require "spec.support.server"

local SECOND = 1000

--- Waits for one request, however often poll comes back with nothing.
local function wait(http, id)
  while true do
    local done = http:poll(10 * SECOND)
    if done[id] then return done[id] end
  end
end

--- Waits for so many requests, which all end well.
local function wait_for_all(http, left)
  while left > 0 do
    for _, response in pairs(http:poll(SECOND)) do
      assert.are.equal(200, response.status)
      left = left - 1
    end
  end
end

describe("http", function()
  local server, http

  setup(function() server = Server.start "http_server.py" end)
  teardown(function() server:stop() end)
  before_each(function() http = assert(native_http.new { user_agent = "spec" }) end)
  after_each(function()
    assert.are.equal(0, http:pending())
    http:close()
  end)

  local function send(fields)
    fields.url = fields.url or server:url(fields.path or "/echo")
    return wait(http, assert(http:add(fields)))
  end

  local function echo(fields) return json.decode(send(fields).body) end

  local function refused(fields, code, reason)
    local response = send(fields)
    assert.is_nil(response.status)
    assert.is_nil(response.body)
    assert.are.equal(code, response.failure.code, tostring(response.failure))
    if reason then assert.matches(reason, tostring(response.failure)) end
    return response.failure
  end

  local function counted(fields)
    local before = json.decode(send({ path = "/count" }).body)
    local response = send(fields)
    local after = json.decode(send({ path = "/count" }).body)
    return after.requests - before.requests - 1, after.connections - before.connections, response
  end

  it("gets an answer: status, headers, body", function()
    local response = send { path = "/echo?a=b" }
    assert.are.equal(200, response.status)
    assert.are.equal("application/json", response.headers["content-type"])
    assert.are.equal(tostring(#response.body), response.headers["content-length"])
    assert.are.equal("1.1", response.http_version)
    assert.is_true(response.total_ms >= 0)
    assert.is_nil(response.failure)
    assert.are.equal("/echo?a=b", json.decode(response.body).path)
  end)

  it("sends what it was handed and nothing of its own", function()
    local got = echo {
      method = "POST", body = "a\0b",
      headers = { ["X-Given"] = "yes", ["X-Empty"] = "", Host = "example.com" },
    }
    assert.are.equal("POST", got.method)
    assert.are.equal("a\0b", got.body)
    assert.are.same({
      host = "example.com", ["x-given"] = "yes", ["x-empty"] = "", ["user-agent"] = "spec",
      ["content-length"] = "3", ["accept-encoding"] = "gzip, deflate",
    }, got.headers)
  end)

  it("sends each method with or without a body", function()
    local lengths = { GET = false, DELETE = false, POST = "0", PUT = "0", PATCH = "0" }
    for method, length in pairs(lengths) do
      local got = echo { method = method }
      assert.are.equal(method, got.method)
      assert.are.equal(length or nil, got.headers["content-length"], method)
    end
    for _, method in ipairs { "GET", "DELETE", "PUT", "PATCH", "POST" } do
      local got = echo { method = method, body = "body", headers = { ["Content-Type"] = "a/b" } }
      assert.are.same({ method, "body", "a/b" },
        { got.method, got.body, got.headers["content-type"] })
    end
    local head = send { method = "HEAD" }
    assert.are.same({ 200, "" }, { head.status, head.body })
  end)

  it("sends large bodies whole", function()
    local body = ("0123456789abcdef"):rep(65536)
    assert.are.equal(body, echo({ method = "PUT", body = body }).body)
    assert.are.equal(body, echo({ method = "POST", body = body }).body)
  end)

  it("gives any status as it came, redirects too", function()
    for _, status in ipairs { 204, 400, 404, 500, 503 } do
      assert.are.equal(status, send({ path = "/status/" .. status }).status)
    end
    local redirect = send { path = "/redirect" }
    assert.are.same({ 302, "/echo" }, { redirect.status, redirect.headers.location })
  end)

  it("joins headers of one name, in small letters, and trims them", function()
    local headers = send({ path = "/headers" }).headers
    assert.are.equal("1, 2", headers["x-one"])
    assert.are.equal("", headers.empty)
    assert.are.equal("Value:with:colons", headers.mixed)
  end)

  it("passes over interim answers and reads chunks and trailers", function()
    local early = send { path = "/early" }
    assert.are.same({ 200, "yes" }, { early.status, early.headers.late })
    assert.is_nil(early.headers.early)
    local chunked = send { path = "/chunked" }
    assert.are.same({ "four five", "9" }, { chunked.body, chunked.headers.sum })
  end)

  it("unpacks gzip and deflate, unless told not to", function()
    assert.are.equal(("g"):rep(1000), send({ path = "/gzip" }).body)
    assert.are.equal(("d"):rep(1000), send({ path = "/deflate" }).body)
    assert.are.equal("\31\139", send({ path = "/gzip", compressed = false }).body:sub(1, 2))
    local own = { ["Accept-Encoding"] = "identity" }
    assert.are.equal("identity", echo({ headers = own }).headers["accept-encoding"])
    assert.is_nil(echo({ compressed = false }).headers["accept-encoding"])
  end)

  it("uses one connection for one request after another", function()
    send {}
    local requests, connections = counted {}
    assert.are.same({ 1, 0 }, { requests, connections })
    assert.are.equal(0, send({}).connect_ms)
  end)

  it("has many requests under way at once", function()
    local ids, left = {}, 20
    for i = 1, left do ids[http:add { url = server:url("/echo?" .. i) }] = i end
    assert.are.equal(20, http:pending())
    while left > 0 do
      for id, response in pairs(http:poll(SECOND)) do
        assert.are.equal("/echo?" .. ids[id], json.decode(response.body).path)
        ids[id], left = nil, left - 1
      end
    end
    assert.is_nil(next(ids))
  end)

  it("is at work while requests are added, which find a connection free again", function()
    local idle <close> = native_http.new()
    local before, left = json.decode(send({ path = "/count" }).body).connections, 6
    for _ = 1, left do
      assert(http:add { url = server:url "/echo", method = "POST", body = "x" })
      idle:poll(30) -- time passes, and nobody asks for what has come
    end
    wait_for_all(http, left)
    assert.is_true(json.decode(send({ path = "/count" }).body).connections - before < 5)
  end)

  it("opens no more connections to a host than it may", function()
    local narrow <close> = native_http.new { max_connections_per_host = 2 }
    local before = json.decode(send({ path = "/count" }).body).connections
    local left = 10
    for _ = 1, left do narrow:add { url = server:url "/echo" } end
    wait_for_all(narrow, left)
    assert.are.equal(2, json.decode(send({ path = "/count" }).body).connections - before)
  end)

  it("sends again on a fresh connection only what may be sent twice", function()
    send { path = "/once" }
    local requests, _, response = counted { path = "/once" }
    assert.are.same({ 200, 2, 1 }, { response.status, requests, response.resends })

    for _, body in ipairs { "create", "" } do
      send { path = "/once" }
      requests, _, response = counted { path = "/once", method = "POST", body = body }
      assert.are.same({ "reset", true, 1, 0 }, { response.failure and response.failure.code,
        response.failure.sent, requests, response.resends })
    end

    send { path = "/once" }
    requests, _, response =
      counted { path = "/once", method = "POST", body = "create", resend = true }
    assert.are.same({ 200, 2, 1 }, { response.status, requests, response.resends })
    _, _, response = counted { path = "/echo", method = "POST", body = "create", resend = true }
    assert.are.equal(0, response.resends)
  end)

  it("comes back at once when there is nothing to wait for", function()
    assert.are.same({}, http:poll(0))
    local id = http:add { url = server:url "/hang" }
    assert.are.same({}, http:poll(0))
    assert.are.same({}, http:poll(1))
    assert.is_true(http:cancel(id))
    assert.is_false(http:cancel(id))
    assert.is_false(http:cancel(99))
  end)

  it("wakes up on a signal", function()
    local said = child.run([[
      local http, sys = require "native.http".new(), require "native.sys"
      http:add { url = ... .. "?" .. sys.pid(), timeout_ms = 20000 }
      repeat http:poll(60000) until sys.interrupts() > 0 or http:pending() == 0
      io.write(http:pending()) -- 1: it was the signal, and not the time-out
    ]], { server:url "/interrupt" })
    assert.are.same({ 0, "1" }, { said.code, said.out }, said.err)
  end)

  it("drops what is under way when it is closed", function()
    local other = native_http.new()
    other:add { url = server:url "/hang" }
    other:poll(1)
    other:close()
    other:close()
    assert.are.equal(0, other:pending())
    assert.has_error(function() other:poll(0) end)
    assert.has_error(function() other:add { url = server:url "/" } end)
  end)

  describe("facing a bad server", function()
    it("says refused where nobody listens, and that nothing was sent", function()
      local gone = Server.start "http_server.py"
      local url = gone:url "/"
      gone:stop()
      local failure =
        refused({ url = url .. "?secret=1" }, "refused", "^GET http://127.0.0.1:%d+/: ")
      assert.is_false(failure.sent)
      assert.is_nil(tostring(failure):find("secret", 1, true))
    end)

    it("says dns where there is no such name", function()
      assert.is_false(refused({ url = "http://no-such-name.invalid/" }, "dns").sent)
    end)

    it("says timeout where no answer comes, or too slowly", function()
      assert.is_true(refused({ path = "/hang", timeout_ms = 100 }, "timeout").sent)
      refused({ path = "/trickle", timeout_ms = 200 }, "timeout")
      refused({ path = "/hang", idle_timeout_ms = 1000 }, "timeout")
    end)

    it("says reset where the connection ends too early", function()
      for _, path in ipairs { "/cut", "/cut-header", "/silent" } do
        assert.is_true(refused({ path = path }, "reset").sent)
      end
      refused({ path = "/silent", method = "POST", body = "x" }, "reset")
    end)

    it("says malformed where the answer is none", function()
      for _, path in ipairs { "/garbage", "/wrong-gzip" } do
        refused({ path = path }, "malformed")
      end
    end)

    it("says too_large where the answer does not end, packed or not", function()
      refused({ path = "/endless", max_body_bytes = 1000000 }, "too_large", "larger than the limit")
      refused({ path = "/bomb", max_body_bytes = 1000000 }, "too_large")
      refused({ path = "/endless-header", max_header_bytes = 10000 }, "too_large")
      refused({ path = "/gzip", max_body_bytes = 999 }, "too_large")
      assert.are.equal(1000, #send({ path = "/gzip", max_body_bytes = 1000 }).body)
    end)

    it("does not read a header without an end", function()
      local response = send { path = "/long-header" }
      assert.is_table(response.failure)
    end)

    it("refuses other protocols and people in URLs", function()
      for _, url in ipairs {
        "file:///etc/passwd", "ftp://127.0.0.1/", "", "http://", "http://user@127.0.0.1/",
        "gopher://x",
      } do
        refused({ url = url }, "url")
      end
    end)
  end)

  describe("by way of a proxy", function()
    it("asks the proxy it is told, and no other", function()
      local response = send { url = "http://example.invalid/path", proxy = server:url "" }
      assert.are.equal("http://example.invalid/path", json.decode(response.body).path)
    end)

    it("says when the proxy is not there", function()
      refused({ proxy = "http://no-such-name.invalid:1" }, "proxy")
    end)
  end)

  it("raises on what is no request", function()
    for _, request in ipairs {
      {}, { url = 1 }, { url = "http://a\0b" }, { url = "http://a", headers = 1 },
      { url = "http://a", method = "GET /x" }, { url = "http://a", method = "" },
      { url = "http://a", headers = { ["a b"] = "" } },
      { url = "http://a", headers = { [""] = "" } },
      { url = "http://a", headers = { a = "1\r\nb: 2" } },
      { url = "http://a", headers = { a = 1 } },
      { url = "http://a", headers = { "a: b" } }, { url = "http://a", timeout_ms = -1 },
      { url = "http://a", timeout_ms = "soon" }, { url = "http://a", body = {} },
    } do
      assert.has_error(function() http:add(request) end)
    end
    assert.has_error(function() http:poll() end)
    assert.has_error(function() http:poll(-1) end)
    assert.has_error(function() native_http.new { max_connections = -1 } end)
    assert.has_error(function() native_http.new(1) end)
  end)
end)
