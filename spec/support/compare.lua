-- Makes the calls of spec/support/calls with mrun and prints what came, as compare.py does with
-- boto3:
--
--   mrun run spec/support/compare.lua SERVICE...
local aws = require "aws"
local crypto = require "native.crypto"
local document = require "aws.document"
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "native.json"
local pack = require "native.pack"

local session, data, clients = aws.session(), assert(pack.open()), {}

local function client_of(service)
  clients[service] = clients[service] or session:client(service)
  return clients[service]
end

local function given(value, kept)
  if type(value) == "string" and value:find "^%$" then return kept[value:sub(2)] end
  if type(value) ~= "table" then return value end
  if value["$blob"] then return assert(crypto.unbase64(given(value["$blob"], kept))) end
  if value["$time"] then return value["$time"] end
  local copy = setmetatable({}, getmetatable(value))
  for key, item in pairs(value) do copy[key] = given(item, kept) end
  return copy
end

local function look(value, path)
  local tail = path:match "^tail:(.*)"
  if tail then return look(value, tail):match "[^/]+$" end
  for name in path:gmatch "[^.]+" do value = value[tonumber(name) and name + 1 or name] end
  return value
end

local function one(service, call, kept)
  local operation, params, keep = call[1], given(call[2], kept), call[3]
  local other, name = operation:match "^(.*)%.(.*)$"
  if other then service, operation = other, name end
  local ok, result = pcall(function() return (client_of(service):call(operation, params)) end)
  if not ok then
    local fault = failure.from(result)
    return { error = fault.code or fault.what, status = fault.status,
      message = (fault.message or fault.what):gsub("%s+", " ") }
  end
  result = document.of(data:operation(service, operation).output, result)
  for key, path in pairs(type(keep) == "table" and keep or {}) do kept[key] = look(result, path) end
  return { result = result }
end

for _, service in ipairs { ... } do
  local text = assert(fs.read(("spec/support/calls/%s.json"):format(service)))
  local came, kept = {}, {}
  for i, call in ipairs(json.decode(nil, text)) do came[i] = one(service, call, kept) end
  print(json.encode(nil, { service, came }))
end
