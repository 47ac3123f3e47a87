local suites = require "spec.support.suites"
local yaml = require "native.yaml"
local yaml_case = require "spec.conformance.yaml_case"

describe("yaml and the public test suite", function()
  local function set(text)
    local names = {}
    for name in text:gmatch "%S+" do names[name] = true end
    return names
  end

  -- Where libyaml goes its own way: valid YAML 1.2 that it refuses, what it takes though it is
  -- none, and three texts that it reads otherwise.
  local BY_LIBYAML = set [[
    2JQS 2LFX 2SXE 4ABK 4MUZ/00 4MUZ/01 4MUZ/02 5MUD 5T43 6BCT 6CA3 6LVF 6M2F 7Z25 96NN/00
    96NN/01 9C9N 9JBA DK3J DK95/00 DK95/01 DK95/03 FRK4 G5U8 HM87/00 HM87/01 JEF9/02 K3WX
    L24T/01 M7A3 MUS6/00 MUS6/01 NHX8 NKF9 QB6E QT73 R4YG S3PD SU5Z UKK6/00 UT92 W4TN X4QW
    Y79Y/001 Y79Y/003 Y79Y/010
  ]]
  -- Lists and maps as keys: their events are right, but no table of Lua's holds them.
  local KEYS = set "6BFJ 6PBE 9MMW LX3P Q9WF RZP5"

  local list =
    io.popen("cd " .. suites.folder .. "yaml-test-suite 2>/dev/null && find . -name in.yaml | sort")
  local names = {}
  for path in list:lines() do names[#names + 1] = path:match "^%./(.*)/in%.yaml$" end
  list:close()

  it("reads every text as the suite says, but for what libyaml reads otherwise", function()
    if #names == 0 then return pending(suites.absent "yaml-test-suite") end
    for _, name in ipairs(names) do
      local function read(file)
        return suites.read(("yaml-test-suite/%s/%s"):format(name, file))
      end
      local difference = yaml_case(read)
      assert.are.equal(BY_LIBYAML[name] or false, difference ~= nil,
        ("%s: %s"):format(name, tostring(difference)))
    end
  end)

  it("refuses lists and maps as keys, and ends on every text", function()
    if #names == 0 then return pending(suites.absent "yaml-test-suite") end
    for _, name in ipairs(names) do
      local text = suites.read(("yaml-test-suite/%s/in.yaml"):format(name))
      if KEYS[name] then assert.is_nil(yaml.decode(text), name) end
      yaml.load(text)
    end
  end)
end)
