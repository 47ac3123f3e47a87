local native_http = require "native.http"
local Server = require "spec.support.server"

local folder = (os.getenv "TMPDIR" or "/tmp") .. "/"

--- A certificate that vouches for itself, for one name.
local function make_certificate(file, name)
  local command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    .. " -keyout %s.key -out %s.pem -subj /CN=spec -addext subjectAltName=%s 2>/dev/null"
  assert(os.execute(command:format(folder .. file, folder .. file, name)))
  return folder .. file .. ".pem", folder .. file .. ".key"
end

describe("http over TLS", function()
  local servers, http = {}, nil
  local certificate, other

  setup(function()
    local key, other_key
    certificate, key = make_certificate("here", "IP:127.0.0.1")
    other, other_key = make_certificate("elsewhere", "DNS:elsewhere.example")
    servers.good = Server.start("http_server.py", certificate .. " " .. key)
    servers.elsewhere = Server.start("http_server.py", other .. " " .. other_key)
    servers.two = Server.start("http2_server.py", certificate .. " " .. key)
    servers.proxy = Server.start "http_server.py"
  end)
  teardown(function()
    for _, server in pairs(servers) do server:stop() end
    for _, file in ipairs { "here", "elsewhere" } do
      os.remove(folder .. file .. ".pem")
      os.remove(folder .. file .. ".key")
    end
  end)
  before_each(function() http = native_http.new() end)
  after_each(function() http:close() end)

  local function send(server, fields)
    fields.url = servers[server]:url("/echo", "https")
    local id = assert(http:add(fields))
    local done
    repeat done = http:poll(10000)[id] until done
    return done
  end

  local function refused(response)
    assert.is_nil(response.status)
    assert.are.equal("tls", response.failure.code, tostring(response.failure))
    assert.is_false(response.failure.sent)
  end

  it("trusts who the file of certificates names", function()
    local response = send("good", { ca_file = certificate })
    assert.is_nil(response.failure)
    assert.are.equal(200, response.status)
    assert.are.equal(0, send("good", { ca_file = certificate }).connect_ms)
  end)

  it("refuses a certificate that nobody vouches for", function()
    refused(send("good", {}))
    refused(send("good", { ca_file = other }))
  end)

  it("refuses a certificate of another host, though it is trusted", function()
    refused(send("elsewhere", { ca_file = other }))
  end)

  it("does not lend a connection to who trusts somebody else", function()
    assert.are.equal(200, send("good", { ca_file = certificate }).status)
    refused(send("good", { ca_file = other }))
  end)

  local function tunnels()
    local id = http:add { url = servers.proxy:url "/count" }
    local counted
    repeat counted = http:poll(10000)[id] until counted
    return tonumber(counted.body:match '"tunnels": (%d+)')
  end

  it("goes through a proxy, whose own headers are not the answer's", function()
    local before = tunnels()
    local response = send("good", { ca_file = certificate, proxy = servers.proxy:url "" })
    assert.are.equal(200, response.status, tostring(response.failure))
    assert.is_nil(response.headers["x-proxy"])
    assert.are.equal(1, tunnels() - before)
    local posted = native_http.new() -- what the proxy was told is no sending of the request
    local id = posted:add { url = servers.good:url("/echo", "https"), ca_file = certificate,
      proxy = servers.proxy:url "", method = "POST", body = "once" }
    repeat response = posted:poll(10000)[id] until response
    posted:close()
    assert.are.same({ 200, 0 }, { response.status, response.resends }, tostring(response.failure))
  end)

  it("speaks HTTP/2 where it is offered, many requests on one connection", function()
    local first = send("two", { ca_file = certificate })
    assert.are.same({ 200, "2", "nothing" },
      { first.status, first.http_version, first.body }, tostring(first.failure))
    local bodies, left = {}, 10
    for i = 1, left do
      bodies[http:add { url = servers.two:url("/", "https"), ca_file = certificate, method = "POST",
        body = "body " .. i }] = "body " .. i
    end
    while left > 0 do
      for id, response in pairs(http:poll(10000)) do
        assert.are.same({ bodies[id], 0 }, { response.body, response.connect_ms })
        left = left - 1
      end
    end
  end)

  it("says reset where a stream is, and sends no POST again", function()
    for _, body in ipairs { "reset", "go" } do
      local response = send("two", { ca_file = certificate, method = "POST", body = body })
      assert.is_nil(response.status)
      assert.are.equal("reset", response.failure.code, tostring(response.failure))
      assert.is_true(response.failure.sent)
    end
  end)

  it("refuses a file of certificates that is not there", function()
    refused(send("good", { ca_file = folder .. "absent.pem" }))
  end)
end)
