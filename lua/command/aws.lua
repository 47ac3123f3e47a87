-- mrun aws: one call of any operation of any service, its answer as JSON; and what can be called.
local failure = require "engine.failure"
local report = require "engine.report"

local function show_list(mrun, rows)
  local terminal = mrun.console.out.terminal
  local names = {}
  for i, row in ipairs(rows) do
    names[i] = row.name
    row.help = terminal and report.sentence(row.help) or nil
  end
  if mrun.options.json then
    mrun.json(names)
  else
    mrun.print(report.names(rows, mrun.console.out))
  end
  return 0
end

local function describe(mrun, service, operation)
  local found = mrun.describe_operation(service, operation)
  if mrun.options.json then
    mrun.json(found)
  else
    mrun.print(report.operation(found, mrun.console.out))
  end
  return 0
end

local function call(mrun, service, operation)
  local people = mrun.console.out.terminal and not mrun.options.json
  mrun.call_operation(service, operation, mrun.options, function(text)
    mrun.print((people and report.pretty(text) or text) .. "\n")
  end)
  return 0
end

return {
  summary = "call one operation of an AWS service",
  usage = "mrun aws [SERVICE [OPERATION [--input JSON|@FILE] [--query JMESPATH] ...]]",
  options = {
    { name = "input", value = "JSON|@FILE",
      help = "the operation's input; blobs are base64, or @FILE" },
    { name = "query", value = "JMESPATH",
      help = "what to print of the answer, or of each event in one of events" },
    { name = "all-pages", help = "ask for every page, and give them as one answer" },
    { name = "wait", value = "[NAME]", optional = true,
      help = "ask until a state is reached, such as InstanceRunning" },
    { name = "to-file", value = "FILE", help = "where the body goes of an answer that streams" },
    { name = "endpoint-url", value = "URL", help = "ask there and not where AWS is" },
  },
  no_option = "parameters go into --input '{ ... }'; mrun aws SERVICE OPERATION --help tells them",
  helps = function(args) return args[2] ~= nil end, -- with --help, of one operation
  run = function(mrun)
    local service, operation, more = mrun.args[1], mrun.args[2], mrun.args[3]
    if not service then return show_list(mrun, mrun.list_services()) end
    service = mrun.find_service(service)
    if not operation then
      return show_list(mrun, mrun.list_operations(service, mrun.console.out.terminal))
    end
    operation = mrun.find_operation(service, operation)
    if mrun.options.help then return describe(mrun, service, operation) end
    if more then
      failure.raise { kind = "usage", what = ("one operation at a time, and not %s"):format(more),
        next = ("mrun aws %s %s --input '{ ... }'"):format(service, operation) }
    end
    return call(mrun, service, operation)
  end,
}
