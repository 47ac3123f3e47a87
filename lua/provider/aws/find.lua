--- Finding what an open intent, or an earlier run, has made: by op tag, by natural name, or below
--- its parent.
local also = require "provider.aws.also"
local handler = require "provider.aws.handler"
local members = require "provider.aws.members"
local ready = require "provider.aws.ready"
local read = require "provider.aws.read"
local tags = require "provider.aws.tags"

local find = {}

local function first_living(job, op, items)
  for _, item in ipairs(items) do
    local owner = tags.owner(item.Tags)
    if owner and owner.op == op and ready.of(job.handler, item) ~= "gone" then
      return read.identifier(job, item), owner
    end
  end
end

local function by_tag(job, query)
  return first_living(job, query.op, read.matching(job, { ["tag:mrun:op"] = { query.op } }))
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
    local same, have = true, members.receive(job.handler, item, {})
    for _, property in pairs(job.handler.find) do
      if have[property] ~= query.want[property] then same = false end
    end
    if same and ready.of(job.handler, item) ~= "gone" then
      return read.identifier(job, item), tags.owner(item.Tags)
    end
  end
end

local function by_name(job, query)
  local identifier = handler.join(job.handler, query.want)
  if type(identifier) ~= "string" then return nil end
  local item = read.items(job, { identifier }, { [identifier] = {} })[identifier]
  if not item or ready.of(job.handler, item) == "gone" then return nil end
  return identifier, tags.owner(item.Tags)
end

--- The identifier of what was made for this resource, and whom its tags say it belongs to. Without
--- an op id only what is unique by its own properties can be found.
---@param job table
---@param query { op: string|nil, name: string, want: table, stack: table|nil }
---@return string|nil identifier, table|nil owner
function find.any(job, query)
  local made = job.handler
  local how = made.find
  if type(how) == "function" then return how(job, query) end
  if made.read.item then return by_name(job, query) end
  if query.op and made.create.tags then return by_tag(job, query) end
  return how and by_parent(job, query) or nil
end

--- Whom the tags of something that is there say it belongs to.
---@param job table
---@param identifier string
---@return table|false|nil owner false: nobody; nil: its type carries no tags, or it is gone
function find.owner(job, identifier)
  if not handler.carries_tags(job.handler) then return nil end
  local found = read.items(job, { identifier }, { [identifier] = {} })
  local item, property = found[identifier], job.handler.tags_property
  if not item then return nil end
  local list = item.Tags
  if list == nil and property and job.handler.also_read[property] then
    local wanted = { [identifier] = { [property] = true } }
    list = also.read(job, { identifier }, found, {}, { wanted = wanted })[identifier][property]
  end
  return tags.owner(list) or false
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
  if owner == nil then
    local made = job.handler
    return made.find and not handler.carries_tags(made) and identifier or nil
  end
  local tag = intent.tags or {}
  local ours = owner.stack == tag["mrun:stack"] and owner.name == tag["mrun:resource"]
  return ours and identifier or nil
end

return find
