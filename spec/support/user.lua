--- Somebody who runs mrun in a folder of their own, against a local AWS. After each run everything
--- that it printed and every file in the folder is searched for the secrets of the specs (those
--- that spec.support.secrets makes, and the key that it signs with).
local changes = require "spec.support.changes"
local child = require "spec.support.child"
local fs = require "native.fs"
local json = require "json"
local secrets = require "spec.support.secrets"
local sys = require "native.sys"

local user = {}
user.__index = user
user.__close = function(self) self:leave() end

local count = 0

local function quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

--- A user without a folder yet.
---@param emulator table
---@return table
function user.outside(emulator) return setmetatable({ emulator = emulator }, user) end

--- Gives the user a new and empty folder.
function user:enter()
  count = count + 1
  self.folder = ("%s/user%d"):format(os.getenv "TMPDIR" or "/tmp", count)
  self.own = { pid = true }
  assert(os.execute("mkdir -p " .. self.folder))
end

--- A user with an empty folder.
---@param emulator table
---@param options { region: string|nil }|nil
---@return table
function user.new(emulator, options)
  local self = user.outside(emulator)
  self.region = options and options.region
  self:enter()
  return self
end

--- Takes the folder away.
function user:leave()
  os.execute("rm -rf " .. quoted(self.folder))
end

--- Raises where a secret stands in what a run has printed, or in a file that it has written.
---@param said { out: string, err: string }
function user:search(said)
  local more = { self.emulator.secret_key }
  local found = secrets.search(self.folder, { except = self.own, more = more })
  found[#found + 1] = secrets.find(said.out, more)
  found[#found + 1] = secrets.find(said.err, more)
  if #found > 0 then error("a secret has come out: " .. table.concat(found, "; "), 0) end
end

--- A file that may hold secrets: what somebody wrote, or what was declared to be written.
---@param name string
function user:owns(name)
  self.own[name] = true
end

--- Writes a file into the folder, and returns its name.
---@param name string
---@param text string
---@return string
function user:write(name, text)
  self:owns(name)
  assert(fs.replace(self.folder .. "/" .. name, text))
  return name
end

--- What a file of the folder holds.
---@param name string
---@return string
function user:read(name)
  return assert(fs.read(self.folder .. "/" .. name))
end

---@class Said
---@field code integer
---@field out string
---@field err string
---@field calls table[] what the emulator was asked
---@field counts table<string, integer> by operation
---@field total integer

--- Runs mrun with these words, and says what came of it.
---@param ... string
---@return Said
function user:mrun(...)
  local words = {}
  for i, word in ipairs { ... } do words[i] = quoted(word) end
  self.emulator:calls()
  -- A full disk is an error of write, and no signal (faults.py, "limit").
  local line = "cd %s && echo $$ > pid && " .. (self.full_disk and "trap '' XFSZ && " or "")
    .. "exec env -u MRUN_MAIN -u MRUN_SPEC_MARK %s %s %s"
  local command = line:format(
    quoted(self.folder), self.emulator:environment(self.region), child.binary,
    table.concat(words, " "))
  local said = assert(sys.run({ "/bin/bash", "-c", command }, { timeout_ms = 120000 }))
  self:search(said)
  said.calls = self.emulator:calls()
  said.counts, said.total = self.emulator.count(said.calls), #said.calls
  return said
end

--- Runs a script of the shell in the folder; "$MRUN" is the binary.
---@param script string
---@return { code: integer, out: string, err: string }
function user:shell(script)
  local command = ("cd %s && export %s MRUN=%s; unset MRUN_MAIN; %s"):format(
    quoted(self.folder), self.emulator:environment(self.region), child.binary, script)
  local said = assert(sys.run({ "/bin/bash", "-c", command }, { timeout_ms = 120000 }))
  self:search(said)
  return said
end

--- As mrun, and everything has to go well.
---@param ... string
---@return Said
function user:must(...)
  local said = self:mrun(...)
  if said.code ~= 0 then
    error(("mrun %s: exit %s\n%s\n%s"):format(table.concat({ ... }, " "), tostring(said.code),
      said.out, said.err), 2)
  end
  return said
end

--- The document that a command with --json prints.
---@param ... string
---@return table
function user:json(...)
  return assert(json.decode(self:mrun("--json", ...).out))
end

--- What a plan of a recipe would change: "update EC2Instance", in order.
---@param recipe string
---@param ... string
---@return string[]
function user:planned(recipe, ...)
  local plan = self:json("plan", recipe, ...)
  return changes.lines(plan.changes or { { action = "no plan", name = "" } })
end

--- The absolute path of a file of the project.
---@param path string
---@return string
function user.project(path)
  return assert(fs.realpath(path))
end

return user
