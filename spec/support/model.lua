-- Small service models for the specs of the wire formats.
local pack = require "native.pack"
local service = require "aws.pack.service"

local model = {}

--- One operation "Do" whose input and output are the shape "Thing".
---@param shapes table<string, table> in the form of botocore's service-2.json
---@return table operation a record of native.pack
function model.operation(shapes)
  local bytes = service.compile {
    metadata = { apiVersion = "2020-01-01", protocol = "ec2" },
    operations = {
      Do = { name = "Do", input = { shape = "Thing" }, output = { shape = "Thing" } },
    },
    shapes = shapes,
  }
  return assert(pack.load(bytes)):operation("model", "Do")
end

--- The shape "Thing" with these members; each a type's name, or a reference whose shape may be
--- a shape itself.
---@param members table<string, string|table>
---@param shapes table<string, table>?
---@return userdata shape
function model.shape(members, shapes)
  local all = { Thing = { type = "structure", members = {} } }
  for name, shape in pairs(shapes or {}) do all[name] = shape end
  for name, member in pairs(members) do
    if type(member) == "string" then member = { shape = member } end
    all.Thing.members[name] = member
    if not all[member.shape] then all[member.shape] = { type = member.shape } end
  end
  for _, shape in pairs(all) do
    for _, inner in ipairs { shape.member or {}, shape.key or {}, shape.value or {} } do
      local name = inner.shape
      if name and not all[name] then all[name] = { type = name } end
    end
  end
  return model.operation(all).input
end

return model
