--- What went wrong, where, and what to do next: the one shape of every error that a user may see.
local failure = {}

---@class Failure
---@field what string what went wrong, in one line
---@field where string|nil file and line, resource, operation, request id
---@field next string|nil what to do now
---@field service string|nil
---@field operation string|nil
---@field code string|nil the service's or the system's own word for it
---@field status integer|nil HTTP status
---@field request_id string|nil
---@field retryable boolean|nil
---@field kind string|nil "usage" (exit 64), "interrupted" (exit 3); everything else exits 1
local Failure = { __name = "failure" }

--- One to three lines: what, then where and next, indented.
function Failure:__tostring()
  local lines = { self.what }
  if self.where then lines[#lines + 1] = "  " .. self.where end
  if self.next then lines[#lines + 1] = "  " .. self.next end
  return table.concat(lines, "\n")
end

local function copy(fields)
  local result = {}
  for key, value in pairs(fields) do result[key] = value end
  return result
end

--- A failure of these fields; they are copied.
---@param fields table at least `what`
---@return Failure
function failure.new(fields)
  local result = copy(fields)
  result.what = tostring(result.what or "something failed without saying why")
  return setmetatable(result, Failure)
end

---@param x any
---@return boolean
function failure.is(x)
  return getmetatable(x) == Failure
end

--- Raises a failure of these fields, with no position put before it.
---@param fields table
function failure.raise(fields)
  error(failure.new(fields), 0)
end

--- What was raised, as a failure: one that was none yet is told how it came about.
---@param err any
---@param co thread|nil where it was raised, if that has ended by it
---@return Failure
function failure.caught(err, co)
  if failure.is(err) then return err end
  local wrapped = failure.from(err)
  wrapped.traceback = wrapped.traceback or co and debug.traceback(co) or debug.traceback()
  return wrapped
end

local function native_text(native)
  if native.message then return native.message end
  local text = native.op
  if native.subject then text = text .. " " .. native.subject end
  if native.reason then text = text .. ": " .. native.reason end
  return text
end

--- Whatever was raised or returned, as a failure: failures untouched, anything else wrapped.
---@param x any
---@return Failure
function failure.from(x)
  if failure.is(x) then return x end
  if type(x) == "table" and type(rawget(x, "what")) == "string" then return failure.new(x) end
  if type(x) == "table" and type(rawget(x, "op")) == "string" then
    return failure.new { what = native_text(x), code = x.code, native = x }
  end
  if x == nil then return failure.new { what = "something failed without saying why" } end
  return failure.new { what = tostring(x) }
end

--- A new failure with these fields filled in where the given one has none.
---@param x any anything that failure.from takes
---@param fields table
---@return Failure
function failure.add(x, fields)
  local result = copy(failure.from(x))
  for key, value in pairs(fields) do
    if result[key] == nil then result[key] = value end
  end
  return setmetatable(result, Failure)
end

return failure
