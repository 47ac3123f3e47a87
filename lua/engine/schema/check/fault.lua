--- One thing that is wrong with a declaration, and what to write instead.
local nearest = require "engine.schema.nearest"
local plain = require "engine.value.plain"

local fault = {}

--- Adds a fault to the context's list.
---@param context table
---@param path string
---@param what string
---@param next string|nil
function fault.add(context, path, what, next)
  context.faults[#context.faults + 1] = { path = path, what = what, next = next }
end

--- A value in a message; what is secret stays so.
---@param context table
---@param v any
---@return string
function fault.show(context, v)
  if context.hide then return "(secret)" end
  if plain.is_list(v) then return "a list" end
  if type(v) == "table" then return "a map" end
  if type(v) ~= "string" then return tostring(v) end
  local text = #v > 40 and v:sub(1, 37) .. "..." or v
  return '"' .. text:gsub("%c", "?") .. '"'
end

--- "did you mean X?", or where to look.
---@param word string
---@param list string[]
---@param otherwise string|nil
---@return string|nil
function fault.suggest(word, list, otherwise)
  local near = nearest(word, list)
  return near and ("did you mean %s?"):format(near) or otherwise
end

--- "a, b or c"; a long list is cut.
---@param words any[]
---@param last string|nil "or" unless said
---@return string
function fault.list(words, last)
  local texts = {}
  for i, word in ipairs(words) do
    if i > 12 then
      texts[#texts] = texts[#texts] .. ", ..."
      break
    end
    texts[i] = tostring(word)
  end
  if #texts < 2 then return texts[1] or "nothing" end
  local tail = table.remove(texts)
  return table.concat(texts, ", ") .. " " .. (last or "or") .. " " .. tail
end

return fault
