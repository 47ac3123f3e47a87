-- mrun.lua makes the table that commands are handed. What a command does not use is not loaded:
-- each function stands in a part of its own, which is required when its first function is asked for.
local options = require "main.options"

local VERSION <const> = "0.1.0"

-- The functions of each part: require("main.<part>") returns a function of (mrun) that gives them.
local PARTS <const> = {
  catalog = { "data", "documentation", "types", "schema", "read_json", "call_aws" },
  script = { "run_script" },
  world = { "providers", "ports", "task", "place_options", "api_calls", "listen" },
  stack = { "recipe", "load", "existing" },
  changes = {
    "plan", "save_plan", "lock", "must_be_able_to_ask", "confirm_and_apply", "apply_saved",
    "nothing_to_do",
  },
  show = {
    "show_plan", "show_before_asking", "show_diff", "show_outcome", "show_state", "plain",
    "show_progress",
  },
}

local function part_of()
  local found = {}
  for part, names in pairs(PARTS) do
    for _, name in ipairs(names) do found[name] = part end
  end
  return found
end

local mrun = {}

---@param console table what main.console gives
---@param parsed { options: table, args: string[] }
---@param commands { names: fun(): string[], find: fun(name: string): table }
---@return table mrun
function mrun.new(console, parsed, commands)
  local self = {
    VERSION = VERSION, GLOBAL = options.GLOBAL,
    options = parsed.options, args = parsed.args, module = parsed.module, console = console,
    print = console.print, note = console.note, json = console.json,
    commands = commands.names, command = commands.find,
  }
  local parts = part_of()
  return setmetatable(self, {
    __index = function(_, key)
      local part = parts[key]
      if not part then return nil end
      for name, fn in pairs(require("main." .. part)(self)) do rawset(self, name, fn) end
      return rawget(self, key)
    end,
  })
end

return mrun
