-- Sessions with directory buckets over a real network, with AWS's own hosts, which check each
-- signature: many calls at once, the ends of sessions, the command line, and beside botocore.
local at_once = require "aws.at_once"
local aws = require "aws"
local child = require "spec.support.child"
local hosts = require "spec.support.hosts"
local json = require "json"
local loop = require "spec.support.loop"
local sys = require "native.sys"
local transfer = require "aws.transfer"

local BUCKET <const> = "b--use1-az4--x-s3"
local HOST <const> = "b--use1-az4--x-s3.s3express-use1-az4"

-- Calls of one client, with whole parameters in JSON; a Body is a text.
local BOTOCORE <const> = [[
import sys, json, boto3, botocore
client = boto3.client("s3")
for operation, params in json.loads(sys.argv[1]):
    if operation == "presign":
        print(client.generate_presigned_url("get_object", Params=params))
    else:
        getattr(client, botocore.xform_name(operation))(**params)
]]
local OURS <const> = [[
local aws, json = require "aws", require "json"
local client = aws.client "s3"
for _, call in ipairs(json.decode((...))) do
  if call[1] == "presign" then
    print((client:presign("GetObject", call[2])))
  else
    client:call(call[1], call[2])
  end
end
]]

describe("sessions with directory buckets, over a network,", function()
  local world, s3
  setup(function() world = hosts.start() end)
  teardown(function() world:stop() end)
  before_each(function() s3 = aws.client("s3", { env = world.env }) end)

  -- How many sessions were begun, how many calls went well, and whose keys these had.
  local function counted()
    local begun, good, keys = 0, 0, {}
    for _, each in ipairs(world:seen()) do
      if each.operation == "CreateSession" then
        begun = begun + 1
      elseif each.status < 300 then
        good = good + 1
        if not keys[each.key] then keys[#keys + 1], keys[each.key] = each.key, true end
      end
    end
    return begun, good, keys
  end

  local function put(key) s3:PutObject { Bucket = BUCKET, Key = key, Body = "body of " .. key } end
  local function get(key) return s3:GetObject { Bucket = BUCKET, Key = key }.Body end

  it("are one for two hundred calls at once", function()
    world:state { wait_s = 0.3 }
    loop(function() at_once(200, 200, function(at) put("key " .. at) end) end)
    assert.equal("body of key 200", loop(function() return get "key 200" end))
    local begun, good = counted()
    assert.same({ 1, 201 }, { begun, good })
  end)

  it("follow each other in the middle of a run", function()
    local count = 0
    world:state { life_s = 3 }
    loop(function()
      local ends_ms = sys.now_ms() + 5000
      while sys.now_ms() < ends_ms do
        count = count + 1
        at_once(10, 10, function(at) put(("run %d"):format(at)) end)
        coroutine.yield { until_ms = sys.now_ms() + 100 }
      end
    end)
    local begun, good, keys = counted()
    assert.is_true(begun >= 2 and begun <= 6, begun)
    assert.is_true(#keys >= 2)
    assert.equal(10 * count, good)
  end)

  it("that the server ends give way to one other, for all who are told so", function()
    for _, word in ipairs { { 400, "ExpiredToken" }, { 400, "InvalidToken" } } do
      world:state()
      s3 = aws.client("s3", { env = world.env })
      loop(function()
        put "a"
        local number = tonumber(world:seen()[2].key:match "%d+")
        world:state { wait_s = 0.3, ended = { number, word[1], word[2] } }
        at_once(50, 50, function(at) put("key " .. at) end)
      end)
      local begun, good = counted()
      assert.same({ 1, 50 }, { begun, good })
    end
  end)

  it("that cannot be begun fail for all who wait", function()
    world:state { wait_s = 0.3, sessions = 403 }
    local faults = {}
    loop(function()
      at_once(50, 50, function(at)
        local ok, why = pcall(put, "key " .. at)
        faults[#faults + 1] = not ok and why or nil
      end)
    end)
    assert.equal(50, #faults)
    assert.equal("AccessDenied", faults[50].code)
    assert.equal(1, (counted()))
  end)

  it("are each caller's and each bucket's own", function()
    world:state()
    local other = s3.session:client("s3", { credentials = { access_key = "AKIDOTHER",
      secret_key = "OTHER" } })
    loop(function()
      for _, client in ipairs { s3, other, s3, other } do
        client:PutObject { Bucket = BUCKET, Key = "k", Body = "x" }
        client:PutObject { Bucket = "c--use1-az4--x-s3", Key = "k", Body = "x" }
      end
    end)
    local begun, good, keys = counted()
    assert.same({ 4, 8, 4 }, { begun, good, #keys })
    local who = {}
    for _, each in ipairs(world:seen()) do
      if each.operation == "CreateSession" then who[#who + 1] = each.key end
    end
    assert.same({ "AKIDEXAMPLE", "AKIDEXAMPLE", "AKIDOTHER", "AKIDOTHER" }, who)
  end)

  it("carry objects in files and parts, and copies go without", function()
    world:state()
    local path = os.getenv "TMPDIR" .. "/object"
    loop(function()
      put "k"
      s3:GetObject({ Bucket = BUCKET, Key = "k" }, { to_file = path })
      s3:PutObject { Bucket = BUCKET, Key = "file", Body = { file = path } }
      transfer.upload(s3, { Bucket = BUCKET, Key = "t", Body = { file = path } })
      s3:CopyObject { Bucket = BUCKET, Key = "copy", CopySource = BUCKET .. "/k" }
    end)
    os.remove(path)
    assert.equal("body of k", loop(function() return get "file" end))
    assert.equal("body of k", loop(function() return get "t" end))
    for _, each in ipairs(world:seen()) do
      assert.equal(each.path == "/copy" or each.operation == "CreateSession",
        each.key == "AKIDEXAMPLE")
    end
  end)

  it("sign URLs that curl can use", function()
    world:state()
    local address = loop(function()
      put "k"
      return (s3:presign("GetObject", { Bucket = BUCKET, Key = "k" }))
    end)
    local function curl(url)
      return world:run { "curl", "-sS", "--cacert", world.env.AWS_CA_BUNDLE, url }.out
    end
    assert.equal("body of k", curl(address))
    assert.matches("SignatureDoesNotMatch", curl((address:gsub("Expires=3600", "Expires=3601"))))
  end)

  it("are begun by mrun aws, and shown to nobody", function()
    world:state()
    local function run(operation, input)
      return world:run { child.binary, "aws", "s3", operation, "--debug", "--input",
        json.encode(input) }
    end
    local said = run("PutObject", { Bucket = BUCKET, Key = "cli", Body = "dGV4dA==" })
    assert.equal(0, said.code, said.err)
    assert.same({ HOST .. " CreateSession", HOST .. " PUT" }, world:lines())
    local seen = world:seen()[2]
    assert.matches("^SESSION", seen.key)
    local token, number = seen.headers["x-amz-s3session-token"], seen.key:match "%d+"
    for _, secret in ipairs { token, "secret " .. number, "SECRETEXAMPLE" } do
      assert.is_nil(said.err:find(secret, 1, true))
      assert.is_nil(said.out:find(secret, 1, true))
    end
    assert.equal("text", loop(function() return get "cli" end))
  end)

  local COMPARED <const> = { "x-amz-s3session-token", "x-amz-security-token", "content-md5",
    "x-amz-content-sha256", "x-amz-trailer", "content-encoding", "x-amz-sdk-checksum-algorithm",
    "x-amz-decoded-content-length", "x-amz-checksum-mode", "x-amz-checksum-crc32" }

  -- What the hosts saw of it, but for what is new each time.
  local function shown()
    local found = {}
    for at, each in ipairs(world:seen()) do
      local headers = each.headers
      local one = { each.host, (each.path:gsub("[?&]x%-id=%w+", "")), each.status,
        (each.key:gsub("%d+", "N")), headers.authorization:match "SESSION%d+(/%d+/[%w/-]+)" }
      for _, name in ipairs(COMPARED) do
        one[name] = headers[name] and headers[name]:gsub("of/%d+", "of/N")
      end
      found[at] = one
    end
    return found
  end

  local function beside(calls, env)
    local script, found = os.getenv "TMPDIR" .. "/ours.lua", {}
    assert(require "native.fs".replace(script, OURS))
    local botocore, ours = { hosts.PYTHON, "-c", BOTOCORE }, { child.binary, "run", script }
    for at, command in ipairs { botocore, ours } do
      world:state()
      command[#command + 1] = json.encode(calls)
      local said = world:run(command, env)
      assert.equal(0, said.code, said.err)
      found[at] = { shown(), said.out }
    end
    os.remove(script)
    return table.unpack(found)
  end

  it("are used as botocore does, with the same checksums", function()
    local object = { Bucket = BUCKET, Key = "k" }
    local function with(more)
      local all = { Bucket = BUCKET, Key = "k" }
      for name, value in pairs(more) do all[name] = value end
      return all
    end
    local calls = { { "PutObject", with { Body = "text" } }, { "GetObject", object },
      { "HeadObject", object }, { "DeleteObjects", { Bucket = BUCKET,
        Delete = { Objects = { { Key = "a" } } } } },
      { "CopyObject", with { CopySource = BUCKET .. "/a" } },
      { "PutObject", with { Body = "text", ChecksumAlgorithm = "SHA256" } },
      { "PutBucketPolicy", { Bucket = BUCKET, Policy = "{}" } } }
    for _, env in ipairs { {}, { AWS_S3_DISABLE_EXPRESS_SESSION_AUTH = "true" },
      { AWS_REQUEST_CHECKSUM_CALCULATION = "when_required" } } do
      local theirs, ours = beside(calls, env)
      assert.same(theirs[1], ours[1])
    end
  end)

  it("give the parameters of a URL that botocore's give", function()
    local theirs, ours = beside { { "presign", { Bucket = BUCKET, Key = "k" } } }
    local function names(said)
      local found = { said[2]:match "^[^?]*" }
      for name in said[2]:gmatch "[?&]([^=]+)=" do found[#found + 1] = name end
      table.sort(found)
      return found
    end
    assert.same(names(theirs), names(ours))
    assert.equal(#theirs[1], #ours[1])
  end)
end)
