-- The runner over data that was made for it, one thing in it wrong: what it says of that.
local assert = require "luassert"
local child = require "spec.support.child"
local fs = require "native.fs"
local json = require "native.json"
local sys = require "native.sys"

local planted = {}

---Runs a suite over a folder of data.
---@param folder string
---@param suite string
---@return { code: integer, out: string, err: string }
function planted.conform(folder, suite)
  return assert(sys.run({ "/usr/bin/env", "-u", "MRUN_MAIN", child.binary, "run",
    "spec/conformance/run.lua", "--data", folder, suite }, { timeout_ms = 60000 }))
end

---Writes a file below a folder, and the folders above it.
---@param path string
---@param content string|table a table as JSON
function planted.write(path, content)
  assert(fs.mkdir((path:match "^(.*)/")))
  assert(fs.replace(path,
    type(content) == "string" and content or assert(json.encode(nil, content))))
end

---Runs a suite over these files and takes them away.
---@param suite string
---@param files table<string, string|table>
---@return { code: integer, out: string, err: string }
function planted.run(suite, files)
  local folder = os.getenv "TMPDIR" .. "/planted-" .. suite
  for name, content in pairs(files) do planted.write(folder .. "/" .. name, content) end
  local said = planted.conform(folder, suite)
  assert(sys.run { "/bin/rm", "-rf", folder })
  return said
end

---The cases in `wrong` are reported, none that is right, and how many passed.
---@param said { code: integer, out: string, err: string }
---@param wrong string[]
---@param passed integer
function planted.expect(said, wrong, passed)
  assert.equal(1, said.code, said.out .. said.err)
  for _, id in ipairs(wrong) do
    local word = id .. ": "
    assert.is_truthy(said.out:find(" " .. word, 1, true) or said.out:find("/" .. word, 1, true),
      word .. said.out)
  end
  assert.not_matches("[ /]right", said.out)
  assert.matches((": %d passed, %d failed\n"):format(passed, #wrong), said.out, 1, true)
end

return planted
