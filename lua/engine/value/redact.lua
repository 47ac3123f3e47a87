--- Secrets that this process has met, so that they are left out of words that come from elsewhere:
--- a service may echo a parameter back in its message, a recipe may raise one.
local hidden = require "engine.value.hidden"

local redact = {}

redact.WORD = "(secret)"

-- A shorter one would be found in every other word; up to MOST_ALONE it counts as a whole word.
local SHORTEST, MOST_ALONE = 3, 5

local known, patterns = {}, {}
local is_expected -- of a text: whether it is one of which there is a digest

local ESCAPES = { ['"'] = '\\"', ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

--- The forms in which a text may come back: as it is, inside of JSON, inside of a URL.
local function forms_of(text)
  local url = text:gsub("[^%w%-._~]", function(char) return ("%%%02X"):format(char:byte()) end)
  return { text, (text:gsub('["\\\n\r\t]', ESCAPES)), url }
end

local function pattern_of(form)
  local plain = form:gsub("%W", "%%%0")
  if #form > MOST_ALONE then return plain end
  return "%f[%w]" .. plain .. "%f[%W]"
end

--- Remembers every text and number in a value that is secret.
---@param v any
function redact.learn(v)
  if math.type(v) == "integer" then v = tostring(v) end
  if type(v) == "string" then
    if #v >= SHORTEST and not known[v] then known[v], patterns = true, nil end
  elseif type(v) == "table" then
    local raw = hidden.raw(v)
    if raw then return redact.learn(raw.value) end
    for _, member in next, v do redact.learn(member) end
  end
end

--- Who tells of a text whether it is a secret of which this process knows the digest alone.
---@param is_secret fun(text: string): boolean
function redact.expect(is_secret) is_expected = is_secret end

--- Learns those secrets among the texts of a value.
---@param v any
---@param decode (fun(text: string): any)|nil what else a text may stand for
function redact.recognise(v, decode)
  if not is_expected then return end
  if type(v) == "table" then
    for _, member in next, v do redact.recognise(member, decode) end
  elseif type(v) == "string" then
    if is_expected(v) then redact.learn(v) end
    local meant = decode and decode(v)
    if type(meant) == "string" and is_expected(meant) then redact.learn { v, meant } end
    if type(meant) == "table" then redact.recognise(meant) end
  end
end

--- Longest first: one secret may be a part of another.
local function compile()
  local found, seen = {}, {}
  for text in next, known do
    for _, form in ipairs(forms_of(text)) do
      if not seen[form] then found[#found + 1] = { form = form, pattern = pattern_of(form) } end
      seen[form] = true
    end
  end
  table.sort(found, function(a, b)
    if #a.form ~= #b.form then return #a.form > #b.form end
    return a.form < b.form
  end)
  return found
end

--- The words without the secrets in them.
---@param words string
---@return string
function redact.text(words)
  if next(known) == nil then return words end
  patterns = patterns or compile()
  for _, one in ipairs(patterns) do
    if words:find(one.form, 1, true) then words = words:gsub(one.pattern, redact.WORD) end
  end
  return words
end

--- Whether a text has a secret in it, or is a part of one: what a secret was made of.
---@param words string
---@param share number|nil how much of the secret such a part is at least, from 0 to 1
---@return boolean
function redact.touches(words, share)
  if redact.text(words) ~= words then return true end
  if #words <= MOST_ALONE then return known[words] == true end
  for text in next, known do
    if #words >= #text * (share or 0) and text:find(words, 1, true) then return true end
  end
  return false
end

return redact
