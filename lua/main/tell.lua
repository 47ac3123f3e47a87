-- tell.lua says what went wrong, and with which exit code mrun ends.
local failure = require "engine.failure"
local report = require "engine.report"
local sys = require "native.sys"
local value = require "engine.value"

local EXIT <const> = { usage = 64, interrupted = 3 }

---A person reads the message on standard error; with --json a program reads the same as a document.
---@param screen table the console
---@param argv string[]
---@param raised any
---@return integer exit code
return function(screen, argv, raised)
  local wrong = failure.from(raised)
  for _, word in ipairs(argv) do
    if word == "--json" then
      screen.json(report.failure_document(wrong))
      break
    end
  end
  screen.note(report.failure(wrong, screen.err))
  if sys.getenv "MRUN_DEBUG" and wrong.traceback then
    screen.note(value.redact(wrong.traceback) .. "\n")
  end
  return EXIT[wrong.kind] or 1
end
