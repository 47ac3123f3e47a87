-- Shows the whole road on a local AWS that checks signatures; stops at the first step that is not
-- as it should be.
package.path = "./?.lua;" .. package.path
local emulator = require "spec.support.emulator"

local MRUN <const> = arg[-1] or "build/mrun"
local RECIPE <const> = "recipes/ssm_managed_instance.lua"

local function say(text)
  io.stdout:write("\n\27[1m== ", text, "\27[0m\n")
  io.stdout:flush()
end

---Runs mrun as a person would; the folder for its state is the demo's own.
local function mrun(world, words, environment)
  io.stdout:write("$ mrun ", words, "\n")
  io.stdout:flush()
  local command = ("cd %s && env -u MRUN_MAIN %s %s %s"):format(world.folder,
    environment or world.environment, world.binary, words)
  local _, _, code = os.execute(command)
  return code
end

local function demand(condition, what)
  if condition then return end
  io.stderr:write("\ndemo: ", what, "\n")
  error("the demo has failed", 0)
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, member in pairs(a) do
    if not same(member, b[key]) then return false end
  end
  for key in pairs(b) do
    if a[key] == nil then return false end
  end
  return true
end

local function road(world, aws)
  local recipe = world.root .. "/" .. RECIPE
  local before = aws:account()

  say "What would be made? (reads only)"
  demand(mrun(world, "plan " .. recipe) == 0, "the plan failed")

  say "A wrong secret is refused, and nothing is changed"
  local wrong = world.environment:gsub("AWS_SECRET_ACCESS_KEY=%S+", "AWS_SECRET_ACCESS_KEY=wrong")
  demand(mrun(world, "apply", wrong) == 1, "a wrong secret was not refused")
  demand(same(before, aws:account()), "a refused apply has changed the account")

  say "Make it so"
  demand(mrun(world, "apply") == 0, "the apply failed")

  say "Again: nothing to do"
  demand(mrun(world, "plan --exit-code " .. recipe) == 0, "the second plan has changes")
  demand(mrun(world, "diff --exit-code " .. recipe) == 0, "declared and live differ")

  say "Take it away again"
  demand(mrun(world, "destroy --yes " .. recipe) == 0, "the destroy failed")
  demand(same(before, aws:account()), "the destroy has left something behind")
  say "The account is as it was before. That was all of it."
end

local function line_of(command)
  local pipe = assert(io.popen(command))
  local line = pipe:read "l"
  pipe:close()
  return line
end

local aws = emulator.start "moto"
local root = line_of "pwd"
local world = {
  root = root, folder = line_of "mktemp -d", environment = aws:environment(),
  binary = MRUN:match "^/" and MRUN or root .. "/" .. MRUN,
}
local ok, why = pcall(road, world, aws)
os.execute("rm -rf " .. world.folder)
aws:stop()
if not ok then
  io.stderr:write(tostring(why), "\n")
  return 1
end
return 0
