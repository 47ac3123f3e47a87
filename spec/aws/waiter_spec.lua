local acceptor = require "aws.waiter.acceptor"
local support = require "spec.aws.support"

local function instances(...)
  local items = {}
  for at, state in ipairs { ... } do
    items[at] = ("<item><instanceState><name>%s</name></instanceState></item>"):format(state)
  end
  return support.answer(200, ("<DescribeInstancesResponse><reservationSet><item><instancesSet>%s"
    .. "</instancesSet></item></reservationSet></DescribeInstancesResponse>")
    :format(table.concat(items)))
end

local function wait(answers, name, options, service)
  local session, clock = support.session()
  local client = session:client(service or "ec2")
  return support.drive(clock, answers, function() return client:wait(name, {}, options) end)
end

describe("waiting", function()
  it("looks soon at first, then as seldom as the model says, until it is so", function()
    local answers = { default = instances "pending" }
    answers[7] = instances("running", "running")
    local log = wait(answers, "InstanceRunning")
    assert.same({ 1000, 2000, 4000, 8000, 15000, 15000 }, log.waits)
    assert.equal("running", log.result.Reservations[1].Instances[2].State.Name)
    assert.same({ looks = 7 }, log.about)
  end)

  it("wants all of them so", function()
    local log = wait({ instances("running", "pending"), instances("running", "running") },
      "InstanceRunning")
    assert.equal(2, #log.requests)
  end)

  it("ends where it will not come to that, and names what it saw", function()
    local log = wait({ instances "pending", instances("running", "terminated") },
      "InstanceRunning")
    assert.equal("WaiterFailure", log.failure.code)
    assert.matches("ec2 InstanceRunning: it will not come to that: "
      .. "Reservations[].Instances[].State.Name is running, terminated", tostring(log.failure), 1,
      true)
  end)

  it("ends after the model's time, or the caller's, with a last look at the end of it", function()
    local log = wait({ default = instances "pending" }, "InstanceRunning")
    local total = 0
    for _, ms in ipairs(log.waits) do total = total + ms end
    assert.equal(15 * 40 * 1000, total)
    assert.equal("WaiterTimeout", log.failure.code)
    assert.matches("not so after 600 s: Reservations[].Instances[].State.Name is pending",
      tostring(log.failure), 1, true)
    log = wait({ default = instances "pending" }, "InstanceRunning", { max_wait_s = 5 })
    assert.same({ 1000, 2000, 2000 }, log.waits)
    log = wait({ default = instances "pending" }, "InstanceRunning", { max_wait_s = 0 })
    assert.equal(1, #log.requests)
  end)

  it("takes errors for what the waiter says of them", function()
    local log = wait({ support.ec2_error "InvalidInstanceID.NotFound", instances "running" },
      "InstanceRunning")
    assert.is_true(log.ok)
    log = wait({ support.ec2_error("InvalidInstanceID.Malformed", "what is this") },
      "InstanceRunning")
    assert.equal("InvalidInstanceID.Malformed", log.failure.code)
    log = wait({ support.ec2_error("InvalidVolume.NotFound", "no") }, "VolumeDeleted")
    assert.is_true(log.ok)
    assert.is_nil(log.result)
  end)

  it("takes a status for an answer", function()
    local session, clock = support.session()
    local answers = { support.answer(404, ""), support.answer(200, "") }
    local log = support.drive(clock, answers, function()
      return session:client "s3":wait("BucketExists", { Bucket = "b-1" })
    end)
    assert.is_true(log.ok)
    assert.equal(2, #log.requests)
  end)

  it("does not go on where nobody answers", function()
    local log = wait({ default = support.broken("refused", false) }, "InstanceRunning")
    assert.equal("refused", log.failure.code)
    assert.equal(3, #log.requests)
  end)

  it("names the nearest waiter", function()
    local log = wait({}, "InstanceRuning")
    assert.matches("did you mean InstanceRunning?", tostring(log.failure), 1, true)
  end)
end)

describe("the acceptors of a waiter", function()
  local function judge(rule, outcome)
    rule.state = "success"
    return (acceptor.judge(acceptor.list { rule }, outcome))
  end

  it("know any and all, of lists that are not empty", function()
    for expected, result in pairs { success = { L = { "a", "b" } }, retry = { L = { "b" } } } do
      assert.equal(expected, judge({ matcher = "pathAny", argument = "L", expected = "a" },
        { result = result }))
    end
    for _, result in ipairs { { L = {} }, {}, { L = "a" }, { L = { "a", "b" } } } do
      assert.equal("retry", judge({ matcher = "pathAll", argument = "L", expected = "a" },
        { result = result }))
    end
  end)

  it("know whether there was an error at all", function()
    local any = { matcher = "error", expected = true }
    local none = { matcher = "error", expected = false }
    assert.equal("success", judge(any, { code = "X" }))
    assert.equal("retry", judge(any, { result = {} }))
    assert.equal("success", judge(none, { result = {} }))
    assert.equal("error", judge(none, { code = "X" }))
  end)
end)
