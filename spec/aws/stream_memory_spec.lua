-- Large objects, sent and received in the memory of a few buffers. A gibibyte:
--   MIB=1024 build/mrun run spec/support/streams.lua
local child = require "spec.support.child"
local json = require "json"
local loop = require "spec.support.loop"
local Server = require "spec.support.server"
local aws = require "aws"
local failure = require "engine.failure"
local fs = require "native.fs"
local http = require "native.http"
local ports = require "main.ports"
local sys = require "native.sys"
local tasks = require "engine.tasks"
local transfer = require "aws.transfer"

local MIB <const> = 64

describe("a stream", function()
  it("needs no more memory for 64 MiB than for a little", function()
    local said = assert(sys.run { "/usr/bin/env", "-u", "MRUN_MAIN", "MIB=" .. MIB, child.binary,
      "run", "spec/support/streams.lua" })
    assert.equal(0, said.code, said.err)
    local count = 0
    for name, grown in said.out:gmatch "([^\n]*)\t[^\n]*peak grew by (%-?%d+) KiB" do
      count = count + 1
      assert.is_true(tonumber(grown) < 16 * 1024, name .. " took " .. grown .. " KiB")
    end
    assert.equal(4, count, said.out)
  end)
end)

describe("with a server that takes streams,", function()
  local server, s3, folder, path

  setup(function() server = Server.start "object_server.py" end)
  teardown(function() server:stop() end)
  before_each(function()
    folder = os.getenv "TMPDIR" .. "/streams"
    path = folder .. "/file"
    assert(fs.mkdir(folder))
    local big = ("0123456789abcdef"):rep(12 << 16)
    assert(fs.replace(path, big))
    s3 = aws.client("s3", { env = {}, region = "us-east-1", endpoint_url = server:url "",
      credentials = { access_key = "A", secret_key = "S" }, random = function() return 0 end })
  end)
  after_each(function()
    for _, name in ipairs(assert(fs.list(folder))) do fs.remove(folder .. "/" .. name) end
    fs.remove(folder)
  end)

  local function control(method, name, body)
    local client <close> = http.new()
    local id = assert(client:add { method = method, url = server:url(name), body = body })
    local done
    repeat done = client:poll(1000)[id] until done
    return json.decode(done.body)
  end

  local function seen(method)
    local found = {}
    for _, request in ipairs(control("GET", "/_seen")) do
      if request.method == method then found[#found + 1] = request end
    end
    return found
  end

  it("an upload that broke off is sent again from its begin", function()
    control("PUT", "/_fail", "1")
    loop(function() s3:PutObject { Bucket = "b", Key = "k", Body = { file = path } } end)
    local puts = seen "PUT"
    assert.equal(2, #puts)
    assert.is_true(puts[1].bytes < 12 << 20)
    assert.equal(12 << 20, puts[2].bytes)
    assert.equal(puts[2].sha256, puts[2].headers["x-amz-content-sha256"])
    assert.equal("100-continue", puts[2].headers.expect)
  end)

  it("a download that broke off begins anew, and what is wrong to its end is no file", function()
    control("PUT", "/_fail", "1")
    local to = folder .. "/got"
    loop(function() s3:GetObject({ Bucket = "b", Key = tostring(3 << 20) }, { to_file = to }) end)
    assert.equal(3 << 20, fs.stat(to).size)
    local ok, why = pcall(loop, function()
      s3:GetObject({ Bucket = "b", Key = "100/wrong" }, { to_file = folder .. "/other" })
    end)
    assert.is_false(ok)
    assert.equal("ChecksumMismatch", why.code)
    assert.same({ "file", "got" }, fs.list(folder))
  end)

  it("an upload whose end fails is aborted, once the parts under way have ended", function()
    local ok, why = pcall(loop, function()
      transfer.upload(s3, { Bucket = "b", Key = "late-error", Body = { file = path } },
        { part_bytes = 5 << 20 })
    end)
    assert.is_false(ok)
    assert.equal("InternalError", why.code)
    local aborts = seen "DELETE"
    assert.equal(1, #aborts)
    assert.matches("late%-error%?uploadId=upload%-1", aborts[1].path)
  end)

  it("an upload that is interrupted is aborted", function()
    local made = ports.new { user_agent = "spec", emit = function() end, turn = function() end }
    local send, sent = made.send, 0
    made.send = function(request)
      sent = sent + 1
      return send(request)
    end
    made.interrupted = function() return sent >= 2 end
    local ok, why = pcall(tasks.run, made, function()
      transfer.upload(s3, { Bucket = "b", Key = "k", Body = { file = path } },
        { part_bytes = 5 << 20, concurrency = 1 })
    end)
    assert.is_false(ok)
    assert.equal("interrupted", failure.from(why).kind)
    local came = {}
    for _, request in ipairs(control("GET", "/_seen")) do -- told in the order of their ends
      assert.is_nil(came[request.method])
      came[request.method] = request.bytes or 0
    end
    assert.truthy(came.POST and came.DELETE)
    assert.is_true((came.PUT or 0) < 5 << 20) -- of the part under way there may be something
  end)

  it("parts that break off are sent again, all of them once and no other", function()
    control("PUT", "/_fail", "2")
    loop(function()
      transfer.upload(s3, { Bucket = "b", Key = "k", Body = { file = path, offset = 1 } },
        { part_bytes = 5 << 20, concurrency = 3 })
    end)
    local bytes = {}
    for _, put in ipairs(seen "PUT") do
      local number = put.path:match "partNumber=(%d+)"
      bytes[number] = math.max(bytes[number] or 0, put.bytes)
    end
    assert.same({ ["1"] = 5 << 20, ["2"] = 5 << 20, ["3"] = (2 << 20) - 1 }, bytes)
  end)
end)
