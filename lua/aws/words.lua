---The words of a text, as a set.
---@param text string
---@return table<string, boolean>
return function(text)
  local members = {}
  for word in text:gmatch "%S+" do members[word] = true end
  return members
end
