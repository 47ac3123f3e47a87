-- A text without white space around it, in time that grows with its length alone (the usual
-- pattern takes the square of it on a long run of spaces).

---@param text string
---@return string
return function(text)
  local from = text:find("%S")
  if not from then return "" end
  local to = #text
  while text:find("^%s", to) do to = to - 1 end
  return text:sub(from, to)
end
