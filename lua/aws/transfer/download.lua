-- An object downloaded in parts, several at once, into one file that is there when it is complete.
local failure = require "engine.failure"
local fs = require "native.fs"
local landing = require "aws.landing"
local parts = require "aws.transfer.parts"
local stream = require "aws.stream"

local function broken(what)
  failure.raise { what = "s3 GetObject: " .. what, service = "s3", operation = "GetObject",
    code = "IncompleteObject", next = "run it again; no file was written" }
end

local function get_part(job, part)
  local last = part.offset + part.bytes - 1
  local answer = job.client:call("GetObject", parts.only(job.client, "GetObject", job.params, {
    Range = ("bytes=%d-%d"):format(part.offset, last), IfMatch = job.head.ETag,
    VersionId = job.params.VersionId or job.head.VersionId,
  }), { to_file = job.temp, to_offset = part.offset, to_bytes = part.bytes })
  local range = ("bytes %d-%d/%d"):format(part.offset, last, job.head.ContentLength)
  if answer.ContentRange ~= range or answer.Body.bytes ~= part.bytes then
    broken(("asked for %s, got %s with %d bytes"):format(range, tostring(answer.ContentRange),
      answer.Body.bytes))
  end
  if answer.ETag ~= job.head.ETag then broken "the object was changed while it was read" end
end

local function get_all(job, options)
  local bytes = job.head.ContentLength
  parts.each(parts.cut(bytes, parts.size(options)), options.concurrency,
    function(part) get_part(job, part) end)
  local size = assert(fs.stat(job.temp)).size
  if size ~= bytes then broken(("the file has %d bytes of %d"):format(size, bytes)) end
  local wrong = stream.difference(job.client.session, job.headers,
    { file = job.temp, offset = 0, bytes = bytes })
  if wrong then broken("what came is not what was stored: " .. wrong) end
  assert(landing.settle(job.place, job.temp))
end

local function place_of(options)
  local place, why = nil, "no file to write it to was named"
  if type(options.to_file) == "string" then place, why = landing.at(options.to_file) end
  return place or failure.raise { what = "s3 GetObject: " .. why, service = "s3",
    operation = "GetObject", code = "ParamValidation",
    next = 'write { to_file = "PATH" }, of a file or a new one' }
end

local function in_parts(job, options)
  job.temp = landing.part(job.place)
  local ok, why = coroutine.yield { try = function() get_all(job, options) end }
  if ok then return end
  fs.remove(job.temp)
  error(why, 0)
end

---@param client aws.client  of S3
---@param params table  GetObject's
---@param options { to_file: string, part_bytes: integer|nil, concurrency: integer|nil }  8 MiB, 10
---@return table result  of HeadObject, or of GetObject where it was one
return function(client, params, options)
  local size, place = parts.size(options or {}), place_of(options or {})
  if params.Range or params.PartNumber then
    return (client:call("GetObject", params, { to_file = options.to_file }))
  end
  local head, about = client:call("HeadObject",
    parts.only(client, "HeadObject", params, { ChecksumMode = "ENABLED" }))
  if (head.ContentLength or 0) <= size then
    return (client:call("GetObject", params, { to_file = options.to_file }))
  end
  local job = { client = client, params = params, head = head, headers = about.headers,
    place = place }
  in_parts(job, options)
  head.Body = { file = options.to_file, bytes = head.ContentLength }
  return head
end
