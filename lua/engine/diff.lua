--- Declared against live, with what was applied last as the third witness.
local Context = require "engine.diff.context"
local plain = require "engine.value.plain"
local property = require "engine.diff.property"
local removed = require "engine.diff.removed"
local secret = require "engine.value.secret"

local diff = {}

---@class PropertyChange
---@field path string
---@field old any
---@field new any may be deferred
---@field replaces boolean
---@field conditional boolean|nil it replaces because nobody but AWS can tell that it need not
---@field reset boolean|nil it is no longer declared, and goes back to what it was
---@field stranger boolean|nil it never was declared, in a list that is exact
---@field unmanaged boolean|nil it is no longer declared, and stays as it is

local function created(options)
  local changes = {}
  for _, name in ipairs(plain.keys(options.want)) do
    changes[#changes + 1] = { path = name, new = options.want[name], replaces = false }
  end
  return changes, plain.copy(options.want)
end

--- Tags that plainly need nothing: all declared ones are there, and none has left the recipe.
local function tags_stay(want, have, last)
  if not (plain.is_map(want) and plain.is_map(have)) then return false end
  for key, v in next, want do
    if not rawequal(v, rawget(have, key)) then return false end
  end
  for key in next, type(last) == "table" and last or {} do
    if rawget(want, key) == nil then return false end
  end
  return true
end

--- The names, in order, of what has to be looked into: most properties are plainly as declared.
local function in_question(options)
  local names, tags = {}, options.schema.tags
  for name, want in next, options.want do
    local have, same = options.have[name]
    if name == tags then
      same = tags_stay(want, have, options.last and options.last[name])
    else
      same = plain.equal(want, have)
    end
    if not same then names[#names + 1] = name end
  end
  if names[2] then table.sort(names) end
  return names
end

--- The names, in order, of what was declared once and no longer is.
local function gone(options)
  local names = {}
  for name in next, options.last or {} do
    if options.want[name] == nil then names[#names + 1] = name end
  end
  if names[2] then table.sort(names) end
  return names
end

--- What differs between what is declared and what is live, and the full wanted value of each
--- top-level property that differs.
---@param options { schema: SchemaRecord, want: table, last: table|nil, have: table|false|nil,
---  digest: function|nil, key: string|nil, siblings: table[]|nil, ignore: string[]|nil }
---  want, last and have in canonical form; siblings: { type, want } of resources that add to lists
---  of this one; ignore: properties or paths that are left alone
---@return PropertyChange[]
---@return table<string, any> target
function diff.resource(options)
  if not options.have then return created(options) end
  local questions, left = in_question(options), gone(options)
  if #questions == 0 and #left == 0 then return {}, {} end
  local context = Context.new(options)
  for _, name in ipairs(questions) do property.declared(context, name) end
  for _, name in ipairs(left) do
    if not context:ignored(name) and options.schema.properties[name] then
      removed.property(context, name)
    end
  end
  return context.changes, context.target
end

--- Properties as the state keeps them: secrets and what AWS never shows as keyed digests.
---@param record SchemaRecord
---@param properties table<string, any>
---@param digest fun(key: string, text: string): string
---@param key string
---@return table<string, any>
function diff.sealed(record, properties, digest, key)
  local result = {}
  for name, v in next, properties do
    if record.write_only[name] then
      result[name] = secret.digest(digest, key, v)
    else
      result[name] = secret.sealed(v, digest, key)
    end
  end
  return result
end


return diff
