-- How a stack is sealed, as the user says it: "passphrase", or { kms = "alias/...", region = }.
local failure = require "engine.failure"
local seal = require "state.seal"

local AWS <const> = "aws"
local SETTINGS <const> = { kms = true, region = true }

local sealing = {}

local function wrong(what)
  failure.raise { kind = "usage", what = what, where = "encryption in mrun.json",
    next = 'write "passphrase", or { "kms": "alias/NAME", "region": "eu-west-1" }' }
end

---@param said any
---@return string|table|nil method
local function method_of(said)
  if said == nil or said == "passphrase" then return said end
  if type(said) ~= "table" then wrong "state is encrypted by a passphrase or by KMS" end
  for name in pairs(said) do
    if not SETTINGS[name] then wrong(("encryption has no setting %s"):format(tostring(name))) end
  end
  if type(said.kms) ~= "string" or said.kms == "" then wrong "encryption names no key of KMS" end
  if said.region ~= nil and type(said.region) ~= "string" then wrong "a region is a text" end
  return { kms = said.kms, region = said.region }
end

local function nobody()
  failure.raise { kind = "usage", what = "the state is encrypted, and nobody gives its passphrase",
    next = "set MRUN_PASSPHRASE, or MRUN_PASSPHRASE_FILE" }
end

---@param options { stack: string, encryption: any, passphrase: (fun(why: string): string)|nil,
---  derived: table|nil, session: table|nil, region: string|nil, profile: string|nil }
---@param backend state.backend
---@return state.seal
function sealing.open(options, backend)
  return seal.new {
    stack = options.stack, backend = backend, method = method_of(options.encryption),
    sources = {
      passphrase = options.passphrase or nobody, derived = options.derived or {},
      kms = function(by)
        -- Asked for only where it is used: the client is not small.
        local session = options.session or require(AWS).session {
          region = by.region or options.region, profile = options.profile,
        }
        return session:client "kms"
      end,
    },
  }
end

return sealing
