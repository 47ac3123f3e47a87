-- Event streams in answers: what comes as messages is given as events, by the model.
--
--   for event in result.Payload do          -- { Records = { Payload = "..." } }
--     if event.Records then io.write(event.Records.Payload) end
--   end
--   result.Payload:all()                    -- the same as a list
--
-- An exception within the stream is raised like the answer of a failed call.
local errors = require "aws.errors"
local native = require "native.eventstream"

local eventstream = {}

local CHUNK_BYTES <const> = 64 * 1024
local INITIAL <const> = "initial-response"

---@class aws.eventstream
---@operator call: fun(): table|nil
local Stream = {}
Stream.__index = Stream

local function unreadable(self, why)
  error(errors.unreadable(self.call, self.response, why), 0)
end

-- The next message of the stream, or nil at its end.
local function next_message(self)
  local message, why = self.reader:next()
  while not message and not why and self.at <= #self.body do
    local last = self.at + CHUNK_BYTES - 1
    assert(self.reader:feed(self.body:sub(self.at, last)))
    self.at = last + 1
    message, why = self.reader:next()
  end
  if not message and not why then
    self.body, self.at = "", 1
    why = select(2, self.reader:finish())
  end
  if why then return nil, why end
  return message
end

-- The types of headers that a member can be read from.
local HEADERS <const> = {
  string = { string = true, uuid = true }, blob = { bytes = true },
  timestamp = { timestamp = true },
  boolean = { ["true"] = true, ["false"] = true },
  integer = { byte = true, short = true, integer = true },
  long = { byte = true, short = true, integer = true, long = true },
}

local function header_value(self, member, message)
  local value = message.headers[member.name]
  if value == nil then return nil end
  local kind = member.shape.kind
  for _, field in ipairs(message.fields) do
    if field.name == member.name and not (HEADERS[kind] or {})[field.type] then
      unreadable(self, ("the event's header %s is of another type than the service's model says")
        :format(member.name))
    end
  end
  if kind ~= "timestamp" then return value end
  return value % 1000 == 0 and value // 1000 or value / 1000
end

local RAW <const> = { blob = true, string = true }

local function decoded(self, shape, payload)
  if payload == "" then return {} end
  local value, why = self.decode(shape, payload)
  if value == nil then unreadable(self, why) end
  return value
end

-- What the payload says: one member alone, or all that are in no header.
local function read_payload(self, shape, message)
  local has_body = false
  for _, member in ipairs(shape:members()) do
    if member.traits.eventpayload then
      local value = RAW[member.shape.kind] and message.payload
        or decoded(self, member.shape, message.payload)
      return { [member.name] = value }
    end
    has_body = has_body or not member.traits.eventheader
  end
  return has_body and decoded(self, shape, message.payload) or {}
end

local function read_event(self, shape, message)
  local event = read_payload(self, shape, message)
  for _, member in ipairs(shape:members()) do
    if member.traits.eventheader then event[member.name] = header_value(self, member, message) end
  end
  return event
end

local function member_named(shape, name)
  return type(name) == "string" and shape:member(name) or nil
end

local function fault(self, message)
  local headers = message.headers
  local code = headers[":exception-type"]
  local member = member_named(self.shape, code)
  local fields = member and read_event(self, member.shape, message) or {}
  error(errors.answered(self.call, self.response, {
    code = tostring(code or headers[":error-code"] or "UnknownError"), fields = fields,
    message = fields.message or fields.Message or headers[":error-message"],
  }), 0)
end

local FAULTS <const> = { exception = true, error = true }

---The next event, by its name; nil at the end. What the model does not know is passed over.
---@return table<string, table>|nil
function Stream:next()
  while true do
    local message, why = self.pending, nil
    self.pending = nil
    if not message then message, why = next_message(self) end
    if why then unreadable(self, why) end
    if not message then return nil end
    if FAULTS[message.headers[":message-type"]] then fault(self, message) end
    local name = message.headers[":event-type"]
    local member = member_named(self.shape, name)
    if member then return { [name] = read_event(self, member.shape, message) } end
  end
end

Stream.__call = Stream.next

---All events that are left, as a list.
---@return table[]
function Stream:all()
  local events = setmetatable({}, { __name = "list" })
  for event in self do events[#events + 1] = event end
  return events
end

---Whether a value is a stream of events.
---@param value any
---@return boolean
function eventstream.is(value)
  return getmetatable(value) == Stream
end

---The events of an answer's body.
---@param call table
---@param response table
---@param shape userdata  the union of the events
---@param decode fun(shape: userdata, bytes: string): any, any  the protocol's own format
---@return aws.eventstream
function eventstream.open(call, response, shape, decode)
  return setmetatable({
    call = call, response = response, shape = shape, decode = decode,
    reader = native.reader(), body = response.body or "", at = 1,
  }, Stream)
end

local function find_member(shape)
  for _, member in ipairs(shape:members()) do
    if member.traits.eventstream or member.shape:traits().eventstream then return member end
  end
  return false
end

-- Looked for once for each operation that is called, as nearly none has one.
local known = setmetatable({}, { __mode = "k" })

---The member of a structure that is a stream of events.
---@param shape userdata
---@return table|nil member
function eventstream.member(shape)
  if known[shape] == nil then known[shape] = find_member(shape) end
  return known[shape] or nil
end

---The result of an RPC protocol's operation that streams: the other members come in a first
---message of their own.
---@param call table
---@param response table
---@param member table
---@param decode fun(shape: userdata, bytes: string): any, any
---@return table|nil result
---@return any failure
function eventstream.result(call, response, member, decode)
  local stream, result = eventstream.open(call, response, member.shape, decode), {}
  local first, why = next_message(stream)
  if why then return nil, why end
  if first and first.headers[":event-type"] == INITIAL then
    if first.payload ~= "" then result, why = decode(call.operation.output, first.payload) end
    if not result then return nil, why end
  else
    stream.pending = first
  end
  result[member.name] = stream
  return result
end

return eventstream
