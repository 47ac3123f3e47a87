-- The one question that credentials may need a person for: the code of an MFA device.
local failure = require "engine.failure"
local sys = require "native.sys"
local trim = require "aws.trim"

local STDIN <const>, STDERR <const> = 0, 2

local ask = {}

---Asks on the terminal; nil where there is none.
---@param question string
---@return string|nil
function ask.on_terminal(question)
  if not (sys.isatty(STDIN) and sys.isatty(STDERR)) then return nil end
  assert(sys.write(STDERR, question))
  local answer, cause = sys.read_line { hidden = true }
  assert(sys.write(STDERR, "\n")) -- what was typed is not shown, nor is its end
  if not cause then return answer end
  failure.raise { kind = "interrupted", what = "interrupted", next = "run it again to go on" }
end

local function export(profile)
  return ('sign in yourself: eval "$(aws configure export-credentials --profile %s --format env)"')
    :format(profile)
end

---@param session table
---@param wanted { mfa_serial: string, profile: string }
---@return string code
function ask.mfa_code(session, wanted)
  local answer = session.ask(("MFA code for %s: "):format(wanted.mfa_serial))
  local code = answer and trim(answer)
  if code and code:match("^%d+$") then return code end
  failure.raise {
    what = ("the profile %s asks for an MFA code (mfa_serial), and %s"):format(wanted.profile,
      code and "what was typed is none" or "there is nobody to ask"),
    code = "MfaCode",
    next = code and "type the digits that the device shows" or export(wanted.profile),
  }
end

return ask
