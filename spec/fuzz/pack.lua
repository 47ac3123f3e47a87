-- A data file that is not one, or was damaged: failures, and nothing read outside of it.
local pack = require "native.pack"
local service = require "aws.pack.service"

local GOOD = service.compile {
  metadata = { apiVersion = "2020-01-01", ratio = 0.5, list = { 1, -2, { "a" } } },
  operations = {
    Do = { name = "Do", input = { shape = "Tree" }, documentation = "<p>Does</p>" },
  },
  shapes = {
    Tree = {
      type = "structure", required = { "Name" }, members = {
        Name = { shape = "Name", locationName = "name" }, Branches = { shape = "Trees" },
        Labels = { shape = "Labels" },
      },
    },
    Trees = { type = "list", member = { shape = "Tree" }, flattened = true },
    Labels = { type = "map", key = { shape = "Name" }, value = { shape = "Name" } },
    Name = { type = "string", min = 1, enum = { "oak", "ash" } },
  },
}

local VALUE = { Name = "", Branches = { { Name = "x", Labels = { a = "b" } } }, Other = 1 }

--- A good file with bytes changed: three of the input's say where, and to what.
local function damaged(bytes)
  local changed = { GOOD:byte(1, -1) }
  for i = 1, #bytes - 2, 3 do
    local high, low, value = bytes:byte(i, i + 2)
    changed[(high << 8 | low) % #changed + 1] = value
  end
  for i, byte in ipairs(changed) do
    changed[i] = string.char(byte)
  end
  return table.concat(changed)
end

local function walk(shape, depth)
  assert(shape.kind)
  pcall(shape.traits, shape)
  pcall(shape.check, shape, VALUE)
  if depth == 0 then return end
  for _, member in ipairs(shape:members()) do
    walk(member.shape, depth - 1)
  end
end

local function visit(data)
  for _, kind in ipairs(data:kinds()) do
    for _, key in ipairs(data:keys(kind)) do
      pcall(data.record, data, kind, key)
      pcall(data.documentation, data, key)
    end
  end
  for _, name in ipairs(data:operations "model") do
    local operation = data:operation("model", name)
    if operation.input then walk(operation.input, 3) end
  end
end

return function(bytes)
  for _, file in ipairs { bytes, damaged(bytes) } do
    local data = pack.load(file)
    if data then
      data:verify()
      pcall(visit, data) -- what makes no sense is raised
    end
  end
end
