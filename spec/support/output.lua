-- busted's output, compact: nothing for what passes, the case and the reason for what does not.

local busted = require "busted"
local base = require "busted.outputHandlers.base"

local result = { passed = 0, failed = 0 }
package.loaded["spec.support.output"] = result

local function where(element)
  local trace = element.trace or {}
  return ("%s:%s"):format(trace.short_src or "?", trace.currentline or "?")
end

local function text_of(message)
  if type(message) == "string" then return message end
  if type(message) == "table" then
    return tostring(message.message or message)
  end
  return tostring(message)
end

return function()
  local handler = base()

  local function complain(element, _, message, trace)
    result.failed = result.failed + 1
    print(("FAILED %s %s"):format(where(element), handler.getFullName(element)))
    print("  " .. (text_of(message):gsub("\n", "\n  ")))
    if os.getenv "MRUN_DEBUG" and trace then print(trace.traceback) end
    return nil, true
  end

  local function passed(_, _, status)
    if status == "success" then result.passed = result.passed + 1 end
    return nil, true
  end

  --- A skipped case is said aloud: silence would look like a pass.
  local function pending(element, _, message)
    print(("SKIPPED %s %s%s"):format(where(element), handler.getFullName(element),
      message and ": " .. text_of(message):gsub("^%S+:%d+: ", "") or ""))
    return nil, true
  end

  function handler:subscribe(options)
    handler.options = options
    busted.subscribe({ "test", "end" }, passed)
    busted.subscribe({ "pending" }, pending)
    busted.subscribe({ "failure" }, complain)
    busted.subscribe({ "error" }, complain)
    return self
  end

  return handler
end
