-- Calls of the client that ships, without a network: the request that it would send, and what it
-- makes of an answer.
local aws = require "aws"

local world = {}

local KEYS <const> = { access_key = "AKIDEXAMPLE", secret_key = "SECRETEXAMPLE" }
local TOKEN <const> = "00000000-0000-4000-8000-000000000000"

---A session of nobody's machine: no environment, no files; `options` as aws.session takes them.
---@param options table
---@return aws.session
function world.session(options)
  local given = {
    env = {}, region = "us-east-1", credentials = KEYS, max_attempts = 1, rate_limits = "none",
    read_file = function(path) return nil, { code = "ENOENT", subject = path } end,
    now = function() return 1700000000000 end, random = function() return 0 end,
    uuid = function() return TOKEN end,
  }
  for key, value in pairs(options) do given[key] = value end
  return aws.session(given)
end

---Calls an operation; the first request is answered with `response`, or is the end of it.
---@param session aws.session
---@param service string
---@param operation string
---@param params table
---@param response table|nil
---@return { request: table|nil, result: table|nil, about: table|nil, failure: any }
function world.call(session, service, operation, params, response)
  local found = {}
  local thread = coroutine.create(function()
    return session:client(service):call(operation, params)
  end)
  local step = table.pack(coroutine.resume(thread))
  if step[1] and coroutine.status(thread) == "suspended" then
    found.request = step[2].http
    if not response then return found end
    step = table.pack(coroutine.resume(thread, response))
  end
  if not step[1] then
    found.failure = step[2]
  elseif coroutine.status(thread) == "dead" then
    found.result, found.about = step[2], step[3]
  else
    found.failure = "it wants another request"
  end
  return found
end

---An answer as native.http gives it.
---@param status integer
---@param headers table<string, string>
---@param body string|nil
---@return table
function world.response(status, headers, body)
  local lower = {}
  for name, value in pairs(headers) do lower[name:lower()] = value end
  return { status = status, headers = lower, body = body or "" }
end

return world
