-- mrun aws: one call of any operation of any service, its answer as JSON.
local failure = require "engine.failure"

local function wrong(mrun, what, near, next)
  near = mrun.nearest(near.word, near.list)
  next = near and ("did you mean %s?"):format(near) or next
  failure.raise { kind = "usage", what = what, next = next }
end

local function operations_of(mrun, service)
  local data = mrun.data()
  if not data:service(service) then
    wrong(mrun, ("no service %s"):format(service), { word = service, list = data:services() },
      "`mrun aws` lists the services")
  end
  return data:operations(service)
end

local function list(mrun, names)
  if mrun.options.json then mrun.json(names) else mrun.print(table.concat(names, "\n") .. "\n") end
  return 0
end

local function operation_named(mrun, service, name)
  local operations = operations_of(mrun, service)
  for _, known in ipairs(operations) do
    if known == name then return name end
  end
  wrong(mrun, ("%s has no operation %s"):format(service, name), { word = name, list = operations },
    ("`mrun aws %s` lists them"):format(service))
end

return {
  summary = "call one operation of an AWS service",
  usage = "mrun aws [SERVICE [OPERATION [--input JSON|@FILE]]]",
  options = { { name = "input", value = "JSON|@FILE", help = "the operation's input" } },
  run = function(mrun)
    local service, operation = mrun.args[1], mrun.args[2]
    if not service then return list(mrun, mrun.data():services()) end
    if not operation then return list(mrun, operations_of(mrun, service)) end
    operation_named(mrun, service, operation)
    local input = mrun.read_json(mrun.options.input or "{}", "--input")
    mrun.json(mrun.call_aws(service, operation, input))
    return 0
  end,
}
