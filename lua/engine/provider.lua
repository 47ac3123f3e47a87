-- What a provider is to the engine: a table of functions that lua/provider/<name>/init.lua makes of
-- the ports. All of them may yield { http = ... }, { until_ms = ... } or { all = { ... } }.
local failure = require "engine.failure"

---@class Place plain data: where things live and how that is reached
---@field provider string
---@field key string one for each place, such as "aws/eu-west-1/default"
---@field account string|nil filled in by the engine from identity(place)

---@class Query what is looked for, when no identifier is known
---@field name string logical name
---@field want table its properties; a natural name stands in them
---@field stack { name: string, id: string }
---@field op string|nil the intent's op id; without one only a natural name is looked up

---@class Intent a change about to be made
---@field op string fresh and random: the token of the create, and its mrun:op tag
---@field stack { name: string, id: string }
---@field name string
---@field type string
---@field place Place
---@field action "create"|"update"|"delete"
---@field identifier string|nil
---@field want table|nil canonical properties, everything known, secrets as value.secret
---@field have table|nil live canonical properties, of an update
---@field changed string[]|nil top-level properties that an update is about
---@field timeout number|nil of a delete: for how many seconds a refusal may be waited out
---@field previous table|nil what was applied last
---@field tags table<string, string> mrun:stack, mrun:resource, mrun:op and mrun:protect, where
---  tags can go
---@field own { add: table<string, string>, remove: string[] }|nil of an update: which of mrun's
---  tags to write and to take away, where tags can go

---@class Provider
---@field types fun(): string[]
---@field schema fun(type: string): SchemaRecord|nil
---@field place fun(options: table|nil): Place
---@field identity fun(place: Place): string the account
---@field read fun(type, place, identifiers: string[], wanted: table, batched: true|nil): table,
---  table|nil, table|nil, table|nil
---  have[identifier] = properties or false; states[identifier] = { pending = "creating" }, or
---  { failed = "reason" }, or { error = Failure } (this one could not be read), or nil: ready.
---  batched: what would be a call for each identifier is left out, and told as unread[identifier]:
---  a set of properties, or true for all of it.
---  The fourth, owners[identifier]: whom its tags say it belongs to, as of `owner`, where the read
---  has seen them; nil where that would have been a call more.
---  wanted[identifier]: the set of top-level properties to read, {} for existence alone, nil for
---  all
---@field find fun(type, place, query: Query): string|nil, { stack: string, name: string }|nil
---  the identifier, and who owns it by its tags ("NAME/ID" and logical name), where tags say so;
---  protect = true where they say that
---@field owner nil|fun(type, place, identifier: string): { stack: string, name: string }|false|nil
---  whom the tags of something that is there say it belongs to; false: nobody; nil, without a
---  call: its type carries none
---@field owned fun(place, stack_name: string, id: string|nil): table[]|nil of
---  { stack, name, type, identifier, protect: boolean|nil,
---  types: string[]|nil where its tags leave open which of these it is }; nil where nothing can
---  carry tags
---@field below nil|fun(type, place, identifiers: string[]): { type: string, identifier: string }[]
---  what stands in these, for an import
---@field by_aws nil|fun(type, place, identifiers: string[]): table<string, boolean> which of these
---  AWS made by itself
---@field identify nil|fun(type, place, given: { physical: string|nil, want: table }): string|nil
---  the identifier of what another tool knows under its own id; nil where it is not there
---@field call fun(place, lookup: table): any
---@field act fun(intent: Intent): { identifier: string|nil, pending: boolean|nil }
---  Every step can be repeated: "exists already" is success when it is our own, "not found" is
---  success of a delete. pending: the delete was accepted and is still going on; the engine waits
---  until read says false. A create that fails after something was made sets failure.identifier.
---@field settle_rule nil|fun(type, intent: Intent): "token"|"name"|"parent"|"poll", number|nil
---  how an open create is settled, and for how many seconds what was made may stay invisible
---@field resume nil|fun(intent: Intent) after an update that was cut off: ends what it left undone
---  and no difference shows (an instance that was stopped for it); all of it can be repeated

local FUNCTIONS = { "types", "schema", "place", "identity", "read", "find", "owned", "call", "act" }

local provider = {}

--- Raises unless a provider has all that the engine calls.
---@param name string
---@param candidate any
---@return Provider
function provider.check(name, candidate)
  for _, key in ipairs(FUNCTIONS) do
    if type(candidate) ~= "table" or type(candidate[key]) ~= "function" then
      failure.raise { what = ("the provider %s has no function %s"):format(name, key),
        next = "see the file provider for all that a provider needs" }
    end
  end
  return candidate
end

local VISIBLE_S = 20

--- Whether a failed act has certainly done nothing more than it says. Without an answer, or after a
--- bug of ours, nobody knows.
---@param err Failure with `ambiguous` where the call may have been carried out all the same
---@return boolean
function provider.refused(err)
  return not err.ambiguous and err.kind ~= "interrupted" and err.traceback == nil
end

--- How an open create may be settled, and the visibility window in ms.
---@param candidate Provider
---@param intent Intent
---@return string rule, number visible_ms
function provider.settle_rule(candidate, intent)
  local rule, visible_s
  if candidate.settle_rule then rule, visible_s = candidate.settle_rule(intent.type, intent) end
  return rule or "poll", (visible_s or VISIBLE_S) * 1000
end

return provider
