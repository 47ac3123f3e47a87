-- What the REST protocols share: members in the URI, the query and the headers, both ways, and
-- which member is the body.
local rest_text = require "aws.protocol.rest_text"
local url = require "aws.url"

local rest = {}

local function wire_name(member)
  return member.traits.locationName or member.name
end

local function fault(member, what)
  return nil, { faults = { { path = member.name, what = what } } }
end

-- "/{Bucket}/{Key+}?list-type=2": a label with + keeps its slashes.
local function fill(template, labels)
  return (template:gsub("{([^}+]*)(%+?)}", function(name, greedy)
    return url.encode(labels[name] or "", greedy ~= "" and "/" or nil)
  end))
end

local function query_pairs(pairs_, member, name, value)
  local kind = member.shape.kind
  if kind == "list" then
    local element = member.shape:members()[1]
    for _, item in ipairs(value) do query_pairs(pairs_, element, name, item) end
  elseif kind == "map" then
    local element = member.shape:members()[2]
    local keys = {}
    for key in pairs(value) do keys[#keys + 1] = key end
    table.sort(keys)
    for _, key in ipairs(keys) do query_pairs(pairs_, element, key, value[key]) end
  else
    pairs_[#pairs_ + 1] = url.encode(name) .. "="
      .. url.encode(rest_text.write(member, value, "query"))
  end
end

local bind = {}

function bind.uri(parts, member, value)
  parts.labels[wire_name(member)] = rest_text.write(member, value, "label")
end

function bind.querystring(parts, member, value)
  if member.shape.kind == "map" then
    parts.maps[#parts.maps + 1] = { member, value }
  else
    parts.named[wire_name(member)] = true
    query_pairs(parts.query, member, wire_name(member), value)
  end
end

function bind.header(parts, member, value)
  local text = rest_text.header(member, value)
  if text and text ~= "" then parts.headers[wire_name(member):lower()] = text end
end

function bind.headers(parts, member, value)
  for name, text in pairs(value) do
    parts.headers[((member.traits.locationName or "") .. name):lower()] = tostring(text)
  end
end

-- A name that a member of its own has stands above the same name in a map.
local function bind_maps(parts)
  for _, pair in ipairs(parts.maps) do
    local member, value = pair[1], {}
    for key, item in pairs(pair[2]) do
      if not parts.named[key] then value[key] = item end
    end
    query_pairs(parts.query, member, nil, value)
  end
end

local function path_of(call, parts)
  local template = call.operation.http.requestUri
  -- The endpoint rules of S3 have put the bucket where it belongs already.
  if call.service.metadata.serviceId == "S3" then template = template:gsub("^/{Bucket}", "") end
  local path, fixed = template:match("^([^?]*)%??(.*)$")
  path = fill(path, parts.labels)
  if fixed ~= "" then table.insert(parts.query, 1, fixed) end
  if path:sub(1, 1) ~= "/" then path = "/" .. path end
  return #parts.query > 0 and path .. "?" .. table.concat(parts.query, "&") or path
end

---The request without its body, and the members of the body.
---@param call { service: table, operation: table, params: table }
---@return { method: string, path: string, headers: table }|nil request
---@return table parts_or_failure  { members, payload }
function rest.request(call)
  local parts = { labels = {}, query = {}, headers = {}, named = {}, maps = {}, members = {} }
  local input = call.operation.input
  if input then
    local ok, cause = input:check(call.params)
    if not ok then return nil, cause end
    local payload = input:traits().payload
    for _, member in ipairs(input:members()) do
      local value, location = call.params[member.name], member.traits.location
      if member.name == payload then parts.payload = member end
      if not bind[location] then
        parts.members[#parts.members + 1] = member
      elseif value ~= nil then
        bind[location](parts, member, value)
      end
      if location == "uri" and (parts.labels[wire_name(member)] or "") == "" then
        return fault(member, "is required and not empty")
      end
    end
    bind_maps(parts)
  end
  return { method = call.operation.http.method, path = path_of(call, parts),
    headers = parts.headers }, parts
end

local function prefixed(headers, prefix)
  local found = {}
  prefix = prefix:lower()
  for name, text in pairs(headers) do
    if name:sub(1, #prefix) == prefix then found[name:sub(#prefix + 1)] = text end
  end
  return found
end

---Adds to a result what stands outside of the body.
---@param call table
---@param response table
---@param result table
---@return table result
function rest.located(call, response, result)
  for _, member in ipairs(call.operation.output:members()) do
    local location = member.traits.location
    if location == "statusCode" then
      result[member.name] = response.status
    elseif location == "headers" then
      result[member.name] = prefixed(response.headers, member.traits.locationName or "")
    elseif location == "header" then
      local text = response.headers[wire_name(member):lower()]
      if text then result[member.name] = rest_text.read(member, text) end
    end
  end
  return result
end

local RAW <const> = { blob = true, string = true }

---The result of an answer whose body, or payload, `decode(shape, text)` reads.
---@param call table
---@param response table
---@param decode fun(shape: table, text: string): any, any
---@return table|nil result
---@return any request_id_or_failure
function rest.result(call, response, decode)
  local output = call.operation.output
  if not output then return {} end
  local payload = output:traits().payload
  local body = response.body or ""
  if not payload then
    local result, more = {}, nil
    if body ~= "" then result, more = decode(output, body) end
    if not result then return nil, more end
    return rest.located(call, response, result), more
  end
  local member = output:member(payload)
  local result = {}
  if RAW[member.shape.kind] or rest_text.trait(member, "eventstream") then
    result[payload] = body
  elseif body ~= "" then
    local value, cause = decode(member.shape, body)
    if value == nil then return nil, cause end
    result[payload] = value
  end
  return rest.located(call, response, result)
end

---The body and its type where the payload is no structure.
---@param member table
---@param value any
---@return string|nil body
---@return string|nil content_type
function rest.raw(member, value)
  if not RAW[member.shape.kind] then return nil end
  if value == nil then return "" end
  return value, member.shape.kind == "string" and "text/plain" or "application/octet-stream"
end

return rest
