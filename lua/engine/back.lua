-- The way back: what an apply did, taken back from the rows as they were before it. What was
-- created is deleted, what was updated is put back, and what was deleted is created anew.
--
-- `before` has a row for each name that is to be taken back, or false where there was none.
local graph_of_rows = require "engine.graph.rows"
local order = require "engine.graph.order"
local schema = require "engine.schema"
local value = require "engine.value"

local back = {}

local SHORTEST <const> = 6 -- an attribute shorter than that may stand somewhere by chance

--- The rows that there were, by name.
---@param before table<string, table|false>
---@return table<string, table>
function back.present(before)
  local rows = {}
  for name, row in pairs(before) do rows[name] = row or nil end
  return rows
end

--- The row that there was, where its resource is there still: the one that replaced it takes the
--- place of what is to be deleted.
local function swapped(row, before)
  for i, old in ipairs(row.old or {}) do
    if old.identifier == before.identifier then
      local result, rest = {}, table.move(row.old, 1, #row.old, 1, {})
      for key, member in pairs(before) do result[key] = member end
      rest[i] = { identifier = row.identifier, type = row.type, provider = row.provider,
        place = row.place, depends = row.depends, name = row.name, last = row.last }
      result.old = rest
      return result
    end
  end
end

--- The rows as they are now, with what has been replaced and is there still in its old place.
---@param rows table<string, table>
---@param before table<string, table|false>
---@return table<string, table> rows
---@return table[] changed those that have to be written down
function back.rows(rows, before)
  local result, changed = {}, {}
  for name, row in pairs(rows) do result[name] = row end
  for _, name in ipairs(value.keys(before)) do
    local row = rows[name]
    local other = row and before[name] and row.identifier ~= before[name].identifier
      and swapped(row, before[name])
    if other then
      result[name] = other
      changed[#changed + 1] = other
    end
  end
  return result, changed
end

--- What others may have known of something that is gone: text -> its deferred attribute.
local function known_by(ctx, name, row, into)
  local record = ctx:record(row)
  local function enter(attribute, v)
    if type(v) == "string" and #v >= SHORTEST then into[v] = value.attribute(name, attribute) end
  end
  for attribute, v in pairs(row.attributes or {}) do
    if record.read_only[attribute] then enter(attribute, v) end
  end
  if schema.has_ref(record) then
    local ok, ref = pcall(schema.ref, record, row.identifier, row.attributes or {})
    if ok and not record.name_property then enter("Ref", ref) end
  end
end

local function with_references(v, known)
  if type(v) == "string" then return known[v] or v end
  if type(v) ~= "table" then return v end
  local result = value.is_list(v) and value.list() or {}
  for key, member in pairs(v) do result[key] = with_references(member, known) end
  return result
end

--- What is to come back refers to what else comes back as it will be then.
local function refer_anew(ctx, graph, rows, before)
  local known = {}
  for name, row in pairs(before) do
    local now = rows[name]
    if row and (not now or now.identifier ~= row.identifier) then
      known_by(ctx, name, row, known)
    end
  end
  if not next(known) then return end
  for _, name in ipairs(graph.order) do
    local resource, want = graph.resources[name], {}
    for property, v in pairs(resource.want) do
      want[property] = before[name] and with_references(v, known) or v
      if value.contains_deferred(want[property]) then
        table.insert(resource.awaits, property)
        for _, other in ipairs(value.names(want[property])) do
          if other ~= name then table.insert(graph.edges[name], other) end
        end
      end
    end
    resource.want = want
  end
end

--- What of a row was a secret: it is kept as a digest only.
local function secrets_of(row)
  local hidden = {}
  for _, property in ipairs(value.keys(row and row.last or {})) do
    if value.hides(row.last[property]) then hidden[#hidden + 1] = property end
  end
  return hidden
end

--- What was a secret stays as it is now.
local function leave_secrets(graph, before)
  for _, name in ipairs(value.keys(before)) do
    local hidden = secrets_of(before[name])
    if #hidden > 0 then
      local options = graph.resources[name].options
      options.ignore_changes = table.move(hidden, 1, #hidden,
        #(options.ignore_changes or {}) + 1, value.copy(options.ignore_changes or {}))
    end
  end
end

local function options_of(row)
  local options = value.copy(row.options or {})
  options.depends_on, options.moved_from, options.identifier = nil, nil, nil
  return options
end

--- The stack as it was, as a graph: what is not to be taken back stands in it as it is.
---@param ctx table
---@param rows table<string, table> as they are now
---@param before table<string, table|false>
---@return table graph
function back.graph(ctx, rows, before)
  local all = {}
  for name, row in pairs(rows) do all[name] = row end
  for name, row in pairs(before) do all[name] = row or nil end
  local graph = graph_of_rows(ctx.stack.name, all)
  for name, row in pairs(all) do graph.resources[name].options = options_of(row) end
  refer_anew(ctx, graph, rows, before)
  leave_secrets(graph, before)
  graph.order = order.sort(graph.order, graph.edges) or graph.order
  return graph
end

--- What was taken over is put back like all else, and then let go; it was never ours to delete or
--- to make anew.
---@param run table of a plan
---@param before table<string, table|false>
---@return table[] changes
function back.let_go(run, before)
  local changes = {}
  for _, name in ipairs(value.keys(before)) do
    local row, taken = run.ctx.rows[name], before[name] and before[name].taken_over
    local change = run.changes[name]
    if taken and change and change.action ~= "update" then run.changes[name] = nil end
    if taken and row then
      changes[#changes + 1] = { name = name, key = name .. "#let go", type = row.type,
        provider = row.provider, place = row.place, identifier = row.identifier,
        source = row.source, action = "forget", properties = {},
        because = "it was taken over: it stays, and is nobody's again" }
    end
  end
  return changes
end

--- What a new one cannot do without, and nobody knows any more.
local function lost(run, resource, row)
  local record, list = run.ctx:record(resource), {}
  for _, property in ipairs(secrets_of(row)) do
    if schema.requires(record, property) then list[#list + 1] = property end
  end
  return #list > 0 and table.concat(list, ", ") or nil
end

--- Why a change cannot be made, in words: nil where it can.
local function obstacle(run, change, row, out)
  local resource = run.graph.resources[change.name]
  local secret = change.action ~= "update" and lost(run, resource, row)
  if secret then
    return ("a new one needs its %s, a secret, of which only a digest is kept: "
      .. "mrun apply with the recipe makes it"):format(secret)
  end
  for _, property in ipairs(resource.awaits) do
    for _, name in ipairs(value.names(resource.want[property])) do
      if out[name] then return ("its %s is of %s"):format(property, name) end
    end
  end
end

--- Leaves out what could only fail: new ones without a secret that they need, and what would have
--- to refer to them. It stays as it is now, or away.
---@param run table of a plan
---@param before table<string, table|false>
function back.leave_out(run, before)
  local out, rest = {}, {}
  for _, name in ipairs(run.order) do
    local why = run.changes[name] and obstacle(run, run.changes[name], before[name], out)
    if why then
      out[name], run.changes[name], run.live[name] = true, nil, nil
      run.notices[#run.notices + 1] = ("%s is not taken back: %s"):format(name, why)
    else
      rest[#rest + 1] = name
    end
  end
  run.order = rest
end

--- Says what comes back as a new one, under a name that it did not have, or with its secret as
--- it is now.
---@param run table of a plan
---@param before table<string, table|false>
function back.tell(run, before)
  for _, name in ipairs(run.order) do
    local change, row = run.changes[name], before[name]
    local hidden = secrets_of(row)
    if #hidden > 0 then
      run.notices[#run.notices + 1] = ("%s: %s cannot be taken back (a secret is kept as a digest "
        .. "only)"):format(name, table.concat(hidden, ", "))
    end
    if row and row.was then
      run.notices[#run.notices + 1] = ("%s keeps its name: it was %s before"):format(name, row.was)
    end
    if row and change and (change.action == "create" or change.action == "replace") then
      run.notices[#run.notices + 1] = ("%s comes back as a new one: %s is gone, with what it held")
        :format(name, row.identifier)
    end
  end
end

return back
