local host = require "native.host"
local sensitive = require "provider.aws.sensitive"
local value = require "engine.value"

local FOLDER = "provider/aws/type/"
local data = assert(require "native.pack".open())

-- The operations that stand anywhere in a handler.
local function operations_of(handler)
  local found = {}
  local function walk(v)
    if type(v) == "string" then
      local ok, one = pcall(data.operation, data, handler.service, v)
      if v:find "^%u%w+$" and ok and one then found[v] = one end
    elseif type(v) == "table" then
      for _, member in pairs(v) do walk(member) end
    end
  end
  walk(handler)
  return found
end

local function listed(list)
  local set = {}
  for _, name in ipairs(list or {}) do set[name] = true end
  return set
end

describe("what a service model marks as sensitive", function()
  it("is in the handler's list of secrets, for each handler", function()
    local seen = 0
    for _, file in ipairs(host.list(FOLDER)) do
      local service, name = file:sub(#FOLDER + 1):match "^(%w+)/(%w+)%.lua$"
      local handler = require(("provider.aws.type.%s.%s"):format(service, name))
      local raw = data:record("schema", ("AWS::%s::%s"):format(service, name))
      local secrets = listed(handler.secret)
      for operation, record in pairs(operations_of(handler)) do
        for _, member in ipairs(sensitive.members(record.input)) do
          if raw.properties[member] then
            seen = seen + 1
            assert.is_true(secrets[member] or false,
              ("%s::%s: %s of %s"):format(service, name, member, operation))
          end
        end
      end
    end
    assert.is_true(seen >= 2)
  end)

  it("is a secret in an answer, where it stands and nowhere else", function()
    local output = data:operation("ssm", "GetParameter").output
    local hidden = sensitive.hidden(output, { Parameter = { Name = "/a", Value = "here" } })
    assert.are.equal("/a", hidden.Parameter.Name)
    assert.is_true(value.is_secret(hidden.Parameter.Value))
    assert.are.equal("here", value.reveal(hidden.Parameter.Value))
  end)
end)
