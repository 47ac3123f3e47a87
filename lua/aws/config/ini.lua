-- The grammar of the shared config and credentials files, as the AWS CLI and SDKs read it. Pure.
--
--   [profile web]              in the config file; [web] in the credentials file
--   region = eu-west-1  # a comment
--   s3 =
--     addressing_style = path
local failure = require "engine.failure"
local trim = require "aws.trim"

local ini = {}

local NAME <const> = "^[%w%-/.%%@_:+]+$"
local KINDS <const> = { profile = "profiles", ["sso-session"] = "sso_sessions",
  services = "services" }

local function bad(reader, reason)
  failure.raise {
    what = reason, where = ("%s:%d"):format(reader.path, reader.line), next = "correct that line",
  }
end

-- The kind and the name in a section's brackets; nil where the section is none of ours.
local function heading(reader, inside)
  inside = trim(inside)
  local kind, name = inside:match("^(%S+)%s+(.+)$")
  if reader.kind == "credentials" then
    return inside:match(NAME) and "profile" or nil, inside
  end
  if kind and KINDS[kind] then
    local quoted = name:match('^"([^"]*)"$') or name:match("^'([^']*)'$")
    if quoted or name:match(NAME) then return kind, quoted or name, true end
  elseif inside == "default" then
    return "profile", "default", false
  end
end

local function begin_section(reader, line)
  local inside, rest = line:match("^%[([^%]]*)%](.*)$")
  if not inside then bad(reader, "the section heading does not end with ]") end
  if rest:match("%S") and not rest:match("^%s*[#;]") then
    bad(reader, "there is text after the section heading")
  end
  reader.property, reader.section, reader.begun = nil, nil, true
  local kind, name, prefixed = heading(reader, inside)
  if not kind then return end
  if kind == "profile" and name == "default" and reader.kind == "config" then
    -- [profile default] stands above [default] in the same file.
    if not prefixed and reader.prefixed_default then return end
    if prefixed and not reader.prefixed_default then reader.found.profiles.default = nil end
    reader.prefixed_default = reader.prefixed_default or prefixed
  end
  local group = reader.found[KINDS[kind]]
  group[name] = group[name] or {}
  reader.section = group[name]
end

local function add_property(reader, line)
  if not reader.begun then bad(reader, "there is a setting before the first section") end
  local name, value = line:match("^([^=]*)=(.*)$")
  if not name then bad(reader, "this is neither a section nor a setting (there is no =)") end
  name = trim(name):lower()
  if name == "" then bad(reader, "the setting has no name") end
  value = trim((" " .. value):gsub("%s[#;].*$", ""))
  reader.property = name
  if reader.section and name:match("^[%w_.%-]+$") then reader.section[name] = value end
  reader.nested = value == ""
end

local function add_continuation(reader, line)
  if not reader.property then bad(reader, "an indented line continues no setting") end
  local text = trim(line)
  if reader.nested then
    local name = text:match("^([^=]*)=")
    if not name then bad(reader, "there is no = in this nested setting") end
    if trim(name) == "" then bad(reader, "the nested setting has no name") end
  end
  local section, property = reader.section, reader.property
  if section and section[property] then section[property] = section[property] .. "\n" .. text end
end

local function read_line(reader, line)
  if line:match("^%s*$") or line:match("^%s*[#;]") then return end
  if line:match("^%[") then return begin_section(reader, line) end
  if line:match("^%s") then return add_continuation(reader, line) end
  add_property(reader, line)
end

---@param text string
---@param kind "config"|"credentials"
---@param path string  for messages
---@return { profiles: table, sso_sessions: table, services: table }
function ini.parse(text, kind, path)
  local reader = { kind = kind, path = path, line = 0,
    found = { profiles = {}, sso_sessions = {}, services = {} } }
  for line in (text:gsub("\r\n?", "\n") .. "\n"):gmatch("([^\n]*)\n") do
    reader.line = reader.line + 1
    read_line(reader, line)
  end
  return reader.found
end

---The settings nested in a value: "\nendpoint_url = http://..." becomes a table.
---@param value string|nil
---@return table<string, string>
function ini.nested(value)
  local settings = {}
  for line in ((value or "") .. "\n"):gmatch("([^\n]*)\n") do
    local name, text = line:match("^([^=]*)=(.*)$")
    if name then settings[trim(name):lower()] = trim(text) end
  end
  return settings
end

return ini
