-- Runs specs inside the mrun binary: each file in a process of its own, several at once.
--
--   MRUN_MAIN=spec/support/run.lua build/mrun [FILE|FOLDER...]
--
-- A file fails when a case fails, when it crashes, and when it leaves a process, an open file
-- or a temporary file behind. With no FILE the public test data is run as well, where it is: its
-- cases count with the others, and those failed ones that a bar of its suite allows are told
-- apart. The last line is `N passed, N failed`.
-- MRUN_SPEC_JOBS: how many at once; MRUN_SPEC_UNDER: a command put before each process.

local SLOWEST <const>, SLOW_S <const> = 12, 20

local worker = arg[1] == "--worker"
if worker then return dofile "spec/support/worker.lua" end

local function lines_of(command)
  local pipe = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do
    lines[#lines + 1] = line
  end
  pipe:close()
  return lines
end

local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function files_of(words)
  local roots = {}
  for i, word in ipairs(words) do
    roots[i] = quote(word)
  end
  if #roots == 0 then roots[1] = "spec" end
  local find = "find %s -name '*_spec.lua' | LC_ALL=C sort -u"
  return lines_of(find:format(table.concat(roots, " ")))
end

--- What each process is: the interpreter and the file. spec/engine runs under a stock Lua too.
local function jobs_of(files)
  local jobs = {}
  local binary = lines_of "readlink /proc/$PPID/exe"[1]
  for _, file in ipairs(files) do
    jobs[#jobs + 1] = binary .. " " .. file
    if file:find "^spec/engine/" then jobs[#jobs + 1] = "lua5.4 " .. file end
  end
  return jobs
end

local function tell_slowest(took)
  table.sort(took, function(a, b) return a.seconds > b.seconds end)
  local words = {}
  for i = 1, math.min(SLOWEST, #took) do
    local one = took[i]
    if one.seconds >= SLOW_S then words[#words + 1] = ("%s %d s"):format(one.file, one.seconds) end
  end
  if words[1] then print("slowest: " .. table.concat(words, ", ")) end
end

local function run(jobs)
  local list = os.tmpname()
  local handle = assert(io.open(list, "w"))
  assert(handle:write(table.concat(jobs, "\n"), "\n"))
  handle:close()
  local count = os.getenv "MRUN_SPEC_JOBS" or "$(nproc)"
  local command = "xargs -P %s -L 1 spec/support/isolate < %s"
  local passed, failed, seen, took = 0, 0, 0, {}
  local pipe = assert(io.popen(command:format(count, list)))
  for line in pipe:lines() do
    local good, bad, seconds, file = line:match "^@result (%d+) (%d+) (%d+) (.+)$"
    if good then
      passed, failed, seen = passed + good, failed + bad, seen + 1
      took[seen] = { file = file, seconds = math.tointeger(seconds) }
    else
      print(line)
    end
  end
  pipe:close()
  os.remove(list)
  if seen < #jobs then
    print(("%d of %d spec files gave no result"):format(#jobs - seen, #jobs))
    failed = failed + #jobs - seen
  end
  tell_slowest(took)
  return passed, failed
end

--- What a run of the public test data said: the cases that passed, those that failed in suites
--- under their bar, those that failed in others, and which suites are under it.
local function tally(lines)
  local passed, failed, allowed, suites, below = 0, 0, 0, {}, {}
  for _, line in ipairs(lines) do
    local name, good, bad = line:match "^([^ ]+): (%d+) passed, (%d+) failed$"
    local under = line:match "^(%S+) is under its bar$"
    if name then
      suites[name] = tonumber(bad)
      passed, allowed = passed + good, allowed + bad
    elseif under then
      failed, allowed, below[under] = failed + suites[under], allowed - suites[under], true
    end
  end
  return passed, failed, allowed, below
end

local function conformance()
  local binary = lines_of "readlink /proc/$PPID/exe"[1]
  local lines = lines_of("env -u MRUN_MAIN " .. binary
    .. " run spec/conformance/run.lua --bars 2>&1; echo exit $?")
  local code = table.remove(lines):match "^exit (%d+)$"
  local passed, failed, allowed, under = tally(lines)
  for _, line in ipairs(lines) do
    local told = line:find "^%S[^:]*: %d+ passed, %d+ failed" or not line:find "^%S+ .*: "
    if told or under[line:match "^%S+"] then print(line) end
  end
  if code ~= "0" and failed == 0 then failed = 1 end
  if allowed > 0 then print(allowed .. " failed where the bar of their suite allows it") end
  return passed, failed
end

local function listing()
  return table.concat(lines_of "ls -A | grep -v '^build'", "\n")
end

local before = listing()
local passed, failed = run(jobs_of(files_of(arg)))
if #arg == 0 then
  local good, bad = conformance()
  passed, failed = passed + good, failed + bad
end
if listing() ~= before then
  print "the specs left files in the project's folder"
  failed = failed + 1
end
print(("%d passed, %d failed"):format(passed, failed))
io.stdout:flush()
os.exit(failed == 0 and passed > 0, true)
