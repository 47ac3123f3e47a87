-- A large answer takes its own memory and that of its values: it never stands there as a document.
local bodies = require "spec.support.bodies"
local child = require "spec.support.child"
local fs = require "native.fs"

-- Prints the instances, and how many KiB the peak grew by beyond what Lua has.
local SCRIPT <const> = [[
local fs, pack, xml = require "native.fs", require "native.pack", require "native.xml"
local output = assert(pack.open()):operation("ec2", "DescribeInstances").output
local body = fs.read(...)
local function kib(name) return tonumber(fs.read "/proc/self/status":match(name .. ":%s*(%d+)")) end
assert(xml.decode(output, "<R><reservationSet><item/></reservationSet></R>"))
collectgarbage()
collectgarbage "stop"
local rss, in_lua = kib "VmRSS", collectgarbage "count"
local value = assert(xml.decode(output, body))
print(#value.Reservations, kib "VmHWM" - rss - (collectgarbage "count" - in_lua))
]]

describe("a large answer", function()
  it("never stands in memory as a document", function()
    if package.preload["native.stress"] then return pending "a build with sanitizers" end
    local path, body = os.getenv "TMPDIR" .. "/instances", bodies.instances(4000)
    assert(fs.replace(path, body))
    local said = child.run(SCRIPT, { path })
    assert(fs.remove(path))
    local count, more_kib = said.out:match "^(%d+)%s+(%-?[%d.]+)"
    assert.are.equal("4000", count, said.err)
    assert.is_true(tonumber(more_kib) < #body / 1024 / 4, said.out) -- a document is half as large
  end)
end)
