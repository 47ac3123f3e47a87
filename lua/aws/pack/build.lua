-- Packs AWS's models and CloudFormation's schemas into the data file of native.pack:
--
--   lua/aws/pack/build.lua BOTOCORE_DATA_DIR CFN_SCHEMAS_DIR OUT_FILE
local documents = require "aws.pack.documents"
local file = require "aws.pack.file"
local fs = require "native.fs"
local keys_of = require "engine.value".keys
local pack = require "native.pack"
local schemas = require "aws.pack.schemas"

local function report(path)
  local sizes = assert(pack.open(path)):sizes()
  local parts = {}
  for i, name in ipairs(keys_of(sizes)) do
    parts[i] = ("%s %.1f MB"):format(name, sizes[name] / 1e6)
  end
  io.stderr:write("packed: ", table.concat(parts, ", "), "\n")
end

local models, cloudformation, path = ...
assert(path, "usage: build.lua BOTOCORE_DATA_DIR CFN_SCHEMAS_DIR OUT_FILE")

collectgarbage "generational"
local out = file.new()
documents.add(out, models)
schemas.add(out, cloudformation)
assert(fs.replace(path, out:bytes(), tonumber("644", 8)))
report(path)
