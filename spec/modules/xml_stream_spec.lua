-- Answers are read as they are scanned. What a comment stands before is left to expat, and read
-- from a document: both ways give the same.
local model = require "spec.support.model"
local xml = require "native.xml"

local SHAPES <const> = {
  Items = { type = "list", member = { shape = "Item", locationName = "item" } },
  Item = { type = "structure", members = {
    Id = { shape = "string", locationName = "id" }, More = { shape = "Items" },
    Kind = { shape = "string", xmlAttribute = true, locationName = "kind" },
    Flat = { shape = "Flat" }, Count = { shape = "integer" },
  } },
  Flat = { type = "list", member = { shape = "Item", locationName = "One" }, flattened = true },
  Map = { type = "map", key = { shape = "string" }, value = { shape = "Item" } },
  FlatMap = { type = "map", key = { shape = "string" }, value = { shape = "integer" },
    flattened = true },
  Choice = { type = "structure", union = true, members = {
    A = { shape = "string" }, B = { shape = "Item" } } },
}

local shape = model.shape({
  Items = "Items", Inner = { shape = "Item" }, Flat = "Flat", Map = "Map", Pairs = "FlatMap",
  Choice = "Choice", Name = "string", Kind = { shape = "string", xmlAttribute = true },
  Head = { shape = "string", location = "header" },
}, SHAPES)

describe("XML answers, read as they are scanned", function()
  local function same(body, options)
    local whole = table.pack(xml.decode(shape, "<!---->" .. body, options))
    local read = table.pack(xml.decode(shape, body, options))
    assert.are.same(tostring(whole[2]), tostring(read[2]), body)
    assert.are.same(whole[1], read[1], body)
    return read[1], read[2]
  end

  it("are what they are as documents", function()
    for _, inside in ipairs {
      "", "text", "<Name>n</Name>", "<Name>a</Name><Name>b</Name>", "<Name/>",
      "<Items/>", "<Items></Items>", "<Items> <item><id>1</id></item> <item/> </Items>",
      "<Items>text</Items>", "<Items><item><id>1</id></item></Items><Items><item/></Items>",
      "<Items><item><More><item><id>2</id></item></More><id>1</id></item></Items>",
      '<Items><item kind="x"><id>&lt;1&gt;</id></item><item kind="y"/></Items>',
      "<Inner><id>1</id><More><item><id>2</id></item></More><other><deep/></other></Inner>",
      '<Inner kind="k">text</Inner>', '<Inner kind="k"/>', "<Inner><id>1</id></Inner><Inner/>",
      "<Flat><id>1</id></Flat><Name>n</Name><Flat><id>2</id></Flat>", "<Flat/>",
      "<Inner><Flat><id>1</id></Flat><Flat><id>2</id></Flat></Inner><Flat><id>3</id></Flat>",
      "<Map><entry><key>a</key><value><id>1</id></value></entry></Map>", "<Map/>",
      "<Map><entry><value/></entry></Map>",
      "<Pairs><key>a</key><value>1</value></Pairs><Pairs><key>b</key><value>2</value></Pairs>",
      "<Choice><A>a</A></Choice>", "<Choice><Z>a</Z></Choice>", "<Choice/>",
      "<Head>h</Head><Name>n</Name>", "<Unknown><Name>x</Name></Unknown><Name>n</Name>",
      "<requestId>r</requestId><Name>n</Name>", "<Name>n</Name><RequestId>r</RequestId>",
      "<x/><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata><Name>n</Name>",
      "<Inner><Count>x</Count></Inner>", "<Items><item/><item><Count>x</Count></item></Items>",
      "<Flat><Count>x</Count></Flat>", "<Items><item></Items>", "<Items><item>", "<Name>",
      "<Name>\1</Name>", "<Items><item><id>1</id></item><!-- --><item/></Items><Name>n</Name>",
    } do
      same("<R>" .. inside .. "</R>")
      same('<R Kind="k">' .. inside .. "</R>\n")
      same("<DoResponse><DoResult>" .. inside .. "</DoResult></DoResponse>", { flavor = "query" })
      same("<DoResponse><x/><W>" .. inside .. "</W><W/><ResponseMetadata><RequestId>r</RequestId>"
        .. "</ResponseMetadata></DoResponse>", { flavor = "query", wrapper = "W" })
      same("<W>" .. inside .. "</W>", { wrapper = "W" })
      same("<R>" .. inside .. "</R><R/>")
    end
    assert.are.same({ Flat = { { Id = "1" }, { Id = "2" } }, Name = "n" },
      (same "<R><Flat><id>1</id></Flat><Name>n</Name><Flat><id>2</id></Flat></R>"))
    same "<html><Name>n</Name></html>"
    same "<R/>"
  end)
end)
