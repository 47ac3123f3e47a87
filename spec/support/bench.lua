-- Measures the budgets of the design: prints one line for each, with figure, budget and ratio.
--
--   make bench
package.path = "./?.lua;" .. package.path
local beside_botocore = require "spec.support.bench_client"
local child = require "spec.support.child"
local emulator = require "spec.support.emulator"
local fs = require "native.fs"
local sys = require "native.sys"

local RECIPE <const> = "recipes/ssm_managed_instance.lua"
local over = 0

local function line(what, unit, figure, budget)
  local ratio = figure / budget
  if ratio > 1 then over = over + 1 end
  print(("%-60s %9.2f %-5s %8.2f %6.2f%s"):format(what, figure, unit, budget, ratio,
    ratio > 1 and "  OVER" or ""))
end

--- The number of calls is told last, of a plan and then of its apply.
local function calls_of(said)
  local calls
  for count in said.out:gmatch "(%d+) API calls" do
    calls = tonumber(count)
  end
  return calls or 0
end

-- bash tells milliseconds, GNU time the memory; both start mrun from a small process, since the
-- peak of a large one would count as mrun's own.
local MEASURE <const> = [[
  cd %s; export %s; unset MRUN_MAIN
  TIMEFORMAT='%%3R %%3U %%3S'
  { time command time --quiet -f %%M -o %s %s %s 2>&3; } 3>&2 2>%s]]

--- Runs mrun: what it asked for, and what it took.
local function measure(bench, words)
  local memory, times = bench.folder .. "/memory", bench.folder .. "/times"
  local script = MEASURE:format(bench.folder, bench.environment, memory, child.binary, words, times)
  local said = assert(sys.run({ "/bin/bash", "-c", script }, { timeout_ms = 300000 }))
  assert(said.code == 0, said.out .. said.err)
  local wall, user, system = fs.read(times):match "([%d.]+) ([%d.]+) ([%d.]+)"
  return {
    calls = calls_of(said), wall_ms = wall * 1000, cpu_ms = (user + system) * 1000,
    peak_mb = tonumber(fs.read(memory):match "%d+") / 1024,
  }
end

--- The least of some short runs: what is above it was the machine's doing.
local function least(bench, words, key)
  local figure = math.huge
  for _ = 1, 15 do
    figure = math.min(figure, measure(bench, words)[key])
  end
  return figure
end

--- The shipped recipe's stack so many times in one recipe, each below a scope of its own.
local function copies(count)
  local source = assert(fs.read(RECIPE))
  local head, body = source:match "^(.-)(%-%- Network.*)\noutput {"
  local loop = [[
local shared = p
for i = 1, %d do
  scope("copy" .. i) (function()
    local p = {}
    for name, value in pairs(shared) do p[name] = value end
    p.Prefix, p.ec2Prefix = p.Prefix .. i, p.ec2Prefix .. i
    %s
  end)
end
]]
  return head .. loop:format(count, (body:gsub("%%", "%%%%")))
end

local function start_up(bench)
  line("version: CPU", "ms", least(bench, "version", "cpu_ms"), 10)
  line("version: memory", "MB", least(bench, "version", "peak_mb"), 10)
  local words = "validate " .. bench.root .. "/" .. RECIPE
  line("validate the seed recipe: CPU", "ms", least(bench, words, "cpu_ms"), 25)
  line("validate the seed recipe: memory", "MB", least(bench, words, "peak_mb"), 16)
  line("the binary on disk, stripped", "MB", tonumber(sys.run { "/bin/sh", "-c",
    'strip -o "$1" "$0" && stat -c %s "$1"', child.binary, bench.folder .. "/stripped" }.out)
    / 1e6, 25)
end

local function seed_stack(bench)
  local recipe = bench.root .. "/" .. RECIPE
  line("seed stack, first plan: API calls", "", measure(bench, "plan " .. recipe).calls, 5)
  local apply = measure(bench, "apply --yes " .. recipe)
  line("seed stack, apply: API calls", "", apply.calls, 36)
  line("seed stack, apply: CPU", "ms", apply.cpu_ms, 100)
  line("seed stack, apply on moto: wall", "ms", apply.wall_ms, 1000)
  local again = measure(bench, "plan " .. recipe)
  line("seed stack, plan again: API calls", "", again.calls, 15)
  line("seed stack, plan again: CPU", "ms", least(bench, "plan " .. recipe, "cpu_ms"), 40)
  line("seed stack, destroy: API calls", "", measure(bench, "destroy --yes " .. recipe).calls, 36)
end

local BUDGETS <const> = { [10] = { cpu_ms = 120, mb = 24 }, [50] = { cpu_ms = 500, mb = 48 } }

local function many(bench, count)
  local recipe = ("%s/copies%d.lua"):format(bench.folder, count)
  assert(fs.replace(recipe, copies(count)))
  measure(bench, "apply --yes " .. recipe)
  local again, budget = measure(bench, "plan " .. recipe), BUDGETS[count]
  local name = ("%d copies, plan again: "):format(count)
  line(name .. "API calls", "", again.calls, 15 + 3 * count)
  line(name .. "CPU", "ms", again.cpu_ms, budget.cpu_ms)
  line(name .. "memory", "MB", again.peak_mb, budget.mb)
  measure(bench, "destroy --yes " .. recipe)
end

local function planned_alone(count)
  local pipe = assert(io.popen(("MRUN_MAIN=spec/support/engine_bench.lua %s %d"):format(
    child.binary, count)))
  local seconds, mb = pipe:read("a"):match "([%d.]+) s CPU, ([%d.]+) MB"
  pipe:close()
  return tonumber(seconds), tonumber(mb)
end

local function engine_alone()
  local seconds, mb = math.huge, nil
  for _ = 1, 3 do
    local one, its_mb = planned_alone(10000)
    if one < seconds then seconds, mb = one, its_mb end
  end
  line("engine alone, 10,000 resources: CPU", "s", seconds, 1)
  line("engine alone, 10,000 resources: memory", "MB", mb, 150)
  line("engine alone, 100,000 resources: CPU, linear and a fifth", "s",
    math.min(planned_alone(100000), (planned_alone(100000))), 12 * seconds)
end

print(("%-60s %9s %-5s %8s %6s"):format("what", "figure", "", "budget", "ratio"))
local aws = emulator.start "moto"
local bench = { root = sys.cwd(), folder = os.getenv "TMPDIR", environment = aws:environment() }
local ok, why = pcall(function()
  start_up(bench)
  seed_stack(bench)
  many(bench, 10)
  many(bench, 50)
  engine_alone()
  beside_botocore(line, bench.folder, aws)
end)
aws:stop()
if not ok then error(why, 0) end
print(over == 0 and "every budget is kept" or ("%d over budget"):format(over))
