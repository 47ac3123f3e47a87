-- Credentials of an EC2 instance: those of the role that is attached to it.
local document = require "aws.credentials.document"
local instance = require "aws.credentials.instance"
local trim = require "aws.trim"

local LOOKED <const> = "EC2 instance metadata (%s)"
local SOURCE <const> = "the instance's role"
local ROLE_PATH <const> = "/latest/meta-data/iam/security-credentials/"

local NAMES <const> = { access_key = "AccessKeyId", secret_key = "SecretAccessKey",
  token = "Token", expires = "Expiration", account_id = "AccountId" }

local function role_of(session, asked)
  local given = session.config:get("ec2_instance_profile_name", "AWS_EC2_INSTANCE_PROFILE_NAME")
  if given then return given end
  local names, reason, status = asked:get(ROLE_PATH)
  if not names then return nil, status == 404 and "no role is attached" or reason end
  local name = trim(names:match("[^\r\n]*"))
  if not name:match("^[%w+=,.@_-]+$") then return nil, "no name of a role" end
  return name
end

local function fetch(session)
  local asked, reason = instance.open(session)
  if not asked then return nil, reason end
  local role, body
  role, reason = role_of(session, asked)
  if not role then return nil, reason end
  body, reason = asked:get(ROLE_PATH .. role)
  if not body then return nil, ("%s for the role %s"):format(reason, role) end
  local answer = document.read(body, SOURCE)
  local code = answer.Code
  if code ~= nil and code ~= "Success" then
    return nil, ("the role %s: %s"):format(role, (tostring(code):sub(1, 100):gsub("%c", " ")))
  end
  return document.credentials(answer, NAMES, SOURCE)
end

---@param session table
---@return aws.credentials|nil
---@return string|nil looked
return function(session)
  local found, reason = fetch(session)
  if found then return found end
  return nil, LOOKED:format(reason)
end
