-- Requests compared as those who read them do: JSON, XML and forms by what they say, headers and
-- queries whatever their order. `entries` holds the names that a map's keys and values go by,
-- "key\0value": a map's entries have no order either.
local cbor = require "native.cbor"
local json = require "native.json"
local keys_of = require "engine.value".keys
local same = require "same"
local xml = require "native.xml"

local request = {}

-- Zeros at the end of a second's fraction say nothing.
local function instant(text)
  return (text:gsub("^(%d%d%d%d%-%d%d%-%d%dT%d%d:%d%d:%d%d%.%d-)0+Z$", "%1Z"))
end

local function instants(value)
  if type(value) == "string" then return instant(value) end
  if type(value) ~= "table" then return value end
  for key, inner in pairs(value) do value[key] = instants(inner) end
  return value
end

local function unescape(text)
  text = text:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end)
  return instant(text)
end

---The fields of a form or a query, sorted: "name=value" with nothing encoded.
---@param text string
---@return string[]
function request.fields(text)
  local found = {}
  for pair in text:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    found[#found + 1] = unescape(name) .. "=" .. unescape(value)
  end
  table.sort(found)
  return found
end

local function form_tree(text)
  local root = {}
  for pair in text:gmatch("[^&]+") do
    local name, value = pair:match("^([^=]*)=?(.*)$")
    local node = root
    for part in unescape(name):gmatch("[^.]+") do
      node[part] = node[part] or {}
      node = node[part]
    end
    node["="] = unescape(value)
  end
  return root
end

-- The key of a map's entry, where it is one.
local function key_of(node, entries)
  local names = keys_of(node)
  for _, pair in ipairs { names, { names[2], names[1] } } do
    if #names == 2 and entries[pair[1] .. "\0" .. pair[2]] then return node[pair[1]]["="] end
  end
end

-- Entries are known by their keys instead of their numbers.
local function unnumbered(node, entries)
  local found = {}
  for name, child in pairs(node) do
    local inner = type(child) == "table" and unnumbered(child, entries) or child
    local key = tonumber(name) and type(child) == "table" and key_of(child, entries)
    found[key and "entry " .. key or name] = inner
  end
  return found
end

local function as_form(text, entries)
  return unnumbered(form_tree(text), entries)
end

local function entry_key(node, entries)
  if #node ~= 2 then return nil end
  if entries[node[1].name .. "\0" .. node[2].name] then return node[1].text end
  if entries[node[2].name .. "\0" .. node[1].name] then return node[2].text end
end

-- Members of a structure have no order; elements of one name keep theirs.
local function canonical(node, entries)
  local found, order = { node.name, node.attributes, instant(node.text:match("^%s*(.-)%s*$")) }, {}
  for at, child in ipairs(node) do
    order[at] = { child.name, entry_key(child, entries) or "", at, canonical(child, entries) }
  end
  table.sort(order, function(a, b)
    for i = 1, 2 do
      if a[i] ~= b[i] then return a[i] < b[i] end
    end
    return a[3] < b[3]
  end)
  for at, child in ipairs(order) do found[3 + at] = child[4] end
  return found
end

local function as_json(text)
  if text == "" then return "" end
  local value, why = json.decode(nil, text)
  if value == nil then error("no JSON: " .. tostring(why) .. ": " .. text, 0) end
  return instants(value)
end

local function as_xml(text, entries)
  if text == "" then return "" end
  return canonical(assert(xml.decode(nil, text)), entries)
end

-- Numbers by their value, whatever their width; all else also by its kind.
local function by_value(item)
  local value = item.value
  if item.kind == "list" or item.kind == "map" then
    local found = { kind = item.kind }
    for key, inner in pairs(value) do found["_" .. key] = by_value(inner) end
    return found
  end
  if item.kind == "tag" then return { tag = item.tag, value = by_value(value) } end
  local is_number = item.kind:find "int$" or item.kind:find "^float"
  return { kind = is_number and "number" or item.kind, value = value == value and value or "NaN" }
end

local function as_cbor(bytes)
  if bytes == "" then return "" end
  return by_value(assert(cbor.decode(nil, bytes, { typed = true })))
end

local READERS <const> = { json = as_json, xml = as_xml, form = as_form, cbor = as_cbor }

---Compares two bodies, read as "json", "xml", "form", "cbor", or else as they are.
---@param kind string|nil
---@param want string
---@param came string
---@param entries table<string, true>
---@return string|nil
function request.body_difference(kind, want, came, entries)
  if want == came then return nil end
  local reader = READERS[kind]
  local fine, meant = pcall(reader or error, want, entries)
  if not fine then return same.difference(want, came, "body") end
  return same.difference(meant, reader(came, entries), "body")
end

local function no_spaces(value) return (value:gsub(",%s+", ",")) end

-- A charset that nobody asked for says nothing of a form.
local function usual(name, want, came)
  if name:lower() == "content-type" and not want:find(";", 1, true) then
    came = came:gsub("%s*;%s*charset=.*$", "")
  end
  return no_spaces(came)
end

---@param want table<string, string>  each has to be there
---@param came table<string, string>  with lower names
---@return string|nil
function request.header_difference(want, came)
  for _, name in ipairs(keys_of(want)) do
    local there = came[name:lower()]
    local difference = same.difference(no_spaces(want[name]),
      there and usual(name, want[name], there), name)
    if difference then return difference end
  end
end

---Compares two URLs, or what follows the host of them.
---@param want string
---@param came string
---@return string|nil
function request.url_difference(want, came)
  local want_path, want_query = want:match("^([^?]*)%??(.*)$")
  local came_path, came_query = came:match("^([^?]*)%??(.*)$")
  return same.difference(want_path, came_path, "url")
    or same.difference(request.fields(want_query), request.fields(came_query), "query")
end

return request
