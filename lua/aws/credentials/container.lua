-- Credentials of a container, from the agent that AWS puts beside it: ECS's by a path, EKS's and
-- others' by a whole URL.
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local metadata = require "aws.credentials.metadata"

local RELATIVE <const> = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
local FULL <const> = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
local TOKEN <const>, TOKEN_FILE <const> = "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
local LOOKED <const> = "the container (" .. RELATIVE .. " and _FULL_URI)"
local SOURCE <const> = "the container's credentials"

local HOST <const> = "http://169.254.170.2"
local HOSTS <const> = { ["169.254.170.2"] = true, ["169.254.170.23"] = true,
  ["[fd00:ec2::23]"] = true }
local LIMITS <const> = { timeout_ms = 2000, attempts = 3 }
local LONGEST_TOKEN <const> = 64 * 1024

local NAMES <const> = { access_key = "AccessKeyId", secret_key = "SecretAccessKey",
  token = "Token", expires = "Expiration", account_id = "AccountId" }

local function raise(reason, where, advice)
  failure.raise { what = SOURCE .. ": " .. reason, where = where, code = "ContainerCredentials",
    next = advice or "see that the task or the pod has a role" }
end

local function address_of(env)
  local path = env(RELATIVE)
  if path then
    -- Anything else could name another host.
    if not path:match("^/") then raise("the path does not begin with /", RELATIVE, "correct it") end
    return HOST .. path, RELATIVE
  end
  return env(FULL), FULL
end

local function authorization(session)
  local path, token, where = session.env(TOKEN_FILE), session.env(TOKEN), TOKEN
  if path then
    local cause
    token, cause = session.read_file(path, LONGEST_TOKEN)
    where = TOKEN_FILE
    if not token then
      raise("cannot read the token's file: " .. tostring(cause.reason or cause.code), path,
        "correct " .. TOKEN_FILE)
    end
  end
  if token and token:find("[\r\n%z]") then
    raise("the token holds a line end", where, "write it without one")
  end
  return token
end

local function told(response)
  local ok, answer = pcall(document.read, response.body or "", SOURCE)
  local said = ok and (answer.message or answer.Message or answer.code or answer.Code)
  return type(said) == "string" and ": " .. said:sub(1, 300):gsub("[%c%s]+", " ") or ""
end

---@param session table
---@return aws.credentials|nil
---@return string|nil looked
return function(session)
  local address, where = address_of(session.env)
  if not address then return nil, LOOKED end
  metadata.check(address, HOSTS, where)
  local request = { url = address, headers = { accept = "application/json",
    authorization = authorization(session) } }
  local response, reason = metadata.ask(session, request, LIMITS)
  if not response then raise("no answer: " .. reason, where) end
  if response.status ~= 200 then
    raise(("HTTP %d%s"):format(response.status, told(response)), where)
  end
  return document.credentials(document.read(response.body or "", SOURCE), NAMES, SOURCE)
end
