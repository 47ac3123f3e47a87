-- AWS's present protocol tests. Those that botocore itself leaves out stand in a line of their
-- own; rpc-v2-cbor's are the suite cbor's.
local protocol_case = require "protocol_case"

local APART <const> = "protocols, left out by botocore"

local function set(list)
  local found = {}
  for _, name in ipairs(list or {}) do found[name] = true end
  return found
end

local function ignored_by(list)
  local suites = {}
  for direction, general in pairs(list.general or {}) do suites[direction] = set(general.suites) end
  return function(protocol, direction, entry, case)
    local own = ((list.protocols or {})[protocol] or {})[direction] or {}
    return (suites[direction] or {})[entry.description] or set(own.suites)[entry.description]
      or set(own.cases)[case.id]
  end
end

return {
  bar = 1,
  cases = function(data, suite)
    local folder = data:below "protocols"
    local ignored = ignored_by(folder:json "botocore-ignore-list.json" or {})
    protocol_case.each(folder, suite, function(file, direction, entry, case)
      if file:find("cbor", 1, true) then return "skip" end
      return ignored(file:match("^(.*)%.json$"), direction, entry, case) and APART or nil
    end)
  end,
}
