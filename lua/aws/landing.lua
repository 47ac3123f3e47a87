-- Where a body lands: in a file that is new, or takes the place of another once it is complete.
local crypto = require "native.crypto"
local fs = require "native.fs"

local landing = {}

---The file that a path stands for: what a link leads to. Only files are replaced.
---@param path string
---@return { file: string, mode: integer|nil }|nil
---@return string|nil why
function landing.at(path)
  if type(path) ~= "string" or path == "" then return nil, "the name of the file is empty" end
  local about = fs.stat(path)
  if about and about.type ~= "file" then return nil, path .. " is not a file" end
  local file = about and about.link and fs.realpath(path) or path
  return { file = file, mode = about and about.mode }
end

---A new name beside it, for what is not whole yet.
---@param place { file: string }
---@return string
function landing.part(place)
  return ("%s.%s.part"):format(place.file, crypto.hex(crypto.random(6)))
end

---Puts what has come where it belongs, as open to others as what it replaces.
---@param place { file: string, mode: integer|nil }
---@param part string
---@return boolean|nil ok
---@return table|nil failure
function landing.settle(place, part)
  if place.mode then
    local ok, why = fs.chmod(part, place.mode)
    if not ok then return nil, why end
  end
  return fs.rename(part, place.file)
end

return landing
