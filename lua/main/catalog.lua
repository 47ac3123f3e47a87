-- catalog.lua: what the AWS data inside the binary knows.
local pack = require "native.pack"
local schema = require "engine.schema"

local catalog = {}

---The data file inside the binary, opened once.
---@param mrun table
---@return table data of native.pack
function catalog.data(mrun)
  local opened = rawget(mrun, "opened_data") or assert(pack.open())
  rawset(mrun, "opened_data", opened)
  return opened
end

---@param mrun table
---@param key string such as "AWS::EC2::VPC.CidrBlock"
---@return string|nil
function catalog.documentation(mrun, key) return mrun.data():documentation(key) end

---@param mrun table
---@return string[]
function catalog.types(mrun) return mrun.providers.types "aws" end

---@param mrun table
---@param name string
---@return table|nil record
function catalog.schema(mrun, name) return mrun.providers.schema("aws", name) end

---The word of a list that is most like this one, where any is.
---@param word string
---@param list string[]
---@return string|nil
function catalog.nearest(_, word, list) return schema.nearest(word, list) end

return catalog
