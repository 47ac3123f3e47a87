-- main.lua joins the parts: reads the command line, finds the command, hands it the `mrun` table,
-- and turns whatever is raised into one message and an exit code.
local console = require "main.console"
local failure = require "engine.failure"
local mrun_table = require "main.mrun"
local nearest = require "engine.schema.nearest"
local options = require "main.options"
local process = require "native.host"

local TELL <const> = "main.tell"

-- In percent of what is in use, where the collector begins again; Lua's own 200 is a megabyte more.
collectgarbage("setpause", 170)

local function command_names()
  local names = {}
  for _, path in ipairs(process.list "command/") do
    names[#names + 1] = path:match "^command/([%w_]+)%.lua$"
  end
  return names
end

local function find_command(name)
  local names = command_names()
  for _, known in ipairs(names) do
    if known == name then return require("command." .. name) end
  end
  local near = nearest(name, names)
  failure.raise { kind = "usage", what = ("no command %s"):format(name),
    next = near and ("did you mean mrun %s?"):format(near) or "`mrun help` lists the commands" }
end

-- A command may have more to say of some words than `mrun help` has.
local function wants_help(parsed)
  if not parsed.module then return true end
  local helps = parsed.module.helps
  return parsed.options.help and not (helps and helps(parsed.args))
end

local function run(screen, argv)
  local parsed = options.parse(argv, find_command)
  if wants_help(parsed) then
    parsed.args = { parsed.command ~= "help" and parsed.command or parsed.args[1] }
    parsed.module = find_command "help"
  end
  local mrun = mrun_table.new(screen, parsed, { names = command_names, find = find_command })
  return parsed.module.run(mrun)
end

---@param ... string the words after the program's name
---@return integer exit code
return function(...)
  local argv = { ... }
  local screen = console.new()
  local ok, result = xpcall(run, function(raised)
    if failure.is(raised) then return raised end
    local wrong = failure.from(raised)
    wrong.traceback = wrong.traceback or debug.traceback()
    return wrong
  end, screen, argv)
  if ok then return result end
  return require(TELL)(screen, argv, result) -- asked for only now: the reports are not small
end
