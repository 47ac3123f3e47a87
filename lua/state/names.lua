---The names in a map, in order.
---@param map table<string, any>
---@return string[]
return function(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end
