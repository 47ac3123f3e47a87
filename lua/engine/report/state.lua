--- What a state holds and who changed it, as text and as documents.
local document = require "engine.report.document"
local plain = require "engine.value.plain"
local text = require "engine.report.text"
local words = require "engine.report.words"

local state = {}

local COUNTED = { "create", "adopt", "update", "replace", "delete", "move", "forget", "settle",
  "failed", "open" }
local SAID = { failed = "failed", open = "interrupted", settle = "settled" }

--- What `state list` says: the resources without their attributes.
---@param loaded table as the store loads it
---@return table
function state.document(loaded)
  local list = plain.list()
  for _, name in ipairs(plain.keys(loaded.resources or {})) do
    local row = loaded.resources[name]
    list[#list + 1] = { name = name, type = row.type, identifier = row.identifier,
      place = { account = (row.place or {}).account, region = (row.place or {}).region } }
  end
  return { stack = loaded.stack, id = loaded.id, serial = loaded.serial, resources = list }
end

---@param found table of state.document
---@param style table|nil
---@return string
function state.list(found, style)
  local lines = {}
  for i, row in ipairs(found.resources) do
    lines[i] = ("%s  %s  %s"):format(text.paint(style, "bold", text.escape(row.name)),
      text.paint(style, "dim", row.type), text.escape(tostring(row.identifier or "(not made yet)")))
  end
  lines[#lines + 1] = ("%s: %s, serial %s."):format(text.escape(tostring(found.stack)),
    text.count(#found.resources, "resource"), tostring(found.serial))
  return table.concat(lines, "\n") .. "\n"
end

--- One resource as `show` says it.
---@param row table
---@return table
function state.row(row)
  return document.show({ resources = { [row.name] = row } }).resources[1]
end

local function run_document(run)
  local resources, totals = plain.list(), {}
  for i, one in ipairs(run.resources) do
    resources[i] = { name = one.name, type = one.type, action = one.action, result = one.result,
      from = one.from }
  end
  for _, key in ipairs(COUNTED) do totals[key] = run.totals[key] end
  return { at = run.at, who = run.who, host = run.host, pid = run.pid, command = run.command,
    id = run.id, serial = run.serial, replaced = run.replaced, totals = totals,
    resources = resources }
end

---@param loaded table
---@param runs table[] of the store, oldest first
---@return table
function state.history_document(loaded, runs)
  local list = plain.list()
  for i, run in ipairs(runs) do list[i] = run_document(run) end
  return { stack = loaded.stack, id = loaded.id, serial = loaded.serial, runs = list }
end

local function counts(run)
  local parts = {}
  for _, key in ipairs(COUNTED) do
    if run.totals[key] then
      parts[#parts + 1] = ("%d %s"):format(run.totals[key], SAID[key] or words.of(key).done)
    end
  end
  if run.replaced then parts[#parts + 1] = "the whole state " .. run.replaced end
  return #parts > 0 and table.concat(parts, ", ") or "nothing"
end

local function head(run, style)
  local who = run.who and ("%s@%s"):format(run.who, run.host or "?") or "(unknown)"
  return ("%s  %s  %s: %s"):format(run.at or "(no time)", text.escape(who),
    text.paint(style, "bold", text.escape(run.command)), counts(run))
end

--- The runs, newest last, each with the resources that it changed.
---@param loaded table
---@param runs table[]
---@param style table|nil
---@return string
function state.history(loaded, runs, style)
  local lines = {}
  for _, run in ipairs(runs) do
    lines[#lines + 1] = head(run, style)
    for _, one in ipairs(run.resources) do
      if one.action ~= "note" then
        local mark = words.of(one.action).mark
        local result = one.result ~= "done" and " (" .. SAID[one.result] .. ")" or ""
        if one.from then result = (" (was %s)"):format(text.escape(one.from)) end
        lines[#lines + 1] = ("  %s %s  %s%s"):format(mark, text.escape(one.name),
          text.paint(style, "dim", one.type or ""), result)
      end
    end
  end
  lines[#lines + 1] = ("%s: %s."):format(text.escape(tostring(loaded.stack)),
    text.count(#runs, "run"))
  return table.concat(lines, "\n") .. "\n"
end

return state
