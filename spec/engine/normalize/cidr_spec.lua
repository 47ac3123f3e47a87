local cidr = require "engine.normalize.cidr"

describe("a network", function()
  it("has one way of being written", function()
    for given, wanted in pairs {
      ["10.0.0.1/8"] = "10.0.0.1/8", ["2001:DB8:0:0:0:0:0:0/32"] = "2001:db8::/32",
      ["::/0"] = "::/0", ["0:0:0:0:0:0:0:1/128"] = "::1/128",
        ["1:0:0:2:0:0:0:3/64"] = "1:0:0:2::3/64",
      ["1:0:2:3:4:5:6:7/64"] = "1:0:2:3:4:5:6:7/64", ["::ffff:1.2.3.4/128"] = "::ffff:102:304/128",
      ["1:2:3:4:5:6:7::/112"] = "1:2:3:4:5:6:7:0/112",
    } do
      assert.are.equal(wanted, cidr.canonical(given), given)
    end
  end)

  it("has its host bits cleared", function()
    assert.are.equal("10.0.0.0/8", cidr.network("10.1.2.3/8"))
    assert.are.equal("10.1.2.128/25", cidr.network("10.1.2.200/25"))
    assert.are.equal("0.0.0.0/0", cidr.network("255.255.255.255/0"))
    assert.are.equal("10.1.2.3/32", cidr.network("10.1.2.3/32"))
    assert.are.equal("2001:db8:0:ff00::/56", cidr.network("2001:db8:0:ffab::1/56"))
  end)

  it("is nothing else", function()
    for _, text in ipairs { "", "10.0.0.0", "10.0.0/8", "10.0.0.0.0/8", "300.0.0.0/8",
      "10.0.0.0/33",
      "10.0.0.0/x", "1::2::3/64", "1:2:3:4:5:6:7/64", "1:2:3:4:5:6:7:8:9/64", "12345::/16",
        "::/129",
      "1:2:3:4:5:6:7:8::/64", ":::/0", "g::/16" } do
      assert.is_nil(cidr.canonical(text), text)
      assert.is_nil(cidr.network(text), text)
    end
  end)

  it("has addresses written the same way", function()
    assert.are.equal("2001:db8::1", cidr.address("2001:0DB8:0:0::1"))
    assert.are.equal("10.0.0.1", cidr.address("10.0.0.1"))
    assert.are.equal("a:b", cidr.address("a:b"))
  end)
end)
