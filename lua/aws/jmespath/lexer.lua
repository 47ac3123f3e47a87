-- A JMESPath expression as a list of tokens { kind, value, at }.
local fault = require "aws.jmespath.fault"
local json = require "native.json"

local SPACE <const> = "^[ \t\r\n]*()"

-- Longest first. What stands for itself is its own kind.
local MARKS <const> = {
  { "||", "&&", "==", "!=", "<=", ">=", "[]", "[?" },
  { ".", "*", "]", ",", ":", "@", "(", ")", "{", "}", "|", "&", "<", ">", "!", "[" },
}
local KNOWN <const> = { {}, {} }
for length, marks in ipairs { MARKS[2], MARKS[1] } do
  for _, mark in ipairs(marks) do KNOWN[length][mark] = true end
end

-- Where the text between two quotes ends; a backslash keeps the next byte from being the end.
local function closing(text, quote, from)
  local at = from
  while true do
    at = text:find("[\\" .. quote .. "]", at)
    if not at then return nil end
    if text:byte(at) ~= 92 then return at end
    at = at + 2
  end
end

local function quoted(text, quote, at)
  local last = closing(text, quote, at + 1)
  if not last then fault("syntax", ("there is no second %s"):format(quote), text, at) end
  return text:sub(at + 1, last - 1), last + 1
end

local function identifier(text, at)
  local inside, after = quoted(text, '"', at)
  local value = json.decode(nil, '"' .. inside .. '"')
  if type(value) ~= "string" then
    fault("syntax", "a name in quotes is written as in JSON", text, at)
  end
  return { "quoted", value, at }, after
end

local function raw_string(text, at)
  local inside, after = quoted(text, "'", at)
  return { "literal", (inside:gsub("\\'", "'")), at }, after
end

-- JSON between backticks. Words without quotes are strings, as the AWS CLI takes them.
local function literal(text, at)
  local inside, after = quoted(text, "`", at)
  inside = inside:gsub("\\`", "`")
  local value = json.decode(nil, inside, { exact = true, nulls = true })
  if value == nil then
    value = json.decode(nil, '"' .. inside:match("^%s*(.*)$") .. '"')
    if value == nil then fault("syntax", "what stands in backticks is no JSON", text, at) end
  end
  return { "literal", value, at }, after
end

local QUOTES <const> = { ['"'] = identifier, ["'"] = raw_string, ["`"] = literal }

local function number(text, at)
  local digits = text:match("^%-?%d+", at)
  if not digits then return nil end
  local value = math.tointeger(tonumber(digits))
  if not value then fault("syntax", "a number that is too large", text, at) end
  return { "number", value, at }, at + #digits
end

local function token_at(text, at)
  local word = text:match("^[%a_][%w_]*", at)
  if word then return { "name", word, at }, at + #word end
  local quote = QUOTES[text:sub(at, at)]
  if quote then return quote(text, at) end
  local found, after = number(text, at)
  if found then return found, after end
  for length = 2, 1, -1 do
    local mark = text:sub(at, at + length - 1)
    if KNOWN[length][mark] then return { mark, mark, at }, at + length end
  end
  fault("syntax", ("what is %q?"):format(text:match("^" .. utf8.charpattern, at) or "\\"), text, at)
end

---@param text string
---@return table[] tokens  the last one is of the kind "end"
local function lex(text)
  local tokens = {}
  local at = text:match(SPACE)
  while at <= #text do
    tokens[#tokens + 1], at = token_at(text, at)
    at = text:match(SPACE, at)
  end
  tokens[#tokens + 1] = { "end", "the end", #text + 1 }
  return tokens
end

return lex
