--- apply, each, json and yaml: what a recipe does with values that it may not have yet.
local failure = require "engine.failure"
local limits = require "recipe.limits"
local misuse = require "recipe.misuse"
local plain = require "recipe.plain"
local position = require "recipe.position"
local value = require "engine.value"

local deferring = {}

--- The recipe's function, for a time when the recipe is long evaluated: with limits of
--- its own, and
--- with its line in every error.
local function later(ev, fn)
  local place = position.of(ev.chunks)
  return function(...)
    if not ev.closed then return plain.copy(fn(...), "the result") end
    local own = limits.new(ev.host)
    own.memory, own.cpu_limit = nil, nil -- other resources are worked on meanwhile
    local arguments = table.pack(...)
    own:start()
    local results = table.pack(xpcall(function()
      return plain.copy(fn(table.unpack(arguments, 1, arguments.n)), "the result")
    end, function(message)
      return failure.add(message, { where = position.of(ev.chunks) or place })
    end))
    own:stop()
    if not results[1] then error(own.killed or results[2], 0) end
    return results[2]
  end
end

local function check_function(name, fn)
  if type(fn) ~= "function" then
    failure.raise { what = ("%s takes a value and a function"):format(name),
      next = ("write %s(value, function(v) return ... end)"):format(name) }
  end
end

function deferring.apply(ev)
  return function(v, fn)
    check_function("apply", fn)
    return value.apply(plain.copy(v, "the value"), later(ev, fn))
  end
end

function deferring.each(ev)
  return function(list, fn)
    check_function("each", fn)
    local copy = plain.copy(list, "the list")
    if type(copy) ~= "table" then
      failure.raise { what = ("each takes a list, not a %s"):format(type(copy)),
        next = "use apply for a single value" }
    end
    return value.each(copy, later(ev, fn))
  end
end

--- What a decoder gave, or its failure.
local function decoded(name, v, why)
  if v == nil and why then
    failure.raise { what = ("%s.decode: %s"):format(name, failure.from(why).what),
      next = "look at the text that was given" }
  end
  return v
end

local function need_text(name, text)
  if misuse.special(text) then
    misuse.refuse(text, "decoded now", ("apply(VALUE, function(v) return %s.decode(v) end)"):format(
      name))
  end
  if type(text) ~= "string" then
    failure.raise { what = ("%s.decode takes a text, not a %s"):format(name, type(text)),
      next = 'give it what file "path" returns' }
  end
end

local function encoder(name, encode)
  return function(v)
    local copy = plain.copy(v, "the value")
    local function run(known)
      local ok, text, why = pcall(encode, known)
      if ok and text then return text end
      failure.raise { what = ("%s.encode: %s"):format(name, failure.from(ok and why or text).what),
        next = "give it lists, maps, strings, numbers and booleans" }
    end
    if value.contains_deferred(copy) then return value.json(copy, run) end
    return value.apply(copy, run)
  end
end

function deferring.json(ev)
  local json = ev.host.json
  return {
    decode = function(text)
      need_text("json", text)
      return decoded("json", json.decode(text))
    end,
    encode = encoder("json", json.encode),
  }
end

function deferring.yaml(ev)
  local yaml = ev.host.yaml
  return {
    decode = function(text)
      need_text("yaml", text)
      return decoded("yaml", yaml.load(text))
    end,
    encode = encoder("yaml", function(v) return yaml.emit(v) end),
  }
end

return deferring
