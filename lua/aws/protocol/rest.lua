-- What the REST protocols share: members in the URI, the query and the headers, both ways, and
-- which member is the body.
local eventstream = require "aws.eventstream"
local keys_of = require "engine.value".keys
local rest_text = require "aws.protocol.rest_text"
local url = require "aws.url"

local rest = {}

local function wire_name(member)
  return member.traits.locationName or member.name
end

local function add_fault(parts, member, what)
  parts.faults[#parts.faults + 1] = { path = member.name, what = what }
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
    for _, key in ipairs(keys_of(value)) do query_pairs(pairs_, element, key, value[key]) end
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
  if not text or text == "" then return end
  if text:find("[\0\r\n]") then
    add_fault(parts, member, "stands in a header, so it must be one line")
  end
  parts.headers[wire_name(member):lower()] = text
end

function bind.headers(parts, member, value)
  for name, text in pairs(value) do
    local header = (member.traits.locationName or "") .. name
    if not header:find("^[%w!#$&'*+.^_`|~-]+$") or tostring(text):find("[\0\r\n]") then
      add_fault(parts, { name = member.name .. "." .. name }, "does not fit into a header")
    end
    parts.prefixed[header:lower()] = tostring(text)
  end
end

-- A name that a member of its own has stands above the same name in a map.
local function bind_maps(parts)
  for name, text in pairs(parts.prefixed) do
    parts.headers[name] = parts.headers[name] or text
  end
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
  return #parts.query > 0 and path .. "?" .. table.concat(parts.query, "&") or path
end

---The trait of a structure as an operation refers to it, or as it says itself.
---@param call table
---@param which "input"|"output"
---@param name string
---@return any
function rest.trait(call, which, name)
  local own = (call.operation[which .. "_traits"] or {})[name]
  if own ~= nil then return own end
  return call.operation[which]:traits()[name]
end

local function bind_member(parts, call, member)
  local value, location = call.params[member.name], member.traits.location
  if not bind[location] then
    parts.members[#parts.members + 1] = member
  elseif value ~= nil then
    bind[location](parts, member, value)
  end
  if location == "uri" and (parts.labels[wire_name(member)] or "") == "" then
    add_fault(parts, member, "is required and not empty")
  end
end

-- What streams comes as the service keeps it: a compressed object stays compressed, and has the
-- checksum that belongs to it.
local function accept(call, headers)
  local payload = call.operation.output and rest.trait(call, "output", "payload")
  local member = payload and call.operation.output:member(payload)
  if member and member.shape.kind == "blob" then headers["accept-encoding"] = "identity" end
end

---The request without its body, and the members of the body.
---@param call { service: table, operation: table, params: table }
---@return { method: string, path: string, headers: table }|nil request
---@return table parts_or_failure  { members, payload }
function rest.request(call)
  local parts = { labels = {}, query = {}, headers = {}, named = {}, maps = {}, members = {},
    prefixed = {}, faults = {} }
  local input = call.operation.input
  if input then
    local ok, cause = input:check(call.params)
    if not ok then return nil, cause end
    local payload = rest.trait(call, "input", "payload")
    for _, member in ipairs(input:members()) do
      if member.name == payload then parts.payload = member end
      bind_member(parts, call, member)
    end
    bind_maps(parts)
  end
  if #parts.faults > 0 then return nil, { faults = parts.faults } end
  accept(call, parts.headers)
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
---@param shape table
---@param response table
---@param result table
---@return table result
function rest.located(shape, response, result)
  for _, member in ipairs(shape:members()) do
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

-- What HTTP itself calls them: all that there is where an answer has no body, as those of HEAD.
local WORDS <const> = {
  [301] = "Moved Permanently", [304] = "Not Modified", [307] = "Temporary Redirect",
  [400] = "Bad Request", [401] = "Unauthorized", [403] = "Forbidden", [404] = "Not Found",
  [405] = "Method Not Allowed", [409] = "Conflict", [410] = "Gone",
  [412] = "Precondition Failed", [416] = "Range Not Satisfiable", [429] = "Too Many Requests",
  [500] = "Internal Server Error", [501] = "Not Implemented", [502] = "Bad Gateway",
  [503] = "Service Unavailable", [504] = "Gateway Timeout",
}

---The same for an error. One whose body says nothing is known by its status.
---@param response table
---@param found table|nil
---@param shape table|nil
---@return table|nil error
function rest.fault(response, found, shape)
  if not found and (response.body or "") == "" and response.status >= 300 then
    return { code = tostring(response.status), message = WORDS[response.status], fields = {} }
  end
  if found and shape then rest.located(shape, response, found.fields) end
  return found
end

local RAW <const> = { blob = true, string = true }

-- The payload alone: nothing where there is none, but for what streams.
local function read_payload(member, body, decode)
  if RAW[member.shape.kind] then
    local streams = rest_text.trait(member, "streaming")
    return (body ~= "" or streams) and body or nil
  end
  if body == "" then return nil end
  return decode(member.shape, body)
end

---The result of an answer whose body, or payload, `decode(shape, text)` reads.
---@param call table
---@param response table
---@param decode fun(shape: table, text: string): any, any
---@return table|nil result
---@return any request_id_or_failure
function rest.result(call, response, decode)
  local output = call.operation.output
  if not output then return {} end
  local payload, body = rest.trait(call, "output", "payload"), response.body or ""
  local result, more = {}, nil
  local events = eventstream.member(output)
  if events then
    result[events.name] = eventstream.open(call, response, events.shape, decode)
  elseif payload then
    result[payload], more = read_payload(output:member(payload), body, decode)
    if result[payload] == nil and more then return nil, more end
  elseif body ~= "" then
    result, more = decode(output, body)
    if not result then return nil, more end
  end
  return rest.located(output, response, result), more
end

---The body and its type where the payload is no structure.
---@param member table
---@param value any
---@return boolean is_raw
---@return string|nil body
---@return string|nil content_type
function rest.raw(member, value)
  if not RAW[member.shape.kind] then return false end
  if value == nil then return true, "" end
  return true, value, member.shape.kind == "string" and "text/plain" or "application/octet-stream"
end

return rest
