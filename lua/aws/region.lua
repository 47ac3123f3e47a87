-- The region of a session: the option, AWS_REGION, AWS_DEFAULT_REGION, the profile, and at last the
-- EC2 instance that it runs on, as for the AWS CLI.
local failure = require "engine.failure"
local instance = require "aws.credentials.instance"
local trim = require "aws.trim"

local INSTANCE_PATH <const> = "/latest/meta-data/placement/region"

local function can_be(name) return #name <= 63 and name:match("^%w[%w-]*$") ~= nil end

---@param options { region: string|nil }
---@param config aws.config
---@return string|nil region
---@return boolean|nil fips  it was written as "fips-us-east-1" or "us-east-1-fips"
local function find(options, config)
  local region = options.region or config.env "AWS_REGION" or config.env "AWS_DEFAULT_REGION"
    or config:get "region"
  if not region then return nil end
  if not can_be(region) then
    failure.raise { what = ("%q is not a region"):format(region), code = "InvalidRegion",
      next = "regions look like eu-west-1" }
  end
  local plain = region:gsub("fips%-", ""):gsub("%-fips", "")
  return plain, plain ~= region
end

---The region of the instance that this runs on; nil where there is none that says so. May wait.
---@param session table
---@return string|nil
local function of_instance(session)
  local asked = instance.open(session)
  local name = trim(asked and asked:get(INSTANCE_PATH) or "")
  return can_be(name) and name or nil
end

---Raises: there is none.
---@param config aws.config
local function missing(config)
  failure.raise {
    what = "there is no AWS region", code = "NoRegion",
    where = ("looked in AWS_REGION, AWS_DEFAULT_REGION, the profile %s of %s and EC2 "
      .. "instance metadata"):format(config.profile_name, config.looked[1]),
    next = "set AWS_REGION, or use --region",
  }
end

return { find = find, of_instance = of_instance, missing = missing }
