---A suite whose cases are one list in one file, all of which must pass.
---@param path string
---@param check fun(case: table, models: userdata|nil): string|nil what is wrong
---@param options { key: string|nil, open: (fun(): userdata, any)|nil }|nil  key: of a case's name;
---  open: for what is opened once
---@return { bar: number, cases: fun(data: table, suite: fun(name: string, run: function)) }
return function(path, check, options)
  local key, open = options and options.key or "_id", options and options.open
  return {
    bar = 1,
    cases = function(data, suite)
      local models = open and assert(open())
      for _, case in ipairs(data:json(path)) do
        suite(case[key], function() return check(case, models) end)
      end
    end,
  }
end
