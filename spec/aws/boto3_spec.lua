-- The same calls through boto3 and through mrun, signed and checked, give the same results.
local alike = require "spec.support.alike"
local child = require "spec.support.child"
local emulator = require "spec.support.emulator"
local fs = require "native.fs"
local json = require "native.json"
local sys = require "native.sys"

local VENV <const> = os.getenv "MRUN_VENV" or "build/deps/venv"
local FOLDER <const> = "spec/support/calls/"
-- The same models for both, and no checksums that one adds and the other does not.
local ALIKE <const> = "AWS_DATA_PATH=build/deps/botocore/botocore/data "
  .. "AWS_REQUEST_CHECKSUM_CALCULATION=when_required "
  .. "AWS_RESPONSE_CHECKSUM_VALIDATION=when_required "

local function services()
  local names = {}
  for _, file in ipairs(assert(fs.list(FOLDER))) do
    names[#names + 1] = file:match "^(.+)%.json$"
  end
  table.sort(names)
  return names
end

local function calls_of(service)
  return json.decode(nil, assert(fs.read(FOLDER .. service .. ".json")))
end

-- Every service's answers, by one of the two; moto's random numbers begin anew.
local function ask(server, command, names)
  server:reset()
  sys.run { "curl", "-sS", "-X", "POST", server.url .. "/moto-api/seed?a=7" }
  local said = assert(sys.run({ "/bin/sh", "-c", ("%s %s exec %s %s"):format(
    server:environment(), ALIKE, command, table.concat(names, " ")) }, { timeout_ms = 240000 }))
  local found = {}
  for line in said.out:gmatch "[^\n]+" do
    local pair = assert(json.decode(nil, line))
    found[pair[1]] = pair[2]
  end
  assert(said.code == 0, said.err)
  return found
end

local function look(value, path)
  for name in path:gsub("^tail:", ""):gmatch "[^.]+" do
    value = value and value[tonumber(name) and name + 1 or name]
  end
  return value
end

describe("boto3 and mrun", function()
  local names, theirs, ours = services(), nil, nil

  setup(function()
    local server <close> = emulator.start "moto"
    theirs = ask(server, VENV .. "/bin/python spec/support/compare.py", names)
    ours = ask(server, "env -u MRUN_MAIN " .. child.binary .. " run spec/support/compare.lua",
      names)
  end)

  it("are compared over 25 services and more, ten operations each", function()
    local enough = 0
    for _, service in ipairs(names) do
      local operations, count = {}, 0
      for _, call in ipairs(calls_of(service)) do
        if not operations[call[1]] then operations[call[1]], count = true, count + 1 end
      end
      if count >= 10 then enough = enough + 1 end
    end
    assert.is_true(enough >= 25, enough .. " services")
  end)

  for _, service in ipairs(names) do
    it("give the same results for " .. service, function()
      local standing = { there = {}, back = {} }
      for i, call in ipairs(calls_of(service)) do
        local wanted = type(call[3]) == "string" and call[3] or nil
        for _, path in pairs(type(call[3]) == "table" and call[3] or {}) do
          alike.pair(standing, look(theirs[service][i].result, path),
            look(ours[service][i].result, path))
        end
        assert.equal(wanted, theirs[service][i].error, call[1] .. " through boto3")
        local found = alike.difference(theirs[service][i], ours[service][i], standing, call[1])
        assert(not found, ("%s: boto3 and mrun differ at %s"):format(service, found))
      end
    end)
  end
end)
