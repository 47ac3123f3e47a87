-- An operation in words: what it takes and gives, by the model, as plain data.
local Plan = require "aws.document.plan"

local DEEPEST <const> = 4

-- Types as a JSON document shows them.
local TYPES <const> = { blob = "base64", timestamp = "time", long = "integer", float = "number",
  double = "number" }

local function type_of(plan, depth)
  if plan.free then return "any JSON" end
  if plan.kind == "structure" then return plan.shape.name or "structure" end
  if plan.kind == "list" and depth < DEEPEST then
    return "list of " .. type_of(plan:member "member", depth + 1)
  elseif plan.kind == "map" and depth < DEEPEST then
    return "map to " .. type_of(plan:member "value", depth + 1)
  end
  return TYPES[plan.kind] or plan.kind
end

-- The structure inside lists and maps, if any.
local function innermost(plan)
  for _ = 1, DEEPEST do
    if not plan or plan.free or plan.kind == "structure" then break end
    plan = plan.kind == "list" and plan:member "member" or plan:member "value"
  end
  return plan and plan.kind == "structure" and not plan.free and plan or nil
end

local function enum_of(plan)
  if plan.kind == "list" then plan = plan:member "member" end
  return plan.kind == "string" and plan.shape:traits().enum or nil
end

local function members_of(seen, plan, from)
  local rows, name = {}, plan.shape.name or ""
  seen[name] = true
  for _, member in ipairs(plan.shape:members()) do
    local own = Plan.new(member.shape, member.traits)
    local row = {
      name = member.name, type = type_of(own, 0), required = member.required or nil,
      enum = enum_of(own), secret = own.sensitive or nil, streaming = own.streaming or nil,
      help = from.data:documentation(("%s.%s.%s"):format(from.service, name, member.name)),
    }
    local inner = innermost(own)
    local inner_name = inner and (inner.shape.name or "")
    if inner and seen[inner_name] then
      row.again = inner_name
    elseif inner and from.depth < DEEPEST then
      row.members = members_of(seen, inner,
        { data = from.data, service = from.service, depth = from.depth + 1 })
    end
    rows[#rows + 1] = row
  end
  seen[name] = nil
  return rows
end

local function waiters_of(data, service, operation)
  local names = {}
  for name, waiter in pairs(data:record("waiters", service) or {}) do
    if waiter.operation == operation then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

---@class aws.member
---@field name string
---@field type string
---@field required boolean|nil
---@field enum string[]|nil
---@field help string|nil
---@field secret boolean|nil
---@field again string|nil  a structure that is shown further up
---@field members aws.member[]|nil

---@param data table  of native.pack
---@param service string
---@param operation string
---@return { service: string, operation: string, help: string|nil, input: aws.member[],
---  output: aws.member[], paginated: boolean, waiters: string[] }
local function describe(data, service, operation)
  local record = data:operation(service, operation)
  local from = { data = data, service = service, depth = 1 }
  local function side(shape) return shape and members_of({}, Plan.new(shape), from) or {} end
  return {
    service = service, operation = operation, input = side(record.input),
    output = side(record.output), help = data:documentation(service .. "." .. operation),
    paginated = data:record("paginator:" .. service, operation) ~= nil,
    waiters = waiters_of(data, service, operation),
  }
end

return describe
