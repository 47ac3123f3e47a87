-- One service model of botocore's form (service-2.json) into records: the service, its
-- operations, and the shapes that those reach.
local file = require "aws.pack.file"
local keys_of = require "engine.value".keys
local values = require "aws.pack.values"

local NO_TRAIT = {
  type = true, members = true, member = true, key = true, value = true, required = true,
  documentation = true, shape = true, deprecatedSince = true, deprecatedMessage = true,
}
local NO_FIELD = {
  input = true, output = true, errors = true, documentation = true, documentationUrl = true,
  deprecatedSince = true, examples = true,
}

local NO_RECORD = { shapes = true, operations = true, documentation = true, examples = true }

local function without(map, left_out)
  local kept = {}
  for name, value in pairs(map) do
    if not left_out[name] then kept[name] = value end
  end
  return kept
end

local function traits_node(out, described)
  local traits = without(described, NO_TRAIT)
  return next(traits) and out.values:node(traits) or nil
end

local Reader = {}
Reader.__index = Reader

--- A reference with what its shape says of all its references: where they stand and their name
--- on the wire. A structure's name is its own, for where it is the root of a body.
local function reference_traits(self, reference)
  local target = assert(self.model.shapes[reference.shape], reference.shape)
  local own = without(reference, {})
  if own.location == nil then own.location = target.location end
  if own.locationName == nil and target.type ~= "structure" then
    own.locationName = target.locationName
  end
  return traits_node(self.out, own)
end

local function member(self, name, reference, required)
  return {
    name = name, required = required, shape = self:shape(reference.shape),
    traits = reference_traits(self, reference),
  }
end

--- As the model has them, where it was read with the order of its keys; else by their names.
local function ordered(members)
  local mark = getmetatable(members)
  if not mark or not mark.order then return keys_of(members or {}) end
  local names, seen = {}, {}
  for _, name in ipairs(mark.order) do
    if members[name] ~= nil and not seen[name] then names[#names + 1], seen[name] = name, true end
  end
  for _, name in ipairs(keys_of(members)) do -- what was added to it
    if not seen[name] then names[#names + 1] = name end
  end
  return names
end

local function structure_members(self, shape)
  local required, members = {}, {}
  for _, name in ipairs(shape.required or {}) do
    required[name] = true
  end
  for _, name in ipairs(ordered(shape.members)) do
    members[#members + 1] = member(self, name, shape.members[name], required[name])
  end
  return members
end

--- The packer's index of a shape, which is read when first asked for.
---@param name string
---@return integer
function Reader:shape(name)
  local known = self.indices[name]
  if known then return known end
  local shape = assert(self.model.shapes[name], name)
  local index, members = self.out.shapes:reserve(), {}
  self.indices[name] = index
  if shape.type == "structure" then
    members = structure_members(self, shape)
  elseif shape.type == "list" then
    members = { member(self, "member", shape.member) }
  elseif shape.type == "map" then
    members = { member(self, "key", shape.key), member(self, "value", shape.value) }
  end
  self.out.shapes:set(index, {
    kind = shape.type, group = self.name, traits = traits_node(self.out, shape), members = members,
    name = shape.type == "structure" and name or nil, -- nothing asks for the names of the others
  })
  self:document(name, shape)
  return index
end

--- "service:Shape" and "service.Shape.Member"; a member without text has its shape's.
function Reader:document(name, shape)
  local documentation = self.out.documentation
  documentation:add(self.name .. ":" .. name, shape.documentation)
  for member_name, reference in pairs(shape.members or {}) do
    local text = reference.documentation or self.model.shapes[reference.shape].documentation
    documentation:add(("%s.%s.%s"):format(self.name, name, member_name), text)
  end
end

local function reference_fields(operation, fields, which)
  local reference = operation[which]
  if not reference then return end
  local traits = without(reference, NO_TRAIT)
  if next(traits) then fields[which .. "_traits"] = traits end
end

local function operation_record(self, name, operation)
  local fields = without(operation, NO_FIELD)
  fields.name = operation.name or name
  for _, which in ipairs { "input", "output" } do
    if operation[which] then fields[which] = values.shape(self:shape(operation[which].shape)) end
    reference_fields(operation, fields, which)
  end
  if operation.errors and operation.errors[1] then
    fields.errors = {}
    for i, reference in ipairs(operation.errors) do
      fields.errors[i] = values.shape(self:shape(reference.shape))
    end
  end
  return fields
end

--- All errors of a service by the names and codes that answers give them: an answer may be one
--- that its operation does not list.
local function errors_record(self)
  local found, names = {}, {}
  for name, shape in pairs(self.model.shapes) do
    if shape.exception or shape.error then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local code = (self.model.shapes[name].error or {}).code
    local shape = values.shape(self:shape(name))
    found[name] = shape
    if code and not self.model.shapes[code] then found[code] = shape end
  end
  return found
end

local service = {}

--- Announces a service to the file.
---@param out table of aws.pack.file
---@param name string the botocore folder: "ec2"
---@param model table service-2 form
function service.add(out, name, model)
  local self = setmetatable({ out = out, name = name, model = model, indices = {} }, Reader)
  local record = without(model, NO_RECORD)
  record.name = name
  out:record("service", name, record)
  out.documentation:add(name, model.documentation)
  for _, operation in ipairs(keys_of(model.operations or {})) do
    local described = model.operations[operation]
    out:record("operation:" .. name, operation, operation_record(self, operation, described))
    out.documentation:add(name .. "." .. operation, described.documentation)
  end
  out:record("errors", name, errors_record(self))
end

--- A model by itself, for native.pack.load.
---@param model table service-2 form
---@param name string? what data:operation calls the service; "model" when not given
---@return string bytes
function service.compile(model, name)
  local out = file.new()
  service.add(out, name or "model", model)
  return out:bytes()
end

return service
