--- Finding what an open intent, or an earlier run, has made: by op tag, by natural name, or below
--- its parent.
local handler = require "provider.aws.handler"
local ready = require "provider.aws.ready"
local read = require "provider.aws.read"
local tags = require "provider.aws.tags"

local find = {}

local function item_tags(job, item)
  return item[job.handler.tags_member or "Tags"]
end

local function first_living(job, items)
  for _, item in ipairs(items) do
    if ready.of(job.handler, item) ~= "gone" then
      return read.identifier(job, item), tags.owner(item_tags(job, item))
    end
  end
end

local function by_tag(job, query)
  local filters = {}
  if query.op then
    filters["tag:mrun:op"] = { query.op }
  else
    local stack = query.stack
    filters["tag:mrun:stack"] = { ("%s/%s"):format(stack.name, stack.id) }
    filters["tag:mrun:resource"] = { query.name }
  end
  return first_living(job, read.matching(job, filters))
end

--- By what only one thing can have: `find = { ["association.subnet-id"] = "SubnetId" }`.
local function by_parent(job, query)
  local filters = {}
  for name, property in pairs(job.handler.find) do
    local v = query.want[property]
    if type(v) ~= "string" then return nil end
    filters[name] = { v }
  end
  for _, item in ipairs(read.matching(job, filters)) do
    local same = true
    for _, property in pairs(job.handler.find) do
      if item[property] ~= query.want[property] then same = false end
    end
    if same and ready.of(job.handler, item) ~= "gone" then return read.identifier(job, item) end
  end
end

local function by_name(job, query)
  local identifier = handler.join(job.handler, query.want)
  if type(identifier) ~= "string" then return nil end
  local item = read.items(job, { identifier }, { [identifier] = {} })[identifier]
  if not item or ready.of(job.handler, item) == "gone" then return nil end
  return identifier, tags.owner(item_tags(job, item))
end

--- The identifier of what was made for this resource, and whom its tags say it belongs to.
---@param job table
---@param query { op: string|nil, name: string, want: table, stack: table|nil }
---@return string|nil identifier, table|nil owner
function find.any(job, query)
  local how = job.handler.find
  if type(how) == "function" then return how(job, query) end
  if type(how) == "table" then return by_parent(job, query) end
  if job.handler.read.item then return by_name(job, query) end
  if not query.op and not query.stack then return nil end
  return by_tag(job, query)
end

--- After "exists already": what is there, when it is our own.
---@param job table
---@param intent table
---@return string|nil identifier
function find.ours(job, intent)
  local identifier, owner = find.any(job, {
    op = intent.op, name = intent.name, want = intent.want, stack = intent.stack,
  })
  if not identifier then return nil end
  if owner == nil then return type(job.handler.find) ~= "nil" and identifier or nil end
  local tag = intent.tags or {}
  local ours = owner.stack == tag["mrun:stack"] and owner.name == tag["mrun:resource"]
  return ours and identifier or nil
end

return find
