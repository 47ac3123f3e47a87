-- The rule set of a service that has none: where AWS's services mostly are.

local function ref(name) return { ref = name } end

local function is_true(name) return { fn = "booleanEquals", argv = { ref(name), true } } end

local IN_PARTITION <const> = { fn = "aws.partition", argv = { ref "Region" }, assign = "Partition" }

local function endpoint(url, conditions)
  return { type = "endpoint", conditions = conditions or {}, endpoint = { url = url } }
end

---@param prefix string  the service's name in hosts
---@return table ruleset
return function(prefix)
  local plain = "https://" .. prefix
  return {
    version = "1.0",
    parameters = {
      Region = { type = "string", builtIn = "AWS::Region" },
      UseFIPS = { type = "boolean", builtIn = "AWS::UseFIPS", default = false },
      UseDualStack = { type = "boolean", builtIn = "AWS::UseDualStack", default = false },
      Endpoint = { type = "string", builtIn = "SDK::Endpoint" },
    },
    rules = {
      endpoint(ref "Endpoint", { { fn = "isSet", argv = { ref "Endpoint" } } }),
      { type = "tree", conditions = { IN_PARTITION }, rules = {
        endpoint(plain .. "-fips.{Region}.{Partition#dualStackDnsSuffix}",
          { is_true "UseFIPS", is_true "UseDualStack" }),
        endpoint(plain .. "-fips.{Region}.{Partition#dnsSuffix}", { is_true "UseFIPS" }),
        endpoint(plain .. ".{Region}.{Partition#dualStackDnsSuffix}", { is_true "UseDualStack" }),
        endpoint(plain .. ".{Region}.{Partition#dnsSuffix}"),
      } },
    },
  }
end
