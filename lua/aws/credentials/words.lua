-- A command's words, split as a POSIX shell splits them, with no shell: quotes and backslashes
-- mean what they mean there, and nothing else has a meaning.
local BLANK <const> = "[ \t\r\n]"

-- The text of a quoted part and where it ends.
local function quoted(text, at, quote)
  local parts = {}
  while true do
    local plain, stop = text:match(quote == "'" and "^([^']*)()" or '^([^"\\]*)()', at)
    parts[#parts + 1] = plain
    local char = text:sub(stop, stop)
    if char == "" then return nil end
    if char == quote then return table.concat(parts), stop + 1 end
    local escaped = text:match('^\\(["\\])', stop)
    parts[#parts + 1] = escaped or char
    at = stop + (escaped and 2 or 1)
  end
end

-- One word and where it ends; nil where it does not.
local function word_at(text, at)
  local parts = {}
  while at <= #text and not text:find("^" .. BLANK, at) do
    local char = text:sub(at, at)
    if char == "'" or char == '"' then
      parts[#parts + 1], at = quoted(text, at + 1, char)
      if not at then return nil end
    elseif char == "\\" then
      if at == #text then return nil end
      parts[#parts + 1], at = text:sub(at + 1, at + 1), at + 2
    else
      local plain, stop = text:match("^([^ \t\r\n'\"\\]+)()", at)
      parts[#parts + 1], at = plain, stop
    end
  end
  return table.concat(parts), at
end

---@param text string
---@return string[]|nil words  nil: a quote is not closed, or it ends with a backslash
return function(text)
  local words, at = {}, 1
  while true do
    at = text:match("^" .. BLANK .. "*()", at)
    if at > #text then return words end
    local word, stop = word_at(text, at)
    if not word then return nil end
    words[#words + 1], at = word, stop
  end
end
