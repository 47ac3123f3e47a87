--- IAM in bulk: all roles of an account, with their policies and profiles, a thousand a page.
local share = require "provider.aws.share"

local account = {}

local FROM = 3 -- below that many, one call for each is cheaper

local function pages(job, operation, params, top, most)
  local items = {}
  for _ = 1, most do
    local answer = job.machine:call(job.place, "iam", operation, params)
    for _, item in ipairs(answer[top] or {}) do items[#items + 1] = item end
    if not answer.IsTruncated then return items end
    local copy = {}
    for name, v in pairs(params) do copy[name] = v end
    copy.Marker = answer.Marker
    params = copy
  end
  return nil -- as many pages as single calls would have been: not worth it
end

local function details(job, calls)
  return share.join(job.machine.pool, job.place.key .. "/iam/details", calls, function(all)
    local most = 0
    for _, each in ipairs(all) do most = math.max(most, each) end
    return { pages(job, "GetAccountAuthorizationDetails", { Filter = { "Role" } },
      "RoleDetailList", most) }
  end)[1]
end

local LACKING = { "Description", "MaxSessionDuration" }

local function lacks(identifiers, wanted)
  for _, identifier in ipairs(identifiers) do
    local set = wanted and wanted[identifier]
    for _, name in ipairs(LACKING) do
      if not set or set[name] then return true end
    end
  end
  return false
end

local function by_name(list, name)
  local map = {}
  for _, item in ipairs(list) do map[item[name]] = item end
  return map
end

--- Roles by name, or nil where reading them one by one is as good.
---@param job table
---@param identifiers string[]
---@param wanted table|nil
---@return table<string, table>|nil
function account.roles(job, identifiers, wanted)
  if #identifiers < FROM then return nil end
  local list = details(job, #identifiers * 2)
  if not list then return nil end
  local roles = by_name(list, "RoleName")
  if lacks(identifiers, wanted) then
    local plain = pages(job, "ListRoles", { MaxItems = 1000 }, "Roles", #identifiers)
    if not plain then return nil end
    for name, role in pairs(by_name(plain, "RoleName")) do
      for _, key in ipairs(LACKING) do
        if roles[name] then roles[name][key] = role[key] end
      end
    end
  end
  return roles
end

--- Instance profiles by name. One without a role is in no role's details: those that are not found
--- are read one by one.
---@param job table
---@param identifiers string[]
---@return table<string, table>|nil
function account.profiles(job, identifiers)
  if #identifiers < FROM then return nil end
  local list = details(job, #identifiers)
  if not list then return nil end
  local profiles = {}
  for _, role in ipairs(list) do
    for _, profile in ipairs(role.InstanceProfileList or {}) do
      profiles[profile.InstanceProfileName] = profile
    end
  end
  return profiles
end

return account
