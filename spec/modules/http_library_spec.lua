-- libcurl is loaded by whoever first asks the network, and by nobody else.
local child = require "spec.support.child"
local fs = require "native.fs"
local sys = require "native.sys"

local SCRIPT <const> = [[
local fs = require "native.fs"
local function here() return fs.read "/proc/self/maps":find("libcurl", 1, true) ~= nil end
local http = require "native.http"
print(here())
local network <close> = assert(http.new())
print(here())
]]

describe("libcurl", function()
  local folder = os.getenv "TMPDIR"

  it("is loaded by the first who asks the network", function()
    local said = child.run(SCRIPT)
    assert.are.equal("false\ntrue\n", said.out, said.err)
  end)

  it("need not be there for what asks nobody; else it is told", function()
    local broken = folder .. "/broken"
    assert(fs.mkdir(broken))
    assert(fs.replace(broken .. "/libcurl.so.4", "no library"))
    local function run(words)
      return sys.run({ "/bin/sh", "-c", ([[
        unset MRUN_MAIN; export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE AWS_SECRET_ACCESS_KEY=k
        LD_LIBRARY_PATH=%s %s %s]]):format(broken, child.binary, words) })
    end
    assert.are.equal(0, run "version".code)
    local said = run [[aws sts get-caller-identity --region eu-west-1]]
    assert.are.equal(1, said.code)
    assert.are.equal("", said.out)
    assert.matches("load libcurl: .*libcurl%.so%.4", said.err)
    assert.matches("install libcurl, 7%.80 or newer", said.err)
    assert(fs.remove(broken .. "/libcurl.so.4"))
    assert(fs.remove(broken))
  end)
end)
