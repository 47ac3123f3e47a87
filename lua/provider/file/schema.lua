--- The one type of this provider, described as AWS describes its own, and its handler.
local schema = require "engine.schema"

local RAW = {
  typeName = "File",
  description = "A file below a folder: what it says, and who may read it.",
  additionalProperties = false,
  properties = {
    Path = {
      type = "string", minLength = 1, maxLength = 1024,
      description = "Where it is, below the provider's Root. The folder has to be there.",
      pattern = [[^(?!/)(?!(.*/)?\.{1,2}(/|$))(?!.*//)[^\x00]*[^/\x00]$]],
    },
    Content = { type = "string", description = "All that it says." },
    Mode = {
      type = "string", pattern = "^0?[0-7]{3}$", default = "0644",
      description = "Who may read, write and run it, in octal.",
    },
    Size = { type = "integer", description = "How many bytes it has." },
  },
  required = { "Path", "Content" },
  primaryIdentifier = { "/properties/Path" },
  createOnlyProperties = { "/properties/Path" },
  readOnlyProperties = { "/properties/Size" },
  tagging = { taggable = false },
}

local function same_mode(want, have)
  return tonumber(want, 8) == tonumber(have or "644", 8)
end

local HANDLER = {
  exclusive = { "Path" },
  defaults = { Mode = "0644" },
  equal = { Mode = same_mode },
}

return schema.new(RAW, HANDLER)
