--- Looking into deferred values: what they depend on, how they are shown, and, during apply,
--- what they turn out to be.
local deferred = require "engine.value.deferred"
local failure = require "engine.failure"
local hidden = require "engine.value.hidden"
local plain = require "engine.value.plain"
local secret = require "engine.value.secret"

local resolve = {}

--- What of a deferred value may hold further values.
local INNER = { "of", "parts", "arguments", "items", "lookup" }

--- Adds which attributes of which resources a value refers to, at any depth.
---@param v any
---@param found table<string, table<string, boolean>> by name
function resolve.references(v, found)
  local raw = hidden.raw(v)
  if not raw then
    if type(v) ~= "table" then return end
    for _, member in next, v do resolve.references(member, found) end
  elseif raw.kind == "attribute" then
    found[raw.name] = found[raw.name] or {}
    found[raw.name][raw.attribute] = true
  elseif raw.kind ~= "secret" then
    for _, field in ipairs(INNER) do
      if raw[field] ~= nil then resolve.references(raw[field], found) end
    end
  end
end

--- The names of the resources that a value depends on, at any depth, sorted.
---@param v any
---@return string[]
function resolve.names(v)
  local found = {}
  resolve.references(v, found)
  return plain.keys(found)
end

--- How a deferred value is written down: { ["$deferred"] = "StgVPC.VpcId" }
---@param v any
---@return { ["$deferred"]: string }
function resolve.describe(v)
  return { ["$deferred"] = deferred.text(v) }
end

--- A copy that may be shown and saved: secrets hidden, deferred values described.
---@param v any
---@return any
function resolve.public(v)
  if secret.is(v) or secret.digest_of(v) then return "(secret)" end
  if deferred.is(v) then return resolve.describe(v) end
  if type(v) ~= "table" then return v end
  local result = {}
  for key, member in next, v do result[key] = resolve.public(member) end
  return plain.is_list(v) and plain.list(result) or result
end

--- What one resolution carries along: how attributes and look-ups are found, and what was not.
---@class Resolution
---@field find fun(name: string, attribute: string): any
---@field call (fun(place: table, lookup: table): any)|nil
---@field missing table<string, boolean>

local known

local function resolve_table(v, run)
  local result = {}
  for key, member in next, v do result[key] = known(member, run) end
  local mark = getmetatable(v)
  return mark and setmetatable(result, mark) or result
end

local function member_of(of, key, text)
  local inner = secret.reveal(of)
  local member
  if type(inner) == "table" then member = inner[key] end
  if member == nil then
    failure.raise {
      what = ("%s turned out to have no member %s"):format(text, key),
      next = "look at what it holds with mrun show",
    }
  end
  return secret.is(of) and secret.new(member) or member
end

local by_kind = {}

function by_kind.attribute(raw, run, v)
  local found = run.find(raw.name, raw.attribute)
  if found == nil then
    run.missing[raw.name] = true
    return v
  end
  return known(found, run)
end

function by_kind.index(raw, run, v)
  local of = known(raw.of, run)
  if deferred.is(of) then return v end
  return known(member_of(of, raw.key, deferred.text(raw.of)), run)
end

function by_kind.join(raw, run)
  return deferred.join(resolve_table(raw.parts, run))
end

function by_kind.apply(raw, run)
  local result = deferred.apply(known(raw.of, run), raw.fn)
  if hidden.kind(result) == "apply" then return result end
  return known(result, run)
end

function by_kind.each(raw, run)
  local of = known(raw.of, run)
  if deferred.is(of) then return deferred.each(of, raw.fn) end
  return known(deferred.each(of, raw.fn), run)
end

function by_kind.format(raw, run)
  local arguments = resolve_table(raw.arguments, run)
  if deferred.contains(arguments) then return deferred.format(raw.template, arguments) end
  local hide = secret.contains(arguments)
  local open = secret.reveal_all(arguments)
  local text = raw.template:format(table.unpack(open, 1, open.n))
  return hide and secret.new(text) or text
end

function by_kind.concat(raw, run)
  local items = known(raw.items, run)
  if deferred.contains(items) then return deferred.concat(items, raw.separator) end
  local hide = secret.contains(items)
  local text = table.concat(secret.reveal_all(items), raw.separator)
  return hide and secret.new(text) or text
end

function by_kind.json(raw, run)
  local of = known(raw.of, run)
  if deferred.contains(of) then return deferred.json(of, raw.encode) end
  local text = raw.encode(secret.reveal_all(of))
  return secret.contains(of) and secret.new(text) or text
end

function by_kind.lookup(raw, run)
  local lookup = known(raw.lookup, run)
  if deferred.contains(lookup) or not run.call then return deferred.lookup(raw.place, lookup) end
  return run.call(raw.place, lookup)
end

by_kind["secret value"] = function(raw, run)
  local of = known(raw.of, run)
  return deferred.contains(of) and deferred.secret(of) or secret.new(secret.reveal_all(of))
end

function known(v, run)
  local raw = hidden.raw(v)
  if raw and raw.kind ~= "secret" then return by_kind[raw.kind](raw, run, v) end
  if raw or type(v) ~= "table" or not deferred.contains(v) then return v end
  return resolve_table(v, run)
end

--- The value with everything put in that is known by now; what is not stays deferred.
---@param v any
---@param find fun(name: string, attribute: string): any nil where it is not known yet
---@param call (fun(place: table, lookup: table): any)|nil runs a look-up
---@return any value
---@return string[] missing names of the resources that are still awaited
function resolve.resolve(v, find, call)
  local run = { find = find, call = call, missing = {} }
  local result = known(v, run)
  return result, next(run.missing) and plain.keys(run.missing) or {}
end

return resolve
