-- The state commands, as people use them, on state in a folder and in a bucket.
local Emulator = require "spec.support.emulator"
local User = require "spec.support.user"
local fs = require "native.fs"
local json = require "json"

local RECIPE = [[
local aws = provider "aws"
local vpc = aws.EC2.VPC "Vpc" { CidrBlock = "10.0.0.0/16" }
aws.EC2.Subnet "Subnet" { VpcId = vpc, CidrBlock = "10.0.1.0/24" }
aws.IAM.Role "Role" { RoleName = "net",
  ManagedPolicyArns = { "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" },
  AssumeRolePolicyDocument = { Version = "2012-10-17",
  Statement = { { Effect = "Allow", Action = "sts:AssumeRole",
    Principal = { Service = "ec2.amazonaws.com" } } } } }
]]

local function names_of(document)
  local names = {}
  for i, row in ipairs(document.resources) do names[i] = row.name end
  return names
end

local emulator

-- All of the bucket, as somebody takes it away.
local function emptied()
  emulator:elsewhere [[
s3 = client("s3")
for o in s3.list_objects_v2(Bucket="states").get("Contents", []):
    s3.delete_object(Bucket="states", Key=o["Key"])]]
end

local function commands(place)
  describe("in " .. place, function()
    local one

    -- All of the state is gone, the identity too.
    local function lose()
      if place ~= ".mrun" then return emptied() end
      os.execute("rm -rf " .. one.folder .. "/.mrun")
    end

    -- One file of it.
    local function lose_file(name)
      if place == ".mrun" then
        assert(fs.remove(one.folder .. "/.mrun/net/" .. name))
      else
        emulator:elsewhere(([[client("s3").delete_object(Bucket="states", Key="team/net/%s")]])
          :format(name))
      end
    end

    before_each(function()
      one = User.new(emulator)
      one:write("net.lua", RECIPE)
      one:write("mrun.json", json.encode { state = place })
      one:must("apply", "--yes", "net.lua")
    end)

    after_each(function()
      one:must("destroy", "--yes")
      one:leave()
      emptied()
    end)

    it("is listed, shown, changed by hand, and its history told", function()
      assert.are.same({ "Role", "Subnet", "Vpc" }, names_of(one:json("state", "list")))
      local vpc = one:json("state", "show", "Vpc")
      assert.matches("^vpc%-", vpc.identifier)
      assert.are.equal(1, one:mrun("state", "show", "Nobody").code)

      one:write("before.json", one:must("state", "pull").out)
      one:must("state", "mv", "Vpc", "net/Vpc")
      assert.matches("it stays where it is, with its tags", one:must("state", "rm", "Role").out)
      assert.are.same({ "Subnet", "net/Vpc" }, names_of(one:json("state", "list")))
      assert.are.equal(64, one:mrun("state", "mv", "Vpc").code)

      local runs = one:json("history").runs
      assert.are.same({ "apply net.lua", "state mv Vpc net/Vpc", "state rm Role" },
        { runs[1].command, runs[2].command, runs[3].command })
      assert.are.equal(3, runs[1].totals.create)
      assert.are.same({ name = "Role", type = "AWS::IAM::Role", action = "create",
        result = "done" }, runs[1].resources[1])
      assert.matches("%d%d:%d%d:%d%d UTC  .+@.+  apply net.lua: 3 created\n  %+ Role",
        one:must("state", "history").out)
      assert.matches("state mv Vpc net/Vpc: 1 moved\n  > net/Vpc  AWS::EC2::VPC %(was Vpc%)",
        one:must("history").out)
      one:must("state", "push", "--force", "before.json")
    end)

    it("finds by its new name what was renamed, when the state is lost", function()
      local function tagged()
        local subnet = select(2, next(emulator:account().Subnets))
        return subnet.Tags["mrun:resource"]
      end
      one:must("state", "mv", "Subnet", "Other")
      one:write("net.lua", (RECIPE:gsub('"Subnet"', '"Other"')))
      assert.matches("renamed, and not tagged so yet: 1", one:must("plan", "net.lua").out)
      one:must("apply", "--yes", "net.lua")
      assert.are.equal("Other", tagged())
      assert.are.equal("Nothing to do: 3 resources are as declared.",
        one:must("plan", "net.lua").out:match "^Nothing to do: 3 resources are as declared%.")
    end)

    it("is pulled and pushed, but no older one and no stranger's", function()
      one:write("old.json", one:must("state", "pull").out)
      one:must("state", "rm", "Role")
      local said = one:mrun("state", "push", "old.json")
      assert.are.equal(1, said.code)
      assert.matches("this state is older %(serial 1%) than the one there %(serial 2%)", said.err)
      one:must("state", "push", "--force", "old.json")
      local list = one:json("state", "list")
      assert.are.same({ "Role", "Subnet", "Vpc" }, names_of(list))
      assert.are.equal(3, list.serial)
      assert.matches("Nothing to do", one:must("plan", "net.lua").out)

      one:write("other.json", (one:must("state", "pull").out:gsub(list.id, "00112233")))
      said = one:mrun("state", "push", "other.json")
      assert.matches("of another stack: its id is 00112233", said.err)
      one:must("state", "push", "--force", "other.json")
      assert.are.equal("00112233", one:json("state", "list").id)
      one:write("bad.json", "{")
      assert.matches("cut short or damaged", one:mrun("state", "push", "bad.json").err)
      local pulled = one:must("state", "pull").out
      for wrong, told in pairs {
        ['"x"'] = "resources is not a map", ['{"Q":{}}'] = "resources.Q: type is missing",
      } do
        one:write("bad.json", (pulled:gsub('"resources":%b{}', '"resources":' .. wrong)))
        assert.matches(told, one:mrun("state", "push", "--force", "bad.json").err, 1, true)
      end
      assert.are.equal(pulled, one:must("state", "pull").out)
      -- What is there is still the other's, as its tags say.
      assert.matches("belongs to the stack net/" .. list.id, one:mrun("destroy", "--yes").err)
      one:must("state", "push", "--force", "old.json")
    end)

    it("is rebuilt from the tags when all of it is gone", function()
      local id = one:json("state", "list").id
      lose()
      local said = one:mrun("plan", "net.lua")
      assert.matches("state rebuild %-%-stack net %-%-stack%-id " .. id, said.err)
      assert.matches("net/" .. id, one:mrun("state", "rebuild", "net.lua").err)
      assert.matches("nothing here carries the tags of net/abcd",
        one:mrun("state", "rebuild", "net.lua", "--stack-id", "abcd").err)
      one:must("state", "rebuild", "net.lua", "--stack-id", id)
      one:must("apply", "--yes", "net.lua")
      assert.matches("Nothing to do: 3 resources", one:must("plan", "net.lua").out)
      lose()
      said = one:must("--json", "state", "rebuild", "--stack", "net", "--stack-id", id)
      assert.are.same({ "Role", "Subnet", "Vpc" }, names_of(json.decode(said.out)))
      assert.matches("^looked in us%-east%-1 only", said.err)
      one:must("destroy", "--yes")
      local left = emulator:account()
      assert.are.same({ {}, {}, {} }, { left.Vpcs, left.Subnets, left.Roles })
      one:must("apply", "--yes", "net.lua")
    end)

    it("is rebuilt by itself when its identity is there", function()
      lose_file "state.json"
      assert.matches("the state was lost: rebuilt", one:must("plan", "net.lua").out)
      one:must("apply", "--yes", "net.lua")
      assert.matches("Nothing to do: 3 resources", one:must("plan", "net.lua").out)
    end)

    it("is rebuilt before a destroy, where its journals say that it was", function()
      lose_file "state.json"
      assert.matches("the state was lost: rebuilt", one:must("destroy", "--yes").out)
      local left = emulator:account()
      assert.are.same({ {}, {}, {} }, { left.Vpcs, left.Subnets, left.Roles })
      assert.matches("Nothing to do", one:must("destroy", "--yes").out)
    end)

    it("is not taken for nothing by a destroy when only its journals are left", function()
      local id = one:json("state", "list").id
      lose_file "state.json"
      lose_file "identity"
      local said = one:mrun("destroy", "--yes")
      assert.are.equal(1, said.code)
      assert.matches("a stack of this name exists: net/" .. id, said.err)
      one:must("state", "rebuild", "--stack-id", id)
    end)
  end)
end

describe("state", function()
  lazy_setup(function()
    emulator = Emulator.start()
    emulator:elsewhere 'client("s3").create_bucket(Bucket="states")'
  end)
  lazy_teardown(function() emulator:stop() end)

  commands ".mrun"
  commands "s3://states/team"
end)
