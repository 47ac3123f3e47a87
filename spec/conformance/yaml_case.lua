-- A case of the public YAML test suite: its events, and what they mean as JSON.
local json = require "native.json"
local yaml = require "native.yaml"

local SIGNS <const> = { plain = ":", single = "'", double = '"', literal = "|", folded = ">" }
local ESCAPES <const> =
  { ["\\"] = "\\\\", ["\n"] = "\\n", ["\t"] = "\\t", ["\r"] = "\\r", ["\b"] = "\\b" }

-- One event in the suite's own notation; `open` holds how the lists and maps around it end.
local function notation(event, open)
  local properties = (event.anchor and " &" .. event.anchor or "")
    .. (event.tag and " <" .. event.tag .. ">" or "")
  if event.kind == "document" then return "+DOC" .. (event.explicit and " ---" or "") end
  if event.kind == "document end" then return "-DOC" .. (event.explicit and " ..." or "") end
  if event.kind == "alias" then return "=ALI *" .. event.anchor end
  if event.kind == "end" then return table.remove(open) end
  if event.kind == "scalar" then
    local value = event.value:gsub("[\\\n\t\r\b]", ESCAPES)
    return "=VAL" .. properties .. " " .. SIGNS[event.style] .. value
  end
  local map = event.kind == "map"
  open[#open + 1] = map and "-MAP" or "-SEQ"
  local flow = event.style == "flow" and (map and " {}" or " []") or ""
  return (map and "+MAP" or "+SEQ") .. flow .. properties
end

local function in_notation(events)
  local lines, open = { "+STR" }, {}
  for _, event in ipairs(events) do lines[#lines + 1] = notation(event, open) end
  lines[#lines + 1] = "-STR\n"
  return table.concat(lines, "\n")
end

local function compare_events(text, want)
  local events, failure = yaml.events(text)
  local came = events and in_notation(events) or tostring(failure)
  if came ~= want then return ("expected %q, came %q"):format(want, came) end
end

-- The values of a text with one JSON value after the other.
local function values_of(text)
  local values = {}
  while text:find "%S" do
    local value, why = json.decode(nil, text)
    local rest = why and math.tointeger(why.subject:match "byte (%d+)$")
    if rest and rest > 1 then value, why = json.decode(nil, text:sub(1, rest - 1)) end
    if why then error("in.json: " .. tostring(why), 0) end
    values[#values + 1], text = value, rest and text:sub(rest) or ""
  end
  return values
end

local function number_of(text)
  local octal = text:match "^0o([0-7]+)$"
  return octal and tonumber(octal, 8) or tonumber(text)
end

-- Whether a node means the value; the suite's JSON has YAML 1.2's idea of numbers.
local function agrees(node, value)
  if node.kind ~= "scalar" then
    if type(value) ~= "table" then return false end
    for key, child in pairs(node.value) do
      if not agrees(child, value[key]) then return false end
    end
    for key in pairs(value) do
      if node.value[key] == nil then return false end
    end
    return true
  end
  if type(value) == "number" then return number_of(node.text) == value end
  if type(value) == "string" then return node.text == value end
  if value == json.null then value = nil end
  return node.value == value
end

local function compare_values(text, want)
  local documents, failure = yaml.decode(text)
  if not documents then return ("expected %q, came %s"):format(want, tostring(failure)) end
  local values = values_of(want)
  if #values ~= #documents then
    return ("expected %d documents, came %d"):format(#values, #documents)
  end
  for at, value in ipairs(values) do
    if not agrees(documents[at], value) then
      return ("expected %q in document %d, came something else"):format(want, at)
    end
  end
end

---nil where the reader does with a case as the suite says, else what it does otherwise.
---@param read fun(name: string): string|nil  the text of one of the case's files
---@return string|nil
return function(read)
  local text = read "in.yaml"
  if read "error" then
    local events = yaml.events(text)
    return events and "expected an error, came events" or nil
  end
  local meant = read "in.json"
  return compare_events(text, read "test.event") or meant and compare_values(text, meant) or nil
end
