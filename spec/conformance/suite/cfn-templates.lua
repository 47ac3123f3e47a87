-- Templates that people use: each loads.
local template_case = require "template_case"

return {
  cases = function(data, suite)
    template_case.each(data:below "cfn-templates", function(name, path)
      suite(name, function() return template_case.good(path) end)
    end)
  end,
}
