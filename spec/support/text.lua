-- Values as text and back, sorted, without any library: for digests and for what a store keeps.
local value = require "engine.value"

local text = {}

local function write(v, out)
  if type(v) ~= "table" then
    if type(v) == "function" or type(v) == "userdata" then error("cannot be written: "
      .. type(v), 0) end
    out[#out + 1] = ("%q"):format(v)
    return
  end
  if value.is_opaque(v) then error("cannot be written: a deferred or secret value", 0) end
  if value.is_list(v) then
    out[#out + 1] = "list{"
    for _, item in ipairs(v) do
      write(item, out)
      out[#out + 1] = ","
    end
  else
    out[#out + 1] = "{"
    for _, key in ipairs(value.keys(v)) do
      if type(key) ~= "string" then error("cannot be written: a key that is no string", 0) end
      out[#out + 1] = ("[%q]="):format(key)
      write(v[key], out)
      out[#out + 1] = ","
    end
  end
  out[#out + 1] = "}"
end

--- The value as text; raises for what is no data.
---@param v any
---@return string
function text.json(v)
  local out = {}
  write(v, out)
  return table.concat(out)
end

text.written = text.json

---@param written string
---@return any
function text.read(written)
  return assert(load("return " .. written, "=record", "t", { list = value.list }))()
end

--- A digest good enough for specs: 64 bits of FNV over key and text.
---@param key string
---@param of string
---@return string hex
function text.digest(key, of)
  local hash = 0xcbf29ce484222325
  for i = 1, #key do hash = (hash ~ key:byte(i)) * 0x100000001b3 end
  for i = 1, #of do hash = (hash ~ of:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(hash)
end

return text
