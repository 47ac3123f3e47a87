-- What is done with tables of rows.
local tables = {}

---The names in a map, in order.
---@param map table<string, any>
---@return string[]
function tables.names(map)
  local names = {}
  for name in pairs(map) do names[#names + 1] = name end
  table.sort(names)
  return names
end

---A copy with some fields set anew.
---@param row table
---@param fields table
---@return table
function tables.with(row, fields)
  local copy = {}
  for key, value in pairs(row) do copy[key] = value end
  for key, value in pairs(fields) do copy[key] = value end
  return copy
end

return tables
