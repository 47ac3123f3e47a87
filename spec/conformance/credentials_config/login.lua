-- Sessions of `aws login`: the cache read, renewed and written back.
local json = require "native.json"
local replay = require "replay"
local same = require "same"
local time = require "native.time"
local world = require "credentials_config.world"

local CACHE <const> = "/home/.aws/login/cache/"

local function files_of(case)
  local files = { ["/home/.aws/config"] = case.configContents }
  for name, content in pairs(case.cacheContents) do
    files[CACHE .. name] = json.encode(nil, content)
  end
  return files
end

local function answer_of(response)
  local body = response.tokenOutput or response.body or response
  return { status = math.tointeger(response.responseCode or response.statusCode)
    or (response.tokenOutput and 200 or 400), body = json.encode(nil, body),
    headers = { ["content-type"] = "application/json" } }
end

local function player(case, log)
  return function(request)
    log.sent = log.sent + 1
    local call = (case.mockApiCalls or {})[log.sent]
    if not call then return replay.refused() end
    log.wrong = log.wrong or same.difference(call.request.tokenInput,
      json.decode(nil, request.body), "tokenInput")
    log.wrong = log.wrong or not request.headers.dpop and "expected a DPoP header" or nil
    return answer_of(call.response or {})
  end
end

local function credentials_of(outcome, found)
  return same.difference({ outcome.accessKeyId, outcome.secretAccessKey, outcome.sessionToken,
    outcome.accountId, outcome.expiresAt and (time.parse(outcome.expiresAt)) },
    { found.access_key, found.secret_key, found.token, found.account_id,
      found.expires_ms and found.expires_ms // 1000 })
end

local function cache_of(outcome, files)
  for name, want in pairs(outcome) do
    if name ~= "result" then
      local text = files[CACHE .. name]
      local wrong = same.difference(want, text and json.decode(nil, text), name)
      if wrong then return wrong end
    end
  end
end

local function check_outcome(outcome, world_of)
  if outcome.result == "cacheContents" then return cache_of(outcome, world_of.files) end
  if outcome.result == "credentials" then
    if not world_of.ok then return "expected credentials, came " .. tostring(world_of.found) end
    return credentials_of(outcome, world_of.found)
  end
  if world_of.ok then return "expected an error, came credentials" end
end

local function check(case)
  local files, log = files_of(case), { sent = 0 }
  local name = case.configContents:match "%[profile ([^%]]+)%]" or "default"
  local session, clock = world.session { files = files, env = { HOME = "/home",
    AWS_PROFILE = name, AWS_EC2_METADATA_DISABLED = "true" } }
  local ok, found = replay.drive(clock, player(case, log), function()
    return session:get_credentials()
  end)
  if log.wrong then return log.wrong end
  for _, outcome in ipairs(case.outcomes) do
    local wrong = check_outcome(outcome, { ok = ok, found = found, files = files })
    if wrong then return wrong end
  end
end

return function(folder, name, suite)
  for _, case in ipairs(folder:json(name) or {}) do
    suite("login " .. case.documentation, function() return check(case) end)
  end
end
