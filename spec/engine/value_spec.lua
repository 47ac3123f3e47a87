local failure = require "engine.failure"
local value = require "engine.value"

local vpc = value.attribute("StgVPC", "Ref", { label = "VpcId" })
local role = value.attribute("Role", "Arn")

local function find(known)
  return function(name, attribute) return known[name .. "." .. attribute] end
end

describe("a deferred value", function()
  it("refuses what Lua needs now, and says what to write", function()
    local attempts = {
      arithmetic = function() return vpc + 1 end, compared = function() return vpc < 1 end,
      measured = function() return #vpc end, text = function() return tostring(vpc) end,
      walked = function() return pairs(vpc) end,
      changed = function() vpc.x = 1 end, called = function() return vpc() end,
      ["cannot be compared"] = function() return vpc == role end,
      indexed = function() return vpc[true] end,
    }
    for word, attempt in pairs(attempts) do
      local ok, raised = pcall(attempt)
      assert.is_false(ok, word)
      assert.is_true(failure.is(raised), word)
      assert.is_truthy(raised.what:find(word, 1, true), raised.what)
      assert.is_truthy(raised.what:find("StgVPC.VpcId", 1, true)
        or raised.what:find("Role", 1, true), raised.what)
      assert.is_truthy(raised.next:find("(apply|each)") or raised.next:find("apply", 1, true)
        or raised.next:find("each", 1, true))
    end
  end)

  it("is joined, indexed, and shown by where it comes from", function()
    local joined = "a-" .. vpc .. "-b" .. 1
    assert.is_true(value.is_deferred(joined))
    assert.are.equal("a-${StgVPC.VpcId}-b1", value.text(joined))
    assert.are.equal("Role.Arn.Part[1]", value.text(role.Part[1]))
    assert.are.same({ ["$deferred"] = "StgVPC.VpcId" }, value.describe(vpc))
    assert.has_error(function() return vpc .. nil end)
    assert.has_error(function() return vpc .. {} end)
  end)

  it("knows at any depth what it depends on", function()
    local v = { a = { "x" .. vpc }, b = value.apply(role, tostring), c = "plain" }
    assert.are.same({ "Role", "StgVPC" }, value.names(v))
    assert.is_true(value.contains_deferred(v))
    assert.is_false(value.contains_deferred { a = { 1 } })
    assert.are.same({ "Role" }, value.names(value.lookup({}, { "parameter", role })))
  end)

  it("is resolved at any depth, and what is not known stays deferred", function()
    local v = { a = "x-" .. vpc, b = { value.apply(role.Name, string.upper) }, c = vpc.Nope }
    local result, missing = value.resolve(v, find { ["Role.Arn"] = { Name = "r" } })
    assert.are.same({ "R" }, result.b)
    assert.is_true(value.is_deferred(result.a))
    assert.are.same({ "StgVPC" }, missing)
    result, missing = value.resolve(result.a, find { ["StgVPC.Ref"] = "vpc-1" })
    assert.are.equal("x-vpc-1", result)
    assert.are.same({}, missing)
  end)

  it("resolves each, format, concat, json and look-ups", function()
    local known = find { ["A.List"] = { "u", "v" }, ["A.Name"] = "n" }
    local list, name = value.attribute("A", "List"), value.attribute("A", "Name")
    local function resolved(v) return (value.resolve(v, known, function(_,
      lookup) return lookup end)) end
    assert.are.same({ "u1", "v2" }, resolved(value.each(list, function(v, i) return v .. i end)))
    assert.are.same({ "un", "vn" }, resolved(value.each(list, function(v) return v .. name end)))
    assert.are.equal("<n 3>", resolved(value.format("<%s %d>", table.pack(name, 3))))
    assert.are.equal("x,n", resolved(value.concat({ "x", name }, ",")))
    assert.are.equal("u,v", resolved(value.concat(list, ",")))
    assert.are.equal("[n]", resolved(value.json({ name },
      function(v) return "[" .. v[1] .. "]" end)))
    assert.are.same({ "parameter", "n" }, resolved(value.lookup({}, { "parameter", name })))
  end)

  it("resolves what a function gives that is deferred itself", function()
    local known = find { ["Role.Arn"] = "r", ["StgVPC.Ref"] = "v" }
    local nested = value.apply(role, function(arn) return arn .. "-" .. vpc end)
    assert.are.equal("r-v", (value.resolve(nested, known)))
    local half, missing = value.resolve(nested, find { ["Role.Arn"] = "r" })
    assert.are.same({ "StgVPC" }, missing)
    assert.are.equal("r-v", (value.resolve(half, known)))
    half = value.resolve(value.each({ role, "x" }, function(v) return v .. vpc end), find {})
    assert.are.same({ "rv", "xv" }, (value.resolve(half, known)))
  end)

  it("reads as what it is made of", function()
    assert.are.equal("apply(Role.Arn)", value.text(value.apply(role, tostring)))
    assert.are.equal("each(Role.Arn)", value.text(value.each(role, tostring)))
    assert.are.equal("lookup(parameter)", value.text(value.lookup({}, { "parameter", role })))
    assert.are.equal("format(%s)", value.text(value.format("%s", { role, n = 1 })))
    assert.are.equal("(concat)", value.text(value.concat({ role })))
    assert.are.equal("A", value.text(value.attribute("A", "Ref")))
  end)

  it("fails clearly when the member it names is not there", function()
    local ok, raised = pcall(value.resolve, role.Nope, find { ["Role.Arn"] = { Name = "r" } })
    assert.is_false(ok)
    assert.are.equal("Role.Arn turned out to have no member Nope", raised.what)
  end)

  it("equals another that says the same, and is shared by copies", function()
    assert.is_true(value.equal({ vpc }, { value.attribute("StgVPC", "Ref", { label = "VpcId" }) }))
    assert.is_false(value.equal({ vpc }, { role }))
    assert.is_false(value.equal({ vpc }, { {} }))
    assert.is_true(rawequal(vpc, value.copy({ vpc })[1]))
  end)
end)

describe("a secret", function()
  local password = value.secret("hunter2")

  it("prints as (secret), alone, joined and shown", function()
    assert.are.equal("(secret)", tostring(password))
    assert.are.equal("(secret)", tostring("x" .. password))
    assert.are.equal("xhunter2y", value.reveal("x" .. password .. "y"))
    assert.are.same({ a = "(secret)" }, value.public { a = password })
  end)

  it("stays secret through apply, join with a deferred value, and members", function()
    assert.is_true(value.is_secret(value.apply(password, string.upper)))
    local later = value.resolve(password .. vpc, find { ["StgVPC.Ref"] = "v" })
    assert.are.equal("hunter2v", value.reveal(later))
    assert.is_true(value.is_secret(later))
    later = value.resolve(value.secret(vpc), find { ["StgVPC.Ref"] = "v" })
    assert.is_true(value.is_secret(later))
    assert.are.equal("a", value.reveal(value.secret({ Key = "a" }).Key))
    assert.is_true(value.is_secret(value.resolve(value.format("%s%s", table.pack(password, vpc)),
      find { ["StgVPC.Ref"] = "v" })))
  end)

  it("cannot be looked into", function()
    for _, attempt in ipairs {
      function() return #password end, function() return password < "x" end,
      function() return password + 1 end, function() return password.x end,
    } do
      local ok, raised = pcall(attempt)
      assert.is_false(ok)
      assert.is_truthy(tostring(raised):find("secret", 1, true))
      assert.is_nil(tostring(raised):find("hunter2", 1, true))
    end
  end)

  it("is kept as a digest that changes with value and key", function()
    local function digest(key, text) return key .. ":" .. #text .. text:sub(-6, -2) end
    local sealed = value.sealed({ a = password, b = { 1 } }, digest, "k")
    assert.are.same({ 1 }, sealed.b)
    assert.are.equal(value.digest(digest, "k", "hunter2")["$digest"], value.digest_of(sealed.a))
    assert.are_not.same(value.digest(digest, "k", "hunter3"), sealed.a)
    assert.are_not.same(value.digest(digest, "j", "hunter2"), sealed.a)
    assert.are.same("(secret)", value.public(sealed).a)
    assert.are.same(value.digest(digest, "k", { a = 1, b = 2 }), value.digest(digest, "k", { b = 2,
      a = 1.0 }))
  end)
end)

describe("a plain value", function()
  it("is a list when marked or when it has a first element", function()
    assert.is_true(value.is_list(value.list {}))
    assert.is_true(value.is_list { 1 })
    assert.is_false(value.is_list {})
    assert.is_false(value.is_list(vpc))
    assert.is_true(value.is_list(setmetatable({}, { __name = "list" })))
    assert.is_true(value.is_list(value.copy(value.list {})))
  end)

  it("is equal by meaning and copied deeply", function()
    assert.is_true(value.equal({ a = { 8 } }, { a = { 8.0 } }))
    assert.is_false(value.equal({ a = 1 }, { a = 1, b = 2 }))
    assert.is_false(value.equal({ a = 1 }, { a = "1" }))
    local inner = { 1 }
    assert.are_not.equal(inner, value.copy({ inner })[1])
  end)
end)
