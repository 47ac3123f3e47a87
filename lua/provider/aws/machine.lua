--- What all handlers run on: clients by place, facts of operations, and calls that wait where AWS
--- needs time.
local failure = require "engine.failure"
local handler = require "provider.aws.handler"
local operation = require "provider.aws.operation"
local share = require "provider.aws.share"

local machine = {}
machine.__index = machine

local REMEMBERED_MS = 5 * 60 * 1000 -- how long a new thing may be unknown to parts of AWS
local SEEN_MS <const> = 20 * 1000 -- and how long, mostly, to the part that made it
local PATIENCE_MS = 2 * 60 * 1000
local FIRST_MS, LONGEST_MS = 250, 5000
-- A call that no attempt had an answer to is begun anew so often, and not after so long.
local LOST_TIMES <const>, LOST_MS <const> = 3, 30 * 1000
-- A call is not given up because many others go on beside it.
local THROTTLED <const> = { "^Throttl", "^RequestLimitExceeded$", "^RequestThrottled",
  "^TooManyRequests" }

---@param ports table now, data, aws (client and session), signal, handlers, emit
---@return table
function machine.new(ports)
  return setmetatable({
    ports = ports, facts = {}, clients = {}, handlers = {}, made = {}, leaving = {},
    identities = {}, pool = share.new(ports.signal),
  }, machine)
end

---@param service string
---@param name string
---@return table facts of an operation
function machine:operation(service, name)
  local key = service .. "." .. name
  if not self.facts[key] then self.facts[key] = operation.of(self.ports.data, service, name) end
  return self.facts[key]
end

--- The handler of a type, or nil where there is none.
---@param type_name string
---@return table|nil
function machine:handler(type_name)
  local known = self.handlers[type_name]
  if known ~= nil then return known or nil end
  local file = self.ports.handlers(type_name)
  local raw = file and self.ports.data:record("schema", type_name)
  self.handlers[type_name] = raw and handler.prepare(type_name, file, raw,
    function(service, name) return self:operation(service, name) end) or false
  return self.handlers[type_name] or nil
end

--- The client of a service at a place.
---@param place table
---@param service string
---@return table
function machine:client(place, service)
  local key = place.key .. "/" .. service
  if not self.clients[key] then self.clients[key] = self.ports.client(service, place) end
  return self.clients[key]
end

-- Why a failed call is worth beginning anew: too many calls, or every attempt at one that can be
-- repeated went without an answer.
local function passing(raised, can_repeat)
  local err = failure.from(raised)
  if err.code == nil or err.kind == "interrupted" then return nil end
  if machine.matches(err, THROTTLED) then return "throttled" end
  return can_repeat and err.ambiguous and "lost" or nil
end

--- Begins a call anew while AWS says that there are too many, or where its answers were lost.
local function patiently(self, can_repeat, method, ...)
  local start_ms, pause_ms, before, lost = self.ports.now(), nil, 0, 0
  while true do
    local ok, answer = pcall(method, ...)
    if ok then return answer end
    local why, passed_ms = passing(answer, can_repeat), self.ports.now() - start_ms
    if why == "lost" then lost = lost + 1 end
    local given_up = passed_ms >= (why == "lost" and LOST_MS or PATIENCE_MS)
    if not why or given_up or lost > LOST_TIMES then
      -- What an attempt of an earlier call may have done is told by how many there were.
      if before == 0 then error(answer, 0) end
      local copy = failure.add(answer, {})
      copy.attempts, copy.unsure = before + (answer.attempts or 1), answer.unsure or lost > 0 or nil
      error(copy, 0)
    end
    before, pause_ms = before + (answer.attempts or 1), self:pause(pause_ms)
  end
end

--- One API call; raises its failure.
---@param place table
---@param service string
---@param name string the operation
---@param params table
---@param options { repeatable: boolean|nil }|nil repeatable = false: not what can be sent twice
---@return table
function machine:call(place, service, name, params, options)
  local client = self:client(place, service)
  local can_repeat = not (options and options.repeatable == false)
  return patiently(self, can_repeat, client.call, client, name, params, options)
end

--- All pages of a read, as one answer; raises its failure.
---@param place table
---@param service string
---@param name string the operation
---@param params table
---@return table
function machine:all(place, service, name, params)
  local client = self:client(place, service)
  return patiently(self, true, client.all, client, name, params)
end

local function attempt(method, self, ...)
  local ok, answer = pcall(method, self, ...)
  if ok then return answer or {} end
  local err = failure.from(answer)
  if err.code == nil or err.kind == "interrupted" then error(answer, 0) end
  return nil, err
end

--- One API call: its answer, or nil and a failure of the service's own. Anything else is raised.
---@return table|nil answer, Failure|nil err
function machine:try(place, service, name, params, options)
  return attempt(self.call, self, place, service, name, params, options)
end

--- All pages of a read, or nil and a failure of the service's own.
---@return table|nil answer, Failure|nil err
function machine:try_all(place, service, name, params)
  return attempt(self.all, self, place, service, name, params)
end

--- Whether the code of a failure matches one of these patterns.
---@param err Failure
---@param patterns string[]|nil
---@return boolean
function machine.matches(err, patterns)
  for _, pattern in ipairs(patterns or {}) do
    if type(pattern) == "table" then
      local text = err.message or err.what
      if err.code == pattern.code and text:find(pattern.message, 1, true) then return true end
    elseif err.code:find(pattern) then
      return true
    end
  end
  return false
end

--- Remembers that we made this now: for a while, "not found" then means "not yet".
---@param identifier string
function machine:remember(identifier)
  self.made[identifier] = self.ports.now()
end

--- Remembers whether this is on its way out: true while we delete it, false once that has failed.
---@param identifier string
---@param leaving boolean
function machine:expect(identifier, leaving)
  self.leaving[identifier] = leaving
end

--- Whether one of the parameters is what was made no longer ago than that.
local function mentions(self, params, ms)
  for _, v in pairs(params) do
    if type(v) == "table" then
      if mentions(self, v, ms) then return true end
    else
      local since = self.made[v]
      if since and self.ports.now() - since < ms then return true end
    end
  end
  return false
end

local function worth_waiting(self, service, params, err, waits)
  if machine.matches(err, waits.later) then return true end
  if machine.matches(err, service.busy) then return true end
  return machine.matches(err, service.gone) and mentions(self, params, waits.unseen_ms)
end

---@return number ms
function machine:now() return self.ports.now() end

--- Waits for the next moment of a growing pause.
---@param pause_ms number|nil the last pause
---@param gives_way boolean|nil to an interrupt, for nothing is unsure while it lasts
---@return number pause_ms
function machine:pause(pause_ms, gives_way)
  local ms = pause_ms and math.min(pause_ms * 1.6, LONGEST_MS) or FIRST_MS
  coroutine.yield { until_ms = self.ports.now() + ms, gives_way = gives_way }
  return ms
end

--- One API call that is repeated while AWS says "not yet": busy, or not there though we made it.
---@param place table
---@param made table the handler
---@param name string the operation
---@param params table
---@param patience { later: table|nil, deadline_ms: number|nil, once: boolean|nil,
---  ends: boolean|nil, refused: (fun(err: Failure, waited_ms: number): boolean)|nil }|nil
---  once: not sent again where it may have been carried out; ends: it deletes, and an interrupt
---  ends the waiting; refused: told of each refusal, and whether it is not waited out
---@return table|nil answer, Failure|nil err
function machine:insist(place, made, name, params, patience)
  patience = patience or {}
  local start_ms = self.ports.now()
  local until_ms = start_ms + (patience.deadline_ms or PATIENCE_MS)
  local waits, pause_ms = { later = patience.later, unseen_ms = REMEMBERED_MS }, nil
  local options = { repeatable = not patience.once }
  while true do
    local answer, err = self:try(place, made.service, name, params, options)
    if answer then return answer end
    -- What a delete before this one may have taken away is not there for that.
    if patience.ends and err.unsure then waits.unseen_ms = SEEN_MS end
    if self.ports.now() >= until_ms or not worth_waiting(self, made.common, params, err, waits) then
      return nil, err
    end
    if patience.refused and patience.refused(err, self.ports.now() - start_ms) then
      return nil, err
    end
    pause_ms = self:pause(pause_ms, patience.ends)
  end
end

--- Tells of something that goes on; nobody may be listening.
---@param event table
function machine:tell(event)
  if self.ports.emit then self.ports.emit(event) end
end

return machine
