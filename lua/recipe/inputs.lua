--- Everything that an evaluation read: recorded, so that a saved plan can be evaluated
--- again without reading anew.
local failure = require "engine.failure"
local value = require "engine.value"

local inputs = {}
inputs.__index = inputs

---@param host table
---@param limits table
---@return table
function inputs.new(host, limits)
  return setmetatable({
    host = host, limits = limits, recorded = host.recorded,
    params = {}, secret_params = {}, env = {}, files = {}, lookups = {}, sources = {}, latest = {},
    by_key = {}, answered = {}, secrets = {},
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

local function lookup_key(place_key, lookup)
  return tostring(place_key) .. " " .. canonical(lookup)
end

local function sealed(self, v)
  return value.sealed(v, function(_, text) return self.host.digest(text) end, "")
end

local function moved(what)
  failure.raise { what = what .. " has changed since the plan was saved", next = "plan again" }
end

--- What was recorded under this name; secrets, of which only a digest is kept, are read again.
---@param kind string "params" or "env"
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
  local digest = self.host.digest(text)
  local before = self.recorded and (self.recorded.files or {})[path]
  if self.recorded and before ~= digest then moved("the file " .. path) end
  self.files[path] = digest
end

--- A value that must be kept as a digest only, wherever else it was recorded.
---@param v any
function inputs:saw_secret(v)
  if type(v) == "string" and v ~= "" then self.secrets[v] = true end
end

local function recorded_lookup(self, key)
  if not self.replays then
    self.replays = {}
    for _, entry in ipairs(self.recorded.lookups or {}) do
      self.replays[lookup_key(entry.place, entry.lookup)] = entry
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
  if kept and not value.equal(sealed(self, found), kept.value) then
    moved(("the secret that %s reads"):format(tostring(lookup[1])))
  end
  return found
end

--- Runs a look-up now (once for the same arguments), and records it.
---@param provider string
---@param place table
---@param lookup table
---@return any
function inputs:lookup(provider, place, lookup)
  local key = lookup_key(place.key, lookup)
  local known = self.by_key[key]
  if not known then
    known = self.answered[key] or { value = answer(self, provider, place, lookup, key) }
    self.by_key[key] = known
    self.lookups[#self.lookups + 1] = { place = place.key, lookup = lookup,
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
    self.answered[lookup_key(place.key, lookup)] = { value = answers[i] }
  end
end

local function hide_secrets(self, map, names)
  local result = {}
  for name, v in next, map do
    local hidden = names and names[name] or self.secrets[v]
    result[name] = hidden and sealed(self, value.secret(v)) or v
  end
  return result
end

--- The record, as plain data.
---@return table
function inputs:record()
  return {
    params = hide_secrets(self, self.params, self.secret_params),
    env = hide_secrets(self, self.env),
    files = self.files, lookups = self.lookups, sources = self.sources, latest = self.latest,
  }
end

return inputs
