-- Documentation: plain text made of AWS's HTML, sorted by key and compressed in blocks.
local pack = require "native.pack"

local BLOCK_BYTES = 128 * 1024
local SPACE = (" "):byte()

local ENTITIES = {
  ["&lt;"] = "<", ["&gt;"] = ">", ["&quot;"] = '"', ["&#39;"] = "'", ["&apos;"] = "'",
  ["&nbsp;"] = " ", ["&#xa0;"] = " ", ["&#160;"] = " ", ["&amp;"] = "&",
}

-- What a tag becomes; those not here become nothing.
local TAGS = {
  p = "\n\n", ["/p"] = "\n\n", br = "\n", li = "\n- ", dt = "\n\n", dd = "\n  ",
  ul = "\n", ol = "\n", ["/ul"] = "\n", ["/ol"] = "\n", dl = "\n", ["/dl"] = "\n",
  code = "`", ["/code"] = "`", note = "\n\nNote: ", important = "\n\nImportant: ",
  ["/note"] = "\n\n", ["/important"] = "\n\n",
  h1 = "\n\n", h2 = "\n\n", h3 = "\n\n", h4 = "\n\n", pre = "\n", ["/pre"] = "\n",
}

local function tag(name) return TAGS[name:lower()] or "" end

--- The text that a terminal shows of a piece of AWS's documentation.
---@param html string
---@return string
local function plain(html)
  local simple = html:match "^<p>([^<&%c]*)</p>$" -- most are one paragraph
  if simple and not simple:find("  ", 1, true) then
    if simple:byte(1) ~= SPACE and simple:byte(-1) ~= SPACE then return simple end
  end
  local text = html:gsub("%s+", " ")
  if text:find("<", 1, true) then
    text = text:gsub("<(/?%w+)[^<>]*>", tag)
    text = text:gsub("\n\n(%a+: )%s+", "\n\n%1"):gsub("\n%- %s+", "\n- ")
  end
  if text:find("&", 1, true) then text = text:gsub("&#?%w+;", ENTITIES) end
  if text:find("\n", 1, true) then
    text = text:gsub(" *\n *\n%s*", "\n\n"):gsub(" +\n", "\n"):gsub("\n +(%a)", "\n%1")
  end
  return (text:gsub("^%s+", ""):gsub("%s+$", ""):gsub("%z", ""))
end

local Documentation = {}
Documentation.__index = Documentation

---@param key string "ec2.CreateVpc", "AWS::EC2::VPC.CidrBlock"
---@param html string?
function Documentation:add(key, html)
  if type(html) ~= "string" or html == "" or self.texts[key] then return end
  local text = self.plain[html] or plain(html) -- many members share their words
  self.plain[html] = text
  if text == "" then return end
  self.texts[key] = text
  self.keys[#self.keys + 1] = key
end

--- Compresses everything; the strings then hold each block's first key.
---@return { first: string, packed: string, size: integer }[]
function Documentation:blocks(strings)
  table.sort(self.keys)
  local blocks, parts, size, first = {}, {}, 0, nil
  local function close()
    if size == 0 then return end
    local raw = table.concat(parts)
    blocks[#blocks + 1] = { first = first, packed = assert(pack.deflate(raw, 9)), size = #raw }
    strings:use(first, "documentation")
    parts, size, first = {}, 0, nil
  end
  for _, key in ipairs(self.keys) do
    local text = self.texts[key]
    first = first or key
    parts[#parts + 1] = key .. "\0" .. text .. "\0"
    size = size + #key + #text + 2
    if size >= BLOCK_BYTES then close() end
  end
  close()
  return blocks
end

--- The section: a count, a line for each block, the blocks.
---@return string
function Documentation.section(blocks, strings)
  local head, body, at = { string.pack("<I4", #blocks) }, {}, 4 + #blocks * 16
  for i, block in ipairs(blocks) do
    head[i + 1] = string.pack("<I4I4I4I4", strings:at(block.first), at, #block.packed, block.size)
    body[i] = block.packed
    at = at + #block.packed
  end
  return table.concat(head) .. table.concat(body)
end

return {
  plain = plain,
  section = Documentation.section,
  new = function() return setmetatable({ keys = {}, texts = {}, plain = {} }, Documentation) end,
}
