-- Runs the cases of one spec file under an allocator that hurts, in a stress build: each case
-- once with a full collection at every allocation that a native module makes, then once for each
-- of those allocations, failed. Such a run may end as it likes, as long as nothing crashes,
-- leaks or stays open; a last run with nothing failed must pass.

local stress = require "native.stress"

local file = ...
local result = { passed = 0, failed = 0, runs = 0 }

-- Allocations are failed one by one up to here, then in growing steps.
local ALL_UP_TO = 200
local STEPS = 40

--- Native functions run armed; what a spec or luassert allocates is not the matter here.
local function wrap(f)
  return function(...)
    return stress.call(f, ...)
  end
end

local wrapped = {}
local function wrap_all(of)
  if type(of) ~= "table" or wrapped[of] then return end
  wrapped[of] = true
  for name, value in pairs(of) do
    local mine = type(name) == "string" and name:find "^__" -- Lua calls these, not a spec
    if type(value) == "function" and not mine then of[name] = wrap(value) end
  end
end

for name, open in pairs(package.preload) do
  if name:find "^native%." and name ~= "native.stress" and name ~= "native.host" then
    package.preload[name] = function(...)
      local module = open(...)
      wrap_all(module)
      for key, value in pairs(debug.getregistry()) do
        if type(key) == "string" and key:find "^native%." then wrap_all(value) end
      end
      return module
    end
  end
end

local cases = {}
local group = { before = {}, after = {} }

local function full_name(name)
  local names, at = { name }, group
  while at.name do
    table.insert(names, 1, at.name)
    at = at.parent
  end
  return table.concat(names, " ")
end

local words = {}
function words.describe(name, body)
  group = { name = name, parent = group, before = {}, after = {} }
  body()
  group = group.parent
end
words.context, words.insulate, words.expose = words.describe, words.describe, words.describe

function words.it(name, body)
  if body then cases[#cases + 1] = { name = full_name(name), body = body, group = group } end
end
words.test, words.spec = words.it, words.it

function words.pending() end
function words.before_each(body) group.before[#group.before + 1] = body end
function words.after_each(body) group.after[#group.after + 1] = body end
function words.setup(body) group.setup = body end
function words.teardown(body) group.teardown = body end
words.lazy_setup, words.lazy_teardown = words.setup, words.teardown
words.strict_setup, words.strict_teardown = words.setup, words.teardown
function words.randomize() end

local function around(at, list)
  if not at then return end
  if list == "before" then around(at.parent, list) end
  for _, body in ipairs(at[list]) do
    body()
  end
  if list == "after" then around(at.parent, list) end
end

local function set_up(at)
  if not at then return end
  set_up(at.parent)
  if at.setup and not at.ready then
    at.ready = true
    at.setup()
  end
end

--- One run of a case, from its before_each to its after_each.
local function run(case, arrange)
  local last_words = {}
  function words.finally(body) last_words[#last_words + 1] = body end
  around(case.group, "before")
  arrange()
  local ok, why = pcall(case.body)
  local fired = stress.fired()
  stress.fail(nil)
  stress.collect(false)
  last_words[#last_words + 1] = function() around(case.group, "after") end
  for _, body in ipairs(last_words) do
    local done, complaint = pcall(body)
    if not done and ok then ok, why = false, complaint end
  end
  collectgarbage()
  result.runs = result.runs + 1
  return ok, why, fired
end

local function judge(case, how, ok, why)
  if ok then
    result.passed = result.passed + 1
  else
    result.failed = result.failed + 1
    print(("FAILED %s, %s\n  %s"):format(case.name, how, tostring(why)))
  end
end

local function stress_case(case)
  set_up(case.group)
  judge(case, "with a collection at every allocation", run(case, function()
    stress.collect(true)
  end))
  local number, ok, why, fired = 1, nil, nil, true
  while fired do
    ok, why, fired = run(case, function() stress.fail(number) end)
    number = number + (number < ALL_UP_TO and 1 or number // STEPS)
  end
  judge(case, "after each allocation failed in turn", ok, why)
end

local environment = setmetatable(words, { __index = _G, __newindex = _G })
_G.assert = require "luassert"
assert(loadfile(file, "t", environment))()
for _, case in ipairs(cases) do
  stress_case(case)
end
local ended = {}
for _, case in ipairs(cases) do
  local at = case.group
  while at do
    if at.teardown and not ended[at] then
      ended[at] = true
      at.teardown()
    end
    at = at.parent
  end
end
return result
