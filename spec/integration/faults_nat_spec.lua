local chaos = require "spec.support.chaos"

describe("under the recipe ssm_managed_instance_nat, a network that", function()
  chaos(_ENV, "ssm_managed_instance_nat")
end)
