-- Objects of S3 against an emulator that checks signatures: hard keys, large objects in parts,
-- conditional writes.
local aws = require "aws"
local crypto = require "native.crypto"
local emulator = require "spec.support.emulator"
local fs = require "native.fs"
local loop = require "spec.support.loop"
local sys = require "native.sys"
local transfer = require "aws.transfer"

local MIB <const> = 1 << 20

local KEYS <const> = { "a b", "a+b", "a%b", "a%20b", "a%2Fb", "ü/日本/😀", "a//b", "/a", "//a//", ".",
  "..", "a/../b", "a/./b", "a/..", "...", "~!*'()", "a&b=c?d#e", ":@;,$", "a\"<>\\^`{|}", " a ",
  "a\tb", "folder/" }

describe("S3", function()
  local server, s3, folder, path, to

  setup(function()
    server = emulator.start "moto"
    s3 = aws.client("s3", { env = {}, region = "us-east-1", endpoint_url = server.url,
      credentials = { access_key = server.access_key, secret_key = server.secret_key } })
    folder = os.getenv "TMPDIR" .. "/s3"
    path, to = folder .. "/file", folder .. "/got"
    loop(function() s3:CreateBucket { Bucket = "bucket" } end)
  end)
  teardown(function() server:stop() end)
  before_each(function() assert(fs.mkdir(folder)) end)
  after_each(function()
    for _, name in ipairs(assert(fs.list(folder))) do fs.remove(folder .. "/" .. name) end
    fs.remove(folder)
  end)

  local function call(operation, params, options)
    params.Bucket = "bucket"
    return loop(function() return s3:call(operation, params, options) end)
  end

  local function code_of(fn)
    local ok, why = pcall(fn)
    assert.is_false(ok)
    return why.code, why.status
  end

  -- What somebody else finds under a key.
  local function elsewhere(key)
    return crypto.unbase64(server:elsewhere(([[
import base64
body = client("s3").get_object(Bucket="bucket", Key=base64.b64decode("%s").decode())["Body"]
result = base64.b64encode(body.read()).decode()]]):format(crypto.base64(key))))
  end

  it("takes keys of every kind, from memory and from files, and others find them", function()
    for at, key in ipairs(KEYS) do
      call("PutObject", { Key = key, Body = key .. at })
      assert.equal(key .. at, call("GetObject", { Key = key }).Body, key)
      assert.equal(key .. at, elsewhere(key), key)
      assert(fs.replace(path, "file " .. at))
      call("PutObject", { Key = key, Body = { file = path } })
      call("GetObject", { Key = key }, { to_file = to })
      assert.equal("file " .. at, fs.read(to), key)
    end
    local found = {}
    for _, object in ipairs(call("ListObjectsV2", {}).Contents) do found[object.Key] = true end
    for _, key in ipairs(KEYS) do assert.is_true(found[key], key) end
  end)

  it("refuses what is signed with a wrong secret, also from a file", function()
    assert(fs.replace(path, "text"))
    local wrong = aws.client("s3", { env = {}, region = "us-east-1", endpoint_url = server.url,
      credentials = { access_key = server.access_key, secret_key = "wrong" } })
    assert.equal("SignatureDoesNotMatch", code_of(function()
      loop(function() wrong:PutObject { Bucket = "bucket", Key = "k", Body = { file = path } } end)
    end))
  end)

  it("writes only where nothing is, or what was read still is", function()
    local first = call("PutObject", { Key = "once", Body = "1", IfNoneMatch = "*" })
    local code, status = code_of(function()
      call("PutObject", { Key = "once", Body = "2", IfNoneMatch = "*" })
    end)
    assert.same({ "PreconditionFailed", 412 }, { code, status })
    local second = call("PutObject", { Key = "once", Body = "2", IfMatch = first.ETag })
    assert.equal("PreconditionFailed", (code_of(function()
      call("PutObject", { Key = "once", Body = "3", IfMatch = first.ETag })
    end)))
    assert.equal("2", call("GetObject", { Key = "once", IfMatch = second.ETag }).Body)
    local _, unchanged = code_of(function()
      call("GetObject", { Key = "once", IfNoneMatch = second.ETag }, { to_file = to })
    end)
    assert.equal(304, unchanged)
    assert.same({}, fs.list(folder))
  end)

  local function big(mib)
    local bytes = crypto.random(MIB)
    local file <close> = assert(fs.append(path))
    for _ = 1, mib do file:write(bytes) end
    file:write "end"
    return mib * MIB + 3
  end

  local function same(one, other)
    return assert(sys.run { "/usr/bin/cmp", one, other }).code == 0
  end

  local function upload(params, options)
    params.Bucket = "bucket"
    return loop(function() return transfer.upload(s3, params, options) end)
  end

  local function download(params, options)
    params.Bucket, options.to_file = "bucket", to
    return loop(function() return transfer.download(s3, params, options) end)
  end

  local PARTS <const> = { part_bytes = 5 * MIB, concurrency = 3 }

  local function most_at_once()
    local most = 0
    for _, each in ipairs(server:calls()) do most = math.max(most, each.flying) end
    return most
  end

  it("takes an object in parts, several at once, and gives it back so", function()
    local bytes = big(11)
    server:calls()
    server:behave { delay_ms = 300 } -- so that what comes at once is there at once
    local result = upload({ Key = "big", Body = { file = path }, ContentType = "text/x",
      Metadata = { a = "b" } }, PARTS)
    assert.matches('%-3"$', result.ETag)
    assert.is_true(most_at_once() > 1)
    local got = download({ Key = "big" }, PARTS)
    assert.same({ file = to, bytes = bytes }, got.Body)
    assert.same({ "text/x", "b", result.ETag }, { got.ContentType, got.Metadata.a, got.ETag })
    assert.is_true(most_at_once() > 1)
    server:behave {}
    assert.is_true(same(path, to))
    assert.same({ "file", "got" }, fs.list(folder))
  end)

  it("gives in parts what was put in one, and takes parts of a file and of a text", function()
    big(11)
    call("PutObject", { Key = "one", Body = { file = path } })
    download({ Key = "one" }, PARTS)
    assert.is_true(same(path, to))
    local text = assert(fs.read(path)):sub(8, -2)
    upload({ Key = "part", Body = { file = path, offset = 7, length = #text } }, PARTS)
    download({ Key = "part" }, PARTS)
    assert.equal(text, fs.read(to))
    upload({ Key = "text", Body = text }, PARTS)
    download({ Key = "text" }, PARTS)
    assert.equal(text, fs.read(to))
  end)

  it("sends what is small, or a range, in one", function()
    upload({ Key = "small", Body = "0123456789" }, PARTS)
    assert.is_nil(call("HeadObject", { Key = "small" }).ETag:find "%-")
    assert.equal(10, download({ Key = "small" }, PARTS).Body.bytes)
    download({ Key = "small", Range = "bytes=2-4" }, PARTS)
    assert.equal("234", fs.read(to))
    upload({ Key = "none", Body = "" }, PARTS)
    download({ Key = "none" }, PARTS)
    assert.equal("", fs.read(to))
  end)

  local function uploads_left()
    return #(call("ListMultipartUploads", {}).Uploads or {})
  end

  it("keeps no parts of an upload that failed, and says why it did", function()
    big(11)
    call("PutObject", { Key = "taken", Body = "x" })
    assert.equal("PreconditionFailed", (code_of(function()
      upload({ Key = "taken", Body = { file = path }, IfNoneMatch = "*" }, PARTS)
    end)))
    assert.equal(0, uploads_left())
    assert.equal("x", call("GetObject", { Key = "taken" }).Body)
    assert.equal("ParamValidation", (code_of(function()
      upload({ Key = "taken", Body = { file = path } }, { part_bytes = 1 })
    end)))
    for _, most in ipairs { 0, "a", 1.5 } do
      assert.equal("ParamValidation", (code_of(function()
        upload({ Key = "taken", Body = { file = path } }, { concurrency = most })
      end)))
    end
    for _, wrong in ipairs { { offset = -1 }, { length = 1 << 40 }, { offset = "x" } } do
      wrong.file = path
      server:calls()
      assert.equal("ParamValidation", (code_of(function()
        upload({ Key = "taken", Body = wrong }, PARTS)
      end)))
      assert.equal(0, #server:calls())
    end
    local session = s3.session
    local own_call = getmetatable(s3).__index(s3, "call")
    local changing = setmetatable({ call = function(self, operation, ...)
      if operation == "UploadPart" then
        local file <close> = assert(fs.append(path))
        file:write "more"
      end
      return own_call(self, operation, ...)
    end, session = session, service = "s3", record = s3.record, operations = {} }, getmetatable(s3))
    local ok, why = pcall(loop, function()
      transfer.upload(changing, { Bucket = "bucket", Key = "moved", Body = { file = path } }, PARTS)
    end)
    assert.is_false(ok)
    assert.matches("was changed while it was read", tostring(why))
    assert.equal(0, uploads_left())
  end)

  it("leaves no file of a download that failed", function()
    big(11)
    call("PutObject", { Key = "gone", Body = { file = path } })
    local changing = setmetatable({ call = function(self, operation, params, options)
      local own_call = getmetatable(s3).__index(s3, "call")
      if operation == "GetObject" then
        own_call(s3, "PutObject", { Bucket = "bucket", Key = "gone", Body = "other" })
      end
      return own_call(self, operation, params, options)
    end, session = s3.session, service = "s3", record = s3.record, operations = {} },
      getmetatable(s3))
    local code = code_of(function()
      loop(function()
        transfer.download(changing, { Bucket = "bucket", Key = "gone" },
          { to_file = to, part_bytes = 5 * MIB })
      end)
    end)
    assert.equal("PreconditionFailed", code)
    assert.same({ "file" }, fs.list(folder))
    assert.equal(404, (select(2, code_of(function() download({ Key = "absent" }, PARTS) end))))
  end)
end)
