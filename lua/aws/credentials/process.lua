-- Credentials that a program of the user's prints: credential_process in a profile. No shell
-- runs it, and what it writes on standard error is shown to nobody: it may hold a secret.
local document = require "aws.credentials.document"
local failure = require "engine.failure"
local split = require "aws.credentials.words"
local sys = require "native.sys"

local TIMEOUT_MS <const>, MAX_BYTES <const> = 120 * 1000, 64 * 1024
local MAX_WORDS <const> = 250

local NAMES <const> = { access_key = "AccessKeyId", secret_key = "SecretAccessKey",
  token = "SessionToken", expires = "Expiration", account_id = "AccountId" }

local function raise(found, reason, advice)
  failure.raise { what = ("the credential_process of the profile %s %s"):format(found.profile,
    reason), code = "CredentialProcess", next = advice or "run it yourself: it must print the JSON "
    .. "of AWS's credential_process, and end with 0" }
end

local function find(_, name, settings)
  local command = settings.credential_process
  if not command then return nil end
  return { profile = name, command = command, account_id = settings.aws_account_id }
end

local function run(found)
  local words = split(found.command)
  if not words then raise(found, "has a quote that is not closed", "correct it") end
  if #words == 0 or #words > MAX_WORDS then raise(found, "is no command", "correct it") end
  local said, cause = sys.run(words, { timeout_ms = TIMEOUT_MS, max_bytes = MAX_BYTES })
  if not said then raise(found, "did not run: " .. tostring(cause.reason or cause.code)) end
  if said.signal then raise(found, "was ended by signal " .. said.signal) end
  if said.code ~= 0 then raise(found, "failed with exit code " .. said.code) end
  return said.out
end

local function load(_, found)
  local source = "the credential_process of the profile " .. found.profile
  local answer = document.read(run(found), source)
  if answer.Version ~= 1 then
    raise(found, "prints another Version than 1", "mrun knows version 1 of its output")
  end
  local made = document.credentials(answer, NAMES, source)
  made.account_id = made.account_id or found.account_id
  return made
end

return { kind = "process", find = find, load = load }
