-- Credentials by sts:AssumeRole: of one role, with the credentials of whoever may assume it.
local ask = require "aws.credentials.ask"
local failure = require "engine.failure"
local nested = require "aws.credentials.nested"
local role_cache = require "aws.credentials.role_cache"

local role = {}

-- Of the session of a role that the user has given no name.
local function session_name(session)
  return "mrun-" .. math.floor(session.now() / 1000)
end

---The credentials in an answer of STS.
---@param answer table
---@param operation string
---@param arn string
---@return aws.credentials
function role.credentials(answer, operation, arn)
  local keys = answer.Credentials or {}
  if not (keys.AccessKeyId and keys.SecretAccessKey and keys.Expiration) then
    failure.raise { what = ("sts %s: the answer holds no credentials"):format(operation),
      service = "sts", operation = operation, where = "the role " .. arn,
      code = "UnreadableAnswer", next = "see that the endpoint is an AWS API" }
  end
  local assumed = (answer.AssumedRoleUser or {}).Arn or arn
  return {
    access_key = keys.AccessKeyId, secret_key = keys.SecretAccessKey, token = keys.SessionToken,
    expires_ms = keys.Expiration * 1000, account_id = assumed:match("^arn:[^:]*:%w+::(%d+):"),
    source = "the role " .. arn,
  }
end

local function advice(source, wanted)
  return function(fault)
    if fault.code ~= "AccessDenied" then return nil end
    return ("the role's trust policy must name who holds the credentials from %s, and a policy "
      .. "allow them sts:AssumeRole on it%s"):format(source.source or "the options",
      wanted.external_id and "; external_id must be the one the role asks for" or "")
  end
end

---Calls sts:AssumeRole with these credentials. Where that takes an MFA code, what was got with the
---last one is taken for as long as it is good.
---@param session table
---@param source table  credentials
---@param wanted { arn: string, session_name: string|nil, external_id: string|nil,
---  duration_s: integer|nil, mfa_serial: string|nil, profile: string|nil }
---@return aws.credentials
function role.assume(session, source, wanted)
  local kept = wanted.mfa_serial and role_cache.read(session, wanted)
  if kept then return role.credentials(kept, "AssumeRole", wanted.arn) end
  local code = wanted.mfa_serial and ask.mfa_code(session, wanted)
  local sts = nested.client(session, "sts", { arn = wanted.arn, credentials = source })
  local answer = nested.call(sts, "AssumeRole", {
    RoleArn = wanted.arn,
    RoleSessionName = wanted.session_name or session_name(session),
    ExternalId = wanted.external_id,
    DurationSeconds = wanted.duration_s,
    SerialNumber = wanted.mfa_serial,
    TokenCode = code,
  }, { what = "cannot assume the role " .. wanted.arn, next = advice(source, wanted) })
  local made = role.credentials(answer, "AssumeRole", wanted.arn)
  if code then role_cache.write(session, wanted, answer) end
  return made
end

return role
