--- What is going on during an apply: lines that stay, and, on a terminal, one live line for each
--- running resource. Pure: events go in, text comes out; who writes it and when is the caller's.
---
---   local view = progress.new(style)
---   local lines = view:event(event, now_ms)     lines that stay, to be printed
---   local live = view:live(now_ms)              the block that is drawn over and over
local failures = require "engine.failure"
local redact = require "engine.value.redact"
local text = require "engine.report.text"
local words = require "engine.report.words"

local progress = {}
progress.__index = progress

local MOST = 12 -- live lines; the rest is counted

---@param style { color: boolean|nil, terminal: boolean|nil, width: integer|nil }|nil
---@return table view
function progress.new(style)
  return setmetatable({ style = style or {}, running = {}, by_key = {}, told = {} }, progress)
end

local function key_of(event)
  return event.name .. "\0" .. (event.action or "")
end

--- What an event is about. A replacement begins as a create, so names decide where actions differ;
--- only a deletion is never the same as what is being made under its name.
local function find(self, event)
  local one = self.by_key[key_of(event)]
  if one then return one end
  for _, candidate in ipairs(self.running) do
    local same_kind = (candidate.action == "delete") == (event.action == "delete")
    if candidate.name == event.name and (same_kind or not event.action) then return candidate end
  end
end

local function begin(self, event, now_ms)
  local one = find(self, event)
  if one then return one end
  one = { key = key_of(event), name = event.name, type = event.type,
    action = event.action or "wait", start_ms = now_ms - (event.elapsed_ms or 0) }
  self.running[#self.running + 1] = one
  self.by_key[one.key] = one
  return one
end

local function leave(self, event)
  local one = find(self, event)
  if not one then return nil end
  self.by_key[one.key] = nil
  for i, candidate in ipairs(self.running) do
    if candidate == one then table.remove(self.running, i) break end
  end
  return one
end

local function title(self, event)
  local word = words.of(event.action or "wait")
  local head = ("%3s %s"):format(word.mark, text.escape(event.name))
  return text.paint(self.style, word.color, head), word
end

local on = {}

function on.start(self, event, now_ms)
  local one = begin(self, event, now_ms)
  if self.style.terminal or one.announced then return {} end
  one.announced = true
  local head, word = title(self, event)
  return { ("%s  %s"):format(head, word.doing) }
end

function on.waiting(self, event, now_ms)
  local one = begin(self, event, now_ms)
  local before = one.state
  one.state = event.state and redact.text(tostring(event.state))
  if self.style.terminal or before == one.state or not one.state then return {} end
  local head = title(self, { name = event.name, action = one.action })
  return { ("%s  waiting: %s"):format(head, text.escape(one.state)) }
end

function on.done(self, event)
  leave(self, event)
  local head, word = title(self, event)
  local took = event.elapsed_ms and "  " .. text.elapsed(event.elapsed_ms) or ""
  local what = event.identifier and "  " .. text.escape(tostring(event.identifier)) or ""
  return { ("%s  %s%s%s"):format(head, word.done, what, took) }
end

function on.failed(self, event)
  leave(self, event)
  local head, word = title(self, event)
  local wrong = failures.from(event.error)
  local what = text.escape((redact.text(tostring(wrong.what)):gsub("\n.*", "")))
  return { ("%s  %s: %s"):format(head, text.paint(self.style, "alarm", "not " .. word.done), what) }
end

function on.skipped(self, event)
  leave(self, event)
  local head = title(self, event)
  return { ("%s  not begun"):format(head) }
end

function on.settled(self, event)
  local head = title(self, event)
  return { ("%s  settled from the last run%s"):format(head,
    event.identifier and ": " .. text.escape(tostring(event.identifier)) or "") }
end

--- The lines that an event leaves for good.
---@param event table
---@param now_ms number
---@return string[]
function progress:event(event, now_ms)
  local handle = on[event.kind]
  return handle and handle(self, event, now_ms) or {}
end

local function live_line(self, one, now_ms)
  local word = words.of(one.action)
  local state = one.state and ": " .. text.escape(tostring(one.state)) or ""
  local line = ("%3s %s  %s%s  %s"):format(word.mark, text.escape(one.name), word.doing, state,
    text.elapsed(math.max(0, now_ms - one.start_ms)))
  return text.paint(self.style, word.color, text.cut(line, (self.style.width or 80) - 1))
end

--- One line for each running resource, those that run longest first.
---@param now_ms number
---@return string[]
function progress:live(now_ms)
  local lines = {}
  for i, one in ipairs(self.running) do
    if i > MOST then
      lines[i] = ("    and %d more"):format(#self.running - MOST)
      break
    end
    lines[i] = live_line(self, one, now_ms)
  end
  return lines
end

--- What to write so that the live block of `drawn` lines gives way to `lines`, with a new live
--- block under them: up over the old one, clearing each line.
---@param drawn integer lines of the live block on the screen
---@param lines string[] lines that stay
---@param live string[]
---@return string
function progress.redraw(drawn, lines, live)
  local parts = {}
  if drawn > 0 then parts[1] = ("\27[%dA\r\27[J"):format(drawn) end
  for _, line in ipairs(lines) do parts[#parts + 1] = line .. "\n" end
  for _, line in ipairs(live) do parts[#parts + 1] = line .. "\n" end
  return table.concat(parts)
end

return progress
