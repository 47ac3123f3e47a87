--- Everything that an evaluation read: recorded, so that a saved plan can be evaluated
--- again without reading anew.
local failure = require "engine.failure"
local value = require "engine.value"

local MOST = 0.5

local inputs = {}
inputs.__index = inputs

---@param host table
---@param limits table
---@return table
function inputs.new(host, limits)
  return setmetatable({
    host = host, limits = limits, recorded = host.recorded,
    params = {}, secret_params = {}, env = {}, files = {}, lookups = {}, sources = {}, latest = {},
    stacks = {}, by_key = {}, answered = {}, hides = {},
    key = host.recorded and host.recorded.key or host.random(16),
  }, inputs)
end

--- One text for a lookup and its arguments, whatever order its keys were written in.
local function canonical(v)
  if type(v) ~= "table" then return ("%s:%s"):format(math.type(v) or type(v), tostring(v)) end
  local parts = {}
  for _, key in ipairs(value.keys(v)) do
    parts[#parts + 1] = ("%q=%s"):format(tostring(key), canonical(v[key]))
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

--- What may be written down: each secret is a digest, with a key of this record.
local function sealed(self, v)
  return value.sealed(v, self.host.digest, self.key)
end

local function lookup_key(self, place_key, lookup)
  return tostring(place_key) .. " " .. canonical(sealed(self, lookup))
end

local function moved(what)
  failure.raise { what = what .. " has changed since the plan was saved", next = "plan again" }
end

--- What was recorded under this name; secrets, of which only a digest is kept, are read again.
---@param kind string "params", "env" or "stacks"
---@param name string
---@param read fun(): any
---@return any
function inputs:replay(kind, name, read)
  local kept = self.recorded and self.recorded[kind] or {}
  local recorded = kept[name]
  if not self.recorded then return read() end
  if not value.digest_of(recorded) then return recorded end
  local again = read()
  if value.digest_of(sealed(self, value.secret(again))) ~= value.digest_of(recorded) then
    moved(("the secret %s %s"):format(kind == "env" and "variable" or "parameter", name))
  end
  return again
end

---@param name string
---@return string|nil
function inputs:read_env(name)
  local found = self:replay("env", name, function() return self.host.env(name) end) or nil
  self.env[name] = found or false
  return found
end

--- A file's text has been read: only its digest is kept.
---@param path string
---@param text string
function inputs:saw_file(path, text)
  local digest = self.host.digest(self.key, text)
  local before = self.recorded and (self.recorded.files or {})[path]
  if self.recorded and before ~= digest then moved("the file " .. path) end
  self.files[path] = digest
end

--- A source of the recipe: kept as it is, so that a saved plan is evaluated from it again; where a
--- secret stands in it, only its digest is, and the file must be the same then.
---@param path string
---@param text string
function inputs:saw_source(path, text)
  local before = self.recorded and (self.recorded.sources or {})[path]
  if value.digest_of(before) then
    local now = sealed(self, value.secret(text))
    if value.digest_of(now) ~= value.digest_of(before) then moved("the file " .. path) end
  end
  self.sources[path] = text
end

local function recorded_lookup(self, key)
  if not self.replays then
    self.replays = {}
    for _, entry in ipairs(self.recorded.lookups or {}) do
      self.replays[lookup_key(self, entry.place, entry.lookup)] = entry
    end
  end
  return self.replays[key]
end

local function has_digest(v)
  if type(v) ~= "table" or value.is_opaque(v) then return false end
  if value.digest_of(v) then return true end
  for _, member in next, v do
    if has_digest(member) then return true end
  end
  return false
end

local function run(self, provider, place, lookup)
  local in_callback = self.limits.in_callback
  if in_callback or (self.waits and not coroutine.isyieldable()) then
    failure.raise {
      what = ("a look-up cannot wait inside a callback of %s"):format(in_callback or "a library"),
      next = "look up before it, and use the values in it",
    }
  end
  return self.limits:outside(self.host.call, provider, place, lookup)
end

local function answer(self, provider, place, lookup, key)
  local kept = self.recorded and recorded_lookup(self, key)
  if self.recorded and not kept then
    failure.raise { what = ("the saved plan has no look-up of %s"):format(tostring(lookup[1])),
      next = "plan again" }
  end
  if kept and not has_digest(kept.value) then return kept.value end
  local found = run(self, provider, place, lookup)
  if self.hides[key] then found = value.secret(found) end
  if kept and not value.equal(sealed(self, found), kept.value) then
    moved(("the secret that %s reads"):format(tostring(lookup[1])))
  end
  return found
end

--- Runs a look-up now (once for the same arguments), and records it.
---@param provider string
---@param place table
---@param lookup table
---@param hide boolean|nil whether what it finds is secret
---@return any
function inputs:lookup(provider, place, lookup, hide)
  local key = lookup_key(self, place.key, lookup)
  local known = self.by_key[key]
  self.hides[key] = hide or self.hides[key]
  if not known then
    known = self.answered[key] or { value = answer(self, provider, place, lookup, key) }
    if self.hides[key] then known.value = value.secret(known.value) end
    self.by_key[key] = known
    self.lookups[#self.lookups + 1] = { place = place.key, lookup = sealed(self, lookup),
      value = sealed(self, known.value) }
  end
  return value.copy(known.value)
end

--- Runs several look-ups at once, for `lookup` to find them answered.
---@param provider string
---@param place table
---@param lookups table[]
function inputs:prefetch(provider, place, lookups)
  if self.recorded or not self.waits then return end
  local calls = {}
  for i, lookup in ipairs(lookups) do
    calls[i] = function() return self.host.call(provider, place, lookup) end
  end
  local answers = self.limits:outside(coroutine.yield, { all = calls })
  for i, lookup in ipairs(lookups) do
    self.answered[lookup_key(self, place.key, lookup)] = { value = answers[i] }
  end
end

local function touches(v, share)
  if type(v) == "string" then return value.touches_secret(v, share) end
  if type(v) ~= "table" then return false end
  for _, member in next, v do
    if touches(member, share) then return true end
  end
  return false
end

--- What is secret, or became a part of something that is, as a digest. A parameter is given by a
--- person, who would have to give it again: it has to be most of a secret to count as one.
local function hide_secrets(self, map, names)
  local result = {}
  for name, v in next, map do
    local hidden = names and names[name] or touches(v, names and MOST)
    result[name] = hidden and sealed(self, value.secret(v)) or v
  end
  return result
end

local function hide_lookups(self)
  local result = {}
  for i, one in ipairs(self.lookups) do
    local hidden = not has_digest(one.value) and touches(one.value)
    result[i] = { place = one.place, lookup = one.lookup,
      value = hidden and sealed(self, value.secret(one.value)) or one.value }
  end
  return result
end

--- The parameters whose newer value a plan may leave aside, but for secrets.
local function shown_latest(self)
  local result = {}
  for i, one in ipairs(self.latest) do
    local hidden = type(one.value) == "string" and value.touches_secret(one.value)
    result[i] = { param = one.param, path = one.path, value = not hidden and one.value or nil }
  end
  return result
end

--- The record, as plain data.
---@return table
function inputs:record()
  return {
    params = hide_secrets(self, self.params, self.secret_params),
    env = hide_secrets(self, self.env), stacks = self.stacks,
    files = self.files, lookups = hide_lookups(self), latest = shown_latest(self),
    sources = hide_secrets(self, self.sources), key = self.key,
  }
end

return inputs
