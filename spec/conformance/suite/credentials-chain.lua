-- The chain of credentials in a world of its own: environment, files, and the answers of the
-- services, in their order.
local aws = require "aws"
local replay = require "replay"
local same = require "same"
local time = require "native.time"

-- When these cases play: before anything in them has expired.
local NOW_MS <const> = 1234567890 * 1000

-- Headers that say what is asked; the others are of the SDK that was recorded.
local COMPARED <const> = { "accept", "x-aws-ec2-metadata-token",
  "x-aws-ec2-metadata-token-ttl-seconds", "x-amz-sso_bearer_token" }

local function missing() return nil, { code = "ENOENT", reason = "No such file or directory" } end

local function reader(folder)
  return function(path)
    if not folder:has("fs" .. path) then return missing() end
    return folder:text("fs" .. path)
  end
end

-- A URL with its query in order and with no lonely slash at its end.
local function canonical(address)
  local base, query = address:match "^([^?]*)%??(.*)$"
  local parts = {}
  for part in query:gmatch "[^&]+" do parts[#parts + 1] = part end
  table.sort(parts)
  return base:gsub("/$", "") .. "?" .. table.concat(parts, "&")
end

local function small_letters(headers)
  local found = {}
  for name, value in pairs(headers or {}) do found[name:lower()] = value end
  return found
end

local function about(request, compared)
  local headers, kept = small_letters(request.headers), {}
  for _, name in ipairs(COMPARED) do
    if compared[name] then kept[name] = headers[name] or "" end
  end
  return { method = request.method, url = canonical(request.uri or request.url), headers = kept }
end

-- Answers the requests in the order of the recording; `log.wrong` is the first that was another.
local function player(recorded, log)
  return function(request)
    log.sent = (log.sent or 0) + 1
    local pair = recorded[log.sent]
    if not pair then return replay.refused() end
    local compared = small_letters(pair.request.headers)
    log.wrong = log.wrong or same.difference(about(pair.request, compared),
      about(request, compared), "request " .. log.sent)
    return { status = math.tointeger(pair.response.status), body = pair.response.body or "",
      headers = small_letters(pair.response.headers) }
  end
end

-- The profile's own links alone are one group's subject, as where a profile is asked for by name.
local function session_of(folder, group, clock)
  local env = folder:json "env.json"
  return aws.session { env = env, read_file = reader(folder), now = function() return clock.ms end,
    random = function() return 1 end, write_file = function() return true end, allow_http = true,
    profile = group == "profile-provider" and (env.AWS_PROFILE or "default") or nil }
end

local function seconds(value)
  return type(value) == "string" and time.parse(value) or value
end

local function credentials_of(want, found)
  return same.difference({
    access_key_id = want.access_key_id, secret_access_key = want.secret_access_key,
    session_token = want.session_token, expiry = seconds(want.expiry),
    account_id = want.account_id or want.accountId,
  }, {
    access_key_id = found.access_key, secret_access_key = found.secret_key,
    session_token = found.token, expiry = found.expires_ms and found.expires_ms / 1000,
    account_id = found.account_id,
  })
end

local function token_of(want, found)
  return same.difference({ token = want.token, expiry = seconds(want.expiration) },
    { token = found.token, expiry = found.expires_ms and found.expires_ms / 1000 })
end

local function check(folder, group)
  local want = folder:json "test-case.json".result
  local clock, log = { ms = NOW_MS }, {}
  local recorded = folder:json "http.json" or {}
  local ok, found = replay.drive(clock, player(recorded, log), function()
    local session = session_of(folder, group, clock)
    if group == "token-chain" then return session:get_bearer_token() end
    return session:get_credentials()
  end)
  if log.wrong then return log.wrong end
  if want.Ok then
    if not ok then return "expected credentials, came " .. tostring(found) end
    if (log.sent or 0) ~= #recorded then
      return ("expected %d requests, came %d"):format(#recorded, log.sent or 0)
    end
    return (want.Ok.token and token_of or credentials_of)(want.Ok, found)
  end
  if ok then return "expected a failure, came credentials" end
end

return {
  bar = 0.95,
  cases = function(data, suite)
    local all = data:below "credentials-chain"
    for _, group in ipairs(all:list()) do
      for _, name in ipairs(all:below(group):list()) do
        local folder = all:below(group):below(name)
        if folder:has "test-case.json" then
          suite(group .. "/" .. name, function() return check(folder, group) end)
        end
      end
    end
  end,
}
