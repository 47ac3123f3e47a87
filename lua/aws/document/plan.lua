-- A shape as those see it who walk values along it: each part is looked up once.
local Plan = {}
Plan.__index = Plan

local COMPOSITE <const> = { structure = true, list = true, map = true }

---@class aws.plan
---@field kind string
---@field composite boolean  made of others
---@field free boolean  any JSON value
---@field sensitive boolean
---@field streaming boolean

---@param shape table  native.Shape
---@param traits table|nil  of the member that has it
---@return aws.plan
function Plan.new(shape, traits)
  local own = shape:traits()
  traits = traits or {}
  local free = own.document or own.jsonvalue or traits.document or traits.jsonvalue or false
  return setmetatable({
    shape = shape, kind = shape.kind, free = free,
    composite = not free and COMPOSITE[shape.kind] or false,
    sensitive = own.sensitive or traits.sensitive or false,
    streaming = own.streaming or traits.streaming or false,
  }, Plan)
end

---The plan of a structure's member; "member" is a list's element, "value" a map's.
---@param name string
---@return aws.plan|nil
function Plan:member(name)
  if not self.members then
    self.members = {}
    for _, member in ipairs(self.shape:members()) do self.members[member.name] = member end
  end
  local found = self.members[name]
  if found and getmetatable(found) ~= Plan then
    found = Plan.new(found.shape, found.traits)
    self.members[name] = found
  end
  return found
end

---The plan of what stands at a key of a value with this plan.
---@param key string|integer
---@return aws.plan|nil
function Plan:at(key)
  if self.kind == "structure" then return self:member(key) end
  return self:member(self.kind == "list" and "member" or "value")
end

return Plan
