-- What the specs of the links share: a profile in a world of its own, and what came of asking it
-- for credentials.
local support = require "spec.aws.support"

local world = {}

local OWN <const> = { config = true, answers = true, run = true }

world.NOW_MS = 1700000000000 -- 2023-11-14T22:13:20Z

---@param options { config: string|nil, env: table|nil, files: table|nil, answers: table|nil }
---   and what aws.session takes
---@return { keys: table|nil, message: string, requests: table[], waits: number[], files: table }
function world.ask(options)
  local env = { HOME = "/home/me", AWS_EC2_METADATA_DISABLED = "true" }
  for name, value in pairs(options.env or {}) do env[name] = value or nil end
  local files = options.files or {}
  files["/home/me/.aws/config"] = options.config
  local given = { env = env, files = files, now_ms = options.now_ms or world.NOW_MS,
    write_file = function(path, text)
      files[path] = text
      return true
    end }
  for name, value in pairs(options) do
    if given[name] == nil and not OWN[name] then given[name] = value end
  end
  local session, clock = support.session(given)
  local log = support.drive(clock, options.answers or {}, options.run and function()
    return options.run(session, clock)
  end or function() return session:get_credentials() end)
  return { keys = log.ok and log.result or nil, message = tostring(log.failure),
    requests = log.requests, waits = log.waits, files = files }
end

---@param body table
---@param status integer|nil
---@return table response
function world.json(body, status)
  return support.answer(status or 200, require "json".encode(body),
    { ["content-type"] = "application/json" })
end

return world
