-- Words that do not belong in a finished tree.

local words = {}

-- Written apart, so that this file does not complain of itself.
local UNFINISHED = { "TO" .. "DO", "FIX" .. "ME", "X" .. "XX", "not " .. "implemented" }

function words.check(path, lines, complain)
  for number, line in ipairs(lines) do
    for _, word in ipairs(UNFINISHED) do
      if line:find("%f[%w]" .. word .. "%f[%W]") then
        complain(path, number, ("the tree holds no `%s`"):format(word))
      end
    end
  end
end

return words
