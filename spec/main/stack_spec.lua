local child = require "spec.support.child"
local sys = require "native.sys"

describe("a stack that is named", function()
  local folder = os.getenv "TMPDIR" .. "/stacks"
  local function mrun(words)
    local line = ('mkdir -p %s && cd %s && exec env -u MRUN_MAIN -u MRUN_SPEC_MARK -u MRUN_STATE '
      .. '"$0" %s'):format(folder, folder, words)
    return assert(sys.run { "/bin/sh", "-c", line, child.binary })
  end

  after_each(function() os.execute("rm -rf " .. folder) end)

  it("has to be there, or the nearest is told", function()
    local recipe = sys.cwd() .. "/recipes/hello_file.lua"
    assert.are.equal(0, mrun("apply --yes " .. recipe).code)
    for _, command in ipairs { "show", "output", "destroy --yes" } do
      local said = mrun(command .. " --stack hello_fil")
      assert.are.equal(64, said.code)
      assert.are.equal("error: there is no stack hello_fil here\n  did you mean hello_file?\n",
        said.err)
    end
    assert.are.equal(0, mrun("destroy --yes --stack hello_file").code)
  end)
end)
