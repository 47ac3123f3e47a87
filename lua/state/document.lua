-- The files beside the journal, as bytes: state.json, the identity, the saved plan; each says its
-- format and version, so that a cut, foreign or newer file is told apart and named.
local failure = require "engine.failure"
local json = require "json"

local document = {}

---The version of all these files.
document.VERSION = 1

---The bytes of a file of this kind.
---@param kind string  "state", "identity" or "plan"
---@param version integer
---@param content table
---@return string
function document.encode(kind, version, content)
  local copy = { format = "mrun " .. kind, version = version }
  for key, value in pairs(content) do copy[key] = value end
  return json.encode(copy) .. "\n"
end

---What to do about a damaged file, by its kind.
document.ADVICE = {
  state = "put back a copy, or move this file away: mrun then rebuilds it from the ownership tags",
  identity = "put back a copy: it holds the id that the stack's resources are tagged with",
  plan = "run mrun plan again",
}

---Reads a file of this kind; raises a failure that names it.
---@param kind string
---@param version integer  the newest that is understood
---@param bytes string
---@param path string  for the message
---@return table
function document.decode(kind, version, bytes, path)
  local content = json.decode(bytes)
  if type(content) ~= "table" then
    failure.raise {
      what = ("the %s file is cut short or damaged (%d bytes)"):format(kind, #bytes),
      where = path, next = document.ADVICE[kind],
    }
  end
  if content.format ~= "mrun " .. kind or math.type(content.version) == nil then
    failure.raise { what = "this is not a " .. kind .. " file of mrun", where = path,
      next = "name another folder with --state" }
  end
  if content.version > version then
    failure.raise {
      what = ("the %s file is of version %d; this mrun knows up to %d")
        :format(kind, math.floor(content.version), version),
      where = path, next = "use a newer mrun",
    }
  end
  return content
end

return document
