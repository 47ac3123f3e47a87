-- Roles that were assumed with an MFA code, where the AWS CLI keeps them: a code is typed once, for
-- both and for every command, until the session of the role ends. The name of a file is the SHA-1
-- of what was asked of STS, as botocore writes it (CachedCredentialFetcher in credentials.py).
local cache_file = require "aws.credentials.cache_file"
local crypto = require "native.crypto"
local document = require "aws.credentials.document"
local location = require "aws.config.location"
local time = require "native.time"

-- What ends sooner is asked for anew, as the CLI does.
local LEFT_MS <const> = 15 * 60 * 1000
local SOURCE <const> = "the CLI's cache of roles"
local NEEDED <const> = { "AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration" }

local role_cache = {}

-- The members in the order of their names, and with the spaces, of Python's json.dumps. None of
-- them may hold what JSON escapes: such a one is not kept.
local function asked_for(wanted)
  local members = {}
  local function add(name, value)
    if value then members[#members + 1] = ('"%s": %s'):format(name, value) end
  end
  add("DurationSeconds", wanted.duration_s)
  for _, pair in ipairs { { "ExternalId", wanted.external_id }, { "RoleArn", wanted.arn },
    { "RoleSessionName", wanted.session_name }, { "SerialNumber", wanted.mfa_serial } } do
    local name, text = pair[1], pair[2]
    if text and (text:find '[^ -~]' or text:find '["\\]') then return nil end
    add(name, text and '"' .. text .. '"')
  end
  return "{" .. table.concat(members, ", ") .. "}"
end

local function path_of(session, wanted)
  local asked = asked_for(wanted)
  return asked and location.below_home(session.env,
    (".aws/cli/cache/%s.json"):format(crypto.hex(crypto.sha1(asked))))
end

---An answer of sts:AssumeRole that is good for a while yet; nil where there is none.
---@param session table
---@param wanted table  as role.assume takes it
---@return table|nil
function role_cache.read(session, wanted)
  local path = path_of(session, wanted)
  local kept = path and cache_file.read(session, path)
  local keys = kept and kept.Credentials
  if type(keys) ~= "table" then return nil end
  for _, name in ipairs(NEEDED) do
    if not cache_file.text(keys, name) then return nil end
  end
  local ok, ends_ms = pcall(document.moment_ms, keys.Expiration, SOURCE)
  if not ok or ends_ms - session:aws_now_ms() < LEFT_MS then return nil end
  local answer = { Credentials = {}, AssumedRoleUser = {} }
  for _, name in ipairs(NEEDED) do answer.Credentials[name] = keys[name] end
  answer.Credentials.Expiration = ends_ms / 1000
  local user = kept.AssumedRoleUser
  answer.AssumedRoleUser.Arn = type(user) == "table" and cache_file.text(user, "Arn") or nil
  return answer
end

---Keeps an answer of sts:AssumeRole.
---@param session table
---@param wanted table
---@param answer table
function role_cache.write(session, wanted, answer)
  local path = path_of(session, wanted)
  if not path then return end
  local keys, kept = answer.Credentials, { Credentials = {}, AssumedRoleUser = {} }
  for _, name in ipairs(NEEDED) do kept.Credentials[name] = keys[name] end
  kept.Credentials.Expiration = time.format(math.floor(keys.Expiration), "date_time")
  kept.AssumedRoleUser.Arn = (answer.AssumedRoleUser or {}).Arn
  cache_file.write(session, path, kept)
end

return role_cache
