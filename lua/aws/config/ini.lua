-- The grammar of the shared config and credentials files, as the AWS CLI and SDKs read it. Pure.
--
--   [profile web]              in the config file; [web] in the credentials file
--   region = eu-west-1  # a comment
--   s3 =
--     addressing_style = path
--
-- What botocore reads with Python's configparser is read alike: a whole section may stand further
-- in, a colon may stand for =, and what stands behind a heading says nothing.
local failure = require "engine.failure"
local trim = require "aws.trim"

-- Bytes and lines of a file that somebody wrote; more is no config file.
local ini = { MAX_BYTES = 4 * 1024 * 1024, MAX_LINES = 100000 }

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
    return (inside:match(NAME) or reader.known[inside]) and "profile" or nil, inside
  end
  if kind and KINDS[kind] then
    local quoted = name:match('^"([^"]*)"$') or name:match("^'([^']*)'$")
    if quoted or name:match(NAME) then return kind, quoted or name, true end
  elseif inside == "default" then
    return "profile", "default", false
  end
end

local function begin_section(reader, line)
  local inside = line:match("^%[([^%]]*)%]")
  if not inside then bad(reader, "the section heading does not end with ]") end
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
  local name, value = line:match("^([^=:]*)[=:](.*)$")
  if not name then bad(reader, "this is neither a section nor a setting (there is no =)") end
  name = trim(name):lower()
  if name == "" then bad(reader, "the setting has no name") end
  value = trim((" " .. value):gsub("%s[#;].*$", ""))
  reader.property, reader.lines = name, nil
  if reader.section and name:match("^[%w_.%-]+$") then
    reader.lines = { value }
    reader.section[name] = reader.lines
  end
  reader.nested, reader.indent = value == "", #line:match("^%s*")
end

local function add_continuation(reader, line)
  local text = trim(line)
  if reader.nested then
    local name = text:match("^([^=]*)=")
    if not name then bad(reader, "there is no = in this nested setting") end
    if trim(name) == "" then bad(reader, "the nested setting has no name") end
  end
  if reader.lines then reader.lines[#reader.lines + 1] = text end
end

-- A setting's lines are joined at the end: one at a time would take the square of their length.
local function join_lines(found)
  for _, group in pairs(found) do
    for _, section in pairs(group) do
      for name, lines in pairs(section) do section[name] = table.concat(lines, "\n") end
    end
  end
  return found
end

local function read_line(reader, line)
  if line:match("^%s*$") or line:match("^%s*[#;]") then return end
  -- What stands further in than a setting belongs to it.
  if reader.property and #line:match("^%s*") > reader.indent then
    return add_continuation(reader, line)
  end
  local text = trim(line)
  if text:match("^%[") then return begin_section(reader, text) end
  add_property(reader, line)
end

---@param text string
---@param kind "config"|"credentials"
---@param path string  for messages
---@param known table<string, table>|nil  profiles of the config file, where names stand in quotes:
---  one of several words is a name in the credentials file too
---@return { profiles: table, sso_sessions: table, services: table }
function ini.parse(text, kind, path, known)
  local reader = { kind = kind, path = path, line = 0, known = known or {},
    found = { profiles = {}, sso_sessions = {}, services = {} } }
  if #text > ini.MAX_BYTES then bad(reader, "the file is too long for a config file") end
  for line in (text:gsub("\r\n?", "\n") .. "\n"):gmatch("([^\n]*)\n") do
    reader.line = reader.line + 1
    if reader.line > ini.MAX_LINES then bad(reader, "the file has too many lines") end
    read_line(reader, line)
  end
  return join_lines(reader.found)
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
