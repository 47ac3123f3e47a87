-- console.lua is where mrun meets a person or a program: results on standard output, the rest on
-- standard error, colour only on a terminal.
local failure = require "engine.failure"
local json = require "json"
local sys = require "native.sys"

local STDIN <const>, STDOUT <const>, STDERR <const> = 0, 1, 2

local SECOND_MS <const> = 1000

local console = {}

local function coloured(fd)
  return sys.isatty(fd) and not sys.getenv "NO_COLOR" and sys.getenv "TERM" ~= "dumb"
end

---How text may look on one of the two streams.
---@param fd integer
---@return { color: boolean, terminal: boolean, width: integer }
local function style(fd)
  return { color = coloured(fd), terminal = sys.isatty(fd), width = sys.width(fd) or 80 }
end

local function write(fd, text)
  local ok, why = sys.write(fd, text)
  if not ok then failure.raise(failure.from(why)) end
end

---@return table console
function console.new()
  local self = { out = style(STDOUT), err = style(STDERR) }

  function self.print(text) write(STDOUT, text) end

  function self.note(text) write(STDERR, text) end

  function self.json(value) write(STDOUT, json.encode(value) .. "\n") end

  ---Whether there is somebody who can answer.
  self.can_ask = sys.isatty(STDIN) and sys.isatty(STDERR)

  ---One line typed by the person; nil at the end of input. A hidden one is not shown; while a
  ---shown one is waited for, `meanwhile` is called every second.
  function self.ask(question, hidden, meanwhile)
    write(STDERR, question)
    while meanwhile and not hidden do
      local there = sys.input_within(SECOND_MS)
      if there == nil then return nil end
      if there then break end
      meanwhile()
    end
    local line = sys.read_line { hidden = hidden }
    if hidden then write(STDERR, "\n") end
    return line
  end

  return self
end

return console
