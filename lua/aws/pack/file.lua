-- The data file being made: records and documentation are announced, then all of it
-- becomes bytes. modules/shape.h says how they lie.
local keys_of = require "engine.value".keys
local pack = require "native.pack"
local documentation = require "aws.pack.documentation"
local shapes = require "aws.pack.shapes"
local strings = require "aws.pack.strings"
local values = require "aws.pack.values"

local VERSION = 1
local HEADER_BYTES = 64

local File = {}
File.__index = File

--- Announces a record: data:record(kind, key) then gives the value back. Kinds with a
--- part ("operation:ec2") are tables of their own.
---@param kind string
---@param key string
---@param value any
function File:record(kind, key, value)
  local records = self.kinds[kind]
  if not records then
    records = {}
    self.kinds[kind] = records
  end
  assert(not records[key], kind .. " " .. key .. " stands twice")
  records[key] = self.values:node(value)
end

-- What is read together: a service, or the types of one.
local function group_of(kind, key)
  return key:match "^AWS::%w+" or kind:match ":(.+)$" or key
end

local function announce(self)
  self.shapes:share()
  local roots = self.shapes:announce(self.strings)
  for _, kind in ipairs(keys_of(self.kinds)) do
    self.strings:use(kind, "kinds")
    for _, key in ipairs(keys_of(self.kinds[kind])) do
      self.strings:use(key, kind:match ":(.+)$" or kind)
      roots[#roots + 1] = { node = self.kinds[kind][key], group = group_of(kind, key) }
    end
  end
  self.values:count(roots)
  return self.documentation:blocks(self.strings)
end

local function index_table(self, map, place)
  local keys = keys_of(map)
  local parts = { string.pack("<I4", #keys) }
  for i, key in ipairs(keys) do
    parts[i + 1] = string.pack("<I4I4", self.strings:at(key), place(map[key]))
  end
  return table.concat(parts)
end

--- The kinds' tables one after another, and where the root table lies behind them.
local function index(self)
  local parts, size, tables = {}, 0, {}
  for _, kind in ipairs(keys_of(self.kinds)) do
    local bytes = index_table(self, self.kinds[kind], function(node)
      return self.values:place(node)
    end)
    tables[kind], size = size, size + #bytes
    parts[#parts + 1] = bytes
  end
  parts[#parts + 1] = index_table(self, tables, function(at) return at end)
  return table.concat(parts), size
end

--- Everything announced, as bytes.
---@return string
function File:bytes()
  local blocks = announce(self)
  local parts = { self.strings:place() }
  self.values:place_common()
  parts[2] = self.shapes:place(self.strings, self.values)
  local index_bytes, root = index(self)
  parts[3], parts[4] = self.values:section(), index_bytes
  parts[5] = documentation.section(blocks, self.strings)
  local places, at = {}, HEADER_BYTES
  for i, bytes in ipairs(parts) do
    places[i] = string.pack("<I4I4", at, #bytes)
    at = at + #bytes
  end
  assert(at < 1 << 31, "a data file too large for its offsets")
  local rest = table.concat(places) .. string.pack("<I4", root) .. table.concat(parts)
  return "mrunpack" .. string.pack("<I4I4I4", VERSION, at, pack.crc32(rest)) .. rest
end

return {
  ---@return table file with `shapes`, `values` and `documentation` to announce to
  new = function()
    local names = strings.new()
    return setmetatable({
      kinds = {}, strings = names, values = values.new(names), shapes = shapes.new(),
      documentation = documentation.new(),
    }, File)
  end,
}
