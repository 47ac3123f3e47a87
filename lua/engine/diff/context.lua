--- What one comparison carries along: the type's record, the three sides, the handler's hooks.
local path = require "engine.schema.path"
local hidden = require "engine.value.hidden"
local scalar = require "engine.schema.scalar"
local schema = require "engine.schema"
local secret = require "engine.value.secret"

local context = {}
context.__index = context

---@param options table as diff.resource takes it
---@return table
function context.new(options)
  local record = options.schema
  return setmetatable({
    record = record, raw = record.raw, want = options.want, have = options.have or {},
    last = options.last or {}, has_last = options.last ~= nil, digest = options.digest,
    key = options.key, siblings = options.siblings or {}, ignore = options.ignore or {},
    changes = {}, target = {}, dropped = {}, restored = {},
  }, context)
end

--- "A[1].B" as "A/*/B".
function context.pattern(_, at)
  local steps = path.steps(at)
  for i, step in ipairs(steps) do
    if step:sub(1, 1) == "[" then steps[i] = "*" end
  end
  return table.concat(steps, "/")
end

--- What the handler's own comparison says; nil where it has none for this path.
---@param spot Spot
---@param want any
---@param have any
---@return boolean|nil
function context:hook(spot, want, have)
  local hooks, parents = self.record.equal, spot.parents or {}
  if hooks == nil then return nil end
  local facts = { want = self.want, have = self.have,
    item_want = parents.want, item_have = parents.have }
  if type(hooks) == "function" then return hooks(spot.path, want, have, facts) end
  local hook = hooks[self:pattern(spot.path)]
  return hook and hook(want, have, facts)
end

local function covered(set, at)
  if next(set) == nil then return false end
  local steps = path.steps(at)
  for pattern in next, set do
    if path.covers(pattern, steps) then return true end
  end
  return false
end

--- Whether AWS never shows what stands at this path.
function context:write_only(at)
  return covered(self.record.write_only, at)
end

--- Whether something inside of what stands at this path is never shown.
function context:holds_write_only(at)
  local pattern = self:pattern(at) .. "/"
  for other in next, self.record.write_only do
    if other:sub(1, #pattern) == pattern then return true end
  end
  return false
end

function context:read_only(at)
  return covered(self.record.read_only, at)
end

function context:create_only(at)
  return covered(self.record.create_only, at)
end

--- Whether going from one value to another needs a new resource.
---@return boolean|"conditional"
function context:replaces(at, old, new)
  return schema.replaces(self.record, at, old, new, { want = self.want, have = self.have })
end

--- Adds a change. Nothing that is taken out of the recipe replaces a resource.
---@param change { path: string, old: any, new: any, reset: boolean|nil, unmanaged: boolean|nil }
function context:change(change)
  local replaces = false
  if not change.reset and not change.unmanaged then
    replaces = self:replaces(change.path, change.old, change.new)
  end
  change.replaces = replaces ~= false
  if replaces == "conditional" then change.conditional = true end
  self.changes[#self.changes + 1] = change
end

function context:ignored(at)
  for _, one in ipairs(self.ignore) do
    local rest = at:sub(1, #one) == one and at:sub(#one + 1, #one + 1)
    if rest == "" or rest == "." or rest == "[" then return true end
  end
  return false
end

--- Whether a wanted value is what was applied last, where only a digest of that may be left.
function context:applied(want, last)
  if last == nil or hidden.kind(want) and not secret.is(want) then return false end
  local kept = secret.digest_of(last)
  if kept then
    return self.digest ~= nil and secret.digest(self.digest, self.key, want)["$digest"] == kept
  end
  want, last = secret.reveal(want), secret.reveal(last)
  if type(want) ~= "table" or type(last) ~= "table" then return scalar.same(want, last) end
  for key, member in next, want do
    if not self:applied(member, rawget(last, key)) then return false end
  end
  for key in next, last do
    if rawget(want, key) == nil then return false end
  end
  return true
end

return context
