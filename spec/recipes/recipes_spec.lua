-- The shipped recipes against AWS's own schemas, and the recipe against the template.
local pack = require "native.pack"
local recipe = require "recipe"
local regex = require "native.regex"
local schema = require "engine.schema"
local support = require "spec.recipe.support"
local template = require "template"
local value = require "engine.value"

local data = assert(pack.open())
local records = {}

local function record(_, type_name)
  if type_name == "File" then return require "provider.file.schema" end
  if records[type_name] == nil then
    local raw = data:record("schema", type_name)
    records[type_name] = raw and schema.new(raw) or false
  end
  return records[type_name] or nil
end

local function read_file(path)
  local file, why = io.open(path)
  if not file then return nil, { op = "open", subject = path, reason = why } end
  local text = file:read "a"
  file:close()
  return text
end

local function load(path, overrides)
  local host = support.host({}, { read_file = read_file, schema = record, regex = regex.match })
  for key, v in pairs(overrides or {}) do host[key] = v end
  return support.load(host, path, path:find "%.lua$" and recipe.load or template.load)
end

--- name -> type and canonical properties, deferred values described.
local function summary(evaluated)
  local found = {}
  for _, resource in ipairs(evaluated.resources) do
    found[resource.name] = { type = resource.type, properties = value.public(
      schema.canonical(record("", resource.type), resource.properties)) }
  end
  return found
end

local function faults(evaluated)
  local found = {}
  for _, resource in ipairs(evaluated.resources) do
    local list = schema.check(record("", resource.type), resource.properties, regex.match)
    for _, fault in ipairs(list or {}) do
      found[#found + 1] = resource.name .. "." .. fault.path .. ": " .. fault.what
    end
  end
  return found
end

local function by_name(evaluated)
  local found = {}
  for _, resource in ipairs(evaluated.resources) do found[resource.name] = resource end
  return found
end

local PARAMS = { "EC2InstanceAMI", "EC2InstanceName", "EC2InstanceType", "EC2InstanceVolumeSize",
  "EC2InstanceVolumeType", "Prefix", "PrivateSubnet1Cidr", "VpcCidr", "ec2Prefix" }

describe("recipes/ssm_managed_instance.lua", function()
  it("declares twelve resources that AWS's schemas accept", function()
    local evaluated = load "recipes/ssm_managed_instance.lua"
    assert.are.equal(12, #evaluated.resources)
    assert.are.same({}, faults(evaluated))
    assert.are.same(PARAMS, value.keys(evaluated.inputs.params))
  end)

  it("starts the instance after its policy and its endpoints", function()
    local instance = by_name(load "recipes/ssm_managed_instance.lua").EC2Instance
    assert.are.same({ "Ec2Role", "SsmVpcEndpoint", "SsmMessagesVpcEndpoint",
      "Ec2MessagesVpcEndpoint" }, instance.options.depends_on)
  end)

  it("declares the same as the template with the same parameters", function()
    local other_values = { Prefix = "dev", ec2Prefix = "b", EC2InstanceVolumeSize = "20" }
    for _, params in ipairs { {}, other_values } do
      local mine = load("recipes/ssm_managed_instance.lua", { params = params })
      local other = load("spec/template/ssm_managed_instance.yml", { params = params })
      assert.are.same(summary(other), summary(mine))
      assert.are.same(other.inputs.params, mine.inputs.params)
      assert.are.same(value.public(other.outputs[1].value), value.public(mine.outputs[1].value))
    end
  end)

  it("declares the same as the template that it was made after", function()
    local path = "../shared/seed/ssm_managed_instance.yml"
    if not io.open(path) then
      pending("there is no " .. path .. ": its template is not compared")
      return
    end
    local mine, other = load "recipes/ssm_managed_instance.lua", load(path)
    assert.are.same({}, faults(other))
    assert.are.same(summary(other), summary(mine))
    assert.are.same(other.inputs.params, mine.inputs.params)
  end)
end)

describe("recipes/ssm_managed_instance_nat.lua", function()
  it("declares seventeen resources that AWS's schemas accept", function()
    local evaluated = load "recipes/ssm_managed_instance_nat.lua"
    assert.are.equal(17, #evaluated.resources)
    assert.are.same({}, faults(evaluated))
  end)

  it("shares names and values with the other route", function()
    local one = summary(load "recipes/ssm_managed_instance.lua")
    local two = summary(load "recipes/ssm_managed_instance_nat.lua")
    for _, name in ipairs { "StgVPC", "StgPrivateSubnet1", "StgPrivateRouteTable", "Ec2Role",
      "Ec2InstanceProfile", "EC2SecurityGroup", "EC2Instance", "PrivateSubnet1TableAssociation" } do
      assert.are.same(one[name], two[name])
    end
  end)

  it("starts the instance when its way out is there", function()
    local found = by_name(load "recipes/ssm_managed_instance_nat.lua")
    assert.are.same({ "Ec2Role", "PrivateDefaultRoute", "PrivateSubnet1TableAssociation" },
      found.EC2Instance.options.depends_on)
  end)
end)

describe("recipes/hello_file.lua", function()
  it("declares two files", function()
    local evaluated = load("recipes/hello_file.lua", { params = { Name = "Ann" } })
    assert.are.equal("Hello, Ann!\n", evaluated.resources[1].properties.Content)
    assert.are.equal("0600", evaluated.resources[2].properties.Mode)
    assert.are.same({}, faults(evaluated))
  end)
end)
