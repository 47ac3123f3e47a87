-- What a scenario is played in: one of the two recipes, and the four ways from one state of an
-- account to another. An account and a folder that a way begins with are made once; each point gets
-- a fork of that account and a copy of that folder, and leaves nothing to the next one.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local world = {}
world.__index = world
world.__close = function(self) self:stop() end

local KEPT <const> = { tokens = true }

---The ways: what is there before, the command that is disturbed, and what is wanted after it.
world.PHASES = {
  apply = { words = { "apply", "--yes" } },
  update = { base = true, words = { "apply", "--yes" },
    params = { "-P", "EC2InstanceVolumeType=gp3", "-P", "EC2InstanceVolumeSize=12" } },
  replace = { base = true, words = { "apply", "--yes" },
    params = { "-P", "VpcCidr=10.1.0.0/16", "-P", "PrivateSubnet1Cidr=10.1.2.0/24" },
    more = { ssm_managed_instance_nat = { "-P", "PublicSubnet1Cidr=10.1.1.0/24" } } },
  destroy = { base = true, words = { "destroy", "--yes" }, nothing = true },
}
world.ORDER = { "apply", "update", "replace", "destroy" }
world.RECIPES = { "ssm_managed_instance", "ssm_managed_instance_nat" }

---@param recipe string
---@return table
function world.new(recipe)
  local self = setmetatable({ recipe = recipe, emulators = {}, bases = {},
    path = User.project("recipes/" .. recipe .. ".lua") }, world)
  local emulator = Emulator.start()
  self.emulators[1] = emulator
  emulator:account() -- its clients are made, once and for all forks
  self.bases[false] = { emulator = emulator, user = User.new(emulator) }
  return self
end

function world:leave_point()
  if not self.user then return end
  self.user:leave()
  self.emulator:stop()
  self.user, self.emulator = nil, nil
end

function world:stop()
  self:leave_point()
  for _, base in pairs(self.bases) do base.user:leave() end
  for i = #self.emulators, 1, -1 do self.emulators[i]:stop() end
end

local function with_params(self, phase, words)
  for _, list in ipairs { phase.params or {}, (phase.more or {})[self.recipe] or {} } do
    table.move(list, 1, #list, #words + 1, words)
  end
  return table.unpack(words)
end

local function words_of(self, phase)
  local words = table.move(phase.words, 1, #phase.words, 1, {})
  if not phase.nothing then words[#words + 1] = self.path end
  return with_params(self, phase, words)
end

local function fork_of(base)
  local emulator = base.emulator:fork()
  local user = User.new(emulator)
  assert(os.execute(("cp -a %s/. %s"):format(base.user.folder, user.folder)))
  return emulator, user
end

-- What a phase begins with: nothing, or the stack as it is applied.
local function base_of(self, applied)
  if not self.bases[applied] then
    local emulator, user = fork_of(self.bases[false])
    self.emulators[#self.emulators + 1] = emulator
    emulator:behave(KEPT)
    user:must("apply", "--yes", self.path)
    self.bases[applied] = { emulator = emulator, user = user }
  end
  return self.bases[applied]
end

---An account and a folder as they are before the phase.
function world:begin(phase)
  self:leave_point()
  self.emulator, self.user = fork_of(base_of(self, phase.base == true))
  self.emulator:behave(KEPT)
end

---Runs the phase's command with the network or the machine misbehaving.
---@return table said
function world:disturbed(phase, faults)
  local rules = { tokens = true }
  for name, rule in pairs(faults) do
    rules[name] = rule
    if type(rule) == "table" then rule.pid_file = self.user.folder .. "/pid" end
  end
  self.emulator:behave(rules)
  local said = self.user:mrun(words_of(self, phase))
  self.emulator:behave(KEPT)
  return said
end

---The same command once more, on a quiet day.
function world:again(phase)
  return self.user:mrun(words_of(self, phase))
end

local function masked(thing)
  local text = json.encode(thing)
  text = text:gsub("%f[%w](%a+)%-%x%x%x%x%x%x%x%x%x*", "%1-ID")
  text = text:gsub('"mrun:op":"[^"]*"', '"mrun:op":""')
  text = text:gsub('("mrun:stack":"[^"/]*)/[^"]*"', '%1"'):gsub('"AvailabilityZone":"[^"]*"', "")
  return text
end

---All that an independent client finds, each thing as a text in which no id is left.
---@return string[]
function world:found()
  local list = {}
  for kind, things in pairs(self.emulator:account()) do
    for key, thing in pairs(things) do
      local name = type(key) == "string" and masked(key) or ""
      if kind ~= "Parameters" then list[#list + 1] = kind .. " " .. name .. masked(thing) end
    end
  end
  table.sort(list)
  return list
end

---The stack's folder.
function world:folder() return self.user.folder .. "/.mrun/" .. self.recipe end

---The bytes of one of its files, or nil.
function world:bytes(name)
  return (fs.read(self:folder() .. "/" .. name))
end

local function difference(expected, found)
  local counts, list = {}, {}
  for _, line in ipairs(expected) do counts[line] = (counts[line] or 0) + 1 end
  for _, line in ipairs(found) do counts[line] = (counts[line] or 0) - 1 end
  for line, count in pairs(counts) do
    if count ~= 0 then list[#list + 1] = ("%+d %s"):format(-count, line) end
  end
  table.sort(list)
  return table.concat(list, "\n    ")
end

local function wrong_after(self, phase, expected)
  local said = self:again(phase)
  if said.code ~= 0 then
    return ("the next run: exit %s\n    %s"):format(said.code, said.err:sub(-600))
  end
  local wrong = difference(expected, self:found())
  if wrong ~= "" then return "not as wanted:\n    " .. wrong end
  if phase.nothing then return nil end
  local plan = self.user:json(with_params(self, phase, { "plan", self.path }))
  if plan.changes and #plan.changes == 0 then return nil end
  return "the plan is not empty: " .. json.encode(plan.changes or plan):sub(1, 600)
end

---After a disturbance: one plain command more, and everything is as if nothing had been.
---@param phase table
---@param expected string[]
---@return string|nil why not
function world:recovers(phase, expected)
  return wrong_after(self, phase, expected)
end

---What a phase leads to where nothing disturbs it, and what it asks on the way.
---@return string[] expected
function world:calm(phase)
  self:begin(phase)
  local said = self:disturbed(phase, {})
  assert(said.code == 0, said.err)
  return self:found()
end

return world
