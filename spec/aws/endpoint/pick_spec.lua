local pick = require "aws.endpoint.pick"

local function picked(path, value) return pick.compile(path)(value) end

describe("a path of operationContextParams", function()
  it("goes by names", function()
    assert.equal("t", picked("TableCreationParameters.TableName",
      { TableCreationParameters = { TableName = "t" } }))
    assert.is_nil(picked("A.B", {}))
    assert.is_nil(picked("A.B", { A = "text" }))
  end)

  it("takes the keys of a map", function()
    assert.same({ "a", "b" }, picked("keys(RequestItems)", { RequestItems = { b = 1, a = 2 } }))
    assert.is_nil(picked("keys(RequestItems)", {}))
  end)

  it("takes all items of a list, and leaves out what is nothing", function()
    assert.same({ "a", "c" }, picked("Items[*].Get.Name",
      { Items = { { Get = { Name = "a" } }, {}, { Get = { Name = "c" } } } }))
    assert.same({}, picked("Items[*].Get", { Items = {} }))
    assert.is_nil(picked("Items[*].Get", {}))
  end)

  it("takes several paths of each, as one list", function()
    local items = { { Put = { T = "a" } }, { Delete = { T = "b" }, Put = { T = "c" } }, {} }
    assert.same({ "a", "c", "b" }, picked("Items[*].[Put.T, Delete.T][]", { Items = items }))
    assert.same({ { "a" }, { "c", "b" }, {} }, picked("Items[*].[Put.T, Delete.T]",
      { Items = items }))
  end)

  it("that is more than that is refused", function()
    assert.error_matches(function() pick.compile "Items[?a==`1`]" end, "is not one that mrun reads")
  end)
end)
