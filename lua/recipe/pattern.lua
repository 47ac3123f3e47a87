--- Lua's patterns, matched in Lua: slower than C's, but every step is counted, so a
--- hostile one can be stopped.
local pattern = {}

-- As in Lua's own lstrlib.c.
local MAX_CAPTURES, MAX_DEPTH = 32, 200
local POSITION, OPEN = -2, -1

-- C's own, not the guarded ones: what is matched with them here is never the recipe's.
local byte, sub, find = string.byte, string.sub, string.find
local gsub, gmatch = string.gsub, string.gmatch
local ESCAPE, OPEN_PAREN, CLOSE_PAREN, DOLLAR = byte "%", byte "(", byte ")", byte "$"
local STAR, PLUS, MINUS, QUESTION, DOT = byte "*", byte "+", byte "-", byte "?", byte "."
local OPEN_SET, CLOSE_SET, CARET = byte "[", byte "]", byte "^"
local LETTER_B, LETTER_F, ZERO, NINE = byte "b", byte "f", byte "0", byte "9"

-- "%a" -> { [byte] = true }: one look instead of one call of C for each character.
local classes = {}

local function class(letter)
  local set = classes[letter]
  if not set then
    set = {}
    for code = 0, 255 do
      if find(string.char(code), "%" .. string.char(letter)) then set[code] = true end
    end
    classes[letter] = set
  end
  return set
end

local function class_end(m, p)
  local c = byte(m.pattern, p)
  p = p + 1
  if c == ESCAPE then
    if p > m.pattern_len then error("malformed pattern (ends with '%')", 0) end
    return p + 1
  end
  if c ~= OPEN_SET then return p end
  if byte(m.pattern, p) == CARET then p = p + 1 end
  repeat
    if p > m.pattern_len then error("malformed pattern (missing ']')", 0) end
    local d = byte(m.pattern, p)
    p = p + 1
    if d == ESCAPE then p = p + 1 end
  until byte(m.pattern, p) == CLOSE_SET
  return p + 1
end

local function in_set(m, c, p, last)
  local positive = true
  if byte(m.pattern, p + 1) == CARET then
    positive = false
    p = p + 1
  end
  p = p + 1
  while p < last do
    local d = byte(m.pattern, p)
    if d == ESCAPE then
      p = p + 1
      if class(byte(m.pattern, p))[c] then return positive end
    elseif byte(m.pattern, p + 1) == MINUS and p + 2 < last then
      if d <= c and c <= byte(m.pattern, p + 2) then return positive end
      p = p + 2
    elseif d == c then
      return positive
    end
    p = p + 1
  end
  return not positive
end

local function single(m, s, p, ep)
  local c = byte(m.subject, s)
  if not c then return false end
  local d = byte(m.pattern, p)
  if d == DOT then return true end
  if d == ESCAPE then return class(byte(m.pattern, p + 1))[c] == true end
  if d == OPEN_SET then return in_set(m, c, p, ep - 1) end
  return d == c
end

local match -- the functions below and it call each other

local function balance(m, s, p)
  if p + 1 > m.pattern_len then error("malformed pattern (missing arguments to '%b')", 0) end
  local open, close = byte(m.pattern, p, p + 1)
  if byte(m.subject, s) ~= open then return nil end
  local depth = 1
  for i = s + 1, m.subject_len do
    local c = byte(m.subject, i)
    if c == close then
      depth = depth - 1
      if depth == 0 then return i + 1 end
    elseif c == open then
      depth = depth + 1
    end
  end
end

local function frontier(m, s, p)
  if byte(m.pattern, p) ~= OPEN_SET then
    error("missing '[' after '%f' in pattern", 0)
  end
  local ep = class_end(m, p)
  local before = s > 1 and byte(m.subject, s - 1) or 0
  local after = byte(m.subject, s) or 0
  if not in_set(m, before, p, ep - 1) and in_set(m, after, p, ep - 1) then
    return match(m, s, ep)
  end
end

local function back_reference(m, s, digit)
  local capture = m.captures[digit - ZERO]
  if not capture or capture.len == OPEN then
    error(("invalid capture index %%%d"):format(digit - ZERO), 0)
  end
  if capture.len == POSITION then return nil end -- as in C: a place is no text to find again
  local text = sub(m.subject, capture.from, capture.from + capture.len - 1)
  if sub(m.subject, s, s + #text - 1) == text then return s + #text end
end

local function start_capture(m, s, p, len)
  if m.level >= MAX_CAPTURES then error("too many captures", 0) end
  m.level = m.level + 1
  m.captures[m.level] = { from = s, len = len }
  local result = match(m, s, p)
  if not result then m.level = m.level - 1 end
  return result
end

local function end_capture(m, s, p)
  for level = m.level, 1, -1 do
    local capture = m.captures[level]
    if capture.len == OPEN then
      capture.len = s - capture.from
      local result = match(m, s, p)
      if not result then capture.len = OPEN end
      return result
    end
  end
  error("invalid pattern capture", 0)
end

local function repeated(m, s, p, ep)
  local count = 0
  while single(m, s + count, p, ep) do count = count + 1 end
  return count
end

local function greedy(m, s, p, ep, least)
  for count = repeated(m, s, p, ep), least, -1 do
    local result = match(m, s + count, ep + 1)
    if result then return result end
  end
end

local function lazy(m, s, p, ep)
  while true do
    local result = match(m, s, ep + 1)
    if result then return result end
    if not single(m, s, p, ep) then return nil end
    s = s + 1
  end
end

--- A single character and what may follow it: returns "go on" with new s and p, or the answer.
local function item(m, s, p)
  local ep = class_end(m, p)
  local suffix = byte(m.pattern, ep)
  if suffix == QUESTION then
    if single(m, s, p, ep) then
      local result = match(m, s + 1, ep + 1)
      if result then return false, result end
    end
    return true, s, ep + 1
  end
  if suffix == STAR then return false, greedy(m, s, p, ep, 0) end
  if suffix == PLUS then return false, greedy(m, s, p, ep, 1) end
  if suffix == MINUS then return false, lazy(m, s, p, ep) end
  if not single(m, s, p, ep) then return false, nil end
  return true, s + 1, ep
end

local function escaped(m, s, p)
  local d = byte(m.pattern, p + 1)
  if d == LETTER_B then
    s = balance(m, s, p + 2)
    if s then return true, s, p + 4 end
    return false, nil
  end
  if d == LETTER_F then return false, frontier(m, s, p + 2) end
  if d and d >= ZERO and d <= NINE then
    s = back_reference(m, s, d)
    if s then return true, s, p + 2 end
    return false, nil
  end
  return item(m, s, p)
end

local function steps(m, s, p)
  while p <= m.pattern_len do
    local c = byte(m.pattern, p)
    if c == OPEN_PAREN then
      if byte(m.pattern, p + 1) == CLOSE_PAREN then
        return start_capture(m, s, p + 2, POSITION)
      end
      return start_capture(m, s, p + 1, OPEN)
    elseif c == CLOSE_PAREN then
      return end_capture(m, s, p + 1)
    elseif c == DOLLAR and p == m.pattern_len then
      return s == m.subject_len + 1 and s or nil
    end
    local on
    if c == ESCAPE then on, s, p = escaped(m, s, p) else on, s, p = item(m, s, p) end
    if not on then return s end
  end
  return s
end

function match(m, s, p)
  m.depth = m.depth + 1
  if m.depth > MAX_DEPTH then error("pattern too complex", 0) end
  local result = steps(m, s, p)
  m.depth = m.depth - 1
  return result
end

local function captured(m, index, from, to)
  local capture = m.captures[index]
  if index > m.level then
    if index ~= 1 then error(("invalid capture index %%%d"):format(index), 0) end
    return sub(m.subject, from, to)
  end
  if capture.len == POSITION then return capture.from end
  if capture.len == OPEN then error("unfinished capture", 0) end
  return sub(m.subject, capture.from, capture.from + capture.len - 1)
end

--- Everything that was captured; the whole match when nothing was, unless `only` asks for
--- captures.
local function all_captured(m, from, to, only)
  local list = {}
  local count = m.level
  if count == 0 and not only then count = 1 end
  for index = 1, count do list[index] = captured(m, index, from, to) end
  return list, count
end

local function new(subject, text, anchor_allowed)
  local anchored = anchor_allowed and byte(text, 1) == CARET
  return {
    subject = subject, subject_len = #subject, pattern = text, pattern_len = #text,
    anchored = anchored, first = anchored and 2 or 1, captures = {}, level = 0, depth = 0,
  }
end

local function try(m, s)
  m.level, m.depth = 0, 0
  return match(m, s, m.first)
end

local function start_of(subject, init)
  init = init or 1
  if init < 0 then init = math.max(#subject + init + 1, 1) end
  return math.max(init, 1)
end

--- The first match at or after `init`: matcher, its first and its last position.
local function search(subject, text, init)
  local m = new(subject, text, true)
  local s = start_of(subject, init)
  while s <= m.subject_len + 1 do
    local e = try(m, s)
    if e then return m, s, e - 1 end
    if m.anchored then return nil end
    s = s + 1
  end
end

function pattern.find(subject, text, init)
  -- Without these C takes the pattern as plain text, whatever else is wrong with it.
  if not find(text, "[%^%$%*%+%?%.%(%[%%%-]") then return find(subject, text, init, true) end
  local m, from, to = search(subject, text, init)
  if not m then return nil end
  local list, count = all_captured(m, from, to, true)
  return from, to, table.unpack(list, 1, count)
end

function pattern.match(subject, text, init)
  local m, from, to = search(subject, text, init)
  if not m then return nil end
  local list, count = all_captured(m, from, to)
  return table.unpack(list, 1, count)
end

function pattern.gmatch(subject, text, init)
  local m = new(subject, text, false)
  local s, last = start_of(subject, init), nil
  return function()
    while s <= m.subject_len + 1 do
      local from, e = s, try(m, s)
      if e and e ~= last then
        s, last = e, e
        local list, count = all_captured(m, from, e - 1)
        return table.unpack(list, 1, count)
      end
      s = s + 1
    end
  end
end

local function expand(m, replacement, from, to)
  return (gsub(replacement, "%%(.?)", function(what)
    if what == "%" then return "%" end
    if what == "0" then return sub(m.subject, from, to) end
    if not find(what, "^%d$") then error("invalid use of '%' in replacement string", 0) end
    return tostring(captured(m, tonumber(what), from, to))
  end))
end

local function replacement_of(m, replacement, from, to)
  local kind = type(replacement)
  local new_text
  if kind == "table" then
    new_text = replacement[captured(m, 1, from, to)]
  elseif kind == "function" then
    local list, count = all_captured(m, from, to)
    new_text = replacement(table.unpack(list, 1, count))
  else
    return expand(m, tostring(replacement), from, to)
  end
  if not new_text then return sub(m.subject, from, to) end
  if type(new_text) ~= "string" and type(new_text) ~= "number" then
    error(("invalid replacement value (a %s)"):format(type(new_text)), 0)
  end
  return tostring(new_text)
end

function pattern.gsub(subject, text, replacement, most)
  local m = new(subject, text, true)
  local out, s, last, count = {}, 1, nil, 0
  while not most or count < most do
    local e = try(m, s)
    if e and e ~= last then
      count = count + 1
      out[#out + 1] = replacement_of(m, replacement, s, e - 1)
      s, last = e, e
    elseif s <= m.subject_len then
      out[#out + 1] = sub(subject, s, s)
      s = s + 1
    else
      break
    end
    if m.anchored or s > m.subject_len + 1 then break end
  end
  out[#out + 1] = sub(subject, s)
  return table.concat(out), count
end

local shapes, known = {}, 0

--- How a pattern's cost grows: with which power of the length, and by which factor.
local function shape(text)
  if known > 1000 then shapes, known = {}, 0 end
  local power, factor = byte(text, 1) == CARET and 0.0 or 1.0, #text + 0.0
  for _ in gmatch(text, "[%*%+%-]") do power = power + 1 end
  for _ in gmatch(text, "%%[b%d]") do power = power + 1 end
  for _ in gmatch(text, "%?") do factor = factor * 2 end
  known = known + 1
  shapes[text] = { power = power, factor = factor }
  return shapes[text]
end

--- The most steps that C's matcher can need: each repetition may try every length at
--- every place.
---@param text string
---@param length integer of the subject
---@return number
function pattern.worst(text, length)
  local found = shapes[text] or shape(text)
  return found.factor * (length + 1) ^ found.power
end

return pattern
