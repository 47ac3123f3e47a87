--- The Lua front end: evaluates a recipe in its sandbox and returns what it declares.
local failure = require "engine.failure"
local files = require "recipe.files"
local inputs = require "recipe.inputs"
local limits = require "recipe.limits"
local lint = require "recipe.lint"
local outputs = require "recipe.outputs"
local params = require "recipe.params"
local position = require "recipe.position"
local sandbox = require "recipe.sandbox"
local schema = require "engine.schema"
local stacks = require "recipe.stacks"
local strings = require "recipe.strings"
local value = require "engine.value"

local recipe = {}

--- One evaluation: what was declared, what was read, what may still be used.
---@param host table what main hands in
---@param path string
---@return table
function recipe.new_evaluation(host, path)
  local bounds = limits.new(host)
  local record = inputs.new(host, bounds)
  record.waits = coroutine.isyieldable()
  local ev = {
    host = host, path = path, folder = files.folder_of(path), limits = bounds, inputs = record,
    chunks = {}, modules = {}, prefix = "",
    resources = {}, by_name = {}, pending = {}, outputs = {}, output_names = {},
    declared_params = {}, policies = {}, checks = {}, notices = {}, stacks = {},
  }
  local schemas = {} -- the same few are asked for again and again
  ev.schema = function(provider, type_name)
    local key = provider .. " " .. type_name
    if schemas[key] == nil then
      schemas[key] = bounds:aside(host.schema, provider, type_name) or false
    end
    return schemas[key] or nil
  end
  bounds.where = function() return position.of(ev.chunks) end
  return ev
end

--- A failure with the recipe's line; one of an API call keeps its own place after it.
local function placed(ev, raised)
  local here = position.of(ev.chunks)
  local own = raised.where
  if not own then
    -- A tail call leaves no line behind, so at least the file is named.
    return failure.add(raised, { where = here or ev.path })
  end
  if not here or not raised.service or own:find(ev.path, 1, true) then return raised end
  local fields = {}
  for key, v in next, raised do fields[key] = v end
  fields.where = here .. ", " .. own
  return failure.new(fields)
end

--- Lua's own errors, and those that the recipe raises itself.
local function from_text(ev, raised)
  local text, place = position.split(raised)
  if place and not place:find(ev.path, 1, true) then place = nil end
  return failure.new { what = text, where = position.of(ev.chunks) or place or ev.path,
    next = "the error is Lua's own: look at this line", traceback = debug.traceback() }
end

--- What was raised, with the recipe's line in it. Runs where the error is, so the line
--- can be seen.
local function explain(ev, raised)
  if ev.limits.killed then return failure.add(ev.limits.killed, { where = ev.path }) end
  if type(raised) == "string" then return from_text(ev, raised) end
  local found = failure.from(raised)
  if failure.is(raised) or found.native then return placed(ev, found) end
  return failure.new {
    what = "the recipe raised " .. (type(raised) == "table" and "a table" or tostring(raised)),
    where = position.of(ev.chunks) or ev.path, next = "raise a text with error(\"...\")",
  }
end

local function check_pending(ev)
  local first
  for entry in next, ev.pending do
    if not first or entry.name < first.name then first = entry end
  end
  if first then
    failure.raise { where = first.source,
      what = first.what or ("%s has a name but no properties"):format(first.name),
      next = first.next or "add them in braces after the name, { } for none" }
  end
end

--- Every name in depends_on must be declared.
---@param ev table
function recipe.check_dependencies(ev)
  for _, resource in ipairs(ev.resources) do
    for _, name in ipairs(resource.options.depends_on or {}) do
      if not ev.by_name[name] then
        local nearest = schema.nearest(name, value.keys(ev.by_name))
        failure.raise { what = ("%s depends on %s, which is not declared"):format(resource.name,
          name), where = resource.source,
          next = nearest and ("did you mean %s?"):format(nearest) or "declare it, or leave it out" }
      end
    end
  end
end

--- The declarations, as both front ends hand them over.
---@param ev table
---@return table
function recipe.finish(ev)
  recipe.check_dependencies(ev)
  params.check_given(ev)
  ev.closed = true
  return {
    stack = stacks.own(ev), resources = ev.resources, outputs = ev.outputs, notices = ev.notices,
    inputs = ev.inputs:record(), types = {}, checks = ev.checks, other_stacks = stacks.others(ev),
  }
end

local function evaluate(ev, text)
  ev.env = sandbox.new(ev)
  files.compile(ev, ev.path, text)()
  check_pending(ev)
  local evaluated = recipe.finish(ev)
  if #ev.policies > 0 then
    function evaluated.enforce(plan) recipe.guarded(ev, outputs.enforce, ev, plan) end
  end
  if ev.host.lint then evaluated.warnings = ev.limits:aside(lint.all, ev.inputs.sources) end
  return evaluated
end

--- Runs `fn` under the limits of the evaluation; whatever it raises comes out with its line.
---@param ev table
---@param fn function
---@return any ...
function recipe.guarded(ev, fn, ...)
  strings.install()
  ev.limits:start()
  local results = table.pack(xpcall(fn, function(raised) return explain(ev, raised) end, ...))
  ev.limits:stop()
  ev.closed = true
  if results[1] then return table.unpack(results, 2, results.n) end
  local why = results[2]
  if ev.limits.killed then why = explain(ev, why) end
  if not failure.is(why) then -- no memory was left for the explanation
    why = failure.new { what = ev.limits:too_much(), where = ev.limits.last_place or ev.path,
      next = "look for a table or a string that grows in a loop" }
  end
  error(why, 0)
end

--- Evaluates what stands at `path`; runs inside a task, where look-ups may wait.
---@param host table
---@param path string
---@param kind string "a recipe"
---@param fn fun(ev: table, text: string): table
---@return table evaluated
function recipe.read(host, path, kind, fn)
  local ev = recipe.new_evaluation(host, path)
  local text, why = host.read_file(path)
  if not text then
    error(failure.add(why, { next = "give the path of " .. kind, kind = "usage" }), 0)
  end
  return recipe.guarded(ev, fn, ev, text)
end

--- Evaluates the recipe at `path`.
---@param host table
---@param path string
---@return table evaluated
function recipe.load(host, path) return recipe.read(host, path, "a recipe", evaluate) end

return recipe
