--- What Lua shows to nobody while a recipe runs: a deferred value compared with ==, or asked
--- whether it is true. The plain cases are found in the source.
local lint = {}

local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat
  return then true until while]]):gmatch("%a+") do KEYWORDS[word] = true end

-- Tokens --------------------------------------------------------------------------------

local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local _, last = text:find("]" .. level .. "]", at + #level + 2, true)
  return (last or #text) + 1
end

local function quoted_end(text, at)
  local quote = text:sub(at, at)
  local i = at + 1
  while i <= #text do
    local c = text:sub(i, i)
    if c == "\\" then
      i = i + 1
    elseif c == quote or c == "\n" then
      break
    end
    i = i + 1
  end
  return i + 1
end

local function skip_comment(text, at)
  if text:sub(at, at + 1) ~= "--" then return nil end
  return long_bracket(text, at + 2) or text:find("\n", at, true) or #text + 1
end

local function token_at(text, at)
  local name = text:match("^[%a_][%w_]*", at)
  if name then return KEYWORDS[name] and "keyword" or "name", name, at + #name end
  local c = text:sub(at, at)
  if c == '"' or c == "'" then return "string", "", quoted_end(text, at) end
  local long = long_bracket(text, at)
  if long then return "string", "", long end
  local number = text:match("^%d[%w.]*", at)
  if number then return "number", number, at + #number end
  local symbol = text:match("^[=~<>]=", at) or text:match("^%.%.%.?", at) or c
  return "symbol", symbol, at + #symbol
end

--- The tokens of a source, each with its line.
local function tokens(text)
  local list, at, line = {}, 1, 1
  while at <= #text do
    local blank = text:match("^%s+", at)
    local after = blank and at + #blank or skip_comment(text, at)
    local kind, word
    if not after then kind, word, after = token_at(text, at) end
    if kind then list[#list + 1] = { kind = kind, text = word, line = line } end
    for _ in text:sub(at, after - 1):gmatch("\n") do line = line + 1 end
    at = after
  end
  return list
end

-- What is what --------------------------------------------------------------------------

local function is(list, i, text)
  return list[i] ~= nil and list[i].text == text and list[i].kind ~= "string"
end

local function kind_at(list, i)
  return list[i] and list[i].kind
end

--- `"Name"` or `("Name")` or `(expression)` after a type: the place of what follows it.
local function after_name(list, i)
  if kind_at(list, i) == "string" then return i + 1 end
  if not is(list, i, "(") then return nil end
  local depth = 0
  for j = i, math.min(#list, i + 60) do
    if is(list, j, "(") then depth = depth + 1 end
    if is(list, j, ")") then depth = depth - 1 end
    if depth == 0 then return j + 1 end
  end
end

--- The properties that stand in the braces: read back, they are what was declared.
local function declared_in(list, i)
  local names, depth = {}, 0
  for j = i, #list do
    if is(list, j, "{") then depth = depth + 1 end
    if is(list, j, "}") then depth = depth - 1 end
    if depth == 0 then break end
    if depth == 1 and kind_at(list, j) == "name" and is(list, j + 1, "=") then
      names[list[j].text] = true
    end
  end
  return names
end

--- `variable = provider.Service.Type "Name" {`: the names declared there, or nil.
local function resource_at(list, i, providers)
  if not (kind_at(list, i) == "name" and is(list, i + 1, "=")) then return nil end
  if not (list[i + 2] and providers[list[i + 2].text]) then return nil end
  local j = i + 3
  while is(list, j, ".") and kind_at(list, j + 1) == "name" do j = j + 2 end
  if j == i + 3 then return nil end
  local body = after_name(list, j)
  if body and is(list, body, "{") then return declared_in(list, body) end
end

local function provider_at(list, i, providers)
  if not (kind_at(list, i) == "name" and is(list, i + 1, "=")) then return false end
  local from = list[i + 2]
  if is(list, i + 2, "provider") then return true end
  return from ~= nil and from.kind == "name" and providers[from.text] and is(list, i + 3, "{")
end

-- What is wrong -------------------------------------------------------------------------

local TESTS_BEFORE = { ["if"] = true, ["elseif"] = true, ["while"] = true, ["until"] = true,
  ["not"] = true }
local TESTS_AFTER = { ["then"] = true, ["and"] = true, ["or"] = true, ["do"] = true }

local function compared(list, first, last)
  return is(list, last + 1, "==") or is(list, last + 1, "~=") or is(list, first - 1, "==")
    or is(list, first - 1, "~=")
end

local function tested(list, first, last)
  local before, after = list[first - 1], list[last + 1]
  if after and after.kind == "keyword" and (after.text == "and" or after.text == "or") then
    return true
  end
  if not before or not TESTS_BEFORE[before.text] then return false end
  return before.text == "not" or before.text == "until"
    or (after ~= nil and TESTS_AFTER[after.text] == true)
end

local function warning(path, line, text, doing)
  return ("%s:%d: %s is known only during apply, so %s; write apply(%s, function(v) ... end)")
    :format(path, line, text, doing, text)
end

local function check_use(list, i, resources)
  local declared = resources[list[i].text]
  if not declared or list[i].kind ~= "name" or is(list, i - 1, ".") then return nil end
  if not (is(list, i + 1, ".") and kind_at(list, i + 2) == "name") then return nil end
  local attribute = list[i + 2].text
  if declared[attribute] then return nil end
  local last = i + 2
  while is(list, last + 1, ".") and kind_at(list, last + 2) == "name" do last = last + 2 end
  local text = list[i].text .. "." .. attribute
  if compared(list, i, last) then return text, "== and ~= do not see its value" end
  if tested(list, i, last) then return text, "it is always true here" end
end

--- Warnings about one source, each "file:line: ...".
---@param path string
---@param text string
---@return string[]
function lint.source(path, text)
  local list, providers, resources, warnings = tokens(text), {}, {}, {}
  for i = 1, #list do
    if provider_at(list, i, providers) then providers[list[i].text] = true end
    local declared = resource_at(list, i, providers)
    if declared then resources[list[i].text] = declared end
    local use, doing = check_use(list, i, resources)
    if use then warnings[#warnings + 1] = warning(path, list[i].line, use, doing) end
  end
  return warnings
end

--- Warnings about all sources of an evaluation, in the order of their paths.
---@param sources table<string, string>
---@return string[]
function lint.all(sources)
  local paths, warnings = {}, {}
  for path in pairs(sources) do paths[#paths + 1] = path end
  table.sort(paths)
  for _, path in ipairs(paths) do
    for _, text in ipairs(lint.source(path, sources[path])) do warnings[#warnings + 1] = text end
  end
  return warnings
end

return lint
