-- Gets, puts, and in parts uploads and downloads one large object in this process, and says how
-- much memory that took at most. It brings its server along:
--
--   MIB=1024 build/mrun run spec/support/streams.lua
package.path = "./?.lua;" .. package.path
local aws = require "aws"
local fs = require "native.fs"
local Server = require "spec.support.server"
local sys = require "native.sys"
local transfer = require "aws.transfer"

local MIB <const> = tonumber(os.getenv "MIB" or 64)
local BYTES <const> = MIB << 20
local folder = os.getenv "TMPDIR" or "/tmp"

local function peak_kib()
  local file <close> = assert(io.open "/proc/self/status")
  return tonumber(file:read "a":match "VmHWM:%s*(%d+)")
end

local server = Server.start "object_server.py"
local s3 = aws.client("s3", { env = {}, region = "us-east-1", endpoint_url = server:url "",
  credentials = { access_key = "A", secret_key = "S" } })
local file, back = folder .. "/stream.got", folder .. "/stream.parts"
local key = tostring(BYTES)

local function figure(name, fn)
  local before, begun, cpu = peak_kib(), sys.now_ms(), os.clock()
  fn()
  local seconds = (sys.now_ms() - begun) / 1000
  print(("%s\t%d MiB in %.1f s, %.1f s of CPU, peak grew by %d KiB to %d KiB"):format(name, MIB,
    seconds, os.clock() - cpu, peak_kib() - before, peak_kib()))
end

local ok, why = pcall(function()
  figure("get", function()
    assert(s3:GetObject({ Bucket = "b", Key = key }, { to_file = file }).Body.bytes == BYTES)
  end)
  figure("put", function() s3:PutObject { Bucket = "b", Key = "put", Body = { file = file } } end)
  figure("upload in parts", function()
    transfer.upload(s3, { Bucket = "b", Key = "parts", Body = { file = file } })
  end)
  figure("download in parts", function()
    transfer.download(s3, { Bucket = "b", Key = key }, { to_file = back })
  end)
  assert(os.execute(("cmp %s %s"):format(file, back)), "the two are not the same")
  assert(fs.stat(file).size == BYTES)
end)
os.remove(file)
os.remove(back)
server:stop()
assert(ok, why)
