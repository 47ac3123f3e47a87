local model = require "spec.support.model"
local pack = require "native.pack"
local xml = require "native.xml"

local SHAPES = {
  Strings = { type = "list", member = { shape = "string" } },
  Items = { type = "list", member = { shape = "Item", locationName = "item" } },
  Item = { type = "structure", members = { Id = { shape = "string", locationName = "id" } } },
  Flat = { type = "list", member = { shape = "string", locationName = "One" }, flattened = true },
  Map = { type = "map", key = { shape = "string" }, value = { shape = "integer" } },
  FlatMap = {
    type = "map", flattened = true, key = { shape = "string", locationName = "K" },
    value = { shape = "integer", locationName = "V" },
  },
}

local function decode(members, body, options)
  return xml.decode(model.shape(members, SHAPES), body, options)
end

describe("XML answers", function()
  it("are read by the names on the wire, namespaces aside", function()
    local value, request_id = decode({
      Name = { shape = "string", locationName = "name" },
      Items = { shape = "Items", locationName = "itemSet" },
    }, [[<?xml version="1.0" encoding="UTF-8"?>
      <DoResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/" xmlns:x="http://x">
        <requestId>7a62c49f</requestId>
        <x:name>a &amp; b</x:name>
        <itemSet><item><id>1</id><unknown><deep/></unknown></item><item><id>2</id></item></itemSet>
      </DoResponse>]])
    assert.are.same({ Name = "a & b", Items = { { Id = "1" }, { Id = "2" } } }, value)
    assert.are.equal("7a62c49f", request_id)
  end)

  it("have their values by the shape", function()
    local members = {
      I = "integer", L = "long", D = "double", Y = "boolean", N = "boolean", T = "timestamp",
      B = "blob", E = "string", Gone = "integer",
    }
    assert.are.same({
      I = -5, L = math.maxinteger, D = 0.5, Y = true, N = false, T = 1398796238, B = "\0\xff",
      E = "",
    },
      (decode(members, [[<R><I> -5 </I><L>9223372036854775807</L><D>0.5</D>
        <Y>true</Y><N>false</N><T>2014-04-29T18:30:38.000Z</T><B>AP8=</B><E/><Gone/></R>]])))
    assert.are.same({ T = "soon" }, decode({ T = "timestamp" }, "<R><T>soon</T></R>"))
  end)

  it("tell an empty list from none", function()
    local value = decode({ A = "Strings", B = "Strings", M = "Map" }, "<R><A/><M/></R>")
    assert.are.same({ A = {}, M = {} }, value)
    assert.are.equal("list", getmetatable(value.A).__name)
  end)

  it("have flattened lists and maps", function()
    local body = "<R><One>a</One><P><K>x</K><V>1</V></P><One>b</One><P><K>y</K><V>2</V></P></R>"
    assert.are.same({ F = { "a", "b" }, P = { x = 1, y = 2 } },
      (decode({ F = "Flat", P = "FlatMap" }, body)))
    assert.are.same({ F = { "a" } },
      (decode({ F = { shape = "Flat", locationName = "Own" } }, "<R><Own>a</Own></R>")))
  end)

  it("have maps of entries", function()
    assert.are.same({ M = { a = 1, b = 2 } }, decode({ M = "Map" },
      "<R><M><entry><key>a</key><value>1</value></entry><entry><key>b</key><value>2</value></entry>"
      .. "</M></R>"))
    local value, failure = decode({ M = "Map" }, "<R><M><entry><value>1</value></entry></M></R>")
    assert.is_nil(value)
    assert.matches("without its key", tostring(failure))
  end)

  it("have attributes", function()
    local members = { Type = { shape = "string", xmlAttribute = true, locationName = "xsi:type" } }
    assert.are.same({ Type = "User" }, decode(members, '<R xmlns:xsi="http://x" xsi:type="User"/>'))
  end)

  it("show the tag of a union that they do not know", function()
    local shape = model.shape({ C = "Choice" }, {
      Choice = { type = "structure", union = true, members = { A = { shape = "Text" } } },
      Text = { type = "string" },
    })
    assert.are.same({ C = { A = "x" } }, (xml.decode(shape, "<R><C><A>x</A></C></R>")))
    assert.are.same({ C = { SDK_UNKNOWN_MEMBER = { name = "Z" } } },
      (xml.decode(shape, "<R><C><Z>x</Z></C></R>")))
  end)

  it("keep integers of any length", function()
    local body = "<R><N>123456789012345678901234567890</N></R>"
    local shape = model.shape { N = "long" }
    local value = xml.decode(shape, body)
    assert.are.equal("123456789012345678901234567890", tostring(value.N))
    assert.are.equal(body, xml.encode(shape, value, { root = "R" }))
  end)

  it("have in the body what requests have in the URI, and not what the head has", function()
    local members = { A = { shape = "string", location = "querystring" },
      B = { shape = "string", location = "header" } }
    assert.are.same({ A = "a" }, decode(members, "<R><A>a</A><B>b</B></R>"))
  end)

  it("stand in a wrapper, which the model names or the root's name does", function()
    local body = "<DoResponse><DoResult><N>1</N></DoResult><ResponseMetadata><RequestId>r"
      .. "</RequestId></ResponseMetadata></DoResponse>"
    local options = { flavor = "query", wrapper = "DoResult" }
    local value, request_id = decode({ N = "integer" }, body, options)
    assert.are.same({ N = 1 }, value)
    assert.are.equal("r", request_id)
    assert.are.same({ N = 1 }, (decode({ N = "integer" }, body, { flavor = "query" })))
    options.wrapper = "OtherResult"
    local none, failure = decode({ N = "integer" }, body, options)
    assert.is_nil(none)
    assert.matches("missing", tostring(failure))
  end)

  it("that are errors are read where the error stands", function()
    local shape = model.operation({ Thing = {
      type = "structure", exception = true, members = { Message = { shape = "Text" } } },
      Text = { type = "string" } }).output
    for _, body in ipairs {
      "<Response><Errors><Error><Message>m</Message></Error></Errors></Response>",
      "<ErrorResponse><Error><Message>m</Message></Error></ErrorResponse>",
      "<Error><Message>m</Message></Error>",
    } do
      assert.are.same({ Message = "m" }, (xml.decode(shape, body)))
    end
  end)

  it("without a shape are a tree", function()
    local tree = xml.decode(nil, '<a:Error code="5"><Code>X</Code></a:Error>')
    assert.are.equal("Error", tree.name)
    assert.are.same({ code = "5" }, tree.attributes)
    assert.are.equal("X", tree[1].text)
    assert.are.equal("Code", tree[1].name)
  end)

  it("are refused when they are none, and it is said why", function()
    for body, reason in pairs {
      [""] = "no element found", ["<a>"] = "no element found", ["<a></b>"] = "mismatched tag",
      ["plain"] = "syntax error", ["<a/><b/>"] = "junk after document element",
      ['<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'] = "DOCTYPE",
      ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'] = "DOCTYPE",
      ["<html><body>Bad gateway</body></html>"] = "HTML page",
      [("<a>"):rep(100000)] = "nested too deep",
      ["<R><N>x</N></R>"] = "XML at <N>: a value of another type",
    } do
      local value, failure = decode({ N = "integer" }, body)
      assert.is_nil(value)
      assert.matches(reason, tostring(failure), 1, true)
    end
    local value, failure = decode({ N = "integer" }, "<R><N>1</N></R>", { max_bytes = 5 })
    assert.is_nil(value)
    assert.matches("longer than the limit", tostring(failure))
  end)

  it("may have names that are nothing but a colon", function()
    assert.are.same({}, (decode({ N = "integer" }, "<:></:>")))
    assert.are.equal("", xml.decode(nil, "<:/>").name)
  end)

  -- A comment is among what the quick reader leaves to expat.
  it("are to the quick reader what they are to expat", function()
    for _, body in ipairs {
      '<R a="b" c:d="e > f"><N>1</N><E/><L><m>x</m> <m>y</m></L>text</R>\n',
      "<R>a &amp; b &lt;&#65;&#x1F600;&gt;&quot;&apos; \u{e9}\u{20ac}]</R>",
      "<R>\r\n</R>", "<R>]]></R>", "<R>]]</R>", "<R>\xc0\x80</R>", "<R>\xed\xa0\x80</R>",
      "<R>\xef\xbf\xbe</R>", "<R>\xf5\x80\x80\x80</R>", "<R>\xe2\x82</R>", "<R>\1</R>",
      "<R>&#0;</R>", "<R>&#xd800;</R>", "<R>&#xfffe;</R>", "<R>&#x110000;</R>", "<R>&#;</R>",
      "<R>&#9999999999;</R>", "<R>&#X41;</R>", "<R>&none;</R>", "<R>&amp</R>", "<R>&amp",
      '<R a="1" a="2"/>', '<R><S a="1" a="2"/></R>', '<R><S a="&lt;"/></R>', '<R><S a="\t"/></R>',
      '<R><S a="<"/></R>', "<R><S a='1'/></R>", '<R><S a="1"b="2"/></R>', '<R><S a = "1" /></R>',
      "<R><1/></R>", "<R><a:b/></R>", "<R>\u{e9}<\u{e9}/></R>",
      "<R></ R>", "<R></R >", "<R><S></R></S>",
      "<R><![CDATA[<]]></R>", "<R><?p?></R>", "<R></R><R></R>", "<R></R>text", "<R>",
      "<R", "<R><", "<R></",
      ("<a>"):rep(201) .. ("</a>"):rep(201), ("<a>"):rep(200) .. ("</a>"):rep(200),
    } do
      local value, failure = xml.decode(nil, body)
      local other, reason = xml.decode(nil, "<!---->" .. body)
      assert.are.same(other, value, body)
      assert.are.equal(reason and reason.reason, failure and failure.reason)
    end
  end)

  it("of a real service are what its model says", function()
    local operation = pack.open():operation("iam", "GetRole")
    local value = xml.decode(operation.output, [[<GetRoleResponse><GetRoleResult><Role>
      <RoleName>x</RoleName><CreateDate>2020-01-01T00:00:00Z</CreateDate>
      <Tags><member><Key>k</Key><Value>v</Value></member></Tags></Role></GetRoleResult>
      </GetRoleResponse>]],
      { flavor = "query", wrapper = operation.output_traits.resultWrapper })
    assert.are.same({ Role = { RoleName = "x", CreateDate = 1577836800,
      Tags = { { Key = "k", Value = "v" } } } }, value)
  end)
end)

describe("XML bodies", function()
  local function encode(members, value, options)
    return xml.encode(model.shape(members, SHAPES), value, options)
  end

  it("are written by the names on the wire", function()
    local members = {
      A = "string", Items = "Items", N = { shape = "integer", locationName = "n" },
    }
    assert.are.equal('<Root xmlns="http://s3"><A>a&lt;&amp;"&#x0A;</A>'
      .. "<Items><item><id>1</id></item></Items><n>1</n></Root>", encode(members,
      { A = 'a<&"\n', Items = { { Id = "1" } }, N = 1 },
      { root = "Root", namespace = "http://s3" }))
    assert.are.equal("<Thing />", encode({ A = "string" }, {}))
  end)

  it("have scalars, flattened lists, maps, attributes and namespaces", function()
    assert.are.equal("<Thing><B>AP8=</B><D>0.5</D><T>2014-04-29T18:30:38Z</T><Y>true</Y></Thing>",
      encode({ B = "blob", D = "double", T = "timestamp", Y = "boolean" },
        { B = "\0\xff", D = 0.5, T = 1398796238, Y = true }))
    assert.are.equal("<Thing><F>a</F><F>b</F><P><K>x</K><V>1</V></P></Thing>",
      encode({ F = "Flat", P = "FlatMap" }, { F = { "a", "b" }, P = { x = 1 } }))
    assert.are.equal("<Thing><M><entry><key>a</key><value>1</value></entry></M></Thing>",
      encode({ M = "Map" }, { M = { a = 1 } }))
    assert.are.equal('<Thing xsi:type="User"><S xmlns:p="http://p">s</S></Thing>', encode({
      Type = { shape = "string", xmlAttribute = true, locationName = "xsi:type" },
      S = { shape = "string", xmlNamespace = { uri = "http://p", prefix = "p" } },
      H = { shape = "string", location = "header" },
    }, { Type = "User", S = "s", H = "not in the body" }))
  end)

  it("come back as they were", function()
    local members = { L = "Strings", M = "Map", I = "Items", F = "FlatMap" }
    local value = { L = { "a", "b" }, M = { x = 1 }, I = { { Id = "1" } }, F = { y = 2 } }
    assert.are.same(value, (decode(members, encode(members, value))))
  end)

  it("are refused where the value does not fit", function()
    local text, failure = encode({ A = "string" }, { A = 1, B = 2 })
    assert.is_nil(text)
    assert.are.equal(2, #failure.faults)
  end)
end)
