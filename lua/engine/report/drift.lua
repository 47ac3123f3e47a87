--- What others have changed since the last apply, as text and as a document.
local plain = require "engine.value.plain"
local resolve = require "engine.value.resolve"
local text = require "engine.report.text"

local ROOM = 60

local drift = {}

local function add_properties(lines, one)
  for _, property in ipairs(one.properties) do
    lines[#lines + 1] = ("      %s: %s -> %s"):format(text.escape(property.path),
      text.value(property.applied, ROOM), text.value(property.now, ROOM))
  end
end

local function add(lines, one, style)
  local mark, color = one.gone and "-" or "~", one.gone and "red" or "yellow"
  local head = text.paint(style, color, ("%3s %s"):format(mark, text.escape(one.name)))
  local why = one.gone and "  (gone: somebody else deleted it)"
    or one.broken and ("  (it failed: %s)"):format(text.escape(one.broken))
    or one.other and ("  (it %s)"):format(text.escape(one.other)) or ""
  lines[#lines + 1] = ("%s  %s  %s%s"):format(head, text.paint(style, "dim", one.type),
    text.escape(tostring(one.identifier)), why)
  add_properties(lines, one)
end

local function last_line(found, api_calls)
  local drifted, unseen = #found.changes, #found.unseen
  local line = drifted == 0
    and ("No drift: %s as applied."):format(text.count(found.same, "resource"))
    or ("%d of %s drifted."):format(drifted, text.count(drifted + found.same, "resource"))
  if unseen > 0 then line = ("%s %d not looked at."):format(line, unseen) end
  return api_calls and ("%s %s."):format(line, text.count(api_calls, "API call")) or line
end

---@param found table of engine.drift
---@param style table|nil
---@param facts { api_calls: integer|nil }|nil
---@return string
function drift.text(found, style, facts)
  local lines = {}
  for _, one in ipairs(found.changes) do add(lines, one, style) end
  for _, notice in ipairs(found.notices) do
    lines[#lines + 1] = text.paint(style, "cyan", "note: " .. text.escape(notice))
  end
  lines[#lines + 1] = text.paint(style, "bold", last_line(found, facts and facts.api_calls))
  return table.concat(lines, "\n") .. "\n"
end

local function document_of(one)
  local properties, place = plain.list(), one.place or {}
  for i, property in ipairs(one.properties) do
    properties[i] = { path = property.path, applied = resolve.public(property.applied),
      now = resolve.public(property.now) }
  end
  return { name = one.name, type = one.type, identifier = one.identifier, source = one.source,
    place = { account = place.account, region = place.region }, gone = one.gone,
    failed = one.broken or nil, not_ours = one.other ~= nil or nil,
    owner = one.owner, properties = properties }
end

---@param found table of engine.drift
---@param facts table|nil
---@return table
function drift.document(found, facts)
  local list = plain.list()
  for i, one in ipairs(found.changes) do list[i] = document_of(one) end
  local unseen = #found.unseen > 0 and plain.list(plain.copy(found.unseen)) or nil
  return { stack = found.stack, id = found.id, drift = list,
    totals = { drifted = #found.changes, unchanged = found.same },
    notices = plain.list(plain.copy(found.notices)), not_looked_at = unseen,
    api_calls = facts and facts.api_calls }
end

return drift
