-- Event streams in answers: what comes as messages is given as events, by the model, as they come.
--
--   for event in result.Payload do          -- { Records = { Payload = "..." } }
--     if event.Records then io.write(event.Records.Payload) end
--   end
--   result.Payload:all()                    -- the same as a list, of a stream that ends
--   result.Payload:close()                  -- before its end; also where it is <close>
--
-- What has not been read waits at the server. An exception within the stream is raised like the
-- answer of a failed call.
local errors = require "aws.errors"
local native = require "native.eventstream"

local eventstream = {}

local CHUNK_BYTES <const> = 64 * 1024
local INITIAL <const> = "initial-response"

---@class aws.eventstream
---@operator call: fun(): table|nil
local Stream = {}
Stream.__index = Stream

-- What a stream is made of stands beside it: who prints a result finds no credentials in it.
local inside = setmetatable({}, { __mode = "k" })

local function unreadable(state, why)
  error(errors.unreadable(state.call, state.response, why), 0)
end

-- The next part of the answer; raises where the connection ended before it.
local function next_part(state)
  local part = coroutine.yield { more = state.more }
  state.more, state.body, state.at = part.more, part.body or "", 1
  if part.failure then error(errors.unreachable(state.call, part.failure, true), 0) end
end

-- The next bytes of the stream; nil at its end.
local function next_bytes(state)
  while state.at > #state.body do
    if not state.more then return nil end
    next_part(state)
  end
  local from = state.at
  state.at = from + CHUNK_BYTES
  return state.body:sub(from, state.at - 1)
end

-- The next message of the stream, or nil at its end.
local function next_message(state)
  local message, why = state.reader:next()
  while not message and not why do
    local bytes = next_bytes(state)
    if not bytes then break end
    assert(state.reader:feed(bytes))
    message, why = state.reader:next()
  end
  if not message and not why then
    state.body, state.at = "", 1
    why = select(2, state.reader:finish())
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

local function header_value(state, member, message)
  local value = message.headers[member.name]
  if value == nil then return nil end
  local kind = member.shape.kind
  for _, field in ipairs(message.fields) do
    if field.name == member.name and not (HEADERS[kind] or {})[field.type] then
      unreadable(state, ("the event's header %s is of another type than the service's model says")
        :format(member.name))
    end
  end
  if kind ~= "timestamp" then return value end
  return value % 1000 == 0 and value // 1000 or value / 1000
end

local RAW <const> = { blob = true, string = true }

local function decoded(state, shape, payload)
  if payload == "" then return {} end
  local value, why = state.decode(shape, payload)
  if value == nil then unreadable(state, why) end
  return value
end

-- What the payload says: one member alone, or all that are in no header.
local function read_payload(state, shape, message)
  local has_body = false
  for _, member in ipairs(shape:members()) do
    if member.traits.eventpayload then
      local value = RAW[member.shape.kind] and message.payload
        or decoded(state, member.shape, message.payload)
      return { [member.name] = value }
    end
    has_body = has_body or not member.traits.eventheader
  end
  return has_body and decoded(state, shape, message.payload) or {}
end

local function read_event(state, shape, message)
  local event = read_payload(state, shape, message)
  for _, member in ipairs(shape:members()) do
    if member.traits.eventheader then event[member.name] = header_value(state, member, message) end
  end
  return event
end

local function member_named(shape, name)
  return name and shape:member(name) or nil
end

local function text(value)
  return type(value) == "string" and value or nil
end

local function fault(state, message)
  local headers = message.headers
  local code = text(headers[":exception-type"])
  local member = member_named(state.shape, code)
  local fields = member and read_event(state, member.shape, message) or {}
  error(errors.answered(state.call, state.response, {
    code = code or text(headers[":error-code"]) or "UnknownError", fields = fields,
    message = text(fields.message) or text(fields.Message) or text(headers[":error-message"]),
  }), 0)
end

local FAULTS <const> = { exception = true, error = true }

---Lets go of what has not come yet.
function Stream:close()
  local state = inside[self]
  local more = state.more
  state.more, state.body, state.at, state.pending = nil, "", 1, nil
  state.closed = true
  if more then coroutine.yield { cancel = more } end
end

Stream.__close = Stream.close

---The next event, by its name; nil at the end. What the model does not know is passed over.
---@return table<string, table>|nil
function Stream:next()
  local state = inside[self]
  while not state.closed do
    local message, why = state.pending, nil
    state.pending = nil
    if not message then message, why = next_message(state) end
    if why then unreadable(state, why) end
    if not message then return nil end
    if FAULTS[message.headers[":message-type"]] then
      self:close()
      fault(state, message)
    end
    local name = text(message.headers[":event-type"])
    local member = member_named(state.shape, name)
    if member then return { [name] = read_event(state, member.shape, message) } end
  end
  return nil
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
  local stream = setmetatable({}, Stream)
  inside[stream] = {
    call = call, response = response, shape = shape, decode = decode,
    reader = native.reader(), body = response.body or "", at = 1, more = response.more,
  }
  return stream
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

---The member of an operation's answer that is a stream of events.
---@param operation table
---@return table|nil member
function eventstream.of(operation)
  return operation.output and eventstream.member(operation.output) or nil
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
  local state = inside[stream]
  local first, why = next_message(state)
  if why then return nil, why end
  if first and first.headers[":event-type"] == INITIAL then
    if first.payload ~= "" then result, why = decode(call.operation.output, first.payload) end
    if not result then return nil, why end
  else
    state.pending = first
  end
  result[member.name] = stream
  return result
end

return eventstream
