-- The cases of AWS's protocol tests: each brings its model, which is packed as the shipped ones
-- are and used through the client.
local crypto = require "native.crypto"
local eventstream = require "aws.eventstream"
local json = require "native.json"
local pack = require "native.pack"
local request = require "request"
local same = require "same"
local service = require "aws.pack.service"
local typed = require "typed"
local world = require "world"

local protocol_case = {}

local ENDPOINT <const> = "https://example.com"
local RULES <const> = {
  version = "1.0",
  parameters = { Endpoint = { type = "String", builtIn = "SDK::Endpoint", required = true } },
  rules = { { type = "endpoint", conditions = {}, endpoint = { url = { ref = "Endpoint" } } } },
}
local PARTITIONS <const> = { partitions = { { id = "aws", regionRegex = "^us", regions = {},
  outputs = {} } } }
-- How API Gateway's own clients speak.
local SAME_AS <const> = { ["api-gateway"] = "rest-json" }
local BODIES <const> = { ec2 = "form", query = "form", json = "json", ["rest-json"] = "json",
  ["rest-xml"] = "xml", ["smithy-rpc-v2-cbor"] = "cbor" }

-- What cases of answers leave out, as no request is looked at.
local UNSAID <const> = { signingName = "model", apiVersion = "2020-01-01", targetPrefix = "Model" }

local function copy(source, more)
  local found = {}
  for _, each in ipairs { source, more } do
    for key, value in pairs(each) do found[key] = value end
  end
  return found
end

-- The data file of a case: its service, and a rule set that takes what endpoint it is given.
local function data_of(model)
  local data = assert(pack.load(service.compile(model)))
  local given = { endpoint_rules = RULES, partitions = PARTITIONS }
  return {
    record = function(_, kind, key) return given[kind] or data:record(kind, key) end,
    service = function(_, name) return data:service(name) end,
    operation = function(_, name, operation) return data:operation(name, operation) end,
  }
end

local function open(suite, case)
  local metadata = copy(UNSAID, suite.metadata)
  metadata.protocol = SAME_AS[metadata.protocol] or metadata.protocol
  local operation = copy({ http = { method = "POST", requestUri = "/" } }, case.given)
  operation.http = copy({ method = "POST", requestUri = "/" }, operation.http)
  local data = data_of { metadata = metadata, shapes = suite.shapes,
    operations = { [operation.name] = operation } }
  local session = world.session { data = data, endpoint_url = suite.clientEndpoint or ENDPOINT,
    request_min_compression_size_bytes = 0 }
  return { session = session, name = operation.name, protocol = metadata.protocol,
    operation = data:operation("model", operation.name) }
end

local function missing(wanted, came)
  for _, name in ipairs(wanted.requireHeaders or {}) do
    if came[name:lower()] == nil then return ("expected a header %s, came none"):format(name) end
  end
  for _, name in ipairs(wanted.forbidHeaders or {}) do
    if came[name:lower()] ~= nil then
      return ("expected no header %s, came %s"):format(name, came[name:lower()])
    end
  end
end

local function headers_of(sent)
  local found = copy(sent.headers, {})
  if sent.body then found["content-length"] = tostring(#sent.body) end -- libcurl writes it
  return found
end

local function plain_body(sent, wanted)
  local encoding = (wanted.headers or {})["Content-Encoding"] or ""
  local body = sent.body or ""
  if encoding:find("gzip", 1, true) then return (assert(pack.inflate(body))) end
  return body
end

-- The host of a case has a path where its endpoint has one; the uri has it as well.
local function compare_place(wanted, sent)
  local host, rest = sent.url:match("^%a+://([^/?]*)(.*)$")
  local wanted_host = wanted.host and wanted.host:match("^[^/]*")
  return same.difference(wanted_host or host, host, "host")
    or request.url_difference(wanted.uri, rest)
end

-- Bodies that are no text are written down in base64, with or without its padding.
local function bytes_of(text, is_binary)
  if not text or not is_binary then return text end
  return assert(crypto.unbase64(text .. ("="):rep(-#text % 4)))
end

local function compare_request(opened, wanted, sent)
  local headers, kind = headers_of(sent), BODIES[opened.protocol]
  return same.difference(wanted.method or sent.method, sent.method, "method")
    or compare_place(wanted, sent)
    or request.header_difference(wanted.headers or {}, headers)
    or missing(wanted, headers)
    or (wanted.body and request.body_difference(kind, bytes_of(wanted.body, kind == "cbor"),
      plain_body(sent, wanted), typed.entries(opened.operation.input)))
end

---Sends what a case gives and compares the request.
---@param suite table
---@param case table
---@return string|nil difference
function protocol_case.input(suite, case)
  local opened = open(suite, case)
  local input = opened.operation.input
  local params = input and typed.params(input, case.params or {}) or {}
  local found = world.call(opened.session, "model", opened.name, params)
  if not found.request then return "expected a request, came " .. tostring(found.failure) end
  return compare_request(opened, case.serialized, found.request)
end

local function compare_error(case, found)
  local failure = found.failure
  if type(failure) ~= "table" then return "expected an error, came " .. same.show(found.result) end
  local message = case.errorMessage
  if message == nil or message == json.null then message = failure.message end
  return same.difference(case.errorCode or failure.code, failure.code, "code")
    or same.difference(message, failure.message, "message")
    or same.difference(case.error or {}, failure.fields, "error")
end

-- One event may stand for the list of it.
local function compare_events(member, want, result)
  local came, wanted = {}, want[member.name]
  if #wanted == 0 and next(wanted) then wanted = { wanted } end
  for at, event in ipairs(result[member.name]:all()) do
    came[at] = typed.result(member.shape, event)
  end
  result[member.name], want[member.name] = nil, nil
  return same.difference(want, result) or same.difference(wanted, came, member.name)
end

---Answers a call as a case says and compares what the client makes of it.
---@param suite table
---@param case table
---@return string|nil difference
function protocol_case.output(suite, case)
  local opened, given = open(suite, case), case.response
  local output = opened.operation.output
  local events = output and eventstream.member(output)
  local body = bytes_of(given.body, events or BODIES[opened.protocol] == "cbor")
  local response = world.response(given.status_code or 200, given.headers or {}, body)
  local found = world.call(opened.session, "model", opened.name, {}, response)
  if case.errorCode or case.error then return compare_error(case, found) end
  if not found.result then return "expected a result, came " .. tostring(found.failure) end
  if not output then return same.difference({}, found.result) end
  if events then return compare_events(events, case.result, found.result) end
  return same.difference(typed.result(output, case.result or {}),
    typed.result(output, found.result))
end

---Runs every case of a folder's input and output files.
---@param folder conformance.folder
---@param suite fun(name: string, check: function, apart: string|nil)
---@param left_out fun(file: string, direction: string, entry: table, case: table): string|nil
function protocol_case.each(folder, suite, left_out)
  for _, direction in ipairs { "input", "output" } do
    local below = folder:below(direction)
    for _, file in ipairs(below:list "%.json$") do
      for _, entry in ipairs(below:json(file)) do
        for _, case in ipairs(entry.cases) do
          local line = left_out(file, direction, entry, case)
          if line ~= "skip" then
            suite(direction .. "/" .. case._id, function()
              return protocol_case[direction](entry, case)
            end, line)
          end
        end
      end
    end
  end
end

return protocol_case
