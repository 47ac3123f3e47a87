--- What a recipe can see: copies of the pure libraries, and the words of the language.
local declare = require "recipe.declare"
local deferring = require "recipe.deferring"
local failure = require "engine.failure"
local files = require "recipe.files"
local misuse = require "recipe.misuse"
local order = require "recipe.order"
local outputs = require "recipe.outputs"
local params = require "recipe.params"
local plain = require "recipe.plain"
local position = require "recipe.position"
local provider = require "recipe.provider"
local stacks = require "recipe.stacks"
local strings = require "recipe.strings"
local tables = require "recipe.tables"
local value = require "engine.value"

local sandbox = {}

-- Errors --------------------------------------------------------------------------------

--- After a pcall: what ended the evaluation is raised again, whoever caught it.
local function after(ev, callback, ok, ...)
  if ev.limits.killed then error(ev.limits.killed, 0) end
  if not ok and (...) == "not enough memory" then ev.limits:out_of_memory() end
  ev.limits.in_callback = callback
  return ok, ...
end

local function protected(ev)
  local function guarded_pcall(fn, ...)
    return after(ev, ev.limits.in_callback, pcall(fn, ...))
  end
  local function guarded_xpcall(fn, handler, ...)
    -- What a hook raises finds hooks off in its handler: nothing would stop a recipe's
    -- own there.
    return after(ev, ev.limits.in_callback, xpcall(fn, function(raised)
      if ev.limits.killed then return raised end
      return handler(raised)
    end, ...))
  end
  return guarded_pcall, guarded_xpcall
end

-- Metatables ----------------------------------------------------------------------------

--- assert as Lua has it, whatever the host made of its own.
local function must(...)
  if (...) then return ... end
  local message = select(2, ...)
  if message == nil then message = "assertion failed!" end
  error(message, 0)
end

local function metatables()
  local own = setmetatable({}, { __mode = "k" }) -- the ones that recipes made
  local function set(t, meta)
    if misuse.special(t) then misuse.refuse(t, "given another metatable") end
    if type(meta) == "table" and (rawget(meta, "__gc") ~= nil or rawget(meta, "__mode") ~= nil) then
      failure.raise { what = "a recipe's metatable has no __gc and no __mode",
        next = "what a recipe does must not depend on when memory is collected" }
    end
    setmetatable(t, meta)
    if meta then own[meta] = true end
    return t
  end
  local function get(t)
    local meta = getmetatable(t)
    if meta == nil or own[meta] then return meta end
    return false
  end
  return set, get
end

-- Libraries -----------------------------------------------------------------------------

local function checked_copy(library, name, without)
  local copy = {}
  for key, fn in pairs(library) do
    if type(fn) == "function" and not without[key] then
      copy[key] = misuse.checked(name .. "." .. key, fn)
    elseif type(fn) ~= "function" then
      copy[key] = fn
    end
  end
  return copy
end

local function show(v)
  if misuse.special(v) and not value.is_secret(v) then
    misuse.refuse(v, "turned into text",
      '"..." .. VALUE, or apply(VALUE, function(v) return tostring(v) end)')
  end
  return strings.show(v)
end

local function printer(ev)
  local write = ev.host.print or function(text) io.stderr:write(text, "\n") end
  return function(...)
    local parts = table.pack(...)
    for i = 1, parts.n do
      local v = parts[i]
      parts[i] = value.is_deferred(v) and "${" .. value.text(v) .. "}" or strings.show(v)
    end
    write(table.concat(parts, "\t", 1, parts.n))
  end
end

local function base(ev, env)
  env._G, env._VERSION = env, _VERSION
  env.assert, env.error, env.type = must, error, type
  env.pairs, env.ipairs, env.next = order.pairs, order.ipairs, order.new_next()
  env.pcall, env.xpcall = protected(ev)
  env.print, env.tostring = printer(ev), show
  env.setmetatable, env.getmetatable = metatables()
  env.rawequal = rawequal
  env.select = function(n, ...)
    misuse.arguments("select", n)
    return select(n, ...)
  end
  for _, name in ipairs { "rawget", "rawlen", "rawset", "tonumber" } do
    env[name] = misuse.checked(name, _G[name])
  end
  env.string = strings.copy()
  env.table = tables.copy(ev.limits)
  env.math = checked_copy(math, "math", { random = true, randomseed = true })
  env.utf8 = checked_copy(utf8, "utf8", {})
  env.require = function(name)
    if type(name) ~= "string" then error("require takes a name", 2) end
    return files.require(ev, name)
  end
end

-- The language --------------------------------------------------------------------------

local function scope(ev)
  return function(name, ...)
    declare.name(ev, name)
    local entry = { name = name, source = position.of(ev.chunks),
      what = ("scope %q takes a function"):format(name),
      next = ("write scope %q (function() ... end)"):format(name) }
    if select("#", ...) > 0 then failure.raise { what = entry.what, next = entry.next } end
    ev.pending[entry] = true
    return function(fn)
      ev.pending[entry] = nil
      if type(fn) ~= "function" then failure.raise { what = entry.what, next = entry.next } end
      local before = ev.prefix
      ev.prefix = before .. name .. "/"
      local results = table.pack(fn())
      ev.prefix = before
      return table.unpack(results, 1, results.n)
    end
  end
end

local function secret(v)
  if v == nil then
    failure.raise { what = "secret takes a value, and got nil",
      next = "look at where this value comes from" }
  end
  return value.secret(plain.copy(v, "the secret"))
end

local function need_name(name, what, example)
  if type(name) ~= "string" or name == "" then
    failure.raise { what = ("%s takes a name"):format(what), next = "write " .. example }
  end
end

local function language(ev, env)
  env.provider = function(name) return provider.open(ev, name) end
  env.params = function(specs) return params.define(ev, specs) end
  env.output = function(...) return outputs.add(ev, ...) end
  env.scope, env.secret = scope(ev), secret
  env.apply, env.each = deferring.apply(ev), deferring.each(ev)
  env.json, env.yaml = deferring.json(ev), deferring.yaml(ev)
  env.env = function(name)
    need_name(name, "env", 'env "NAME"')
    return ev.inputs:read_env(name)
  end
  env.file = function(name)
    need_name(name, "file", 'file "path"')
    return files.read(ev, name)
  end
  env.stack = stacks.named(ev)
  env.policy, env.check = outputs.policy(ev), outputs.check(ev)
  env.resource_type = function(name)
    failure.raise { what = ("a recipe cannot bring the type %s along"):format(tostring(name)),
      next = "write a provider of your own, in a folder on MRUN_PATH" }
  end
end

--- A variable that does not exist is most often misspelt.
local function refuse_unknown(env)
  setmetatable(env, {
    __metatable = false,
    __index = function(_, name)
      if name == "io" or name == "os" or name == "debug" or name == "load" then
        failure.raise { what = ("a recipe has no %s"):format(name),
          next = 'use file "path", env "NAME", params or a look-up' }
      end
    end,
  })
end

--- The globals of one evaluation.
---@param ev table
---@return table
function sandbox.new(ev)
  local env = {}
  base(ev, env)
  language(ev, env)
  refuse_unknown(env)
  return env
end

return sandbox
