-- The client beside botocore, in the same run: its own work alone, whole processes, many calls.
local bodies = require "spec.support.bodies"
local child = require "spec.support.child"
local fs = require "native.fs"
local server = require "spec.support.server"
local sys = require "native.sys"

local VENV <const> = os.getenv "MRUN_VENV" or "build/deps/venv"
local PYTHON <const> = VENV .. "/bin/python spec/support/"
local LARGE <const> = 1000

-- What is measured: how it is called, how often each does it in one go.
local CASES <const> = {
  { "sign", "sign a request", 2000, 500 },
  { "run", "build and parse RunInstances", 300, 60 },
  { "instances", "parse DescribeInstances of 1,000", 3, 2 },
  { "items", "parse Query of 1,000 items", 20, 4 },
  { "keys", "parse ListObjectsV2 of 1,000 keys", 20, 4 },
}

local function said(command)
  local answer = assert(sys.run({ "/bin/sh", "-c", "unset MRUN_MAIN; " .. command },
    { timeout_ms = 300000 }))
  assert(answer.code == 0, answer.err)
  return answer
end

local function figure_of(command) return tonumber((said(command).out:match "[%d.]+")) end

-- The least of several runs of each, in turn: what is above it was the machine's doing.
local function work_alone(line, folder)
  for _, case in ipairs(CASES) do
    local ours, theirs = math.huge, math.huge
    for _ = 1, 5 do
      ours = math.min(ours, figure_of(("%s run spec/support/client_bench.lua %s %d %s"):format(
        child.binary, case[1], case[3], folder)))
      theirs = math.min(theirs, figure_of(("%sclient_bench.py %s %d %s"):format(PYTHON, case[1],
        case[4], folder)))
    end
    line(("%s: CPU, botocore's / 20"):format(case[2]), "us", ours * 1e6, theirs * 1e6 / 20)
  end
end

-- What a process took: CPU, memory at the peak, and, as it says, its own without the libraries that
-- it shares.
local function process(command)
  local least_of = { cpu_ms = math.huge, mb = math.huge, own_mb = math.huge }
  for _ = 1, 5 do
    local answer = said("/usr/bin/time --quiet -f '@%M %U %S' " .. command)
    local kb, user, system = answer.err:match "@(%d+) ([%d.]+) ([%d.]+)"
    local own_kb = answer.out:match "\n(%d+)"
    for key, figure in pairs { cpu_ms = (user + system) * 1000, mb = kb / 1024,
      own_mb = own_kb / 1024 } do
      least_of[key] = math.min(least_of[key], figure)
    end
  end
  return least_of
end

-- The same work done once.
local function memory(line, folder)
  for _, case in ipairs(CASES) do
    local ours = process(("%s run spec/support/client_bench.lua %s 1 %s"):format(child.binary,
      case[1], folder))
    local theirs = process(("%sclient_bench.py %s 1 %s"):format(PYTHON, case[1], folder))
    line(("%s: memory, botocore's / 5"):format(case[2]), "MB", ours.mb, theirs.mb / 5)
    line(("%s: its own memory, / 5"):format(case[2]), "MB", ours.own_mb, theirs.own_mb / 5)
  end
end

-- A call over HTTP, with all that a program loads for it.
local function whole_calls(line, url)
  for at = 2, #CASES do
    local case, name = CASES[at][1], CASES[at][2]:gsub("^[%l ]*", "")
    local ours = process(("%s run spec/support/one_call.lua %s %s"):format(child.binary, case,
      url))
    local theirs = process(("%sone_call.py %s %s"):format(PYTHON, case, url))
    line(name .. ", a whole call: CPU, boto3's / 20", "ms", ours.cpu_ms, theirs.cpu_ms / 20)
    print(("%s, a whole call: %.1f MB, %.1f times less than boto3's; %.1f MB of it without the "
      .. "shared libraries, %.1f times less"):format(name, ours.mb, theirs.mb / ours.mb,
      ours.own_mb, theirs.own_mb / ours.own_mb))
  end
end

local TICKS_A_SECOND <const> = 100 -- of /proc, whatever the kernel's own are

local function cpu_of(pid)
  local stat = assert(io.open(("/proc/%d/stat"):format(pid))):read "a"
  local user, system = stat:match("^.*%) %S" .. (" %-?%d+"):rep(10) .. " (%d+) (%d+)")
  return (user + system) / TICKS_A_SECOND
end

-- The least of five runs, in microseconds of CPU a call: the client's and the server's; and the
-- most calls a second.
local function at_once(answering)
  local own_us, server_us, rate = math.huge, math.huge, 0
  for _ = 1, 5 do
    local before = cpu_of(answering.pid)
    local wall, own = said(("%s run spec/support/many_calls.lua %d %s %s %s"):format(child.binary,
      LARGE, answering:url "", answering.access_key or "AKIAIOSFODNN7EXAMPLE",
      answering.secret_key or ("k"):rep(40))).out:match "([%d.]+) ([%d.]+)"
    server_us = math.min(server_us, (cpu_of(answering.pid) - before) * 1e6 / LARGE)
    own_us = math.min(own_us, tonumber(own) * 1e6 / LARGE)
    rate = math.max(rate, LARGE / tonumber(wall))
  end
  return own_us, server_us, rate
end

-- Where the client takes less of a CPU for a call than the server, the server is the limit: that is
-- so of the local AWS. How fast the client itself is, one shows that does nothing but answer.
local function many_calls(line, answering, aws)
  local own_us, server_us, rate = at_once(answering)
  print(("1,000 calls at once of a server that only answers: %.0f a second, %.0f us of CPU a call, "
    .. "%.0f us of the server's"):format(rate, own_us, server_us))
  own_us, server_us, rate = at_once(setmetatable({ url = function() return aws.url end },
    { __index = aws }))
  print(("1,000 calls at once of the local AWS: %.0f a second"):format(rate))
  line("1,000 calls at once of the local AWS: CPU a call, its own", "us", own_us, server_us)
end

---@param line fun(what: string, unit: string, figure: number, budget: number)
---@param folder string
---@param aws table the local AWS
return function(line, folder, aws)
  for name, text in pairs { run = bodies.run(), instances = bodies.instances(LARGE),
    items = bodies.items(LARGE), keys = bodies.keys(LARGE) } do
    assert(fs.replace(folder .. "/" .. name, text))
  end
  work_alone(line, folder)
  memory(line, folder)
  local answering = server.start("bench_server.py", folder)
  local ok, why = pcall(function()
    local url = answering:url ""
    whole_calls(line, url)
    many_calls(line, answering, aws)
  end)
  answering:stop()
  if not ok then error(why, 0) end
end
