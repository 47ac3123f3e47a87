-- Bodies that are files: sent from them, received into them.
local child = require "spec.support.child"
local fs = require "native.fs"
local json = require "json"
local native_http = require "native.http"
local Server = require "spec.support.server"

local function wait(http, id)
  while true do
    local done = http:poll(10000)
    if done[id] then return done[id] end
  end
end

describe("http", function()
  local server, http, folder, path, target

  setup(function() server = Server.start "http_server.py" end)
  teardown(function() server:stop() end)
  local function clear()
    for _, name in ipairs(fs.list(folder) or {}) do os.remove(folder .. "/" .. name) end
    os.remove(folder)
  end
  before_each(function()
    http = assert(native_http.new())
    folder = os.getenv "TMPDIR" .. "/files"
    path, target = folder .. "/sent", folder .. "/received"
    clear() -- a run that was made to fail may have left something
    assert(fs.mkdir(folder))
    assert(fs.replace(path, "0123456789"))
  end)
  after_each(function()
    local pending = http:pending()
    http:close()
    clear()
    assert.are.equal(0, pending)
  end)

  local function add(fields)
    fields.url = server:url(fields.path or "/echo")
    return http:add(fields)
  end
  local function send(fields) return wait(http, assert(add(fields))) end
  local function names() return table.concat(fs.list(folder), " ") end

  it("sends a file, or a part of one", function()
    local function echo(fields)
      fields.method, fields.body_file = "PUT", path
      return json.decode(send(fields).body)
    end
    local request = echo {}
    assert.are.equal("0123456789", request.body)
    assert.are.equal("10", request.headers["content-length"])
    assert.are.equal("3456", echo({ body_offset = 3, body_bytes = 4 }).body)
    assert.are.equal("89", echo({ body_offset = 8 }).body)
    assert.are.equal("", echo({ body_offset = 10 }).body)
  end)

  it("says before it sends that a file is not there, no file, or too short", function()
    for reason, fields in pairs {
      ["No such file"] = { body_file = folder .. "/absent" },
      ["not a file"] = { body_file = folder },
      ["shorter than what is to be sent"] = { body_file = path, body_bytes = 11 },
      ["shorter than what is to be"] = { body_file = path, body_offset = 11 },
      ["write .*File exists"] = { to_file = path },
      ["write .*/a: No such file"] = { to_file = folder .. "/none/a" },
      ["write .*/b: No such file"] = { to_file = folder .. "/none/b", to_offset = 0 },
    } do
      local id, failure = add(fields)
      assert.is_nil(id)
      assert.are.equal("file", failure.code)
      assert.is_false(failure.sent)
      assert.matches(reason, tostring(failure))
    end
    assert.are.equal("sent", names())
    assert.has_error(function() add { body = "x", body_file = path } end)
    assert.has_error(function() add { body_file = path, body_offset = -1 } end)
    assert.has_error(function() add { to_file = 1 } end)
  end)

  it("stops when the file becomes shorter while it is sent", function()
    assert(fs.replace(path, ("x"):rep(2 << 20)))
    local id = assert(add { method = "PUT", body_file = path })
    local file <close> = assert(fs.append(path))
    assert(file:truncate(1000))
    local failure = wait(http, id).failure
    assert.are.equal("file", failure.code)
    assert.matches("read .*/sent: it became shorter", tostring(failure))
  end)

  it("sends it again from its begin where a kept connection was dead", function()
    send { path = "/once" }
    assert.are.equal("/echo", json.decode(send({ path = "/echo" }).body).path)
    send { path = "/once" }
    local response = send { path = "/once", method = "PUT", body_file = path }
    assert.are.equal("0123456789", json.decode(response.body).body)
  end)

  it("puts an answer into a new file, and nothing into memory", function()
    local response = send { path = "/chunked", to_file = target }
    assert.is_nil(response.body)
    assert.are.equal(9, response.body_bytes)
    assert.are.equal("four five", fs.read(target))
    fs.remove(target)
    response = send { path = "/status/204", to_file = target }
    assert.are.equal(0, response.body_bytes)
    assert.are.equal("", fs.read(target))
  end)

  it("puts an answer into a place in a file", function()
    local response = send { path = "/chunked", to_file = path, to_offset = 4 }
    assert.are.equal(9, response.body_bytes)
    assert.are.equal("0123four five", fs.read(path))
  end)

  it("keeps the answer with an error in memory, and makes no file for it", function()
    local response = send { path = "/status/403", to_file = target }
    assert.are.equal(403, response.status)
    assert.are.equal("status", response.body)
    assert.is_nil(response.body_bytes)
    assert.are.equal("sent", names())
  end)

  it("removes what is cut, too large, or no longer waited for", function()
    assert.are.equal("reset", send({ path = "/cut", to_file = target }).failure.code)
    assert.are.equal("sent", names())
    local response = send { path = "/endless", to_file = target, max_body_bytes = 1 << 20 }
    assert.are.equal("too_large", response.failure.code)
    assert.are.equal("sent", names())
    local id = assert(add { path = "/hang", to_file = target })
    http:poll(50)
    assert.are.equal("received sent", names())
    assert.is_true(http:cancel(id))
    assert.are.equal("sent", names())
    assert(add { path = "/hang", to_file = target })
    http:close()
    assert.are.equal("sent", names())
    http = assert(native_http.new())
  end)

  it("leaves a file that was there, also where its part is cut", function()
    local response = send { path = "/cut", to_file = path, to_offset = 2 }
    assert.are.equal("reset", response.failure.code)
    assert.are.equal("01half6789", fs.read(path))
  end)

  it("says that the disk is full", function()
    local said = child.run(([[
      local http = require "native.http".new()
      local id = assert(http:add { url = %q, to_file = "/dev/full", to_offset = 0 })
      local done repeat done = http:poll(1000)[id] until done
      print(done.failure.code, done.failure)]]):format(server:url "/chunked"))
    assert.matches("^file\twrite /dev/full: No space left", said.out)
  end)
end)
