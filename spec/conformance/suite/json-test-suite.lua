-- JSON texts that every reader accepts (y_), refuses (n_), or may treat as it likes (i_).
local json = require "native.json"

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "json-test-suite/test_parsing"
    for _, name in ipairs(folder:list "^[yni]_.*%.json$") do
      suite(name, function()
        local value, why = json.decode(nil, folder:text(name))
        local kind = name:sub(1, 1)
        if kind == "y" and value == nil then return "expected a value, came " .. tostring(why) end
        if kind == "n" and value ~= nil then return "expected an error, came a value" end
      end)
    end
  end,
}
