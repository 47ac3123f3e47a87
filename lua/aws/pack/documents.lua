-- botocore's folder: every service at its latest version, and the documents beside it.
local fs = require "native.fs"
local json = require "native.json"
local pack = require "native.pack"
local service = require "aws.pack.service"

-- kind of the record, key, and the file it comes from
local SINGLE = {
  { "partitions", "partitions", "partitions.json" },
  { "endpoints", "endpoints", "endpoints.json" },
  { "retry", "_retry", "_retry.json" },
  { "sdk_defaults", "sdk_defaults", "sdk-default-configuration.json" },
}

local documents = {}

--- A JSON file that may lie there compressed; nil where there is none.
local function read_json(path, options)
  local bytes = fs.read(path)
  if not bytes then
    bytes = fs.read(path .. ".gz")
    if not bytes then return nil end
    bytes = assert(pack.inflate(bytes))
  end
  local value, failure = json.decode(nil, bytes, options)
  if value == nil then error(path .. ": " .. tostring(failure), 0) end
  return value
end

--- What `extra` says comes over what is there, at any depth.
local function merge(into, extra)
  for name, value in pairs(extra) do
    local there = into[name]
    local maps = type(there) == "table" and type(value) == "table" and value[1] == nil
    into[name] = maps and merge(there, value) or value
  end
  return into
end

local function read_extended(folder, name, options)
  local value = read_json(("%s/%s.json"):format(folder, name), options)
  local extra = read_json(("%s/%s.sdk-extras.json"):format(folder, name))
  return extra and merge(value, extra.merge) or value
end

--- The newest API version that has a model: the names are dates.
local function latest(folder)
  local versions = assert(fs.list(folder))
  table.sort(versions)
  for i = #versions, 1, -1 do
    local path = folder .. "/" .. versions[i]
    if fs.stat(path .. "/service-2.json.gz") or fs.stat(path .. "/service-2.json") then
      return path
    end
  end
end

--- The whole under the service's name, and each alone under the service as its part.
local function record_each(out, kinds, name, entries)
  if not entries then return end
  out:record(kinds.all, name, entries)
  for key, value in pairs(entries) do
    out:record(kinds.one .. ":" .. name, key, value)
  end
end

local function add_service(out, name, folder)
  service.add(out, name, read_extended(folder, "service-2", { order = true }))
  local pages = read_extended(folder, "paginators-1")
  record_each(out, { all = "paginators", one = "paginator" }, name, pages and pages.pagination)
  local waits = read_extended(folder, "waiters-2")
  record_each(out, { all = "waiters", one = "waiter" }, name, waits and waits.waiters)
  local rules = read_extended(folder, "endpoint-rule-set-1")
  if rules then out:record("endpoint_rules", name, rules) end
end

---@param out table of aws.pack.file
---@param root string botocore's data folder
function documents.add(out, root)
  local names = assert(fs.list(root))
  table.sort(names)
  for _, name in ipairs(names) do
    local folder = not name:find("%.json$") and latest(root .. "/" .. name)
    if folder then add_service(out, name, folder) end
  end
  for _, single in ipairs(SINGLE) do
    out:record(single[1], single[2], assert(read_json(root .. "/" .. single[3]), single[3]))
  end
end

return documents
