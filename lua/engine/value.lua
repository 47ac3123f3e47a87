--- Values as recipes, engine and providers see them: plain, deferred, secret.
local deferred = require "engine.value.deferred"
local hidden = require "engine.value.hidden"
local plain = require "engine.value.plain"
local redact = require "engine.value.redact"
local resolve = require "engine.value.resolve"
local secret = require "engine.value.secret"

local value = {
  -- plain
  LIST = plain.LIST, list = plain.list, is_list = plain.is_list, is_map = plain.is_map,
  keys = plain.keys, copy = plain.copy, equal = plain.equal, path = plain.path,
  -- deferred
  is_deferred = deferred.is, contains_deferred = deferred.contains,
  attribute = deferred.attribute, join = deferred.join,
  apply = deferred.apply, each = deferred.each, lookup = deferred.lookup,
  format = deferred.format, concat = deferred.concat, json = deferred.json,
  refuse = deferred.refuse, text = deferred.text,
  names = resolve.names, references = resolve.references, describe = resolve.describe,
  resolve = resolve.resolve,
  -- secret
  is_secret = secret.is, contains_secret = secret.contains, reveal = secret.reveal,
  reveal_all = secret.reveal_all, digest = secret.digest, digest_of = secret.digest_of,
  sealed = secret.sealed, like = secret.like, hides = secret.hides, public = resolve.public,
  digests = secret.digests, expect_secrets = secret.expect, recognise = redact.recognise,
  redact = redact.text, touches_secret = redact.touches,
}

--- A secret of this value; of a deferred one, a deferred secret.
---@param v any
---@return table
function value.secret(v)
  if deferred.contains(v) then return deferred.secret(v) end
  return secret.new(v)
end

--- Whether this is a proxy (deferred or secret) and not a table to look into.
---@param v any
---@return boolean
function value.is_opaque(v)
  return hidden.kind(v) ~= nil
end

return value
