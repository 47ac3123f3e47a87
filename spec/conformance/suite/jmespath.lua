-- JMESPath's own compliance cases: what each expression gives, or the kind of error.
local jmespath = require "aws.jmespath"
local json = require "native.json"
local same = require "same"

local function is_list(value)
  local mark = getmetatable(value)
  return value[1] ~= nil or type(mark) == "table" and mark.__name == "list"
end

-- `same` holds an empty list and an empty object for one, and knows no nulls; here they count.
local function strict(want, came, path)
  if type(want) == "table" and type(came) == "table" then
    if is_list(want) ~= is_list(came) then
      return ("%s: expected a %s"):format(path, is_list(want) and "list" or "map")
    end
    for key, value in pairs(want) do
      local found = strict(value, came[key], path .. "." .. tostring(key))
      if found then return found end
    end
    for key in pairs(came) do
      if want[key] == nil then return ("%s.%s is not expected"):format(path, tostring(key)) end
    end
    return nil
  end
  return same.difference(want, came, path)
end

local function check(given, case)
  local ok, came = pcall(jmespath.search, case.expression, given)
  if case.error then
    if ok then return ("expected the error %s, came %s"):format(case.error, same.show(came)) end
    if type(came) ~= "table" or came.reason ~= case.error then
      return ("expected the error %s, came %s"):format(case.error, tostring(came))
    end
    return nil
  end
  if not ok then return "expected a value, came " .. tostring(came) end
  if came == nil then came = json.null end
  return strict(case.result, came, "result")
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "jmespath"
    for _, file in ipairs(folder:list "%.json$") do
      local groups = assert(json.decode(nil, folder:text(file), { nulls = true }))
      for _, group in ipairs(groups) do
        for _, case in ipairs(group.cases) do
          if case.result == json.null or case.result ~= nil or case.error then
            suite(case._id or case.expression, function() return check(group.given, case) end)
          end
        end
      end
    end
  end,
}
