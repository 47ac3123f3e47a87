--- Places: an account and a region, and how they are reached. Plain data; the sessions that reach
--- them are kept here.
local aws = require "aws"

local places = {}
places.__index = places

local PARTITIONS = { { "^cn%-", "aws-cn" }, { "^us%-gov%-", "aws-us-gov" } }

---@param context { data: table, now: function, settings: table, on_call: function|nil }
---@return table
function places.new(context)
  return setmetatable({ context = context, sessions = {}, accounts = {} }, places)
end

local function partition(region)
  for _, each in ipairs(PARTITIONS) do
    if region:find(each[1]) then return each[2] end
  end
  return "aws"
end

local KINDS <const> = { "profile", "assume_role", "allow_http", "rate_limits" }

--- The session of an account, whichever region: its credentials are found once.
local function account(self, wanted)
  local parts = {}
  for i, name in ipairs(KINDS) do parts[i] = tostring(wanted[name]) end
  local key = table.concat(parts, "\0")
  if not self.accounts[key] then
    self.accounts[key] = aws.session {
      profile = wanted.profile, assume_role = wanted.assume_role, allow_http = wanted.allow_http,
      rate_limits = wanted.rate_limits, data = self.context.data, now = self.context.now,
      on_call = self.context.on_call,
    }
  end
  return self.accounts[key]
end

local function session(self, wanted)
  local own = account(self, wanted)
  return wanted.region and own:with { region = wanted.region } or own
end

--- The recipe's own options, then the command line's, then those of mrun.json.
local function wanted_of(settings, options)
  local file = settings.aws or {}
  local function pick(name, key)
    if options[name] ~= nil then return options[name] end
    if options[key] ~= nil then return options[key] end
    if settings[key] ~= nil then return settings[key] end
    if file[name] ~= nil then return file[name] end
    return file[key]
  end
  return {
    region = pick("Region", "region"), profile = pick("Profile", "profile"),
    assume_role = pick("AssumeRole", "assume_role"),
    allow_http = pick("allow_http", "allow_http"),
    rate_limits = pick("rate_limits", "rate_limits"),
    default_tags = pick("default_tags", "default_tags"),
  }
end

local ACCOUNT <const> = { "Profile", "profile", "AssumeRole", "assume_role" }

--- Whether the recipe itself says how its account is reached.
local function says_account(options)
  for _, name in ipairs(ACCOUNT) do
    if options[name] ~= nil then return true end
  end
  return nil
end

--- The place that these options of a provider mean.
---@param options table|nil
---@return table
function places:of(options)
  options = options or {}
  local wanted = wanted_of(self.context.settings, options)
  local made = session(self, wanted)
  local region = made:region()
  local key = table.concat({ "aws", region, wanted.profile or "default", wanted.assume_role }, "/")
  self.sessions[key] = self.sessions[key] or made
  return {
    provider = "aws", region = region, profile = wanted.profile, assume_role = wanted.assume_role,
    allow_http = wanted.allow_http, rate_limits = wanted.rate_limits, key = key,
    says_account = says_account(options), display = region, partition = partition(region),
    default_tags = wanted.default_tags,
  }
end

--- A client of a service at a place; a place out of the state has no session yet.
---@param service string
---@param place table
---@return table
function places:client(service, place)
  local key = place.key
  self.sessions[key] = self.sessions[key] or session(self, place)
  return aws.client(service, { session = self.sessions[key] })
end

return places
