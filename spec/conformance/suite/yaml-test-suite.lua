-- YAML texts: the events that stand in them and what they mean, or an error.
local yaml_case = require "yaml_case"

local function each(folder, name, suite)
  local case = folder:below(name)
  if case:has "in.yaml" then
    suite(name, function()
      return yaml_case(function(file) return case:text(file) end)
    end)
    return
  end
  for _, part in ipairs(case:list "^%d+$") do each(folder, name .. "/" .. part, suite) end
end

-- libyaml itself does as the suite says in 335 of all 402 cases (0.83); of a part of them it may
-- be a little less. Which those are, spec/modules/yaml_suite_spec.lua knows to the case.
local BAR <const> = 0.8

return {
  bar = BAR,
  cases = function(data, suite)
    local folder = data:below "yaml-test-suite"
    for _, name in ipairs(folder:list "^[%u%d][%u%d][%u%d][%u%d]$") do each(folder, name, suite) end
  end,
}
