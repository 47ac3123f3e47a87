local pack = require "native.pack"
local service = require "aws.pack.service"

local MODEL = {
  metadata = { apiVersion = "2020-01-01", protocol = "json", ratio = 0.5, offset = -7 },
  operations = {
    Grow = {
      name = "Grow", http = { method = "POST", requestUri = "/" }, idempotent = true,
      input = { shape = "Tree" }, output = { shape = "Tree", resultWrapper = "GrowResult" },
      errors = { { shape = "TooTall" } }, documentation = "<p>Grows &amp; grows.</p>",
    },
    Cut = { name = "Cut", http = { method = "POST", requestUri = "/" } },
  },
  shapes = {
    Tree = {
      type = "structure", required = { "Name" },
      members = {
        Name = {
          shape = "Name", locationName = "name", documentation = "<p>What it is called</p>",
        },
        Branches = { shape = "Trees" },
        Labels = { shape = "Labels" },
      },
    },
    Trees = { type = "list", member = { shape = "Tree" }, max = 5 },
    Labels = { type = "map", key = { shape = "Name" }, value = { shape = "Height" } },
    Name = { type = "string", min = 1, enum = { "oak", "ash" } },
    Height = { type = "integer" },
    TooTall = { type = "structure", exception = true, members = {} },
  },
}

local function loaded() return assert(pack.load(service.compile(MODEL, "garden"))) end

describe("pack, given bytes", function()
  it("knows the services and their operations", function()
    local data = loaded()
    assert.are.same({ "garden" }, data:services())
    assert.are.same({ "Cut", "Grow" }, data:operations "garden")
    assert.are.same({ "errors", "operation:garden", "service" }, data:kinds())
    assert.are.same({}, data:operations "desert")
  end)

  it("gives a service back as it was, numbers included", function()
    local data = loaded()
    assert.are.same(MODEL.metadata, data:service "garden".metadata)
    assert.are.equal("integer", math.type(data:service "garden".metadata.offset))
    assert.is_nil(data:service "desert")
  end)

  it("gives an operation with its shapes", function()
    local operation = loaded():operation("garden", "Grow")
    assert.are.equal("Grow", operation.name)
    assert.is_true(operation.idempotent)
    assert.are.same({ resultWrapper = "GrowResult" }, operation.output_traits)
    assert.are.equal("TooTall", operation.errors[1].name)
    assert.are.same({ exception = true }, operation.errors[1]:traits())
    assert.is_nil(operation.documentation)
    local cut = loaded():operation("garden", "Cut")
    assert.is_nil(cut.input)
    assert.is_nil(loaded():operation("garden", "Water"))
  end)

  it("lets one walk a shape, round and round", function()
    local tree = loaded():operation("garden", "Grow").input
    assert.are.equal("structure", tree.kind)
    assert.are.equal("Tree", tree.name)
    local names = {}
    for i, member in ipairs(tree:members()) do names[i] = member.name end
    assert.are.same({ "Branches", "Labels", "Name" }, names)
    local name = tree:member "Name"
    assert.is_true(name.required)
    assert.are.same({ locationName = "name" }, name.traits)
    assert.are.same({ min = 1, enum = { "oak", "ash" } }, name.shape:traits())
    local branches = tree:member "Branches".shape
    assert.are.equal("list", branches.kind)
    assert.are.equal(tree, branches:member "member".shape)
    local labels = tree:member "Labels".shape
    assert.are.equal("string", labels:member "key".shape.kind)
    assert.are.equal("integer", labels:member "value".shape.kind)
    assert.is_nil(tree:member "Roots")
    assert.is_nil(tree.branches)
  end)

  it("keeps the data while a shape of it is held", function()
    local tree = loaded():operation("garden", "Grow").input
    collectgarbage()
    collectgarbage()
    assert.are.equal("Tree", tree.name)
  end)

  it("reads documentation as plain text", function()
    local data = loaded()
    assert.are.equal("Grows & grows.", data:documentation "garden.Grow")
    assert.are.equal("What it is called", data:documentation "garden.Tree.Name")
    assert.is_nil(data:documentation "garden.Tree.Roots")
    assert.is_nil(data:documentation "a.b")
  end)

  it("verifies its checksum, and tells one changed byte", function()
    local bytes = service.compile(MODEL, "garden")
    assert.is_true(pack.load(bytes):verify())
    local at = #bytes - 3
    local changed = bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ 1) .. bytes:sub(at + 1)
    local fine, failure = pack.load(changed):verify()
    assert.is_nil(fine)
    assert.matches("checksum", tostring(failure))
  end)

  it("refuses what is no data file, is cut short, or of another version", function()
    local bytes = service.compile(MODEL, "garden")
    local cases = {
      [""] = "no data file", ["mrunpack"] = "no data file", [bytes:sub(2)] = "no data file",
      [bytes:sub(1, -2)] = "cut short", [bytes .. "x"] = "cut short",
      [bytes:sub(1, 8) .. "\2" .. bytes:sub(10)] = "another version",
    }
    for case, reason in pairs(cases) do
      local data, failure = pack.load(case)
      assert.is_nil(data)
      assert.matches(reason, tostring(failure))
    end
  end)

  it("reads damaged bytes without harm, and raises where they make no sense", function()
    local bytes = service.compile(MODEL, "garden")
    for at = 65, #bytes, 7 do
      local data = pack.load(bytes:sub(1, at - 1) .. "\xff" .. bytes:sub(at + 1))
      if data then
        pcall(function()
          local operation = data:operation("garden", "Grow")
          operation.input:members()
          operation.input:check { Name = "oak" }
        end)
        pcall(data.documentation, data, "garden.Grow")
      end
    end
  end)
end)

describe("a shape", function()
  local function faults_of(value)
    local tree = loaded():operation("garden", "Grow").input
    local fine, failure = tree:check(value)
    if fine then return {} end
    local faults = {}
    for i, fault in ipairs(failure.faults) do faults[i] = fault.path .. ": " .. fault.what end
    return faults
  end

  it("accepts what fits it", function()
    local branch = { Name = "x" }
    assert.are.same({}, faults_of { Name = "oak", Branches = { branch }, Labels = { a = 1 } })
    assert.are.same({}, faults_of { Name = "oak", Labels = { a = 1.0 }, Branches = {} })
  end)

  it("names all that does not, each with its path", function()
    assert.are.same({
      "Branches[1].Name: is required",
      "Branches[2]: must be a structure, not a string",
      "Labels.a: must be a whole number",
      "Labels.b: must be a number, not a boolean",
      "Name: must be at least 1 characters long",
      "Roots: no such member",
    }, (function(list) table.sort(list) return list end)(faults_of {
      Name = "", Branches = { {}, "x" }, Labels = { a = 1.5, b = true }, Roots = 1,
    }))
  end)

  it("takes the least length of a map's keys for what it is", function()
    assert.are.same({ "Labels.: must be at least 1 characters long" },
      faults_of { Name = "oak", Labels = { [""] = 1 } })
  end)

  it("gives the errors of the service by name and code", function()
    local errors = loaded():record("errors", "garden")
    assert.are.equal("TooTall", errors.TooTall.name)
  end)

  it("says which members there are when one is unknown", function()
    local tree = loaded():operation("garden", "Grow").input
    local _, failure = tree:check { Name = "oak", Naem = "x" }
    assert.are.equal("Naem", failure.faults[1].unknown)
    assert.are.same({ "Branches", "Labels", "Name" }, failure.faults[1].names)
    assert.are.equal("check Tree: Naem: no such member", tostring(failure))
  end)

  it("stops at a depth, not at the end of memory", function()
    local endless = { Name = "oak" }
    endless.Branches = { endless }
    assert.matches("nested too deep", faults_of(endless)[1])
  end)

  it("tells lists with gaps and lists from maps", function()
    assert.are.same({ "Branches: must be a list without gaps" },
      faults_of { Name = "oak", Branches = { [1] = { Name = "x" }, [3] = { Name = "x" } } })
    assert.are.same({ "Labels: must be a map from texts, not a list" },
      faults_of { Name = "oak", Labels = { 1 } })
  end)
end)

describe("pack, inside the binary", function()
  local data = pack.open()

  it("has every service, and all of what mrun's own types need", function()
    assert.is_true(#data:services() > 400)
    assert.are.equal("2016-11-15", data:service "ec2".metadata.apiVersion)
    local run = data:operation("ec2", "RunInstances")
    assert.are.equal("RunInstancesRequest", run.input.name)
    assert.are.equal("clientToken", run.input:member "ClientToken".traits.locationName)
    assert.is_true(run.input:member "ClientToken".traits.idempotencyToken)
    assert.are.equal("json", data:service "ssm".metadata.protocol)
    local get_role = data:operation("iam", "GetRole")
    assert.are.equal("GetRoleResult", get_role.output_traits.resultWrapper)
  end)

  it("has the documents", function()
    assert.are.same({ input_token = "NextToken", limit_key = "MaxResults",
      output_token = "NextToken", result_key = "Vpcs" },
      data:record("paginator", "DescribeVpcs", "ec2"))
    assert.are.equal("DescribeInstances", data:record("waiters", "ec2").InstanceRunning.operation)
    assert.is_table(data:record("endpoint_rules", "ssm").rules[1])
    assert.are.equal("aws", data:record("partitions", "partitions").partitions[1].id)
    assert.is_table(data:record("retry", "_retry").retry)
    assert.is_table(data:record("sdk_defaults", "sdk_defaults").modes)
    assert.is_table(data:record("endpoints", "endpoints").partitions)
    assert.is_nil(data:record("endpoints", "nothing"))
    assert.is_nil(data:record("nothing", "nothing"))
  end)

  it("has the schemas, as each region knows them", function()
    assert.are.equal(1854, #data:keys "schema")
    local vpc = data:record("schema", "AWS::EC2::VPC")
    assert.are.same({ "/properties/VpcId" }, vpc.primaryIdentifier)
    assert.is_nil(vpc.description)
    assert.are.same(vpc, data:record("schema", "AWS::EC2::VPC", "ap-northeast-1"))
    assert.is_table(data:record("schema", "AWS::Bedrock::Agent"))
    assert.is_nil(data:record("schema", "AWS::Bedrock::Agent", "cn-north-1"))
    assert.is_table(data:record("schema", "AWS::EC2::VPC", "moon-base-1"))
  end)

  it("documents both", function()
    assert.matches("VPC", data:documentation "ec2.CreateVpc")
    assert.matches("^The name of the role", data:documentation "iam.CreateRoleRequest.RoleName")
    assert.matches("CIDR", data:documentation "AWS::EC2::VPC.CidrBlock")
    assert.is_string(data:documentation "AWS::EC2::VPC")
    assert.is_nil(data:documentation "ec2.CreateVpc":find "<p>")
  end)

  it("is whole", function() assert.is_true(data:verify()) end)

  it("costs no more than the operation that is used", function()
    collectgarbage()
    local before = collectgarbage "count"
    local operation = data:operation("ec2", "DescribeVpcs")
    assert.is_true(collectgarbage "count" - before < 16)
    assert.is_table(operation)
  end)
end)

describe("pack's compression", function()
  it("gives back what went in, and refuses what is not compressed, or too much", function()
    local text = ("all work and no play "):rep(5000)
    local packed = pack.deflate(text)
    assert.is_true(#packed < 2000)
    assert.are.equal(text, pack.inflate(packed))
    assert.is_nil((pack.inflate("plain text")))
    assert.is_nil((pack.inflate(packed, 1000)))
    assert.is_nil((pack.inflate(packed:sub(1, -9))))
    local zipped = pack.gzip(text)
    assert.are.equal("\31\139", zipped:sub(1, 2))
    assert.are.equal(text, pack.inflate(zipped))
    assert.are.equal(zipped, pack.gzip(text))
    assert.are.equal("", pack.inflate(pack.gzip ""))
    assert.are.equal(0xcbf43926, pack.crc32 "123456789")
  end)

  it("says when a file is not there, or is none of ours", function()
    local data, failure = pack.open "/nowhere/aws.data"
    assert.is_nil(data)
    assert.are.equal("ENOENT", failure.code)
    data, failure = pack.open "/dev/null"
    assert.is_nil(data)
    assert.matches("no data file", tostring(failure))
  end)
end)
