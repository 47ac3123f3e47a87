-- catalog.lua: what the AWS data inside the binary knows, and one call of an operation.
local aws = require "aws"
local failure = require "engine.failure"
local fs = require "native.fs"
local json = require "json"
local pack = require "native.pack"

local INPUT_BYTES <const> = 64 * 1024 * 1024

return function(mrun)
  local self, data = {}, nil

  function self.data()
    data = data or assert(pack.open())
    return data
  end

  function self.documentation(key) return self.data():documentation(key) end

  function self.types() return mrun.providers.types "aws" end

  function self.schema(name) return mrun.providers.schema("aws", name) end

  ---A JSON object given as text, or as @FILE.
  function self.read_json(text, where)
    local path = text:match "^@(.+)$"
    if path then text = assert(fs.read(path, INPUT_BYTES)) end
    local value, why = json.decode(text)
    if type(value) ~= "table" then
      failure.raise { kind = "usage", what = where .. " is not a JSON object",
        where = why and tostring(why), next = "write '{ \"Name\": \"value\" }' or @FILE" }
    end
    return value
  end

  function self.call_aws(service, operation, input)
    return mrun.task(function()
      local options = mrun.place_options()
      return aws.client(service, options):call(operation, input)
    end)
  end

  return self
end
