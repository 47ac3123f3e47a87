-- What a person sees and types on a terminal.
local child = require "spec.support.child"
local fs = require "native.fs"
local sys = require "native.sys"

describe("the console", function()
  it("takes the line that a person types", function()
    local path = os.getenv "TMPDIR" .. "/recipe.lua"
    assert(fs.replace(path, 'output { Said = params { Name = {} }.Name }\n'))
    local said = assert(sys.run({ "/usr/bin/env", "-u", "MRUN_MAIN", "python3",
      "spec/support/on_terminal.py", "Name", "shown", "me", child.binary, "validate", path }))
    assert.equal(0, said.code, said.out .. said.err)
    assert.matches("Name: me", said.out, 1, true)
    assert(fs.remove(path))
  end)
end)
