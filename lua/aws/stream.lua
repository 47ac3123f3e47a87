-- Bodies that are files. A parameter that streams may be { file = path, offset = 0, length = n }
-- instead of a string; with the option to_file the body of an answer goes to a file, which is there
-- once it is complete and as its checksum says.
local checksum = require "aws.checksum"
local crypto = require "native.crypto"
local failure = require "engine.failure"
local fs = require "native.fs"
local landing = require "aws.landing"
local rest_text = require "aws.protocol.rest_text"
local trailer = require "aws.trailer"

local stream = {}

local MAX_FILE_BYTES <const> = 1 << 50
local SLICE_BYTES <const> = 64 * 1024 * 1024 -- digested in one go, while nobody else runs

local EXPECT_BYTES <const> = 2 * 1024 * 1024

local function fault(service, operation, what, next_step)
  failure.raise {
    what = ("%s %s: %s"):format(service.name, operation.name, what), code = "ParamValidation",
    service = service.name, operation = operation.name, next = next_step,
  }
end

local function find_streaming(shape)
  local payload = shape:traits().payload
  local member = payload and shape:member(payload)
  if member and member.shape.kind == "blob" and rest_text.trait(member, "streaming") then
    return member
  end
end

local streams = setmetatable({}, { __mode = "k" }) -- by shape; false where nothing streams

local function streaming(shape)
  if not shape then return nil end
  if streams[shape] == nil then streams[shape] = find_streaming(shape) or false end
  return streams[shape] or nil
end

---Whether the answer of an operation has a body that streams.
---@param operation table
---@return boolean
function stream.receives(operation)
  return streaming(operation.output) ~= nil
end

local function natural(value, otherwise)
  if value == nil then return otherwise end
  local whole = math.tointeger(value)
  return whole and whole >= 0 and whole or nil
end

local function source_of(service, operation, name, given)
  local about, why = fs.stat(given.file)
  if not about then fault(service, operation, ("%s: %s"):format(name, tostring(why))) end
  if about.type ~= "file" then
    fault(service, operation, ("%s: %s is not a file"):format(name, given.file))
  end
  local offset = natural(given.offset, 0)
  local bytes = offset and natural(given.length, math.max(0, about.size - offset))
  if not bytes or offset + bytes > about.size then
    fault(service, operation, ("%s: %s has %d bytes"):format(name, given.file, about.size),
      "choose an offset and a length within the file")
  end
  return { file = given.file, offset = offset, bytes = bytes }
end

---Takes a file out of the parameters, where the body is one.
---@param service table
---@param operation table
---@param params table
---@return table params
---@return { file: string, offset: integer, bytes: integer }|nil source
function stream.source(service, operation, params)
  local member = streaming(operation.input)
  local given = member and params[member.name]
  if type(given) ~= "table" or type(given.file) ~= "string" then return params, nil end
  local plain = setmetatable({}, getmetatable(params))
  for key, value in pairs(params) do plain[key] = value end
  plain[member.name] = ""
  return plain, source_of(service, operation, member.name, given)
end

---Where the body of the answer goes: a new file, or a place in one that is there.
---@param service table
---@param operation table
---@param options { to_file: string|nil, to_offset: integer|nil, to_bytes: integer|nil }
---@return table|nil target
function stream.target(service, operation, options)
  if not options.to_file then return nil end
  if not streaming(operation.output) then
    fault(service, operation, "its answer is not a stream that could go to a file",
      "leave to_file away")
  end
  local target = { file = options.to_file, offset = options.to_offset, bytes = options.to_bytes }
  if target.offset then return target end
  local place, why = landing.at(target.file)
  target.place = place or fault(service, operation, why, "choose the name of a file, or a new one")
  return target
end

---The digest of a part of a file; others run between its slices.
---@param session aws.session
---@param name string  as native.crypto.digest has it
---@param source { file: string, offset: integer, bytes: integer }
---@return string bytes
function stream.digest(session, name, source)
  local sum, done = assert(crypto.digest(name)), 0
  while done < source.bytes do
    local count = assert(sum:add_file(source.file, source.offset + done,
      math.min(SLICE_BYTES, source.bytes - done)))
    if count == 0 then
      failure.raise { what = source.file .. " became shorter while it was read",
        next = "run it again once nobody writes to it" }
    end
    done = done + count
    if done < source.bytes then coroutine.yield { until_ms = session.now() } end
  end
  return assert(sum:value())
end

-- In the order in which they are looked for.
local DIGESTS <const> = { "crc64nvme", "crc32c", "crc32", "sha256", "sha1", "sha512", "md5" }

local function is_digest(name)
  for _, known in ipairs(DIGESTS) do
    if known == name then return true end
  end
  return false
end

local function sum_of(session, call, request, name)
  if call.source then return stream.digest(session, name, call.source) end
  return assert(assert(crypto.digest(name)):add(request.body or "")):value()
end

---Gives a request whose body streams the body's checksum, where the operation takes one: a file's
---in a header, a string's behind it, under TLS; without TLS a string is like any other body.
---@param session aws.session
---@param call table
---@param request table
---@return boolean done  whether that was all there is to do about its checksum
function stream.protect(session, call, request)
  local is_chunked = not call.source and call.endpoint.url:match("^https:") ~= nil
  if not streaming(call.operation.input) or not (call.source or is_chunked) then return false end
  local algorithm = checksum.algorithm(session, call, request.headers)
  if not algorithm then return true end
  local name = algorithm:lower()
  if not is_digest(name) then
    fault(call.service, call.operation, ("mrun does not compute the checksum %s"):format(algorithm),
      "give the checksum itself, or choose one of " .. table.concat(DIGESTS, ", "):upper())
  end
  local sum = crypto.base64(sum_of(session, call, request, name))
  checksum.name(call, request.headers, algorithm)
  if is_chunked then
    trailer.apply(request, "x-amz-checksum-" .. name, sum)
  else
    request.headers["x-amz-checksum-" .. name] = sum
  end
  return true
end

---Tells a request where its body comes from and where the answer's goes.
---@param call table
---@param request table
function stream.attach(call, request)
  local source, target = call.source, call.target
  -- What is stored compressed comes as it is stored.
  if stream.receives(call.operation) then request.compressed = false end
  request.gives_way = source ~= nil or target ~= nil -- it may take hours: an interrupt ends it
  if source then
    -- So that a server which refuses does so before all is sent.
    if source.bytes >= EXPECT_BYTES then request.headers.expect = "100-continue" end
    request.body, request.body_file = nil, source.file
    request.body_offset, request.body_bytes = source.offset, source.bytes
  end
  if target then
    target.at = target.offset and target.file or landing.part(target.place)
    request.to_file, request.to_offset = target.at, target.offset
    request.max_body_bytes = target.bytes or MAX_FILE_BYTES
  end
end

-- "sum-3" is of the sums of three parts, and not of these bytes; so may be any sum of what was
-- uploaded in parts, where it is not said to be of the whole.
local function expected_sum(headers)
  local kind = headers["x-amz-checksum-type"]
  local is_of_parts = (headers.etag or ""):find('-%d+"?$') ~= nil
  if kind == "COMPOSITE" or is_of_parts and kind ~= "FULL_OBJECT" then return nil end
  for _, name in ipairs(DIGESTS) do
    local sum = headers["x-amz-checksum-" .. name]
    if sum and not sum:find("-", 1, true) then return name, sum end
  end
end

---What differs, where a file is not what its checksums say.
---@param session aws.session
---@param headers table<string, string>  x-amz-checksum-...
---@param source { file: string, offset: integer, bytes: integer }
---@return string|nil
function stream.difference(session, headers, source)
  local name, want = expected_sum(headers)
  if not name then return nil end
  local came = crypto.base64(stream.digest(session, name, source))
  return came ~= want and ("its %s is %s and ought to be %s"):format(name, came, want) or nil
end

---Removes what has come of an answer that is no good.
---@param call table
function stream.discard(call)
  local target = call.target
  if target and target.at and not target.offset then fs.remove(target.at) end
end

---Puts the file of an answer where it belongs, once it is what it ought to be.
---@param session aws.session
---@param call table
---@param response table
---@param result table
function stream.finish(session, call, response, result)
  local target = call.target
  if not target then return end
  local bytes = response.body_bytes or 0
  local is_whole = response.status ~= 206 -- the sum of an object says nothing of a part
  local wrong = is_whole and stream.difference(session, response.headers,
    { file = target.at, offset = target.offset or 0, bytes = bytes })
  if wrong then
    stream.discard(call)
    failure.raise {
      what = ("%s %s: what came is not what was stored: %s"):format(call.service.name,
        call.operation.name, wrong),
      service = call.service.name, operation = call.operation.name, code = "ChecksumMismatch",
      request_id = call.request_id, next = "run it again; no file was written",
    }
  end
  local ok, why = true, nil
  if not target.offset then ok, why = landing.settle(target.place, target.at) end
  if not ok then
    stream.discard(call)
    error(why, 0)
  end
  result[streaming(call.operation.output).name] = { file = target.file, bytes = bytes }
end

return stream
