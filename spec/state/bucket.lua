-- A bucket in memory that keeps S3's rules for conditional writes, under a clock of the spec's own;
-- and machines that reach it, each of which can be asleep, cut off, or dead.
local failure = require "engine.failure"
local state = require "state"
local tasks = require "engine.tasks"
local time = require "native.time"
local whole = require "spec.state.whole"

local bucket = {}
bucket.__index = bucket

function bucket.new()
  return setmetatable({ objects = {}, now_ms = 1700000000000, etags = 0, calls = {}, written = 0 },
    bucket)
end

local function refuse(code, status)
  failure.raise { what = "s3: " .. code, code = code, status = status }
end

local function check(self, params)
  local there = self.objects[params.Key]
  if params.IfNoneMatch == "*" and there then refuse("PreconditionFailed", 412) end
  if params.IfMatch and not there then refuse("NoSuchKey", 404) end
  if params.IfMatch and there.etag ~= params.IfMatch then refuse("PreconditionFailed", 412) end
end

local serve = {}

function serve.PutObject(self, params)
  check(self, params)
  self.etags, self.written = self.etags + 1, self.written + #params.Body
  local etag = ('"%d"'):format(self.etags)
  self.objects[params.Key] = { bytes = params.Body, etag = etag,
    at = math.floor(self.now_ms / 1000) }
  return { ETag = etag }
end

function serve.GetObject(self, params)
  local there = self.objects[params.Key] or refuse("NoSuchKey", 404)
  return { Body = there.bytes, ETag = there.etag, LastModified = there.at }
end

function serve.DeleteObject(self, params)
  if params.IfMatch then check(self, params) end
  self.objects[params.Key] = nil
  return {}
end

function serve.DeleteObjects(self, params)
  for _, object in ipairs(params.Delete.Objects) do self.objects[object.Key] = nil end
  return {}
end

--- Two to a page: pages are followed, or things are missing.
function serve.ListObjectsV2(self, params)
  local found, folders = {}, {}
  for key in pairs(self.objects) do
    if key:sub(1, #params.Prefix) == params.Prefix then
      local inner = params.Delimiter and key:sub(#params.Prefix + 1):match "^[^/]+/"
      if inner then folders[params.Prefix .. inner] = true else found[#found + 1] = key end
    end
  end
  table.sort(found)
  local from, page, prefixes = tonumber(params.ContinuationToken) or 1, {}, {}
  for at = from, math.min(from + 1, #found) do page[#page + 1] = { Key = found[at] } end
  for folder in pairs(folders) do prefixes[#prefixes + 1] = { Prefix = folder } end
  return { Contents = page, CommonPrefixes = prefixes,
    NextContinuationToken = from + 1 < #found and tostring(from + 2) or nil }
end

local function network_lost()
  failure.raise { what = "s3: no answer", code = "ConnectionError", ambiguous = true }
end

--- One call of a machine: it takes time, and the machine's faults come in.
local function call(self, machine, operation, params)
  tasks.sleep_until(self.now_ms + 10)
  table.insert(self.calls, operation .. " " .. tostring(params.Key))
  local fault = machine.fault and machine.fault(operation, params) or nil
  if machine.dead then error("killed", 0) end
  if fault == "before" then network_lost() end
  if type(fault) == "table" then error(failure.new(fault), 0) end
  local answer = serve[operation](self, params)
  if fault == "killed" then
    machine.dead = true
    error("killed", 0)
  end
  if fault == "after" then network_lost() end
  local date = time.format(math.floor(self.now_ms / 1000), "http_date")
  return answer, { headers = { date = date } }
end

--- A machine: fault(operation, params) says what becomes of a call: nil, "before" and "after"
--- (no answer), "killed" (it is done, and nothing more is), or the fields of a failure.
function bucket:machine(name)
  local machine = { name = name, asleep_ms = 0 }
  local client = { call = function(_, operation, params)
    return call(self, machine, operation, params)
  end }
  machine.session = { random = function() return 0.5 end, client = function() return client end }
  local randoms = 0
  machine.options = { root = "s3://bucket/states?lock_expiry=30", stack = "demo",
    local_root = os.tmpname(), session = machine.session, signal = tasks.signal,
    now = function() return self.now_ms end, boot_now = function() return self.now_ms end,
    random = function(bytes)
      randoms = randoms + 1
      return (("%s%d"):format(name, randoms) .. ("0"):rep(2 * bytes)):sub(1, 2 * bytes)
    end }
  os.remove(machine.options.local_root)
  return machine
end

--- Runs a function as a task; the clock goes on by what it waits for.
function bucket:run(fn)
  return tasks.run({
    now = function() return self.now_ms end,
    poll = function(ms)
      self.now_ms = self.now_ms + math.max(ms, 1)
      return {}
    end,
  }, fn)
end

--- The store of a machine.
function bucket.store(_, machine) return state.open(machine.options) end

function bucket.intent(op, name)
  return whole.intent { op = op, name = name or "a", want = { Size = 3 } }
end

function bucket.done(op, name)
  return { op = op, ok = true, name = name or "a", identifier = "i-1",
    row = whole.row { name = name or "a", identifier = "i-1" } }
end

function bucket.locked(store, reason)
  local lock, why = store:lock { reason = reason or "apply" }
  if not lock then error(why, 0) end
  store:load()
  return lock
end

function bucket.apply_once(store, op)
  local lock = bucket.locked(store)
  store:begin { bucket.intent(op, op) }
  store:finish { bucket.done(op, op) }
  store:save { recipe = "demo.lua" }
  lock:release()
end

return bucket
