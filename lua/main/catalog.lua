-- catalog.lua: what the AWS data inside the binary knows, and one call of an operation.
local aws = require "aws"
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "json"
local pack = require "native.pack"
local schema = require "engine.schema"

local INPUT_BYTES <const> = 64 * 1024 * 1024

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

---A JSON object given as text, or as @FILE.
---@param text string
---@param where string what it was given as
---@return table
function catalog.read_json(_, text, where)
  local path = text:match "^@(.+)$"
  if path then text = assert(fs.read(path, INPUT_BYTES)) end
  local value, why = json.decode(text)
  if type(value) ~= "table" then
    failure.raise { kind = "usage", what = where .. " is not a JSON object",
      where = why and tostring(why), next = "write '{ \"Name\": \"value\" }' or @FILE" }
  end
  return value
end

---One call of an operation, with the region and the profile of the command line.
---@param mrun table
---@param service string
---@param operation string
---@param input table
---@return table answer
function catalog.call_aws(mrun, service, operation, input)
  return mrun.task(function()
    local options = { region = mrun.options.region, profile = mrun.options.profile }
    return (aws.client(service, options):call(operation, input))
  end)
end

return catalog
