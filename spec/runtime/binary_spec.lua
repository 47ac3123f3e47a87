local child = require "spec.support.child"
local sys = require "native.sys"

local function sh(script, ...)
  return assert(sys.run({ "/bin/sh", "-c", script, ... }, { timeout_ms = 120000 }))
end

local function elf(flags)
  return sh("readelf -W " .. flags .. ' "$0"', child.binary).out
end

describe("the binary", function()
  local dynamic = elf "-d"

  it("is hardened", function()
    if elf("-s"):find("__asan_init", 1, true) then return pending "a build with sanitizers" end
    assert.truthy(elf("-h"):find "Type:%s+DYN")                     -- PIE
    assert.truthy(dynamic:find "FLAGS_1%).*PIE")
    assert.truthy(dynamic:find "BIND_NOW")                          -- full RELRO: bound at start
    assert.truthy(elf("-l"):find "GNU_RELRO")
    assert.truthy(elf("-l"):find "GNU_STACK%s+%S+%s+%S+%s+%S+%s+%S+%s+%S+%s+RW ") -- no code there
    assert.truthy(elf("-s"):find("__stack_chk_fail", 1, true))      -- stack protector
    assert.truthy(elf("-s"):find("__%w+_chk@"))                     -- _FORTIFY_SOURCE
    assert.falsy(dynamic:find "R[UN]*PATH")
  end)

  it("carries Lua in itself, and takes few other libraries", function()
    local known = { "libc%.so", "libm%.so", "libcrypto%.so", "libz%.so", "libyaml%-0%.so",
      "libexpat%.so", "libpcre2%-8%.so", "ld%-linux", "lib%w*san%.so" }
    for name in dynamic:gmatch "NEEDED%)%s+Shared library: %[([^%]]+)%]" do
      local found = false
      for _, pattern in ipairs(known) do
        found = found or name:find(pattern) ~= nil
      end
      assert.is_true(found, name)
    end
    assert.truthy(elf("-s"):find("lua_newstate", 1, true))
  end)

  it("installs and uninstalls, and leaves nothing", function()
    local root = os.getenv "TMPDIR" .. "/root"
    local script = ([[
      set -e
      make --no-print-directory install DESTDIR=%s PREFIX=/usr >/dev/null
      (cd %s && find . -type f | sort)
      MRUN_MAIN= %s/usr/bin/mrun version
      make --no-print-directory uninstall DESTDIR=%s PREFIX=/usr >/dev/null
      find %s -type f; rm -r %s]]):gsub("%%s", root)
    local said = sh(script)
    assert.are.equal("", said.err)
    assert.are.equal(0, said.code)
    assert.truthy(said.out:find(table.concat({ "./usr/bin/mrun", "./usr/share/doc/mrun/LICENSE",
      "./usr/share/doc/mrun/NOTICE", "mrun %d" }, "\n")), said.out)
    assert.falsy(said.out:find(root, 1, true))
  end)

  it("tells every target of the Makefile", function()
    local said = sh "make help"
    for _, name in ipairs { "all", "deps", "test", "demo", "lint", "stress", "fuzz", "bench",
      "install", "uninstall", "clean", "help" } do
      assert.truthy(said.out:find("make " .. name .. " ", 1, true), name)
    end
  end)
end)
