-- Where a block of specs plays: in it each case has an empty account and somebody in an empty
-- folder. What else a case begins with is up to the block's own before_each, which comes after.
--
--   local emulator, user = stage.account(_ENV)
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local nobody = require "spec.support.nobody"

local stage = {}

local function account(busted)
  local emulator = Emulator.unstarted()
  busted.lazy_setup(function() emulator:begin() end)
  busted.lazy_teardown(function() emulator:stop() end)
  return emulator
end

---@param busted table the spec's _ENV
---@return table user
local function somebody(busted, emulator)
  local user = User.outside(emulator)
  busted.before_each(function() user:enter() end)
  busted.after_each(function() user:leave() end)
  return user
end

--- A local AWS, which no case begins with what another one has left in.
---@param busted table the spec's _ENV
---@return table emulator
function stage.emulator(busted)
  local emulator = account(busted)
  busted.before_each(function() emulator:reset() end)
  return emulator
end

---@param busted table the spec's _ENV
---@return table emulator, table user
function stage.account(busted)
  local emulator = stage.emulator(busted)
  return emulator, somebody(busted, emulator)
end

--- One account and one folder for all cases of the block, each going on where another has ended.
---@param busted table the spec's _ENV
---@return table emulator, table user
function stage.lasting(busted)
  local emulator = account(busted)
  local user = User.outside(emulator)
  busted.lazy_setup(function() user:enter() end)
  busted.lazy_teardown(function() user:leave() end)
  return emulator, user
end

--- Without AWS.
---@param busted table the spec's _ENV
---@return table user
function stage.folder(busted) return somebody(busted, nobody) end

return stage
