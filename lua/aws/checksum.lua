-- Checksums of bodies: sent where the service takes or wants one, and compared where it sends one.
-- How much of that is done by itself is request_checksum_calculation and
-- response_checksum_validation: when_supported (the default) or when_required.
local crypto = require "native.crypto"
local failure = require "engine.failure"

local checksum = {}

local function of_32_bits(sum)
  return function(text) return string.pack(">I4", sum(text)) end
end

-- By the names that the models use.
local SUMS <const> = {
  CRC32 = of_32_bits(crypto.crc32), CRC32C = of_32_bits(crypto.crc32c),
  CRC64NVME = function(text) return string.pack(">i8", crypto.crc64nvme(text)) end,
  SHA1 = crypto.sha1, SHA256 = crypto.sha256, SHA512 = crypto.sha512, MD5 = crypto.md5,
}
-- An answer may have several: the cheapest is compared.
local CHEAPEST_FIRST <const> = { "CRC64NVME", "CRC32C", "CRC32", "SHA1", "SHA256", "SHA512" }
local USUAL <const> = "CRC32"
-- What begins like a checksum's header and is none.
local ABOUT <const> = { algorithm = true, mode = true, type = true }

---@param algorithm string  as the models name it
---@param text string
---@return string|nil base64  nil for one that is not known here
function checksum.of(algorithm, text)
  local sum = SUMS[algorithm]
  return sum and crypto.base64(sum(text))
end

local function setting(session, key, variable)
  local found = session.options[key] or session.config:get(key, variable)
  local value = (found or "when_supported"):lower()
  if value == "when_supported" or value == "when_required" then return value end
  failure.raise {
    what = ("the setting %s is %q; it must be when_supported or when_required"):format(key, found),
    where = "the variable " .. variable .. " or the profile", next = "correct it",
  }
end

local function has_checksum(headers)
  for name in pairs(headers) do
    local algorithm = name:match("^x%-amz%-checksum%-([a-z0-9]+)$")
    if algorithm and not ABOUT[algorithm] then return true end
  end
  return false
end

---The algorithm of a request's checksum; nil where it has none, or brings its own.
---@param session aws.session
---@param call { operation: table, params: table }
---@param headers table
---@return string|nil
function checksum.algorithm(session, call, headers)
  local operation = call.operation
  local described = operation.httpChecksum or {}
  local member = described.requestAlgorithmMember
  local required = operation.httpChecksumRequired or described.requestChecksumRequired
  if not (member or required) or has_checksum(headers) then return nil end
  if member and call.params[member] then return call.params[member]:upper() end
  local calculation = setting(session, "request_checksum_calculation",
    "AWS_REQUEST_CHECKSUM_CALCULATION")
  return (required or calculation == "when_supported") and USUAL or nil
end

local function unknown(call, algorithm)
  failure.raise {
    what = ("%s %s: mrun does not compute the checksum %s"):format(call.service.name,
      call.operation.name, algorithm),
    service = call.service.name, operation = call.operation.name, code = "ParamValidation",
    next = "give the checksum itself, or choose one of " .. table.concat(CHEAPEST_FIRST, ", "),
  }
end

---Sets the header by which the service is told which algorithm it is.
---@param call { operation: table }
---@param headers table
---@param algorithm string
function checksum.name(call, headers, algorithm)
  local name = (call.operation.httpChecksum or {}).requestAlgorithmMember
  local member = name and call.operation.input:member(name)
  if member and member.traits.location == "header" then
    headers[(member.traits.locationName or name):lower()] = algorithm
  end
end

local function is_express(call)
  return call.endpoint.properties.backend == "S3Express"
end

---Adds to a request the checksum of its body; of one in memory (`source` is a file) that has none
---behind itself.
---@param session aws.session
---@param call table
---@param request { headers: table, body: string|nil }
function checksum.apply(session, call, request)
  local headers, body = request.headers, request.body or ""
  if call.source or headers["x-amz-trailer"] then return end
  local operation = call.operation
  local algorithm = checksum.algorithm(session, call, headers)
  -- What is older than the choice of an algorithm asks for this one. S3 Express does not take it.
  if operation.httpChecksumRequired and not operation.httpChecksum
    and not is_express(call) then
    headers["content-md5"] = headers["content-md5"] or checksum.of("MD5", body)
  end
  if not algorithm then return end
  local name = "x-amz-checksum-" .. algorithm:lower()
  headers[name] = checksum.of(algorithm, body) or unknown(call, algorithm)
  checksum.name(call, headers, algorithm)
end

---The parameters, with the member that asks for checksums in the answer.
---@param session aws.session
---@param operation table
---@param params table
---@return table
function checksum.ask(session, operation, params)
  local member = (operation.httpChecksum or {}).requestValidationModeMember
  if not member or params[member] ~= nil or setting(session, "response_checksum_validation",
      "AWS_RESPONSE_CHECKSUM_VALIDATION") == "when_required" then
    return params
  end
  local asking = { [member] = "ENABLED" }
  for name, value in pairs(params) do asking[name] = value end
  return setmetatable(asking, getmetatable(params))
end

local function offered(operation)
  local found = {}
  for _, algorithm in ipairs(operation.httpChecksum.responseAlgorithms or {}) do
    found[algorithm:upper()] = true
  end
  return found
end

---Whether an answer's body has the checksum that came with it; nil where all is well.
---@param call table
---@param response table
---@return string|nil wrong
function checksum.wrong(call, response)
  local member = (call.operation.httpChecksum or {}).requestValidationModeMember
  if not member or not call.params[member] or type(response.body) ~= "string" then return nil end
  local known = offered(call.operation)
  for _, algorithm in ipairs(CHEAPEST_FIRST) do
    local came = response.headers["x-amz-checksum-" .. algorithm:lower()]
    -- "...-3" is the checksum of the checksums of three parts.
    if came and known[algorithm] and not came:find("-", 1, true) then
      if checksum.of(algorithm, response.body) == came then return nil end
      return ("its %s is not the one that came with it"):format(algorithm)
    end
  end
end

return checksum
