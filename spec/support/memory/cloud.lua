-- A fake service: things in memory behind requests that take time, become visible late, stay
-- pending for a while, and refuse to be deleted while something else refers to them.
local types = require "spec.support.memory.types"

local cloud = {}
cloud.__index = cloud

---@param now fun(): number
---@return table cloud
function cloud.new(now)
  return setmetatable({ now = now, objects = {}, order = {}, serial = 0, tokens = {}, log = {},
    visible_ms = 0, pending_ms = 0, deleting_ms = 0, account = "111" }, cloud)
end

local function copy(v)
  if type(v) ~= "table" then return v end
  local result = {}
  for key, member in pairs(v) do result[key] = copy(member) end
  return setmetatable(result, getmetatable(v))
end

local function refuse(code, message)
  return { status = 400, body = { code = code, message = message or code } }
end

local function visible(self, object)
  return object and not object.gone and self.now() >= object.created + self.visible_ms
end

local function sweep(self)
  for _, object in pairs(self.objects) do
    local since = object.deleting
    if since and self.now() >= since + self.deleting_ms then object.gone = true end
  end
end

--- What is there, in the order of its making.
function cloud:all(type)
  sweep(self)
  local found = {}
  for _, id in ipairs(self.order) do
    local object = self.objects[id]
    if not object.gone and (not type or object.type == type) then found[#found + 1] = object end
  end
  return found
end

local function identifier(self, request)
  local kind, properties = types[request.type], request.properties
  if kind.rule == "name" then return request.type .. "/" .. properties.Name, properties.Name end
  if kind.rule == "parent" then
    local parts = {}
    for i, pointer in ipairs(kind.schema.primaryIdentifier) do
      parts[i] = properties[pointer:match "[^/]+$"]
    end
    local id = table.concat(parts, "|")
    return request.type .. "/" .. id, id
  end
  self.serial = self.serial + 1
  local id = request.type:match "%w+$":lower() .. "-" .. self.serial
  return request.type .. "/" .. id, id
end

local calls = {}

function calls.Identity(self) return self.account end

function calls.Create(self, request)
  local token = request.token and types[request.type].rule == "token" and request.token
  if token and self.tokens[token] then return self.tokens[token] end
  local key, id = identifier(self, request)
  local there = self.objects[key]
  if there and not there.gone then return nil, refuse("AlreadyExists", id .. " exists") end
  for _, at in ipairs { "Slot", "Left" } do
    for _, other in ipairs(self:all(request.type)) do
      if request.properties[at] and other.properties[at] == request.properties[at] then
        return nil, refuse("Conflict", at .. " is taken")
      end
    end
  end
  local object = { id = id, type = request.type, properties = copy(request.properties),
    created = self.now(), op = request.token }
  local schema = types[request.type].schema.properties
  if schema.Id then object.properties.Id = id end
  if schema.Version then object.properties.Version = 1 end
  if schema.Arn then object.properties.Arn = "arn:" .. id end
  if not there then self.order[#self.order + 1] = key end
  self.objects[key] = object
  if request.type == "Memory::Rule" then
    local owner = self.objects["Memory::Thing/" .. request.properties.Owner]
    owner.properties.Rules = owner.properties.Rules or {}
    table.insert(owner.properties.Rules, request.properties.Text)
  end
  if token then self.tokens[token] = id end
  return id
end

function calls.Read(self, request)
  local have, states = {}, {}
  for _, id in ipairs(request.ids) do
    local object = self.objects[request.type .. "/" .. id]
    have[id] = false
    if visible(self, object) then
      have[id] = copy(object.properties)
      have[id].Password, have[id].Secret = nil, nil
      if object.deleting then
        states[id] = { pending = "deleting" }
      elseif object.broken then
        states[id] = { failed = object.broken }
      elseif self.now() < object.created + self.pending_ms then
        states[id] = { pending = "creating" }
      end
    end
  end
  return { have = have, states = states }
end

function calls.Find(self, request)
  for _, object in ipairs(self:all(request.type)) do
    local tags = object.properties.Tags or {}
    local hit
    if request.op then
      hit = tags["mrun:op"] == request.op
    else
      hit = object.id == request.id
    end
    if hit and visible(self, object) then return { id = object.id, tags = copy(tags) } end
  end
  return {}
end

function calls.Owned(self, request)
  local found = {}
  for _, object in ipairs(self:all()) do
    local tags = object.properties.Tags or {}
    local stack = tags["mrun:stack"]
    local seen = visible(self, object) or self.tags_outlive
    if stack and stack:match "^[^/]+" == request.stack and seen then
      found[#found + 1] = { stack = stack, name = tags["mrun:resource"], type = object.type,
        protect = tags["mrun:protect"] == "true" or nil,
        types = self.owned_types, identifier = object.id }
      if self.owned_types then found[#found].type = self.owned_types[1] end
    end
  end
  return found
end

function calls.Set(self, request)
  local object = self.objects[request.type .. "/" .. request.id]
  if not visible(self, object) or object.deleting then return nil, refuse "NotFound" end
  object.properties[request.property] = copy(request.value)
  object.version = (object.version or 1) + 1
  if types[object.type].schema.properties.Version then
    object.properties.Version = object.version
  end
  return true
end

function calls.Tag(self, request)
  local object = self.objects[request.type .. "/" .. request.id]
  if not visible(self, object) or object.deleting then return nil, refuse "NotFound" end
  local tags = object.properties.Tags or {}
  object.properties.Tags = tags
  for key, text in pairs(request.add) do tags[key] = text end
  for _, key in ipairs(request.remove) do tags[key] = nil end
  return true
end

local function holder(self, object)
  for _, other in ipairs(self:all()) do
    for name, v in pairs(other.properties) do
      if other ~= object and name ~= "Rules" and (v == object.id or v == object.properties.Arn) then
        return other
      end
    end
  end
end

function calls.Delete(self, request)
  local object = self.objects[request.type .. "/" .. request.id]
  if not object or object.gone then return nil, refuse "NotFound" end
  local held = holder(self, object)
  if held then
    return nil, refuse("DependencyViolation", request.id .. " is used by " .. held.id)
  end
  object.deleting = object.deleting or self.now()
  if object.type == "Memory::Rule" then
    local owner = self.objects["Memory::Thing/" .. object.properties.Owner]
    for i, text in ipairs(owner and owner.properties.Rules or {}) do
      if text == object.properties.Text then table.remove(owner.properties.Rules, i) break end
    end
  end
  sweep(self)
  return true
end

function calls.Parameter(self, request)
  return (self.parameters or {})[request.name]
end

--- Does what a request asks for; the world may refuse it first (`self.refuse(request)`).
---@param request table
---@return table response
function cloud:handle(request)
  self.log[#self.log + 1] = request
  sweep(self)
  local refused = self.refuse and self.refuse(request)
  if refused then return refused end
  return self:perform(request)
end

--- Does it, whoever would have refused it.
---@param request table
---@return table response
function cloud:perform(request)
  local body, why = calls[request.call](self, request)
  return why or { status = 200, body = body }
end

return cloud
