-- Objects below one prefix of a bucket. Writes may be conditional: of two writers who have read the
-- same, one wins, and the other is told.
--
-- A call whose answer was lost is sent again and may then meet its own success, so that a refused
-- write counts as done where the very same bytes are there.
local aws = require "aws"
local failure = require "engine.failure"
local time = require "native.time"

local LOST <const> = { PreconditionFailed = true, NoSuchKey = true }
local CONFLICT <const> = "ConditionalRequestConflict"
local CONFLICTS <const>, CONFLICT_MS <const> = 12, 50
local TOGETHER <const>, DELETED_TOGETHER <const> = 32, 1000

---@class state.s3.bucket
local bucket = {}
bucket.__index = bucket

---@param location state.location
---@param options { session: table|nil, region: string|nil, profile: string|nil,
---  random: fun(): number, now: fun(): number }
---@return state.s3.bucket
local function open(location, options)
  local session = options.session or aws.session {
    region = location.region or options.region, profile = location.profile or options.profile,
  }
  return setmetatable({
    client = session:client "s3", name = location.bucket, kms_key = location.kms_key,
    prefix = location.prefix ~= "" and location.prefix .. "/" or "",
    now = options.now, random = session.random,
  }, bucket)
end

---@param key string
---@return string
function bucket:at(key)
  return ("s3://%s/%s%s"):format(self.name, self.prefix, key)
end

local function explained(self, key, err)
  if err.code ~= "NoSuchBucket" then return err end
  return failure.new { what = ("there is no bucket %s"):format(self.name), where = self:at(key),
    code = err.code, next = "make it (no public access, versioning on), or name another" }
end

-- The answer, or nil and the error where its code is one of these.
local function call(self, key, operation, params, expected)
  params.Bucket = self.name
  local ok, result, about = coroutine.yield {
    try = function() return self.client:call(operation, params) end,
  }
  if ok then return result, about end
  if failure.is(result) and expected[result.code or ""] then return nil, result end
  error(explained(self, key, failure.from(result)), 0)
end

-- How old it is by S3's own clock: nobody else's is asked.
local function age_ms(result, about)
  local now = time.parse(about.headers.date or "")
  return now and result.LastModified and (now - result.LastModified) * 1000 or 0
end

---@param key string
---@return string|nil bytes
---@return string|nil mark  what a conditional write asks for
---@return number|nil age_ms
function bucket:get(key)
  local result, about = call(self, key, "GetObject", { Key = self.prefix .. key },
    { NoSuchKey = true })
  if result then return result.Body or "", result.ETag, age_ms(result, about) end
end

local function conditions(self, key, bytes, mark)
  local params = { Key = self.prefix .. key, Body = bytes }
  if mark then params.IfMatch = mark end
  if mark == false then params.IfNoneMatch = "*" end
  if self.kms_key then
    params.ServerSideEncryption, params.SSEKMSKeyId = "aws:kms", self.kms_key
  end
  return params
end

local function pause(self, attempt)
  local longest = CONFLICT_MS * 2 ^ math.min(attempt, 5)
  coroutine.yield { until_ms = self.now() + longest * (0.5 + self.random() / 2) }
end

---Writes an object.
---@param key string
---@param bytes string
---@param mark string|false|nil  of what it may replace; false: of nothing; nil: of anything
---@return string|nil mark  nil where something else is there
function bucket:put(key, bytes, mark)
  local expected = { [CONFLICT] = true }
  if mark ~= nil then expected.PreconditionFailed, expected.NoSuchKey = true, true end
  for attempt = 1, CONFLICTS do
    local result, err = call(self, key, "PutObject", conditions(self, key, bytes, mark), expected)
    if result then return result.ETag end
    if LOST[err.code] then
      local there, its_mark = self:get(key)
      return there == bytes and its_mark or nil
    end
    if attempt == CONFLICTS then error(err, 0) end
    pause(self, attempt)
  end
end

---The keys that begin so, sorted.
---@param start string
---@return string[]
function bucket:list(start)
  local keys, token = {}, nil
  repeat
    local page = call(self, start, "ListObjectsV2",
      { Prefix = self.prefix .. start, ContinuationToken = token }, {})
    for _, object in ipairs(page.Contents or {}) do
      keys[#keys + 1] = object.Key:sub(#self.prefix + 1)
    end
    token = page.NextContinuationToken
  until not token
  table.sort(keys)
  return keys
end

---The first parts of the keys that have more of them.
---@return string[]
function bucket:folders()
  local names, token = {}, nil
  repeat
    local page = call(self, "", "ListObjectsV2",
      { Prefix = self.prefix, Delimiter = "/", ContinuationToken = token }, {})
    for _, folder in ipairs(page.CommonPrefixes or {}) do
      names[#names + 1] = folder.Prefix:sub(#self.prefix + 1, -2)
    end
    token = page.NextContinuationToken
  until not token
  table.sort(names)
  return names
end

---Several objects, read side by side; nil where one of them has gone meanwhile.
---@param keys string[]
---@return string[]|nil
function bucket:get_all(keys)
  local found = {}
  for from = 1, #keys, TOGETHER do
    local functions = {}
    for at = from, math.min(from + TOGETHER - 1, #keys) do
      functions[#functions + 1] = function() return self:get(keys[at]) or false end
    end
    for _, bytes in ipairs(coroutine.yield { all = functions }) do
      if not bytes then return nil end
      found[#found + 1] = bytes
    end
  end
  return found
end

---Removes an object, where it still is the one of this mark.
---@param key string
---@param mark string|nil
function bucket:remove(key, mark)
  call(self, key, "DeleteObject", { Key = self.prefix .. key, IfMatch = mark or nil }, LOST)
end

---@param keys string[]
function bucket:remove_all(keys)
  for from = 1, #keys, DELETED_TOGETHER do
    local objects = {}
    for at = from, math.min(from + DELETED_TOGETHER - 1, #keys) do
      objects[#objects + 1] = { Key = self.prefix .. keys[at] }
    end
    call(self, keys[from], "DeleteObjects", { Delete = { Objects = objects, Quiet = true } }, {})
  end
end

---The same bucket, below one more name.
---@param name string
---@return state.s3.bucket
function bucket:below(name)
  local copy = {}
  for key, value in pairs(self) do copy[key] = value end
  copy.prefix = self.prefix .. name .. "/"
  return setmetatable(copy, bucket)
end

return { open = open }
