-- The region of a session: the option, AWS_REGION, AWS_DEFAULT_REGION, the profile.
local failure = require "engine.failure"

---@param options { region: string|nil }
---@param config aws.config
---@return string|nil region
---@return boolean|nil fips  it was written as "fips-us-east-1" or "us-east-1-fips"
local function find(options, config)
  local region = options.region or config.env "AWS_REGION" or config.env "AWS_DEFAULT_REGION"
    or config:get "region"
  if not region then return nil end
  if #region > 63 or not region:match("^%w[%w-]*$") then
    failure.raise { what = ("%q is not a region"):format(region), code = "InvalidRegion",
      next = "regions look like eu-west-1" }
  end
  local plain = region:gsub("fips%-", ""):gsub("%-fips", "")
  return plain, plain ~= region
end

---Raises: there is none.
---@param config aws.config
local function missing(config)
  failure.raise {
    what = "there is no AWS region", code = "NoRegion",
    where = ("looked in AWS_REGION, AWS_DEFAULT_REGION and the profile %s of %s")
      :format(config.profile_name, config.looked[1]),
    next = "set AWS_REGION, or use --region",
  }
end

return { find = find, missing = missing }
