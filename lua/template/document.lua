--- The nodes of a template: looked up by key, checked for their kind, unknown keys named.
local mark = require "template.mark"
local schema = require "engine.schema"

local document = {}

local KINDS = { map = "a map", list = "a list", scalar = "a single value" }

--- The key nodes of a map in the order of the text, each with its value.
---@param node table
---@return fun(): table|nil, table|nil key, value
function document.entries(node)
  local i = 0
  return function()
    i = i + 1
    local key = node.keys[i]
    if key then return key, node.value[key.text] end
  end
end

---@param node table
---@return table|nil
function document.key(node, name)
  for _, key in ipairs(node.keys) do
    if key.text == name then return key end
  end
end

--- Raises unless the node is of that kind and has no tag.
---@param ev table
---@param node table
---@param kind string
---@param name string what it is, for the error
---@return table node
function document.expect(ev, node, kind, name)
  if node.kind ~= kind or node.tag then
    mark.fault(ev, node, ("%s must be %s"):format(name, KINDS[kind]),
      node.tag and ("%s has no place here"):format(node.tag) or "look at the indentation")
  end
  return node
end

--- Refuses every key that is not in `allowed`; `refused` says why some well-known ones are not.
---@param ev table
---@param node table
---@param allowed table<string, any>
---@param about { name: string, refused: table<string, string>|nil }
function document.check_keys(ev, node, allowed, about)
  local names = {}
  for name in next, allowed do names[#names + 1] = name end
  table.sort(names)
  for key in document.entries(node) do
    if not allowed[key.text] then
      local why = about.refused and about.refused[key.text]
      if why then
        mark.fault(ev, key, ("mrun does not do %s of a template yet"):format(key.text), why)
      end
      local nearest = schema.nearest(key.text, names)
      mark.fault(ev, key, ("%s has no %s"):format(about.name, key.text),
        nearest and ("did you mean %s?"):format(nearest)
          or "it has " .. table.concat(names, ", "))
    end
  end
end

--- The text of a scalar, as it was written.
---@param ev table
---@param node table
---@param name string
---@return string
function document.text(ev, node, name)
  document.expect(ev, node, "scalar", name)
  if node.value == nil then
    mark.fault(ev, node, ("%s is empty"):format(name), "write a value, or leave the key out")
  end
  return node.text
end

--- The node at a path of properties such as `Tags[1].Value`, or the deepest on the way to it.
---@param node table
---@param path string
---@return table
function document.locate(node, path)
  for step in path:gmatch("[^.%[%]]+") do
    local below
    if node.kind == "map" then
      below = node.value[step]
    elseif node.kind == "list" then
      below = node.value[tonumber(step)]
    end
    if not below then return node.kind == "map" and document.key(node, step) or node end
    node = below
  end
  return node
end

return document
