-- What the cases of credentials-config play in: an environment, files of a table, a clock.
local aws = require "aws"
local replay = require "replay"

local world = {}

local NOW_MS <const> = 1763510400 * 1000 -- 2025-11-19, when the login cases play

---@param files table<string, string>
---@return function
function world.reader(files)
  return function(path)
    if files[path] then return files[path] end
    return nil, { code = "ENOENT", reason = "No such file or directory" }
  end
end

---@param options table  env, files, and what aws.session takes
---@return table session
---@return { ms: number } clock
function world.session(options)
  local clock = { ms = NOW_MS }
  local files = options.files or {}
  local given = { read_file = world.reader(files), now = function() return clock.ms end,
    random = function() return 1 end, allow_http = true,
    write_file = function(path, text)
      files[path] = text
      return true
    end }
  for key, value in pairs(options) do given[key] = value end
  given.files = nil
  return aws.session(given), clock
end

---The first request that fn makes; nil and why where it makes none.
---@param clock table
---@param fn function
---@return table|nil request
---@return any reason
function world.first_request(clock, fn)
  local first
  local _, reason = replay.drive(clock, function(request)
    first = first or request
    return replay.refused()
  end, fn)
  return first, reason
end

---An operation of a service that needs no input.
---@param session table
---@param service string
---@return string
function world.simple_operation(session, service)
  for _, name in ipairs(session.data:operations(service)) do
    local input = session.data:operation(service, name).input
    local needed = false
    for _, member in ipairs(input and input:members() or {}) do
      needed = needed or member.required
    end
    if name:match "^List" and not needed then return name end
  end
  error("no simple operation of " .. service)
end

---A config file of tables: what stands in profiles and services of these cases.
---@param profiles table<string, table>
---@param sections table<string, table>|nil  by heading
---@return string
function world.ini(profiles, sections)
  local lines = {}
  local function add(heading, settings)
    lines[#lines + 1] = ("[%s]"):format(heading)
    for name, value in pairs(settings) do
      if type(value) == "table" then
        lines[#lines + 1] = name .. " ="
        for key, text in pairs(value) do lines[#lines + 1] = ("  %s = %s"):format(key, text) end
      else
        lines[#lines + 1] = ("%s = %s"):format(name, value)
      end
    end
  end
  for name, settings in pairs(profiles) do add("profile " .. name, settings) end
  for heading, settings in pairs(sections or {}) do add(heading, settings) end
  return table.concat(lines, "\n")
end

return world
