-- The scenarios: each disturbs a phase at one point after the other, and judges what comes of it.
--
--   scenario.strike(world, phase, n)  -> false where there is no such point; else it has happened
--   scenario.mend(world, phase)       -> why not; what has to be done by hand before all is well
local fs = require "native.fs"
local journal = require "state.journal"

local WAYS <const> = 3

local scenarios = {}

local function at_each_call(kind, when)
  return function(world, phase, n)
    world:begin(phase)
    local said = world:disturbed(phase, { [kind] = { at = n, when = when, reads = true } })
    return said.code ~= 0
  end
end

-- Files of the stack's folder as sizes at which a write may end: each file whole, each record of
-- the journal, and the middle of each.
local function sizes(world, phase)
  local found, list = { [0] = true }, {}
  world:calm(phase)
  for _, name in ipairs { "identity", "state.json", "lock.json" } do
    found[#(world:bytes(name) or "")] = true
  end
  local history = world:folder() .. "/history"
  local names = fs.list(history) or {}
  table.sort(names)
  local bytes, at = fs.read(history .. "/" .. (names[#names] or "none")) or "", 0
  for line in bytes:gmatch "[^\n]*\n" do
    found[at], found[at + #line // 2] = true, true
    at = at + #line
  end
  for size in pairs(found) do list[#list + 1] = size end
  table.sort(list)
  return list
end

-- What all shards work out once.
local function once(make)
  local known = setmetatable({}, { __mode = "k" })
  return function(world, phase)
    known[world] = known[world] or {}
    known[world][phase] = known[world][phase] or make(world, phase)
    return known[world][phase]
  end
end

local sizes_of = once(sizes)

local function disk_full(world, phase, n)
  local size = sizes_of(world, phase)[n]
  if not size then return false end
  world:begin(phase)
  world.user.full_disk = true
  world:disturbed(phase, { limit = { bytes = size } })
  world.user.full_disk = nil
  return true
end

local function killed(world, phase, n, when)
  world:begin(phase)
  return world:disturbed(phase, { kill = { at = n, when = when } }).code ~= 0
end

local function state_deleted(world, phase, n)
  local hit = killed(world, phase, n, "after")
  if hit then os.remove(world:folder() .. "/state.json") end
  return hit
end

local function all_deleted(world, phase, n)
  local hit = state_deleted(world, phase, n)
  if hit then os.remove(world:folder() .. "/identity") end
  return hit
end

-- Nothing here knows whose the tagged things are: a plain command stops and lists them, and the way
-- on that it names is taken.
local function rebuilt(world, phase)
  if #world:found() == 0 then return nil end
  local said = world:again(phase)
  local stack, id = said.err:match "mrun state rebuild %-%-stack (%S+) %-%-stack%-id (%x+)"
  if said.code ~= 1 or not id or not said.err:find(stack .. "/" .. id .. " in ", 1, true) then
    return ("it does not stop: exit %d\n    %s"):format(said.code, said.err:sub(-600))
  end
  local done = world.user:mrun("state", "rebuild", "--stack", stack, "--stack-id", id)
  if done.code ~= 0 then return "no rebuild: " .. done.err:sub(-600) end
end

-- Where a byte more or less makes another journal of it; and every byte between is read.
local function cuts(world)
  local bytes = world:bytes "journal"
  if not bytes then return {}, nil end
  local starts, at = {}, 1
  while at <= #bytes do
    starts[#starts + 1] = at
    at = (bytes:find("\n", at, true) or #bytes) + 1
  end
  local from = starts[math.max(2, #starts - 1)] or #bytes
  local list, before = {}, nil
  for length = from - 1, #bytes do
    local now = #assert(journal.parse(bytes:sub(1, length)), length)
    if now ~= before then list[#list + 1] = length end
    before = now
  end
  return list, bytes
end

-- One point is a killed run and one way of cutting its journal.
-- A call is killed once for each way of cutting: the first, the second ... WAYS are enough for the
-- two last records; where there are fewer, the last one again.
local function journal_cut(world, phase, n)
  if not killed(world, phase, (n - 1) // WAYS + 1, "before") then return false end
  local lengths, bytes = cuts(world)
  local length = lengths[math.min((n - 1) % WAYS + 1, #lengths)]
  if length then assert(fs.replace(world:folder() .. "/journal", bytes:sub(1, length))) end
  return true
end

scenarios.list = {
  { name = "killed before the request leaves", strike = at_each_call("kill", "before") },
  { name = "killed before the answer is read", strike = at_each_call("kill", "after") },
  { name = "killed before the next sync", strike = at_each_call("kill", "answered") },
  { name = "network cut before the request", strike = at_each_call("cut", "before") },
  { name = "network cut before the answer", strike = at_each_call("cut", "after") },
  { name = "disk full", strike = disk_full },
  { name = "state file deleted", strike = state_deleted },
  { name = "state and identity files deleted", strike = all_deleted, mend = rebuilt },
  { name = "journal cut", strike = journal_cut },
}

return scenarios
