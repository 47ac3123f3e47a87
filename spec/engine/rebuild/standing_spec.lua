local standing = require "engine.rebuild.standing"
local value = require "engine.value"

local function set(...)
  local result = {}
  for _, name in ipairs { ... } do result[name] = true end
  return result
end

local RECORDS = {
  Net = { identifier = { "Id" }, read_only = set("Id", "Arn"), create_only = {}, refers = {},
    tags = "Tags" },
  Host = { identifier = { "Id" }, read_only = set("Id", "NetId"), create_only = set "Subnet",
    refers = { Profile = { "Profile" }, ["Groups[]"] = { "Group" } } },
  Group = { identifier = { "Id" }, read_only = set "Id", create_only = {}, refers = {} },
  Profile = { identifier = { "Name" }, read_only = {}, create_only = set "Name",
    refers = { ["Roles[]"] = { "Role" } } },
  Role = { identifier = { "Name" }, read_only = set "Arn", create_only = set "Name", refers = {} },
  Address = { identifier = { "Ip", "AllocationId" }, read_only = set("Ip", "AllocationId"),
    create_only = {}, refers = {} },
}

local ctx = { record = function(_, one) return RECORDS[one.type] end }

local function item(type, name, identifier, have, depends)
  return { type = type, name = name, identifier = identifier, have = have, depends = depends }
end

local function standing_of(list)
  local result = {}
  for one, names in pairs(standing.of(ctx, list)) do
    result[one.name] = table.concat(value.copy(names), " ")
  end
  return result
end

describe("who stands on whom", function()
  it("is told by the identifiers, ARNs and own parts of identifiers in properties", function()
    assert.are.same({ net = "", ip = "", by_id = "net", by_arn = "net", by_part = "ip" },
      standing_of {
        item("Net", "net", "net-123456", { Id = "net-123456", Arn = "arn:x:net/1" }),
        item("Address", "ip", "1.2.3.4|alloc-1234", { AllocationId = "alloc-1234" }),
        item("Host", "by_id", "h-1", { Deep = { { Net = "net-123456" } } }),
        item("Host", "by_arn", "h-2", { Deep = { "arn:x:net/1" } }),
        item("Host", "by_part", "h-3", { Address = "alloc-1234" }),
      })
  end)

  it("is not told by tags, by what a thing shows and nobody declares, or by chance", function()
    assert.are.same({ host = "", net = "", role = "" }, standing_of {
      item("Host", "host", "host-1234", { NetId = "net-123456" }),
      item("Net", "net", "net-123456", { Tags = { Host = "host-1234" }, Kind = "web" }),
      item("Role", "role", "web", {}),
    })
  end)

  it("goes by the type that a property refers to where several have a name", function()
    assert.are.same({ profile = "role", role = "", host = "profile" }, standing_of {
      item("Profile", "profile", "web", { Name = "web", Roles = { "web" } }),
      item("Role", "role", "web", { Name = "web" }),
      item("Host", "host", "host-1234", { Profile = "web" }),
    })
  end)

  it("opens a circle at its least sure place, so that there is an order", function()
    local found = standing_of {
      item("Group", "a", "group-a", { Rules = { "group-b" } }),
      item("Group", "b", "group-b", { Rules = { "group-a" } }),
      item("Host", "host", "host-1234", { Groups = { "group-a" }, Subnet = "group-b" }),
      item("Group", "c", "group-c", { Owner = "host-1234" }, { "host" }),
      item("Role", "role", "role-12345", { Policy = { "group-c" } }, {}),
    }
    assert.is_true((found.a == "") ~= (found.b == ""))
    assert.are.same({ "a b", "host", "c" }, { found.host, found.c, found.role })
    found = standing_of {
      item("Host", "host", "host-1234", { Groups = { "group-a" } }),
      item("Group", "a", "group-a", { Owner = "host-1234" }),
      item("Host", "other", "other-1234", { Subnet = "host-9876" }),
      item("Host", "last", "host-9876", { Note = "other-1234" }),
    }
    assert.are.same({ host = "a", a = "", other = "last", last = "" }, found)
  end)
end)
