-- The kill harness: disturbs the four phases of both recipes at every point, and demands that one
-- plain command more makes everything as it should be. One line a scenario, the total at the end.
--
--   MRUN_MAIN=spec/crash/run.lua build/mrun [WORD...]   only scenarios whose names have these words
--   MRUN_CRASH_JOBS  how many at once (2); MRUN_CRASH_FROM, MRUN_CRASH_TO  only these points

package.path = "./?.lua;" .. package.path

local function quoted(word) return "'" .. word:gsub("'", "'\\''") .. "'" end

local function say(...)
  io.stdout:write(string.format(...), "\n")
  io.stdout:flush()
end

local function wanted(name, words)
  for _, word in ipairs(words) do
    if not name:find(word, 1, true) then return false end
  end
  return true
end

-- A worker ------------------------------------------------------------------------------

local function at_point(world, phase, scenario, n, expected)
  if not scenario.strike(world, phase, n) then return false end
  return true, scenario.mend and scenario.mend(world, phase) or world:recovers(phase, expected)
end

local function each_point(world, phase, scenario, shard, tell)
  local first, last = tonumber(os.getenv "MRUN_CRASH_FROM") or 1,
    tonumber(os.getenv "MRUN_CRASH_TO") or math.huge
  local expected = world:calm(phase)
  for n = 1, math.huge do
    if n > last then return end
    if n >= first and n % shard.of == shard.at then
      local ran, is_there, why = pcall(at_point, world, phase, scenario, n, expected)
      if ran and not is_there then return end
      tell(n, ran and why or not ran and tostring(is_there) or nil)
    end
  end
end

local function work(shard, words)
  local World, scenarios = require "spec.crash.world", require "spec.crash.scenarios"
  for _, recipe in ipairs(World.RECIPES) do
    local world <close> = World.new(recipe)
    for _, order in ipairs(World.ORDER) do
      for _, scenario in ipairs(scenarios.list) do
        local name = ("%s %s: %s"):format(order, recipe, scenario.name)
        if wanted(name, words) then
          local start, count, bad = os.time(), 0, 0
          each_point(world, World.PHASES[order], scenario, shard, function(n, why)
            count = count + 1
            if why then
              bad = bad + 1
              say("FAILED %s, point %d: %s", name, n, why)
            end
          end)
          say("@done %d %d %d %s", count, bad, os.time() - start, name)
        end
      end
    end
  end
end

-- The one who starts them ---------------------------------------------------------------

local function note(scenarios, jobs, line)
  local count, bad, seconds, name = line:match "^@done (%d+) (%d+) (%d+) (.*)$"
  local one = scenarios[name] or { count = 0, bad = 0, seconds = 0, shards = 0 }
  scenarios[name] = one
  one.count, one.bad = one.count + count, one.bad + bad
  one.seconds, one.shards = math.max(one.seconds, tonumber(seconds)), one.shards + 1
  if one.shards == jobs then
    say("%-70s %4d points, %d failed, %d s", name, one.count, one.bad, one.seconds)
  end
end

--- Each in a folder of its own, which goes with it.
local WORKER <const> = [[(export TMPDIR=$(mktemp -d) && %s --worker %d %d %s; rm -rf "$TMPDIR") &
]]

local function start(words)
  local jobs = math.tointeger(tonumber(os.getenv "MRUN_CRASH_JOBS") or 2)
  local binary, names, lines = io.popen "readlink /proc/$PPID/exe":read "l", {}, {}
  for i, word in ipairs(words) do names[i] = quoted(word) end
  for i = 0, jobs - 1 do
    lines[#lines + 1] = WORKER:format(binary, i, jobs, table.concat(names, " "))
  end
  local pipe = assert(io.popen(table.concat(lines) .. "wait"))
  local scenarios, points, failed = {}, 0, 0
  for line in pipe:lines() do
    if line:find "^@done" then note(scenarios, jobs, line) else say("%s", line) end
  end
  local whole = pipe:close()
  for _, one in pairs(scenarios) do points, failed = points + one.count, failed + one.bad end
  say("%d points, %d failed", points, failed)
  os.exit(whole and failed == 0 and points > 0)
end

local words = { ... }
if #words == 0 then words = table.move(arg, 1, #arg, 1, {}) end
if words[1] == "--worker" then
  work({ at = tonumber(words[2]), of = tonumber(words[3]) }, table.move(words, 4, #words, 1, {}))
else
  start(words)
end
