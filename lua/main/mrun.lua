-- mrun.lua makes the table that commands are handed. What a command does not use is not loaded:
-- each function stands in a part, required when the first function of that part is asked for.
local options = require "main.options"
local planning = require "main.planning"

local VERSION <const> = "0.1.0"

-- What each part gives. The functions of main.<part> take mrun first; main.world is made for a run.
local PARTS <const> = {
  catalog = { "data", "documentation", "types", "schema", "nearest" },
  api = {
    "find_service", "find_operation", "list_services", "list_operations", "describe_operation",
    "call_operation",
  },
  script = { "run_script" },
  world = { "providers", "ports", "settings", "settings_path", "task", "safely", "keep", "tend",
    "api_calls", "listen" },
  where = { "FOLDER", "state_location", "state_options" },
  lock = { "lock" },
  state = { "edit_state", "pull_state", "push_state", "unlock_state", "rekey_state",
    "rebuild_state", "history" },
  stack = { "stack_name", "open", "load_state", "recipe", "load", "existing" },
  lost = { "lost_places", "owning", "looked_at" },
  changes = {
    "plan", "save_plan", "guard", "show_and_save", "must_be_able_to_ask", "confirm_and_apply",
    "apply_saved", "nothing_to_do", "drift", "refresh",
  },
  back = { "undo_plan", "undone", "roll_back" },
  import = { "import_one" },
  cloudformation = { "adopt_cloudformation" },
  import_type = { "import_type" },
  show = {
    "show_plan", "show_before_asking", "show_diff", "show_outcome", "show_state", "plain",
    "show_progress", "show_drift", "show_refreshed",
  },
}

local function part_of()
  local found = {}
  for part, names in pairs(PARTS) do
    for _, name in ipairs(names) do found[name] = part end
  end
  return found
end

local function bind(self, member)
  if type(member) ~= "function" then return member end
  return function(...) return member(self, ...) end
end

---Puts what a part gives into the table.
local function take(self, part)
  if part == "world" then
    for name, member in pairs(require "main.world" (self)) do rawset(self, name, member) end
    return
  end
  for name, member in pairs(require("main." .. part)) do rawset(self, name, bind(self, member)) end
end

local mrun = {}

---@param console table what main.console gives
---@param parsed { options: table, args: string[] }
---@param commands { names: fun(): string[], find: fun(name: string): table }
---@return table mrun
function mrun.new(console, parsed, commands)
  local self = {
    VERSION = VERSION, GLOBAL = options.GLOBAL, options_of = planning.options,
    options = parsed.options, args = parsed.args, module = parsed.module, console = console,
    print = console.print, note = console.note, json = console.json,
    commands = commands.names, command = commands.find,
  }
  local parts, taken = part_of(), {}
  return setmetatable(self, {
    __index = function(_, key)
      local part = parts[key]
      if not part or taken[part] then return nil end -- what a part has nothing for is nil
      taken[part] = true
      take(self, part)
      return rawget(self, key)
    end,
  })
end

return mrun
