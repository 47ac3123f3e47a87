local failure = require "engine.failure"
local report = require "engine.report"
local value = require "engine.value"

local function change(fields)
  fields.type = fields.type or "AWS::EC2::VPC"
  fields.place = fields.place or { region = "eu-west-1", account = "1" }
  fields.properties = fields.properties or {}
  return fields
end

local function plan(changes, totals)
  return { stack = "web", id = "abc", changes = changes, notices = {}, totals = totals or {
    create = 1, update = 0, replace = 0, delete = 0, adopt = 0, forget = 0, unchanged = 2 } }
end

local function told(properties, action)
  local text = report.plan(plan { change { name = "A", action = action or "update",
    identifier = "i-1", properties = properties } })
  return text:match("^[^\n]*\n(.-)\n\n") or ""
end

describe("the report of a plan", function()
  it("ends with the sentence of totals", function()
    local counts = { create = 12, update = 0, replace = 0, delete = 0, unchanged = 0 }
    local text = report.plan(plan({ change { name = "A", action = "create" } }, counts), nil,
      { api_calls = 5 })
    assert.are.equal("12 to create, 0 to update, 0 to replace, 0 to delete. 5 API calls.",
      text:match("([^\n]*)\n$"))
    assert.are.equal("Nothing to do: 12 resources are as declared. 15 API calls.\n",
      report.plan(plan({}, { unchanged = 12 }), nil, { api_calls = 15 }))
    assert.are.equal("Nothing to do: 1 resource is as declared. 1 API call.\n",
      report.plan(plan({}, { unchanged = 1 }), nil, { api_calls = 1 }))
    counts = { adopt = 1, forget = 2 }
    assert.matches("0 to delete, 1 to adopt, 2 to forget%.\n$",
      report.plan(plan({ change { name = "A", action = "adopt" } }, counts)))
  end)

  it("has one line a resource with its mark, and its changed properties under it", function()
    local text = report.plan(plan {
      change { name = "New", action = "create", properties = { { path = "Cidr", new = "10/8" } } },
      change { name = "Old", action = "update", identifier = "vpc-1",
        properties = { { path = "Tags.Name", old = "a", new = "b" } } },
      change { name = "Sub", action = "replace", identifier = "s-1", because = "Cidr",
        properties = { { path = "Cidr", old = "a", new = "b", replaces = true } } },
      change { name = "Gone", action = "delete", identifier = "r-1" },
    })
    assert.matches('  %+ New  AWS::EC2::VPC\n      Cidr = "10/8"\n', text)
    assert.matches('  ~ Old  AWS::EC2::VPC  vpc%-1\n      Tags.Name: "a" %-> "b"\n', text)
    assert.matches('%-/%+ Sub  AWS::EC2::VPC  s%-1  %(replaced for Cidr%)\n', text)
    assert.matches('      Cidr: "a" %-> "b"  # forces replacement\n', text)
    assert.matches("  %- Gone  AWS::EC2::VPC  r%-1\n", text)
  end)

  it("says once more, by name, what will be deleted or replaced", function()
    local text = report.plan(plan {
      change { name = "Sub", action = "replace" }, change { name = "Gone", action = "delete" },
      change { name = "Too", action = "delete" } }, { color = true })
    assert.matches("\27%[1;31m!!! 2 resources will be deleted: Gone, Too\27%[0m\n", text)
    assert.matches("!!! 1 resource will be destroyed and made anew: Sub", text)
    assert.is_nil(report.plan(plan { change { name = "A", action = "create" } }):find("!!!", 1,
      true))
  end)

  it("hides secrets, and says what is known only after apply", function()
    local properties = { { path = "Password", old = { ["$digest"] = "x" }, new = value.secret "s" },
      { path = "VpcId", old = "vpc-1", new = value.attribute("V", "Ref") } }
    assert.are.equal('      Password: (secret) -> (secret)\n'
      .. '      VpcId: "vpc-1" -> (known after apply)',
      told(properties))
    local public = value.public(properties)
    assert.are.equal(told(properties), told(public))
  end)

  it("writes out what could move the cursor or deceive the eye", function()
    local text = told({ { path = "A", old = "\27[2J\n\t\127", new = "\xff\xc2\x9b\xe2\x80\xaeä" } })
    assert.are.equal([[      A: "\x1b[2J\n\t\x7f" -> "\xff\xc2\x9b\xe2\x80\xaeä"]], text)
  end)

  it("shows of two lists only what one of them has", function()
    local old = value.list { { Port = 1 }, { Port = 2 } }
    assert.are.equal("      Rules:\n        - { Port = 1 }\n        + { Port = 3 }",
      told { { path = "Rules", old = old, new = value.list { { Port = 2 }, { Port = 3 } } } })
    assert.are.equal("      Rules: another order",
      told { { path = "Rules", old = old, new = value.list { { Port = 2 }, { Port = 1 } } } })
  end)

  it("cuts long values around the place where they first differ", function()
    local old, new = ("x"):rep(300) .. "1" .. ("y"):rep(300),
      ("x"):rep(300) .. "2" .. ("y"):rep(300)
    local text = told { { path = "A", old = old, new = new } }
    assert.is_true(#text < 110)
    assert.matches("xx1yy", text)
    assert.matches("xx2yy", text)
    for line in told({ { path = "A", new = { old } } }, "create"):gmatch "[^\n]+" do
      assert.is_true(#line <= 100)
    end
  end)

  it("gives a line to each member of what is new and long", function()
    local rule = { CidrIp = "0.0.0.0/0", Description = ("d"):rep(45) }
    assert.are.equal('      R = [\n        { CidrIp = "0.0.0.0/0", Description = "'
      .. ("d"):rep(45) .. '" }\n        "x"\n      ]',
      told({ { path = "R", new = value.list { rule, "x" } } }, "create"))
    assert.are.equal('      R = {\n        A = "' .. ("a"):rep(84) .. '...\n        B = 1\n      }',
      told({ { path = "R", new = { A = ("a"):rep(200), B = 1 } } }, "create"))
  end)

  it("says what is no longer declared, and what only AWS knows to replace", function()
    assert.are.equal("      A: 3 -> 1  # no longer declared", told { { path = "A", old = 3,
      new = 1, reset = true } })
    assert.matches("# forces replacement %(nothing says",
      told { { path = "A", old = 3, new = 1, replaces = true, conditional = true } })
  end)

  it("says where only if there are several places, and repeats notices", function()
    local made = plan { change { name = "A", action = "create" },
      change { name = "B", action = "create", place = { region = "us-east-1" } } }
    made.notices = { "newer ImageId available" }
    local text = report.plan(made)
    assert.matches("A  AWS::EC2::VPC  in eu%-west%-1\n", text)
    assert.matches("note: newer ImageId available\n", text)
    assert.is_nil(report.plan(plan { change { name = "A", action = "create" } }):find(" in eu", 1,
      true))
  end)

  it("has no colour unless told, and then every colour ends", function()
    local made = plan { change { name = "A", action = "delete" } }
    assert.is_nil(report.plan(made):find("\27", 1, true))
    local _, begun = report.plan(made, { color = true }):gsub("\27%[[1-9][%d;]*m", "")
    local _, ended = report.plan(made, { color = true }):gsub("\27%[0m", "")
    assert.is_true(begun > 0)
    assert.are.equal(begun, ended)
  end)
end)

describe("the documents", function()
  local made = plan { change { name = "A", action = "update", identifier = "i-1",
    source = "r.lua:3",
    because = "x", properties = { { path = "B", old = 1, new = value.attribute("V", "Id"),
      replaces = true },
      { path = "C", new = value.secret "s" }, { path = "D", new = "\xff" } } } }

  it("hold a plan as agreed", function()
    local document = report.plan_document(made, { api_calls = 5 })
    assert.are.same({ account = "1", region = "eu-west-1" }, document.changes[1].place)
    assert.are.same({ path = "B", old = 1, new = { ["$deferred"] = "V.Id" }, replaces = true },
      document.changes[1].properties[1])
    assert.are.equal("(secret)", document.changes[1].properties[2].new)
    assert.are.equal("\\xff", document.changes[1].properties[3].new)
    assert.are.equal(5, document.api_calls)
    assert.are.same({ "web", "abc", 1, 2 }, { document.stack, document.id, document.totals.create,
      document.totals.unchanged })
    assert.is_true(value.is_list(report.plan_document(plan {}).changes))
    assert.is_true(value.is_list(report.plan_document(plan {}).notices))
  end)

  it("hold an apply with results, errors and outputs", function()
    local outcome = { results = { A = { result = "failed", error = failure.new { what = "no",
      code = "X" } } },
      outputs = { { name = "O", value = "v" }, { name = "S", value = "s", secret = true } } }
    local document = report.apply_document(made, outcome)
    assert.are.equal("failed", document.changes[1].result)
    assert.are.same({ what = "no", code = "X" }, document.changes[1].error)
    assert.are.same({ O = "v", S = "(secret)" }, document.outputs)
    assert.are.equal("skipped", report.apply_document(made, {}).changes[1].result)
    assert.is_nil(document.interrupted)
    assert.is_true(report.apply_document(made, { interrupted = true }).interrupted)
  end)

  it("hold differences, a state and a failure", function()
    local document = report.diff_document(made, { api_calls = 2 })
    assert.are.same({ name = "A", type = "AWS::EC2::VPC", path = "B", have = 1,
      want = { ["$deferred"] = "V.Id" } }, document.differences[1])
    assert.are.same({ name = "G", type = "AWS::EC2::VPC", path = "", have = "i" },
      report.diff_document(plan { change { name = "G", action = "delete",
        identifier = "i" } }).differences[1])
    local state = { stack = "web", id = "abc", serial = 4, outputs = { O = "v" }, resources = {
      B = { type = "T", identifier = "b", place = { region = "r" },
        attributes = { P = { ["$digest"] = "x" } } },
      A = { type = "T", identifier = "a" } } }
    document = report.show_document(state)
    assert.are.equal("A", document.resources[1].name)
    assert.are.same({ P = "(secret)" }, document.resources[2].attributes)
    assert.are.equal(4, document.serial)
    assert.matches("B  T  b  in r\n    P = %(secret%)\nOutputs:\n  O = \"v\"\nweb: 2 resources.\n$",
      report.show(state))
    assert.are.same({ error = { what = "x", code = "Y", status = 400 } },
      report.failure_document(failure.new { what = "x", code = "Y", status = 400, kind = "usage" }))
  end)
end)

describe("the report of an apply", function()
  local made = plan { change { name = "A", action = "create" }, change { name = "B",
    action = "delete" },
    change { name = "C", action = "update" } }

  it("says what was done, what was not, and what to do now", function()
    local text = report.apply(made, { results = { A = { result = "done" },
      B = { result = "failed", error = failure.new { what = "in use", where = "r.lua:3",
        next = "detach it" } },
      C = { result = "skipped" } }, outputs = { { name = "O", value = "v" } } }, nil,
        { api_calls = 9 })
    assert.are.equal("B was not deleted\n  error: in use\n    r.lua:3\n    detach it\n"
      .. 'Not begun: C\nOutputs:\n  O = "v"\nEverything else is done and known. '
      .. "Mend the cause and run the same command again.\n"
      .. "1 failed, 1 skipped; 1 created, 0 updated, 0 replaced, 0 deleted. 9 API calls.\n", text)
  end)

  it("is one sentence when all went well, and says when it was interrupted", function()
    local all = { A = { result = "done" }, B = { result = "done" }, C = { result = "done" } }
    assert.are.equal("1 created, 1 updated, 0 replaced, 1 deleted.\n", report.apply(made,
      { results = all }))
    assert.matches("Interrupted: what was begun is finished", report.apply(made, { results = {},
      interrupted = true }))
  end)
end)

describe("the report of a failure", function()
  it("has one to three lines, with the call that AWS refused", function()
    assert.are.equal("error: no region\n  set AWS_REGION\n",
      report.failure(failure.new { what = "no region", next = "set AWS_REGION" }))
    local wrong = failure.new { what = "You are not allowed", where = "r.lua:3", service = "ec2",
      operation = "CreateVpc", code = "Denied", status = 403, request_id = "rid" }
    assert.are.equal("error: You are not allowed\n"
      .. "  r.lua:3, ec2 CreateVpc, Denied (403), request rid\n",
      report.failure(wrong))
    wrong = failure.add(failure.new { what = "ec2 CreateVpc: no (request rid)" },
      { operation = "CreateVpc", request_id = "rid" })
    assert.are.equal("error: ec2 CreateVpc: no (request rid)\n", report.failure(wrong))
    assert.are.equal("error: \\x1b[2J\n", report.failure("\27[2J"))
  end)
end)

describe("the unified diff", function()
  it("is one that patch would read: live is -, declared is +", function()
    local body, last = report.diff(plan { change { name = "A", action = "update",
      identifier = "i-1",
      source = "r.lua:3", properties = { { path = "On", old = false, new = true },
        { path = "Rules", old = value.list { "a", "b" }, new = value.list { "b", "c" } } } } },
      nil, { api_calls = 3 })
    assert.are.equal([[
--- live/A i-1
+++ declared/A r.lua:3
@@ -1,5 +1,5 @@ AWS::EC2::VPC
-On = false
+On = true
 Rules = [
-  "a"
   "b"
+  "c"
 ]
]], body)
    assert.matches("3 API calls%.\n$", last)
  end)

  it("leaves out what is far from a change, and splits what is long into hunks", function()
    local old, new = value.list {}, value.list {}
    for i = 1, 40 do old[i], new[i] = i, i end
    new[2], new[30] = "x", "y"
    local body = report.diff(plan { change { name = "A", action = "update",
      properties = { { path = "L", old = old, new = new } } } })
    assert.matches("@@ %-1,6 %+1,6 @@", body)
    assert.matches("@@ %-28,7 %+28,7 @@", body)
    assert.is_nil(body:find("  15\n", 1, true))
  end)

  it("shows what is new against nothing, and what goes as gone", function()
    local body = report.diff(plan { change { name = "A", action = "create",
      properties = { { path = "B", new = { C = "line\nline2\n" } } } },
      change { name = "G", action = "delete", identifier = "g" } })
    assert.matches("^%-%-%- /dev/null\n%+%+%+ declared/A\n@@ %-0,0 %+1,6 @@", body)
    assert.matches('\n%+  C = """\n%+    line\n%+    line2\n%+  """\n', body)
    assert.matches("%-%-%- live/G g\n%+%+%+ /dev/null\n"
      .. "@@ %-1,1 %+0,0 @@ AWS::EC2::VPC\n%-AWS::EC2::VPC G\n", body)
    assert.are.equal("", (report.diff(plan {})))
    body = report.diff(plan { change { name = "A", action = "update",
      properties = { { path = "B", old = "x\ny\n", new = "x\ny" } } } })
    assert.matches('\n   x\n   y\n%-"""\n%+""" %(no line end%)\n$', body)
  end)
end)

describe("progress", function()
  local function event(kind, fields)
    fields.kind, fields.name, fields.type = kind, fields.name or "A", "AWS::EC2::VPC"
    fields.action = fields.action or "create"
    return fields
  end

  it("has on a terminal one live line a running resource, with state and elapsed time", function()
    local view = report.progress { terminal = true, width = 60 }
    assert.are.same({}, view:event(event("start", {}), 1000))
    view:event(event("start", { name = "B", action = "delete" }), 2000)
    assert.are.same({}, view:event({ kind = "waiting", name = "A", state = "pending" }, 2500))
    assert.are.same({ "  + A  creating: pending  12 s", "  - B  deleting  11 s" }, view:live(13000))
    assert.are.same({ "  + A  created  vpc-1  2.0 s" },
      view:event(event("done", { identifier = "vpc-1", elapsed_ms = 2000 }), 13000))
    assert.are.same({ "  - B  deleting  1 min 05 s" }, view:live(67000))
    assert.are.same({ "  - B  not deleted: in use" },
      view:event(event("failed", { name = "B", action = "delete", error = "in use\nmore" }), 70000))
    assert.are.same({}, view:live(70000))
  end)

  it("knows a replacement that began as a create, and not the deletion of the old one", function()
    local view = report.progress { terminal = true, width = 60 }
    view:event(event("start", { action = "create" }), 0)
    view:event(event("start", { action = "delete" }), 0)
    assert.are.equal(2, #view:live(0))
    assert.are.same({ "-/+ A  replaced" }, view:event(event("done", { action = "replace" }), 0))
    assert.are.same({ "  - A  deleting  0.0 s" }, view:live(0))
    view:event(event("done", { action = "delete" }), 0)
    assert.are.same({}, view:live(0))
  end)

  it("keeps to the width, and counts what has no room", function()
    local view = report.progress { terminal = true, width = 30 }
    for i = 1, 15 do view:event(event("start", { name = ("n"):rep(40) .. i }), 0) end
    local live = view:live(0)
    assert.are.equal(13, #live)
    assert.are.equal("    and 3 more", live[13])
    assert.are.equal(29, #live[1])
  end)

  it("has plain lines elsewhere, each state once", function()
    local view = report.progress()
    assert.are.same({ "  + A  creating" }, view:event(event("start", {}), 0))
    assert.are.same({}, view:event(event("start", {}), 0))
    assert.are.same({ "  + A  waiting: pending" }, view:event({ kind = "waiting", name = "A",
      state = "pending" }, 1))
    assert.are.same({}, view:event({ kind = "waiting", name = "A", state = "pending" }, 2))
    assert.are.same({ "  ~ C  not begun" }, view:event(event("skipped", { name = "C",
      action = "update" }), 3))
    assert.are.same({}, view:event(event("call", {}), 3))
  end)

  it("draws over what it drew before", function()
    assert.are.equal("done\nlive\n", report.redraw(0, { "done" }, { "live" }))
    assert.are.equal("\27[2A\r\27[Jlive\n", report.redraw(2, {}, { "live" }))
  end)
end)

describe("a bare value", function()
  it("is what a shell can use", function()
    assert.are.equal("i-1", report.bare("i-1"))
    assert.are.equal("[1, 2]", report.bare(value.list { 1, 2 }))
  end)
end)
