--- What a stack owns, as text.
local document = require "engine.report.document"
local plain = require "engine.value.plain"
local text = require "engine.report.text"

local ROOM = 96

---@param state table as the store loads it
---@param style table|nil
---@return string
return function(state, style)
  local shown, lines = document.show(state), {}
  for _, resource in ipairs(shown.resources) do
    local place = resource.place.region and "  in " .. resource.place.region or ""
    local head = text.paint(style, "bold", text.escape(resource.name))
    local identifier = text.escape(tostring(resource.identifier or "(not made yet)"))
    lines[#lines + 1] = ("%s  %s  %s%s"):format(head, text.paint(style, "dim", resource.type),
      identifier, place)
    for _, name in ipairs(plain.keys(resource.attributes)) do
      lines[#lines + 1] = ("    %s = %s"):format(name, text.value(resource.attributes[name], ROOM))
    end
  end
  local names = plain.keys(shown.outputs)
  if #names > 0 then lines[#lines + 1] = text.paint(style, "bold", "Outputs:") end
  for _, name in ipairs(names) do
    lines[#lines + 1] = ("  %s = %s"):format(text.escape(name), text.value(shown.outputs[name]))
  end
  lines[#lines + 1] = ("%s: %s."):format(text.escape(tostring(shown.stack or "the stack")),
    text.count(#shown.resources, "resource"))
  return table.concat(lines, "\n") .. "\n"
end
