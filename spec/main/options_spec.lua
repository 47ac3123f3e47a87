local options = require "main.options"

local COMMANDS = {
  plan = { options = { { name = "exit-code", help = "" } } },
  run = { verbatim = true },
  aws = { no_option = "elsewhere",
    options = { { name = "wait", value = "[NAME]", optional = true, help = "" } } },
}

local function find(name) return assert(COMMANDS[name], name) end

local function parse(...) return options.parse({ ... }, find) end

local function refused(...)
  local ok, why = pcall(parse, ...)
  assert.is_false(ok)
  assert.are.equal("usage", why.kind)
  return why
end

describe("the command line", function()
  it("takes global options before and after the command", function()
    local before = parse("--stack", "a", "plan", "r.lua")
    local after = parse("plan", "r.lua", "--stack=a")
    assert.are.same({ "r.lua" }, before.args)
    assert.are.same(before.options, after.options)
    assert.are.equal("a", before.options.stack)
  end)

  it("gathers every -P, written apart or together", function()
    local parsed = parse("plan", "-P", "A=1", "-PB=2=3", "--param", "C=")
    assert.are.same({ A = "1", B = "2=3", C = "" }, options.pairs_of(parsed.options.param))
  end)

  it("turns dashes of a name into underscores", function()
    assert.is_true(parse("plan", "--exit-code").options.exit_code)
  end)

  it("takes an optional value where one follows", function()
    assert.are.equal("X", parse("aws", "--wait", "X").options.wait)
    assert.are.equal("X", parse("aws", "--wait=X").options.wait)
    assert.is_true(parse("aws", "--wait").options.wait)
    local both = parse("aws", "--wait", "--json")
    assert.is_true(both.options.wait and both.options.json)
  end)

  it("leaves what follows a script alone", function()
    assert.are.same({ "s.lua", "--json", "-x" }, parse("run", "s.lua", "--json", "-x").args)
  end)

  it("takes everything after -- as it is", function()
    assert.are.same({ "--odd" }, parse("plan", "--", "--odd").args)
  end)

  it("names the nearest option for one that is not there", function()
    assert.matches("did you mean %-%-exit%-code", refused("plan", "--exit-cod").next)
    assert.equal("elsewhere", refused("aws", "--quite-odd").next)
  end)

  it("refuses an option without its value, and a switch with one", function()
    assert.matches("needs a value", refused("plan", "--stack").what)
    assert.matches("needs a value", refused("plan", "--stack", "--json").what)
    assert.equal("--odd", parse("plan", "--stack", "--odd").options.stack)
    assert.matches("takes no value", refused("plan", "--json=yes").what)
  end)

  it("refuses one option given twice with two values", function()
    assert.matches("twice", refused("--stack", "a", "--stack", "b", "plan").what)
  end)

  it("refuses -P without a value or a name given twice", function()
    for _, words in ipairs { { "A" }, { "A=1", "A=2" }, { "=1" } } do
      local ok, why = pcall(options.pairs_of, words)
      assert.is_false(ok)
      assert.are.equal("usage", why.kind)
    end
  end)
end)
