-- A folder of test data: its files, its JSON, its listings.
local fs = require "native.fs"
local wire = require "native.json"

local LONGEST_BYTES <const> = 64 * 1024 * 1024

---@class conformance.folder
---@field path string
local folder = {}
folder.__index = folder

---@param path string
---@return conformance.folder
local function open(path) return setmetatable({ path = path }, folder) end

---@param name string
---@return conformance.folder
function folder:below(name) return open(self.path .. "/" .. name) end

---@param name string|nil  the folder itself when absent
---@return boolean
function folder:has(name)
  return fs.stat(name and self.path .. "/" .. name or self.path) ~= nil
end

---The text of a file; nil where there is none.
---@param name string
---@return string|nil
function folder:text(name)
  if not self:has(name) then return nil end
  return assert(fs.read(self.path .. "/" .. name, LONGEST_BYTES))
end

---A file's JSON, as native.json reads it without a shape: exact numbers, nulls kept as json.null.
---@param name string
---@return any
function folder:json(name)
  local text = self:text(name)
  if not text then return nil end
  local value, why = wire.decode(nil, text)
  if value == nil and why then
    error(("%s/%s: %s"):format(self.path, name, tostring(why)), 0)
  end
  return value
end

---The names in it, sorted; of those that match, where a pattern is given.
---@param pattern string|nil
---@return string[]
function folder:list(pattern)
  local names = {}
  for _, name in ipairs(self:has() and assert(fs.list(self.path)) or {}) do
    if not pattern or name:find(pattern) then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

return open
