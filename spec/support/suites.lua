-- The public test data beside the project, for the specs that compare with it where it is.
local json = require "native.json"

local suites = { folder = "../shared/suites/" }

---@param path string below the folder of suites
---@return string? text
function suites.read(path)
  local file = io.open(suites.folder .. path, "rb")
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

---@param path string
---@return any? document
function suites.json(path)
  local text = suites.read(path)
  return text and assert(json.decode(nil, text))
end

--- What a spec says when it passes over a suite.
---@param path string
---@return string
function suites.absent(path) return "there is no " .. suites.folder .. path end

return suites
