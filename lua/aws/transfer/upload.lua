-- An object uploaded in parts, several at once; aborted where a part or the end of it fails.
local checksum = require "aws.checksum"
local failure = require "engine.failure"
local fs = require "native.fs"
local parts = require "aws.transfer.parts"
local stream = require "aws.stream"

local function refuse(what, next_step)
  failure.raise { what = "upload: " .. what, service = "s3", code = "ParamValidation",
    next = next_step }
end

local function text_source(body)
  return { bytes = #body, mark = function() return "" end,
    part = function(offset, bytes) return body:sub(offset + 1, offset + bytes) end }
end

-- What is uploaded: its size, a part of it as a parameter, and a mark that changes when it does.
local function source_of(client, params)
  local body = params.Body or ""
  if type(body) == "string" then return text_source(body) end
  local _, whole = stream.source(client.record, client:operation "PutObject", params)
  if not whole then
    refuse("Body is neither a string nor a file", "write Body = { file = PATH }")
  end
  return {
    bytes = whole.bytes,
    part = function(offset, bytes)
      return { file = whole.file, offset = whole.offset + offset, length = bytes }
    end,
    mark = function()
      local now = fs.stat(whole.file) or {}
      return ("%s/%s"):format(now.size, now.mtime_ms)
    end,
  }
end

-- Sums of the whole object are no sums of its parts.
local function without_sums(params)
  local found = {}
  for name, value in pairs(params) do
    local is_sum = name == "ContentMD5" or name:match("^Checksum") and name ~= "ChecksumAlgorithm"
    if not is_sum and name ~= "Body" and name ~= "ContentLength" then found[name] = value end
  end
  return found
end

local function send_part(job, part, number)
  local answer = job.client:call("UploadPart", parts.only(job.client, "UploadPart", job.common, {
    UploadId = job.id, PartNumber = number, ChecksumAlgorithm = job.algorithm,
    Body = job.source.part(part.offset, part.bytes),
  }))
  if not answer.ETag then
    failure.raise { what = ("s3 UploadPart: no ETag for part %d"):format(number), service = "s3",
      operation = "UploadPart", next = "see that the endpoint is S3" }
  end
  local done = { PartNumber = number, ETag = answer.ETag }
  for name, value in pairs(answer) do
    if name:match("^Checksum%u") and name ~= "ChecksumType" then done[name] = value end
  end
  job.done[number] = done
end

local function send_all(job, list, options)
  local before = job.source.mark()
  parts.each(list, options.concurrency, function(part, number) send_part(job, part, number) end)
  if job.source.mark() ~= before then
    failure.raise { what = "upload: the file was changed while it was read", service = "s3",
      next = "run it again once nobody writes to it" }
  end
  local params = parts.only(job.client, "CompleteMultipartUpload", job.params, {
    UploadId = job.id, MultipartUpload = { Parts = job.done }, MpuObjectSize = job.source.bytes,
  })
  return job.client:call("CompleteMultipartUpload", params)
end

-- Parts of an upload that is not ended are kept, and paid for, until somebody aborts it.
local function abort(job, cause)
  local ok = coroutine.yield { shield = true, try = function()
    return job.client:call("AbortMultipartUpload",
      parts.only(job.client, "AbortMultipartUpload", job.common, { UploadId = job.id }))
  end }
  if ok or failure.from(cause).code == "NoSuchUpload" then error(cause, 0) end
  local found = failure.from(cause)
  local advice = ("abort it: AbortMultipartUpload with UploadId %s"):format(job.id)
  local told = {}
  for key, value in pairs(found) do told[key] = value end
  told.next = found.next and found.next .. "; " .. advice or advice
  failure.raise(told)
end

local function usual_checksum(client)
  local call = { operation = client:operation "UploadPart", params = {} }
  return checksum.algorithm(client.session, call, {})
end

local function multipart(client, params, source, options, list)
  local common = without_sums(params)
  local create = parts.only(client, "CreateMultipartUpload", common)
  create.ChecksumType = params.ChecksumType
  create.ChecksumAlgorithm = params.ChecksumAlgorithm or usual_checksum(client)
  local made = client:call("CreateMultipartUpload", create)
  local job = { client = client, params = params, common = common, source = source,
    id = made.UploadId, done = {}, algorithm = create.ChecksumAlgorithm }
  local ok, result = coroutine.yield { try = function() return send_all(job, list, options) end }
  if not ok then abort(job, result) end
  return result
end

---@param client aws.client  of S3
---@param params table  PutObject's; the Body a string or { file = path, offset = 0, length = n }
---@param options { part_bytes: integer|nil, concurrency: integer|nil }|nil  8 MiB, 10 at once
---@return table result  of PutObject, or of CompleteMultipartUpload
return function(client, params, options)
  options = options or {}
  local source, size = source_of(client, params), parts.size(options)
  if source.bytes <= size then return (client:call("PutObject", params)) end
  return multipart(client, params, source, options, parts.cut(source.bytes, size))
end
