--- JSON text spread over lines for people; every token stays as it was written.

local INDENT = "  "

--- The string, number or word that begins at `at`.
local function token_at(json, at)
  if json:byte(at) ~= 34 then return json:match('^[^%s,:%[%]{}"]+', at) end
  local stop = at + 1
  while true do
    local found = json:find('["\\]', stop)
    if not found then return json:sub(at) end
    if json:byte(found) == 34 then return json:sub(at, found) end
    stop = found + 2
  end
end

local function newline(depth) return "\n" .. INDENT:rep(depth) end

--- The same document, one member a line.
---@param json string compact and valid
---@return string
return function(json)
  local out, depth, at = {}, 0, 1
  while at <= #json do
    local char = json:sub(at, at)
    local empty = json:match("^[%[{][%]}]", at)
    if empty then
      out[#out + 1], at = empty, at + 2
    elseif char == "{" or char == "[" then
      depth = depth + 1
      out[#out + 1], at = char .. newline(depth), at + 1
    elseif char == "}" or char == "]" then
      depth = depth - 1
      out[#out + 1], at = newline(depth) .. char, at + 1
    elseif char == "," then
      out[#out + 1], at = "," .. newline(depth), at + 1
    elseif char == ":" then
      out[#out + 1], at = ": ", at + 1
    else
      local token = token_at(json, at) or char
      out[#out + 1], at = token, at + #token
    end
  end
  return table.concat(out)
end
