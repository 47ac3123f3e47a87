--- A list in pieces of at most so many, as an operation takes them:
---   for some in slices(names, 50) do ... end
---@generic T
---@param list T[]
---@param most integer
---@return fun(): T[]|nil
return function(list, most)
  local from = 1 - most
  return function()
    from = from + most
    if from > #list then return nil end
    return table.move(list, from, math.min(from + most - 1, #list), 1, {})
  end
end
