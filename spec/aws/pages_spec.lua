local crypto = require "native.crypto"
local network = require "spec.support.network"
local pack = require "native.pack"
local support = require "spec.aws.support"
local tasks = require "engine.tasks"
local token = require "aws.pages.token"

local function page(role, marker)
  return support.answer(200, ([[<ListRolesResponse><ListRolesResult><Roles><member>
    <RoleName>%s</RoleName></member></Roles><IsTruncated>%s</IsTruncated>%s
    </ListRolesResult></ListRolesResponse>]]):format(role, tostring(marker ~= nil),
    marker and "<Marker>" .. marker .. "</Marker>" or ""))
end

local function run(answers, fn)
  local session, clock = support.session()
  return support.drive(clock, answers, function() return fn(session:client "iam") end)
end

-- A session whose calls go over a network that answers from a list, or by a function.
local function world(answers)
  local asked = 0
  local ports = network.new(function(request)
    asked = asked + 1
    return type(answers) == "function" and answers(request) or answers[asked]
  end, { latency_ms = 100 })
  return (support.session { now = ports.now }), ports
end

describe("pages", function()
  it("follow one another by their tokens, with the caller's parameters", function()
    local log = run({ page("a", "m1"), page("b", "m2"), page("c") }, function(iam)
      local names = {}
      for answer in iam:pages("ListRoles", { PathPrefix = "/x/" }) do
        names[#names + 1] = answer.Roles[1].RoleName
      end
      return names
    end)
    assert.same({ "a", "b", "c" }, log.result)
    assert.is_nil(log.requests[1].body:find("Marker", 1, true))
    assert.matches("Marker=m2", log.requests[3].body, 1, true)
    assert.matches("PathPrefix=%2Fx%2F", log.requests[3].body, 1, true)
  end)

  it("are joined into one answer", function()
    local log = run({ page("a", "m1"), page("b") }, function(iam) return iam:all "ListRoles" end)
    assert.equal("b", log.result.Roles[2].RoleName)
    assert.is_nil(log.result.Marker)
  end)

  it("end with an error when a service repeats its token", function()
    local log = run({ default = page("a", "same") }, function(iam) return iam:all "ListRoles" end)
    assert.equal("PaginationError", log.failure.code)
    assert.equal(2, #log.requests)
  end)

  it("of an operation that has none are its answer", function()
    local log = run({ support.answer(200, "<GetRoleResponse><GetRoleResult><Role><RoleName>r"
      .. "</RoleName></Role></GetRoleResult></GetRoleResponse>") }, function(iam)
      return iam:all("GetRole", { RoleName = "r" })
    end)
    assert.equal("r", log.result.Role.RoleName)
  end)

  it("ask for as many at once as the caller says, in the type that the model says", function()
    local log = run({ page("a") }, function(iam)
      return iam:all("ListRoles", {}, { page_size = 7 })
    end)
    assert.matches("MaxItems=7", log.requests[1].body, 1, true)
    log = run({}, function(iam)
      return iam:all("GetRole", { RoleName = "r" }, { page_size = 7 })
    end)
    assert.equal("PaginationError", log.failure.code)
  end)

  it("begin where the caller's own token says, be their size chosen or not", function()
    local log = run({ page("b", "m2"), page("c") }, function(iam)
      return iam:all("ListRoles", { Marker = "m1" }, { page_size = 7 })
    end)
    assert.matches("Marker=m1", log.requests[1].body, 1, true)
    assert.matches("Marker=m2", log.requests[2].body, 1, true)
  end)

  it("end at the number of items wanted, and go on from there", function()
    local function roles(...)
      local members = {}
      for at, name in ipairs { ... } do
        members[at] = "<member><RoleName>" .. name .. "</RoleName></member>"
      end
      return support.answer(200, "<ListRolesResponse><ListRolesResult><Roles>"
        .. table.concat(members) .. "</Roles><IsTruncated>true</IsTruncated><Marker>m1</Marker>"
        .. "</ListRolesResult></ListRolesResponse>")
    end
    local log = run({ roles("a", "b", "c") }, function(iam)
      return iam:all("ListRoles", {}, { max_items = 2 })
    end)
    assert.same({ { RoleName = "a" }, { RoleName = "b" } }, log.result.Roles)
    local next_token = log.result.NextToken
    assert.equal("eyJNYXJrZXIiOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAyfQ==", next_token)
    log = run({ roles("a", "b", "c"), roles("d") }, function(iam)
      return iam:all("ListRoles", {}, { max_items = 2, starting_token = next_token })
    end)
    assert.same({ { RoleName = "c" }, { RoleName = "d" } }, log.result.Roles)
    assert.is_string(log.result.NextToken)
  end)

  it("are asked for while the one before is used", function()
    local session, ports = world { page("a", "m1"), page("b", "m2"), page("c") }
    local used = {}
    tasks.run(ports, function()
      session:client "iam":each_page("ListRoles", {}, function(answer)
        coroutine.yield { until_ms = ports.time + 100 }
        used[#used + 1] = { answer.Roles[1].RoleName, ports.time }
      end)
    end)
    assert.equal(3, #used)
    assert.is_true(ports.log[2].sent_at < used[1][2])
    assert.is_true(ports.time - ports.log[1].sent_at < 430)
  end)

  it("are no longer asked for once the one who uses them has enough", function()
    local session, ports = world { page("a", "m1"), page("b", "m2"), page("c", "m3") }
    tasks.run(ports, function()
      session:client "iam":each_page("ListRoles", {}, function() return false end)
    end)
    assert.equal(2, #ports.log)
  end)
end)

describe("calls that need not wait for one another", function()
  local function described(request)
    local items = {}
    for id in request.body:gmatch("VpcId%.%d+=([%w-]+)") do
      items[#items + 1] = "<item><vpcId>" .. id .. "</vpcId></item>"
    end
    return support.answer(200, "<DescribeVpcsResponse><vpcSet>" .. table.concat(items)
      .. "</vpcSet></DescribeVpcsResponse>")
  end

  it("are the parts of a long list of ids: asked at once, joined in order", function()
    local session, ports = world(described)
    local ids = {}
    for at = 1, 25 do ids[at] = "vpc-" .. at end
    local answer = tasks.run(ports, function()
      return session:client "ec2":split("DescribeVpcs", { VpcIds = ids }, "VpcIds",
        { size = 10, at_once = 2 })
    end)
    assert.equal(25, #answer.Vpcs)
    assert.equal("vpc-25", answer.Vpcs[25].VpcId)
    assert.equal(3, #ports.log)
    assert.equal(ports.log[1].sent_at, ports.log[2].sent_at)
    assert.is_true(ports.log[3].sent_at > ports.log[2].sent_at)
  end)

  it("are inputs of one operation; none is begun after a failure", function()
    local session, ports = world(function(request)
      if request.body:find("vpc-3", 1, true) then
        return support.ec2_error("InvalidVpcID.NotFound")
      end
      return described(request)
    end)
    local inputs = {}
    for at = 1, 40 do inputs[at] = { VpcIds = { "vpc-" .. at + 2 } } end
    local ok, why = pcall(tasks.run, ports, function()
      return session:client "ec2":together("DescribeVpcs", inputs, { at_once = 4 })
    end)
    assert.is_false(ok)
    assert.equal("InvalidVpcID.NotFound", why.code)
    assert.is_true(#ports.log <= 8)
  end)
end)

describe("the token between pages", function()
  local names = { "ExclusiveStartKey" }

  it("is the AWS CLI's, also for what is not text", function()
    local tokens = { ExclusiveStartKey = { b = { N = "1" }, a = { S = "é😀" } } }
    local text = token.encode(tokens, names, 3)
    assert.equal([[{"ExclusiveStartKey": {"a": {"S": "\u00e9\ud83d\ude00"}, "b": {"N": "1"}}, ]]
      .. [["boto_truncate_amount": 3}]], crypto.unbase64(text))
    assert.same({ tokens, 3 }, { token.decode(text, names) })
  end)

  it("keeps bytes apart from text, by the model", function()
    local input = pack.open():operation("dynamodb", "Scan").input
    local tokens = { ExclusiveStartKey = { k = { B = "\xff\0" }, s = { S = "x" } } }
    local text = token.encode(tokens, names, nil, input)
    assert.matches([["boto_encoded_keys": [["ExclusiveStartKey", "k", "B"]]
      .. "]", crypto.unbase64(text), 1, true)
    assert.same({ tokens, 0 }, { token.decode(text, names) })
  end)

  it("may be the service's own, or of the old form", function()
    assert.same({ { A = "start-here" }, 0 }, { token.decode("start-here", { "A" }) })
    local three = { "A", "B", "C" }
    assert.same({ { A = "a", C = "c" }, 4 }, { token.decode("a___None___c___4", three) })
    assert.same({ { A = "a___b" }, 0 }, { token.decode("a___b", { "A" }) })
    assert.has_error(function() token.decode("a___b___c", { "A" }) end)
    local text = crypto.base64 '{"A": "x", "boto_truncate_amount": -1}'
    assert.has_error(function() token.decode(text, { "A" }) end)
  end)
end)
