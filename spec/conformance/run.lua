-- Runs public conformance data against the code that ships:
--
--   build/mrun run spec/conformance/run.lua [--bars] [--data DIR] [SUITE...]
--
-- A suite is a file below suite/ that returns
--   { folders = { "name", ... },          where its data lies; the suite's own name if absent
--     bar = 1,                            the least share of passed cases; without: no bar
--     cases = function(data, suite) ... end }
-- where `cases` is given the folder of all data and calls suite(name, check) for each case:
-- check returns nil (passed) or what was expected and what came; what it raises is a failure.
-- suite(name, check, "line") counts the case in a line of its own and in no total.
local fs = require "native.fs"
local open = require "data"

local FOLDER <const> = arg[0]:match("^(.*)/[^/]*$") or "."

local function arguments(words)
  local found, at = { data = "../shared/suites", suites = {} }, 1
  while words[at] do
    local word = words[at]
    if word == "--bars" then
      found.bars = true
    elseif word == "--data" then
      at = at + 1
      found.data = assert(words[at], "--data needs a folder")
    else
      found.suites[#found.suites + 1] = word
    end
    at = at + 1
  end
  return found
end

local function suite_names()
  local names = {}
  for _, name in ipairs(assert(fs.list(FOLDER .. "/suite"))) do
    names[#names + 1] = name:match("^(.+)%.lua$")
  end
  table.sort(names)
  return names
end

local function one_line(text)
  return (tostring(text):gsub("%s*[\r\n]+%s*", " "))
end

-- The lines of one suite: its own, and those that stand outside of every total.
local function count(name, suite, data)
  local lines, order = {}, {}
  local function line_of(key)
    if not lines[key] then
      lines[key] = { passed = 0, failed = 0 }
      order[#order + 1] = key
    end
    return lines[key]
  end
  line_of(name)
  suite.cases(data, function(case, check, apart)
    local line = line_of(apart or name)
    local ok, wrong = pcall(check)
    if ok and wrong == nil then
      line.passed = line.passed + 1
    else
      line.failed = line.failed + 1
      print(one_line(("%s %s: %s"):format(name, case, tostring(wrong))))
    end
  end)
  for _, key in ipairs(order) do
    print(("%s: %d passed, %d failed"):format(key, lines[key].passed, lines[key].failed))
  end
  return lines[name]
end

local function is_under(suite, line)
  local all = line.passed + line.failed
  return suite.bar ~= nil and line.passed < suite.bar * all
end

local function has_data(name, suite, data)
  for _, folder in ipairs(suite.folders or { name }) do
    if data:has(folder) then return true end
  end
  return false
end

local function run(wanted)
  local data, total = open(wanted.data), { passed = 0, failed = 0, skipped = 0, under = 0 }
  for _, name in ipairs(#wanted.suites > 0 and wanted.suites or suite_names()) do
    local suite = require("suite." .. name)
    if not has_data(name, suite, data) then
      print(("%s: there is no %s/%s, skipped"):format(name, wanted.data,
        (suite.folders or { name })[1]))
      total.skipped = total.skipped + 1
    else
      local line = count(name, suite, data)
      total.passed, total.failed = total.passed + line.passed, total.failed + line.failed
      if is_under(suite, line) then
        total.under = total.under + 1
        if wanted.bars then print(("%s is under its bar"):format(name)) end
      end
    end
  end
  return total
end

local wanted = arguments { ... }
local total = run(wanted)
local skipped = total.skipped > 0 and (", %d skipped"):format(total.skipped) or ""
print(("%d passed, %d failed%s"):format(total.passed, total.failed, skipped))
os.exit((wanted.bars and total.under or total.failed) == 0 and 0 or 1, true)
