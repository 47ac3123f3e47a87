--- Reading: many resources of one type in as few calls as AWS allows.
local also = require "provider.aws.also"
local failure = require "engine.failure"
local fetch = require "provider.aws.fetch"
local handler = require "provider.aws.handler"
local machine = require "provider.aws.machine"
local members = require "provider.aws.members"
local path = require "provider.aws.path"
local ready = require "provider.aws.ready"
local tags = require "provider.aws.tags"

local read = {}

local function key_of(made, item)
  local key = made.read.key
  if type(key) == "function" then return key(item) end
  if key then return path.get(item, key) end
  return item[made.member]
end

local function from_list(job, identifiers)
  local made, values, by_identifier = job.handler, {}, {}
  for i, identifier in ipairs(identifiers) do
    values[i] = handler.fields(made, identifier)[made.read.field]
  end
  local function keys(top)
    local found = {}
    for _, item in ipairs(path.items(top, made.read.items)) do found[key_of(made, item)] = item end
    return found
  end
  local entry = { read = made.read, identifiers = identifiers, values = values, keys = keys }
  local top = fetch.list(job, entry)
  local found = keys(top)
  for _, identifier in ipairs(identifiers) do by_identifier[identifier] = found[identifier] end
  return by_identifier
end

local function single(job, facts, identifier)
  local made, params = job.handler, {}
  for field, v in pairs(handler.fields(made, identifier)) do
    if facts.input[field] then params[field] = v end
  end
  local answer, err = job.machine:try(job.place, made.service, made.read[1], params)
  if answer then return made.read.item == true and answer or path.get(answer, made.read.item) end
  if not machine.matches(err, made.common.gone) then error(err, 0) end
end

--- One call for each; the failure of one is not the failure of the others.
local function one_by_one(job, identifiers, found, failed)
  local tasks = {}
  local facts = job.machine:operation(job.handler.service, job.handler.read[1])
  for _, identifier in ipairs(identifiers) do
    if not found[identifier] then
      tasks[#tasks + 1] = function()
        local ok, item = pcall(single, job, facts, identifier)
        if ok then found[identifier] = item else failed[identifier] = failure.from(item) end
      end
    end
  end
  if #tasks > 0 then coroutine.yield { all = tasks } end
  return found
end

--- The raw items of an answer, by identifier.
---@param job table
---@param identifiers string[]
---@param wanted table<string, table<string, boolean>>|nil
---@param unread table|nil takes what would be a call for each, by identifier: it is left out then
---@return table<string, table>
---@return table<string, Failure> failed
---@return table<string, boolean> listed those that a list of everything has told of, without their
---  tags perhaps
function read.items(job, identifiers, wanted, unread)
  local bulk, failed, listed = job.handler.read.bulk, {}, {}
  if not job.handler.read.item then return from_list(job, identifiers), failed, listed end
  if unread and not bulk then
    for _, identifier in ipairs(identifiers) do unread[identifier] = true end
    return {}, failed, listed
  end
  local found = bulk and bulk(job, identifiers, wanted) or {}
  for identifier in pairs(found) do listed[identifier] = true end
  return one_by_one(job, identifiers, found, failed), failed, listed
end

--- What AWS says of an item's state; something that we made a moment ago and that is gone by itself
--- has failed.
local function state_of(job, identifier, item)
  if not item then return "gone" end
  local is, why = ready.of(job.handler, item)
  if is == "gone" and job.machine.made[identifier] and why then return { failed = why } end
  return is
end

--- Whom the tags that were read say it belongs to: false is nobody, nil that none were looked for.
local function owner_of(job, item, besides, listed)
  local made = job.handler
  if not handler.carries_tags(made) then return nil end
  local property = made.tags_property
  local list = item[made.called[property] or "Tags"] or besides[property]
  if list == nil and (listed or made.also_read[property]) then return nil end
  return tags.owner(list) or false
end

--- What is there of these: by identifier the properties, or false; the states of those that are
--- not ready; and the owners where they are known.
---@param job table machine, place, handler
---@param identifiers string[]
---@param wanted table<string, table<string, boolean>>|nil
---@param unread table|nil takes what would be a call for each, by identifier: it is left out then
---@return table<string, table|false> have, table<string, table> states
---@return table<string, table|false> owners
function read.all(job, identifiers, wanted, unread)
  local found, failed, listed = read.items(job, identifiers, wanted, unread)
  local have, states, present, owners = {}, {}, {}, {}
  for _, identifier in ipairs(identifiers) do
    local is = state_of(job, identifier, found[identifier])
    have[identifier] = false
    if failed[identifier] then
      states[identifier] = { error = failed[identifier] }
    elseif is ~= "gone" then
      states[identifier] = is
      present[#present + 1] = identifier
    end
  end
  local besides = also.read(job, present, found, states, { wanted = wanted or {}, unread = unread })
  for _, identifier in ipairs(present) do
    have[identifier] = members.receive(job.handler, found[identifier], besides[identifier])
    owners[identifier] = owner_of(job, found[identifier], besides[identifier], listed[identifier])
  end
  return have, states, owners
end

--- As all, where a type has kinds with operations of their own.
---@param job_of fun(identifier: string): table
---@param identifiers string[]
---@param wanted table|nil
---@param unread table|nil
---@return table, table, table
function read.kinds(job_of, identifiers, wanted, unread)
  local jobs, groups, tasks = {}, {}, {}
  local have, states, owners = {}, {}, {}
  for _, identifier in ipairs(identifiers) do
    local job = job_of(identifier)
    local kind = job.handler
    if not groups[kind] then
      groups[kind], jobs[#jobs + 1] = {}, job
    end
    table.insert(groups[kind], identifier)
  end
  for i, job in ipairs(jobs) do
    tasks[i] = function()
      local found, found_states, found_owners = read.all(job, groups[job.handler], wanted, unread)
      for identifier, v in pairs(found) do have[identifier] = v end
      for identifier, v in pairs(found_states) do states[identifier] = v end
      for identifier, v in pairs(found_owners) do owners[identifier] = v end
    end
  end
  coroutine.yield { all = tasks }
  return have, states, owners
end

--- The items that these filters find: for finding by tag or parent.
---@param job table
---@param filters table<string, string[]>
---@return table[]
function read.matching(job, filters)
  local top = fetch.filtered(job, job.handler.read, filters)
  return path.items(top, job.handler.read.items)
end

--- The identifier of an item of an answer.
---@param job table
---@param item table
---@return string
function read.identifier(job, item)
  return key_of(job.handler, item)
end

return read
