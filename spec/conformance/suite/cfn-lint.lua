-- cfn-lint's own templates: the good ones load, the bad ones fail for what their names say.
local template_case = require "template_case"

return {
  cases = function(data, suite)
    local folder = data:below "cfn-lint/templates"
    for _, kind in ipairs { "good", "bad" } do
      template_case.each(folder:below(kind), function(name, path)
        suite(kind .. "/" .. name, function() return template_case[kind](path, name) end)
      end)
    end
  end,
}
