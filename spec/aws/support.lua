-- What the specs of the client share: a world of environment and files, and a network that
-- answers from a list while a coroutine is driven by hand.
local aws = require "aws"

local support = {}

---Reads files from a table of path to text.
function support.reader(files)
  return function(path)
    if files[path] then return files[path] end
    return nil, { code = "ENOENT", reason = "No such file", op = "read", subject = path }
  end
end

local KEYS <const> = { AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY = "SECRETEXAMPLE",
  AWS_REGION = "eu-west-1", HOME = "/home/me" }

---A session in a world of its own: options env, files, now_ms, and those of aws.session.
function support.session(options)
  options = options or {}
  local env = {}
  for name, value in pairs(options.env or KEYS) do env[name] = value end
  local clock = { ms = options.now_ms or 1700000000000 }
  local given = { env = env, read_file = support.reader(options.files or {}),
    now = options.now or function() return clock.ms end, random = function() return 1 end }
  for key, value in pairs(options) do
    if given[key] == nil and key ~= "files" and key ~= "now_ms" then given[key] = value end
  end
  return aws.session(given), clock
end

---Runs fn as a coroutine. `answers` is a list of responses, or of functions from the request to
---one; what waits for a time moves the clock there.
---@return table log  { requests, waits, ok, result, about | failure }
function support.drive(clock, answers, fn)
  local log = { requests = {}, waits = {} }
  local thread = coroutine.create(fn)
  local input
  for _ = 1, 10000 do
    local step = table.pack(coroutine.resume(thread, input))
    if not step[1] then
      log.failure, log.trace = step[2], debug.traceback(thread)
      return log
    end
    if coroutine.status(thread) == "dead" then
      log.ok, log.result, log.about = true, step[2], step[3]
      return log
    end
    local wanted = step[2]
    input = nil
    if wanted.http then
      log.requests[#log.requests + 1] = wanted.http
      local answer = answers[#log.requests] or answers.default
      if type(answer) == "function" then answer = answer(wanted.http) end
      assert(answer, "a request that nobody answers: " .. wanted.http.url)
      input = answer
    else
      log.waits[#log.waits + 1] = wanted.until_ms - clock.ms
      clock.ms = math.max(clock.ms, wanted.until_ms)
    end
  end
  error "it does not end"
end

---@return table response
function support.answer(status, body, headers)
  local all = { ["content-type"] = "text/xml" }
  for name, value in pairs(headers or {}) do all[name] = value end
  return { status = status, body = body or "", headers = all }
end

---An error as EC2 writes it.
function support.ec2_error(code, message, status)
  return support.answer(status or 400, ([[<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors>
<RequestID>req-1</RequestID></Response>]]):format(code, message or ""))
end

---A connection that failed.
function support.broken(code, sent)
  return { failure = { op = "POST", subject = "https://x", reason = "it broke", code = code,
    sent = sent } }
end

return support
