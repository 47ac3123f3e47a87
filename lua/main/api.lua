-- api.lua: one operation of a service for the command line: found by the names that people use,
-- described, and called, with documents in and out.
local aws = require "aws"
local describe = require "aws.describe"
local document = require "aws.document"
local eventstream = require "aws.eventstream"
local failure = require "engine.failure"
local fs = require "native.fs"
local jmespath = require "aws.jmespath"
local nearest = require "aws.nearest"
local stream = require "aws.stream"
local token = require "aws.token"
local wire = require "native.json"

local INPUT_BYTES <const> = 64 * 1024 * 1024
-- What the AWS CLI calls otherwise than the models.
local ALIASES <const> = { s3api = "s3", deploy = "codedeploy", configservice = "config" }

local api = {}

local function usage(what, next, where)
  failure.raise { kind = "usage", what = what, where = where, next = next }
end

-- "describe-vpcs", "describevpcs" and "DescribeVpcs" are the same.
local function plain(name) return (name:gsub("[-_]", ""):lower()) end

local function find(name, names, what, otherwise)
  local wanted = plain(name)
  for _, known in ipairs(names) do
    if known == name then return known end
  end
  for _, known in ipairs(names) do
    if plain(known) == wanted then return known end
  end
  usage(what, nearest.advice(name:gsub("%-(%w)", string.upper), names, otherwise))
end

---The service's name in the models.
---@param mrun table
---@param name string
---@return string
function api.find_service(mrun, name)
  return find(ALIASES[name] or name, mrun.data():services(),
    ("there is no AWS service %s"):format(name), "`mrun aws` lists the services")
end

---The operation's name in the models.
---@param mrun table
---@param service string
---@param name string
---@return string
function api.find_operation(mrun, service, name)
  return find(name, mrun.data():operations(service),
    ("%s has no operation %s"):format(service, name), ("`mrun aws %s` lists them"):format(service))
end

---@param mrun table
---@return { name: string, help: string|nil }[]
function api.list_services(mrun)
  local rows = {}
  for i, name in ipairs(mrun.data():services()) do
    rows[i] = { name = name, help = mrun.data():service(name).metadata.serviceFullName }
  end
  return rows
end

---@param mrun table
---@param service string
---@param documented boolean
---@return { name: string, help: string|nil }[]
function api.list_operations(mrun, service, documented)
  local rows = {}
  for i, name in ipairs(mrun.data():operations(service)) do
    rows[i] = { name = name, help = documented and mrun.documentation(service .. "." .. name) }
  end
  return rows
end

---What an operation takes and gives.
---@param mrun table
---@param service string
---@param operation string
---@return table
function api.describe_operation(mrun, service, operation)
  return describe(mrun.data(), service, operation)
end

local function read_file(path)
  local bytes, why = fs.read(path, INPUT_BYTES)
  if not bytes then failure.raise(failure.add(failure.from(why), { kind = "usage" })) end
  return bytes
end

local KINDS <const> = { userdata = "null" }

-- What a JSON text is instead of an object, if anything.
local function no_object(source, value, why)
  if why then return tostring(why) end
  local _, wrong_at = utf8.len(source)
  if wrong_at then return ("byte %d is not UTF-8"):format(wrong_at) end
  if type(value) == "table" and not source:find "^%s*%[" then return nil end
  return "it is " .. (type(value) == "table" and "a list"
    or KINDS[type(value)] or "a " .. type(value))
end

local function read_input(text)
  local path = text:match "^@(.+)$"
  local source = path and read_file(path) or text
  local value, why = wire.decode(nil, source, { exact = true })
  local wrong = no_object(source, value, why)
  if not wrong then return value end
  usage("--input is not a JSON object", [[write '{ "Name": "value" }' or @FILE]],
    (path and path .. ": " or "") .. wrong)
end

-- A waiter by its name; without one the only one that asks with this operation.
local function waiter_of(mrun, service, operation, name)
  local waiters, fitting = mrun.data():record("waiters", service) or {}, {}
  for known, waiter in pairs(waiters) do
    if waiter.operation == operation then fitting[#fitting + 1] = known end
  end
  table.sort(fitting)
  local list = #fitting > 0 and "it knows " .. table.concat(fitting, ", ")
    or "no waiter of " .. service .. " asks with it"
  if type(name) ~= "string" then
    if #fitting == 1 then return fitting[1] end
    usage(("which waiter of %s %s?"):format(service, operation), "--wait NAME; " .. list)
  end
  local found = find(name, fitting, ("%s %s has no waiter %s"):format(service, operation, name),
    list)
  return found
end

local function sentence_of(fault)
  local near = fault.unknown and nearest.of(fault.unknown, fault.names)
  local path = fault.path ~= "" and fault.path .. " " or ""
  local what = fault.unknown and "is no member" or fault.what
  return path .. what .. (near and (" (did you mean %s?)"):format(near) or "")
end

-- Everything that is wrong with the input, before anything else is looked for.
local function check(service, operation, record, params)
  if not record.input then return end
  local without_file = stream.source({ name = service }, record, params)
  local ok, why = record.input:check((token.fill(record, without_file, token.uuid)))
  if ok then return end
  local sentences = {}
  for i, fault in ipairs(why.faults) do sentences[i] = sentence_of(fault) end
  usage(("%s %s: %s"):format(service, operation, table.concat(sentences, "; ")),
    ("mrun aws %s %s --help"):format(service, operation))
end

local ONE_OF <const> = { "wait", "all-pages", "to-file" }

-- What cannot be done with one call.
local function check_options(wanted)
  local given
  for _, name in ipairs(ONE_OF) do
    local is_given = wanted[(name:gsub("-", "_"))]
    if is_given and given then
      usage(("--%s and --%s do not go together"):format(given, name), "leave one out")
    end
    given = given or is_given and name
  end
end

local function ask(mrun, client, operation, params, wanted)
  if wanted.wait then
    local waiter = waiter_of(mrun, client.service, operation, wanted.wait)
    return client:wait(waiter, params)
  elseif wanted.all_pages then
    return client:all(operation, params)
  end
  return (client:call(operation, params, { to_file = wanted.to_file }))
end

---Calls an operation with the region and the profile of the command line.
---@param mrun table
---@param service string
---@param operation string
---@param wanted { input: string|nil, query: string|nil, all_pages: boolean|nil,
---  wait: string|boolean|nil, to_file: string|nil, endpoint_url: string|nil }
---@param say fun(json: string) takes the answer; of events each one, as it comes
function api.call_operation(mrun, service, operation, wanted, say)
  check_options(wanted)
  local record = mrun.data():operation(service, operation)
  local query = wanted.query and jmespath.compile(wanted.query)
  local function tell(shape, value)
    local shown = document.of(shape, value)
    if query then shown = query(shown) end
    say(document.text(shown))
  end
  local params = document.params(record.input, read_input(wanted.input or "{}"), read_file)
  check(service, operation, record, params)
  local events = eventstream.of(record)
  local result = mrun.task(function()
    local client = aws.client(service, { region = mrun.options.region,
      profile = mrun.options.profile, endpoint_url = wanted.endpoint_url, data = mrun.data() })
    local answer = ask(mrun, client, operation, params, wanted)
    if not events then return answer end
    for event in answer[events.name] do tell(events.shape, event) end
  end)
  if not events then tell(record.output, result or {}) end
end

return api
