-- A JSON file in which the AWS CLI keeps what a person has signed in for: read, and written back
-- when it was renewed, so that the CLI and mrun go on from the same.
local json = require "native.json"

local MAX_BYTES <const> = 1024 * 1024

local cache_file = {}

---@param session table
---@param path string
---@return table|nil  nil where there is none that can be read
function cache_file.read(session, path)
  local text = session.read_file(path, MAX_BYTES)
  local found = text and json.decode(nil, text, { max_bytes = MAX_BYTES })
  return type(found) == "table" and found or nil
end

---A member that is text and not empty; nil else.
---@param found table
---@param name string
---@return string|nil
function cache_file.text(found, name)
  local value = found[name]
  return type(value) == "string" and value ~= "" and value or nil
end

---Whole or not at all, and for its owner alone. Where it cannot be written (a home that may only
---be read) what is new serves this run, and the next one asks again.
---@param session table
---@param path string
---@param value table
function cache_file.write(session, path, value)
  session.write_file(path, (assert(json.encode(nil, value))))
end

return cache_file
