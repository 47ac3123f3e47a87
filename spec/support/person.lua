--- Somebody at a shell: runs the binary in a folder of their own and reads what it prints.
---
---   local one <close> = person.new(aws:environment())
---   one:write("a.lua", text)
---   local said = one:mrun("plan a.lua")      { code, out, err }
local fs = require "native.fs"
local json = require "json"

local person = {}
person.__index = person

local ROOT <const> = assert(fs.realpath ".")
local BINARY <const> = assert(fs.realpath "/proc/self/exe")

--- The project's folder, absolute.
person.ROOT = ROOT

---@param environment string assignments for a shell
---@return table
function person.new(environment)
  local pipe = assert(io.popen "mktemp -d")
  local folder = pipe:read "l"
  pipe:close()
  return setmetatable({ environment = environment or "", folder = folder }, person)
end

local function remove(self)
  os.execute(("rm -rf '%s'"):format(self.folder))
end

person.close = remove
person.__close = remove

---@param name string
---@return string
function person:path(name) return self.folder .. "/" .. name end

---@param name string
---@param text string
function person:write(name, text)
  local file = assert(io.open(self:path(name), "w"))
  assert(file:write(text))
  assert(file:close())
end

---@param name string
---@return string|nil
function person:read(name)
  local file = io.open(self:path(name))
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

--- Runs a shell command in the folder; $MRUN is the binary.
---@param command string
---@return { code: integer, out: string, err: string }
function person:shell(command)
  local _, how, code = os.execute(([[cd '%s' && env -u MRUN_MAIN MRUN='%s' %s sh -c '%s' ]]
    .. [[> .out 2> .err < /dev/null]]):format(self.folder, BINARY, self.environment,
    command:gsub("'", "'\\''")))
  return { code = how == "exit" and code or 128 + (code or 0), out = self:read ".out",
    err = self:read ".err" }
end

--- Runs mrun with these words; `before` are assignments for its environment alone.
---@param words string
---@param before string|nil
---@return { code: integer, out: string, err: string }
function person:mrun(words, before)
  return self:shell(("%s \"$MRUN\" %s"):format(before or "", words))
end

--- The same with --json, and the document that it printed.
---@param words string
---@return table document
---@return integer code
function person:json(words)
  local said = self:mrun("--json " .. words)
  return assert(json.decode(said.out), said.err), said.code
end

return person
