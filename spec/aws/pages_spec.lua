local support = require "spec.aws.support"

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
end)
