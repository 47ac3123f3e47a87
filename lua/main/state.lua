-- state.lua: what the state commands do, under the stack's lock where they change something.
local failure = require "engine.failure"
local fs = require "native.fs"
local rebuild = require "engine.rebuild"
local state = require "state"

local STATE_BYTES <const> = 1024 * 1024 * 1024

local parts = {}

---Changes the state itself, by a function of the store.
---@param mrun table
---@param stack mrun.stack
---@param action string mv, rm
---@param ... string
function parts.edit_state(mrun, stack, action, ...)
  local words = table.pack(...)
  local reason = table.concat({ "state", action, ... }, " ")
  local held <close> = mrun.lock(stack, reason)
  mrun.safely(function()
    stack.store[action](stack.store, table.unpack(words, 1, words.n))
  end)
end

---The state as the bytes of a file.
---@param mrun table
---@param stack mrun.stack
---@return string
function parts.pull_state(mrun, stack)
  return mrun.task(function() return stack.store:text() end)
end

---Puts a file in the place of the state.
---@param mrun table
---@param stack mrun.stack
---@param path string
---@param force boolean|nil
function parts.push_state(mrun, stack, path, force)
  local bytes = assert(fs.read(path, STATE_BYTES))
  local held <close> = mrun.lock(stack, "state push " .. path)
  mrun.safely(function() stack.store:push(bytes, path, force) end)
end

---New keys, from a new passphrase or by KMS, for all files of a stack.
---@param mrun table
---@param stack mrun.stack
---@return integer files that were sealed anew
function parts.rekey_state(mrun, stack)
  local held <close> = mrun.lock(stack, "state rekey")
  return mrun.safely(function() return stack.store:rekey() end)
end

---Ends the lock of somebody who is gone.
---@param mrun table
---@param stack mrun.stack
---@return table|nil card of who had it
function parts.unlock_state(mrun, stack)
  return mrun.safely(function() return stack.store:unlock() end)
end

---@param mrun table
---@param stack mrun.stack
---@return table[] runs oldest first
function parts.history(mrun, stack)
  return mrun.task(function() return stack.store:history() end)
end

local function with_id(known, id)
  return setmetatable({ id = id, fresh = false }, { __index = known })
end

-- Where nothing says where the stack was, one place may be too few.
local function tell_place(mrun, list)
  local place = list[1]
  mrun.note(("looked in %s only: --region names another place, a recipe all of its places\n")
    :format(place.display or place.region or place.key))
end

local function found_rows(mrun, stack, known, id)
  local told = #(known.places or {}) > 0
  local places = stack.path and known.places or mrun.lost_places(known)
  local rows = mrun.task(function()
    return rebuild.rows(mrun.ports, {
      state = id and with_id(known, id) or known, providers = mrun.providers.by_name,
      stack = stack.name, graph = stack.path and stack.graph,
      places = places,
    })
  end)
  if not stack.path and not told then tell_place(mrun, places) end
  if next(rows) then return rows end
  failure.raise {
    what = ("nothing here carries the tags of %s/%s"):format(stack.name, id or known.id),
    where = stack.store.backend.where,
    next = "see that the stack's name, --stack-id, --region and --profile are right",
  }
end

---Makes the whole state anew from the ownership tags.
---@param mrun table
---@param stack mrun.stack
---@param id string|nil of the stack, where nothing here knows it
---@return table state
function parts.rebuild_state(mrun, stack, id)
  if id and not id:match "^%x+$" then
    failure.raise { kind = "usage", what = ("%q is not a stack's id"):format(id),
      next = "the tag mrun:stack of its resources is NAME/ID" }
  end
  local held <close> = mrun.lock(stack, "state rebuild")
  local known = mrun.load_state(stack)
  local rows = found_rows(mrun, stack, known, id)
  mrun.safely(function()
    if id then stack.store:identity(id) end
    stack.store:replace_all({ resources = rows, open = known.open, outputs = known.outputs,
      inputs = known.inputs, serial = known.serial,
      recipe = stack.path and state.recipe_address(stack.path) or known.recipe }, "rebuilt")
  end)
  return mrun.load_state(stack)
end

return parts
