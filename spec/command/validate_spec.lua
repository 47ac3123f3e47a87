local child = require "spec.support.child"
local sys = require "native.sys"

describe("mrun validate", function()
  local function validate(recipe)
    return assert(sys.run({ "/bin/sh", "-c",
      'exec env -u MRUN_MAIN -u MRUN_SPEC_MARK -u AWS_PROFILE -u AWS_ACCESS_KEY_ID '
      .. '-u AWS_SECRET_ACCESS_KEY AWS_CONFIG_FILE=/dev/null AWS_REGION=us-east-1 '
      .. 'AWS_SHARED_CREDENTIALS_FILE=/dev/null "$0" validate "$1"', child.binary, recipe }))
  end

  it("needs no account, also where a parameter comes from the parameter store", function()
    for _, name in ipairs { "ssm_managed_instance", "ssm_managed_instance_nat", "hello_file" } do
      local said = validate("recipes/" .. name .. ".lua")
      assert.are.equal("", said.err)
      assert.matches("is valid: %d+ resources", said.out)
    end
    assert.matches("is valid: 12 resources", validate("spec/template/ssm_managed_instance.yml").out)
  end)
end)
