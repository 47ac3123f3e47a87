-- mrun import: takes over what exists, as a resource of a recipe or with a recipe written for it.
local failure = require "engine.failure"

local ONE <const> = "mrun import [RECIPE] NAME ID [--yes]"
local WRITTEN <const> = "mrun import --type TYPE ID [--with-dependencies] [--out FILE]"

local function wrong(what, usage)
  failure.raise { kind = "usage", what = what, next = "say " .. usage }
end

local function written(mrun)
  local identifier, more = mrun.args[1], mrun.args[2]
  if not identifier or more then wrong("which one of this type?", WRITTEN) end
  return mrun.import_type(mrun.options.type, identifier)
end

return {
  summary = "take over something that exists, or write the recipe for it",
  usage = ONE .. "\n       " .. WRITTEN,
  options = {
    { name = "yes", help = "do not ask" },
    { name = "type", value = "TYPE", help = "write a recipe for the one of this type" },
    { name = "with-dependencies", help = "and for what it refers to and what stands in it" },
    { name = "out", value = "FILE", help = "where to; the stack of that recipe has it at once" },
  },
  run = function(mrun)
    local args, options = mrun.args, mrun.options
    if options.type then return written(mrun) end
    if options.out or options.with_dependencies then wrong("of which type?", WRITTEN) end
    if #args == 3 then return mrun.import_one(args[1], args[2], args[3]) end
    if #args == 2 then return mrun.import_one(nil, args[1], args[2]) end
    wrong("which resource is to take over what?", ONE)
  end,
}
