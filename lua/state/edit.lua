-- Changes of the state alone, by a person: each is a record of the journal like any other. Nothing
-- is called for them, so they wait until what was interrupted is settled. These are functions of
-- the store.
local document = require "state.document"
local failure = require "engine.failure"
local replay = require "state.replay"
local shape = require "state.shape"
local tables = require "state.tables"

local IDENTITY <const> = "identity"

local edit = {}

local function stop(store, what, next)
  failure.raise { what = what, where = store.backend.where, next = next }
end

---Nobody knows all of a lost state until it is rebuilt; a part of it must not be taken for that.
---@param store state.store
---@param state table
function edit.refuse_lost(store, state)
  if not state.lost then return end
  stop(store, ("the state of the stack %s is lost"):format(store.stack),
    "mrun state rebuild finds by the ownership tags what it owns")
end

local function row_of(store, state, name)
  edit.refuse_lost(store, state)
  local row = state.resources[name]
  if row then return row end
  local names = tables.names(state.resources)
  stop(store, ("the state has no resource %s"):format(name),
    #names > 0 and "it has " .. table.concat(names, ", ", 1, math.min(#names, 8))
      .. (#names > 8 and ", ..." or "") or "it has none at all")
end

local function settled(store, state)
  if not next(state.open) then return end
  stop(store, "a change was interrupted and is not settled yet",
    "run mrun apply or mrun destroy first: they settle it")
end

-- The rows that stand on a name, standing on its new one.
local function dependants(state, old, new)
  local results = {}
  for _, name in ipairs(tables.names(state.resources)) do
    local row, depends, changed = state.resources[name], {}, false
    for at, other in ipairs(row.depends or {}) do
      depends[at] = other == old and new or other
      changed = changed or other == old
    end
    if changed then
      results[#results + 1] = { ok = true, name = name,
        row = tables.with(row, { depends = depends }) }
    end
  end
  return results
end

---Gives a resource another name. Its tags say the old one until the next apply.
---@param store state.store
---@param old string
---@param new string
function edit.mv(store, old, new)
  local state = store:load()
  local row = row_of(store, state, old)
  settled(store, state)
  if state.resources[new] then
    stop(store, ("the state has a resource %s already"):format(new), "choose another name")
  end
  local plain = ("/" .. new):gsub("/[%w._-]+", "") == ""
  if not plain then
    failure.raise { kind = "usage", what = ("%q is not a resource's name"):format(new),
      next = "use letters, digits, dots, dashes and underscores; scopes before a slash" }
  end
  local results = dependants(state, old, new)
  table.insert(results, { ok = true, name = new, moved = old,
    row = tables.with(row, { name = new, untagged = true }) })
  table.insert(results, { ok = true, name = old, row = false })
  store:finish(results)
  store:save {}
end

---Lets the state forget a resource; it stays where it is.
---@param store state.store
---@param name string
function edit.rm(store, name)
  local state = store:load()
  local row = row_of(store, state, name)
  settled(store, state)
  if row.old and row.old[1] then
    stop(store, ("%s has been replaced, and the old one is still to be deleted: %s"):format(name,
      row.old[1].identifier), "run mrun apply first, then remove it from the state")
  end
  store:finish { { ok = true, name = name, row = false } }
  store:save {}
end

---The whole state as the bytes of a file, with the journal in it.
---@param store state.store
---@return string
function edit.text(store)
  local state = store.current or store:load()
  edit.refuse_lost(store, state)
  local content = { stack = store.stack, records = state.records, id = state.id,
    serial = state.serial }
  for _, key in ipairs(replay.WHOLE) do content[key] = state[key] end
  return document.encode("state", document.VERSION, content)
end

-- Under another id: the identity file of the old one goes first, so that no moment has two.
local function take_id(store, state, content, serial)
  store:write({ { kind = "pushed", id = content.id } }, true)
  store.backend:remove(IDENTITY)
  replay.apply(state, { kind = "whole", content = content })
  state.id, state.serial, store.known = content.id, serial, true
  store:save {}
  if not store.current then return end
  store.known = false
  store:identity()
end

---Puts another content in the place of everything; what was there goes to the history.
---@param store state.store
---@param content table  { resources, open, outputs, inputs, recipe, serial, id }
---@param why string  as the history tells it
function edit.replace_all(store, content, why)
  local state = store.current or store:load()
  if not state.lost and (next(state.resources) or next(state.open)) then
    store.seal:start()
    store.backend:keep(("state-%s-%06d"):format(state.id, state.serial),
      store.seal:close("state", store:text()))
  end
  local whole = {}
  for _, key in ipairs(replay.WHOLE) do whole[key] = content[key] end
  whole.resources, whole.open = whole.resources or {}, whole.open or {}
  local serial = math.max(state.serial, content.serial or 0)
  if content.id and content.id ~= state.id then
    whole.id = content.id
    return take_id(store, state, whole, serial)
  end
  store:write({ { kind = "whole", content = whole, why = why } }, true)
  state.serial = serial
  store:save {}
end

local function check_push(store, state, content)
  local current = state.serial
  local owns = next(state.resources) or next(state.open) or not state.fresh
  if owns and content.id ~= state.id then
    stop(store, ("this is the state of another stack: its id is %s, not %s")
      :format(tostring(content.id), state.id), "--force puts it in the place of the other")
  end
  local serial, records = content.serial, content.records or 0
  if serial > current or (serial == current and records >= state.records) then return end
  stop(store, ("this state is older (serial %d) than the one there (serial %d)")
    :format(serial, current), "pull again and put your change into that one, or say --force")
end

---Puts a state that was pulled, and perhaps changed, in the place of the one there.
---@param store state.store
---@param bytes string
---@param path string
---@param force boolean|nil
function edit.push(store, bytes, path, force)
  local content = document.decode("state", document.VERSION, bytes, path)
  shape.check_new(content, path)
  local state = store:load()
  if content.stack ~= store.stack and not force then
    stop(store, ("this is the state of the stack %s, not of %s"):format(tostring(content.stack),
      store.stack), "say --stack, or --force")
  end
  content.serial = math.floor(content.serial)
  if not force then check_push(store, state, content) end
  store:replace_all(content, "pushed")
end

return edit
