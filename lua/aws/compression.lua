-- Request bodies that are sent compressed, where the service's model says that it takes them so.
local failure = require "engine.failure"
local pack = require "native.pack"

local LEAST_BYTES <const>, MOST_BYTES <const> = 10240, 10485760

local compression = {}

local function is_off(session)
  local option = session.options.disable_request_compression
  if option ~= nil then return option end
  return session.config:flag("disable_request_compression", "AWS_DISABLE_REQUEST_COMPRESSION")
end

-- How long a body has to be before it is worth it.
local function least_bytes(session)
  local key, variable = "request_min_compression_size_bytes",
    "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES"
  local given = session.options[key] or session.config:get(key, variable)
  if given == nil then return LEAST_BYTES end
  local bytes = math.tointeger(given)
  if not bytes or bytes < 0 or bytes > MOST_BYTES then
    failure.raise { what = ("the setting %s is %q; it must be a number from 0 to %d"):format(key,
      tostring(given), MOST_BYTES), where = "the variable " .. variable .. " or the profile",
      next = "correct it" }
  end
  return bytes
end

-- A stream is compressed whatever its length, unless the service has to know the length before.
local function streaming(operation)
  local name = operation.input and operation.input:traits().payload
  local member = name and operation.input:member(name)
  if not member then return false end
  local own, shape = member.traits, member.shape:traits()
  local streams = own.streaming or shape.streaming
  return streams or false, (own.requiresLength or shape.requiresLength) and true or false
end

local function is_worth_it(session, call, body)
  local streams, fixed = streaming(call.operation)
  if streams then return not fixed end
  return #body >= least_bytes(session)
end

---Compresses a request's body in place, where that is asked for.
---@param session aws.session
---@param call table
---@param request { headers: table, body: string|nil }
function compression.apply(session, call, request)
  local wanted = call.operation.requestcompression
  if not wanted or not request.body or call.source or is_off(session) then return end
  for _, encoding in ipairs(wanted.encodings or {}) do
    if encoding == "gzip" and is_worth_it(session, call, request.body) then
      local before = request.headers["content-encoding"]
      request.body = assert(pack.gzip(request.body))
      request.headers["content-encoding"] = before and before .. ", gzip" or "gzip"
      return
    end
  end
end

return compression
