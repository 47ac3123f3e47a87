-- options.lua reads the command line: global options, the command's own, and what is left.
--
-- An option is { name = "params-file", value = "FILE" | nil, short = "P" | nil, many = bool,
-- help = "..." }; without `value` it is a switch, and may be one where `optional` is set. Shared
-- ones go by their group (main.planning). Global options stand before or after the command, its
-- own after it.
local failure = require "engine.failure"
local nearest = require "engine.schema.nearest"
local planning = require "main.planning"

local options = {}

options.GLOBAL = {
  { name = "stack", value = "NAME", help = "the stack; the recipe's base name unless said" },
  { name = "state", value = "PLACE", help = "where state is: a folder, or s3://BUCKET/PREFIX" },
  { name = "lock-timeout", value = "SECONDS", help = "how long to wait for a stack in use" },
  { name = "region", value = "REGION", help = "AWS region" },
  { name = "profile", value = "PROFILE", help = "AWS profile" },
  { name = "param", short = "P", value = "NAME=VALUE", many = true,
    help = "a parameter of the recipe" },
  { name = "params-file", value = "FILE", help = "parameters, as a JSON object" },
  { name = "json", help = "one JSON document on standard output" },
  { name = "debug", help = "requests and answers on standard error, without secrets" },
  { name = "help", short = "h", help = "help for a command" },
}

local function wrong(what, where, next)
  failure.raise { kind = "usage", what = what, where = where, next = next }
end

local function index(lists)
  local by_name, names = {}, {}
  for _, list in ipairs(lists) do
    for _, option in ipairs(list) do
      by_name["--" .. option.name] = option
      names[#names + 1] = "--" .. option.name
      if option.short then by_name["-" .. option.short] = option end
    end
  end
  return by_name, names
end

local function store(found, option, text)
  local key = option.name:gsub("-", "_")
  if option.many then
    found[key] = found[key] or {}
    table.insert(found[key], text)
  elseif found[key] ~= nil and found[key] ~= text then
    wrong(("--%s is given twice"):format(option.name), nil, "give it once")
  else
    found[key] = text
  end
end

---Splits `--name=value`, `-Pname=value` and `--name` into the option's name and the text with it.
local function split(word)
  local long, text = word:match "^(%-%-[^=]+)=(.*)$"
  if long then return long, text end
  local short, rest = word:match "^(%-%a)(.+)$"
  if short then return short, rest end
  return word, nil
end

-- A command may know better what was meant by what is near to nothing.
local function unknown(name, state)
  local near, module = nearest(name, state.names), state.module or {}
  wrong(("no option %s"):format(name), state.command and ("mrun " .. state.command),
    near and ("did you mean %s?"):format(near) or module.no_option
      or "`mrun help` lists the options")
end

local function read_option(state, word)
  local name, text = split(word)
  local option = state.by_name[name] or unknown(name, state)
  if not option.value then
    if text then wrong(("%s takes no value"):format(name), nil, ("say just %s"):format(name)) end
    return store(state.found, option, true)
  end
  if not text then
    local following = state.argv[state.at + 1]
    if option.optional and (not following or following:sub(1, 1) == "-") then
      return store(state.found, option, true)
    end
    state.at = state.at + 1
    text = following
    if not text or state.by_name[text] then
      wrong(("%s needs a value"):format(name), nil, ("say %s %s"):format(name, option.value))
    end
  end
  store(state.found, option, text)
end

---Reads argv. `find(name)` gives the command's table or raises; the words of a command whose
---`verbatim` is set are left alone from the first one that is not an option.
---@param argv string[]
---@param find fun(name: string): table
---@return { command: string|nil, module: table|nil, options: table, args: string[] }
function options.parse(argv, find)
  local state = { argv = argv, at = 1, found = {} }
  state.by_name, state.names = index { options.GLOBAL }
  local args, module, plain = {}, nil, false
  while state.at <= #argv do
    local word = argv[state.at]
    if not plain and word == "--" then
      plain = true
    elseif not plain and word:sub(1, 1) == "-" and #word > 1 then
      read_option(state, word)
    elseif not module then
      state.command, module = word, find(word)
      state.module = module
      state.by_name, state.names = index { options.GLOBAL, planning.options(module) }
    else
      args[#args + 1] = word
      plain = plain or module.verbatim
    end
    state.at = state.at + 1
  end
  return { command = state.command, module = module, options = state.found, args = args }
end

---`-P name=value` as a table; a word without `=` or a name given twice is wrong usage.
---@param words string[]|nil
---@return table<string, string>
function options.pairs_of(words)
  local out = {}
  for _, word in ipairs(words or {}) do
    local name, text = word:match "^([^=]+)=(.*)$"
    if not name then wrong(("-P %s has no value"):format(word), nil, "say -P NAME=VALUE") end
    if out[name] then wrong(("-P %s is given twice"):format(name), nil, "give it once") end
    out[name] = text
  end
  return out
end

return options
