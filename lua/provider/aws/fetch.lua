--- Lists from Describe calls: by filter or by ids, page by page, shared by all who want the same
--- operation in the same turn.
local keys_of = require "engine.value".keys
local machine = require "provider.aws.machine"
local share = require "provider.aws.share"
local slices = require "provider.aws.slices"

local fetch = {}

local MOST_VALUES = 200 -- of one filter

local function append(into, list)
  for _, item in ipairs(list or {}) do into[#into + 1] = item end
end

--- All pages of a list into one.
---@param job table
---@param name string the operation
---@param params table
---@param top string the answer's member that is the list
---@param into table[]
---@return Failure|nil
function fetch.pages(job, name, params, top, into)
  local answer, err = job.machine:try_all(job.place, job.handler.service, name, params)
  if not answer then return err end
  append(into, answer[top])
end

local function filter_list(filters)
  local list = {}
  for i, name in ipairs(keys_of(filters)) do list[i] = { Name = name, Values = filters[name] } end
  return list
end

--- The outer items that match all of these filters.
---@param job table
---@param read table a prepared `read`
---@param filters table<string, string[]>
---@return table[]
function fetch.filtered(job, read, filters)
  local into = {}
  local err = fetch.pages(job, read[1], { [read.filters] = filter_list(filters) }, read.top, into)
  if err then error(err, 0) end
  return into
end

--- One unknown id fails the whole call, so a "not found" halves it until it is alone.
local function by_ids(job, read, values, into)
  local err = fetch.pages(job, read[1], { [read.ids] = values }, read.top, into)
  if not err then return end
  if not machine.matches(err, job.handler.common.gone) then error(err, 0) end
  if #values == 1 then return end
  local half = #values // 2
  by_ids(job, read, table.move(values, 1, half, 1, {}), into)
  by_ids(job, read, table.move(values, half + 1, #values, 1, {}), into)
end

--- What these entries want and the answer so far does not have.
local function still_wanted(entries, top)
  local seen, list = {}, {}
  for _, entry in ipairs(entries) do
    local found = entry.keys(top)
    for i, v in ipairs(entry.values) do
      if not seen[v] and not found[entry.identifiers[i]] then
        seen[v] = true
        list[#list + 1] = v
      end
    end
  end
  return list
end

--- What names the thing itself comes before what names a part of it (`association.…`): the first
--- answer often has the parts too.
local function whole_first(a, b)
  local part_a, part_b = a:find(".", 1, true) ~= nil, b:find(".", 1, true) ~= nil
  if part_a ~= part_b then return part_b end
  return a < b
end

local function by_filter(entries)
  local groups, names = {}, {}
  for _, entry in ipairs(entries) do
    local name = entry.read.filter
    if not groups[name] then
      groups[name] = {}
      names[#names + 1] = name
    end
    table.insert(groups[name], entry)
  end
  table.sort(names, whole_first)
  return groups, names
end

local function run(job, entries)
  local into = {}
  local groups, names = by_filter(entries)
  for _, name in ipairs(names) do
    local read = groups[name][1].read
    local values = still_wanted(groups[name], into)
    for some in slices(values, read.chunk or MOST_VALUES) do
      if read.ids then
        by_ids(job, read, some, into)
      else
        append(into, fetch.filtered(job, read, { [name] = some }))
      end
    end
  end
  return into
end

--- The outer items of an operation in which these identifiers are found.
---@param job table
---@param entry table read (prepared), identifiers, values (of the filter), and keys(items), which
---  gives them by identifier
---@return table[]
function fetch.list(job, entry)
  local key = table.concat({ job.place.key, job.handler.service, entry.read[1] }, "/")
  return share.join(job.machine.pool, key, entry, function(entries) return run(job, entries) end)
end

return fetch
