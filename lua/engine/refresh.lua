-- What is there now, of everything that the plan is about: one batched read a type and place.
local provider = require "engine.provider"
local tasks = require "engine.tasks"
local waiting = require "engine.waiting"

local refresh = {}

--- Something that was made a moment ago and cannot be seen yet is waited for, and is not gone.
local function look_again(ctx, ref)
  local _, visible_ms = provider.settle_rule(ctx.providers[ref.provider], ref)
  while ref.made do
    local at = waiting.next_sight(ref.made, ctx.ports.now(), visible_ms)
    if not at then break end
    tasks.sleep_until(at)
    local have, state, owner = ctx.reader:read(ref, ref.wanted)
    if have then return { have = have, state = state, owner = owner } end
  end
  return { have = false }
end

--- Reads all refs: { provider, type, place, identifier, name, wanted, made }.
---@param ctx table
---@param refs table[]
---@return { have: table|false, state: table|nil, unread: any, identifier: string,
---  owner: table|false|nil }[]
function refresh.run(ctx, refs)
  local results = ctx.reader:read_all(refs, function(ref) return ctx:about(ref) end)
  local late, positions = {}, {}
  for i, ref in ipairs(refs) do
    if not results[i].have and not results[i].unread and ref.made then
      positions[#positions + 1] = i
      late[#late + 1] = function() return look_again(ctx, ref) end
    end
  end
  if #late > 0 then
    for i, result in ipairs(tasks.all(late)) do results[positions[i]] = result end
  end
  for i, ref in ipairs(refs) do
    results[i].identifier = ref.identifier
    results[i].have = ctx:canonical(ref, results[i].have)
  end
  return results
end

return refresh
