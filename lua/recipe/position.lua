--- Where in the recipe we are: the innermost line that belongs to one of its own sources.
local position = {}

-- A recursion deeper than this ends in a stack overflow, whose top is as good a place as any.
local DEEPEST = 200

---@param sources table<string, boolean> chunk names ("@recipes/web.lua") of the evaluation
---@return string|nil path
---@return integer|nil line
function position.find(sources)
  for level = 2, DEEPEST do
    local info = debug.getinfo(level, "Sl")
    if not info then return nil end
    if sources[info.source] and info.currentline > 0 then
      return info.source:sub(2), info.currentline
    end
  end
end

---@param sources table<string, boolean>
---@return string|nil place "file:line"
function position.of(sources)
  local path, line = position.find(sources)
  if path then return path .. ":" .. line end
end

--- Lua puts "file:line: " (with a shortened file) before its own messages.
---@param message string
---@return string text, string|nil place
function position.split(message)
  local place, text = message:match("^([^\n]-:%d+): (.*)$")
  if place then return text, place end
  return message, nil
end

--- The line of `NAME =` at or after a declaration, so that a wrong property is named
--- where it stands.
---@param text string|nil the source
---@param line integer where the declaration begins
---@param name string
---@return integer line
function position.of_key(text, line, name)
  local number = 0
  for content in ((text or "") .. "\n"):gmatch("(.-)\n") do
    number = number + 1
    local from, to = content:find(name, 1, true)
    if number >= line and from and content:find("^[%]\"']*%s*=", to + 1) then return number end
    if number > line + 200 then break end
  end
  return line
end

return position
