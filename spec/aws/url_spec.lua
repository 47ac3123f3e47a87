local url = require "aws.url"

describe("a URL", function()
  it("is taken apart, or refused", function()
    assert.same({ scheme = "https", authority = "h:8", host = "h", port = 8, path = "/a",
      query = "b=c", fragment = "d", is_loopback = false }, url.parse "HTTPS://h:8/a?b=c#d")
    assert.is_true(url.parse("http://127.0.0.1:8").is_loopback)
    assert.equal("[::1]", url.parse("http://[::1]:80").host)
    assert.equal("h", url.parse("http://user:word@h/").host)
    for _, text in ipairs { "", "h", "http://", "ftp://h", "http://h h/", "http://h:x/",
      "http://h:70000", "http://a:b:c",
      "http://evil.com:localhost", "http://a@b@localhost" } do
      assert.is_nil(url.parse(text))
    end
  end)

  it("keeps unreserved characters and encodes the others byte by byte", function()
    assert.equal("aZ9-._~%20%2F%C3%BC%25", url.encode "aZ9-._~ /ü%")
    assert.equal("a/b%3F", url.encode("a/b?", "/"))
  end)

  it("is loopback by its host alone", function()
    for _, host in ipairs { "localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]",
      "x.localhost" } do
      assert.is_true(url.is_loopback(host))
    end
    for _, host in ipairs { "127.0.0.1.x", "localhost.x", "128.0.0.1", "0.0.0.0", "notlocalhost",
      "127.0.0.256" } do
      assert.is_false(url.is_loopback(host))
    end
  end)

  it("takes paths below its own, and keeps its query in front", function()
    for _, case in ipairs { { "https://h", "/", "https://h/" }, { "https://h/", "/", "https://h/" },
      { "https://h/b", "/", "https://h/b/" }, { "https://h/b/", "/a?c", "https://h/b/a?c" },
      { "https://h/b", "", "https://h/b" }, { "https://h/b", "?c", "https://h/b?c" },
      { "https://h", "?c", "https://h/?c" }, { "https://h?q=1", "/", "https://h/?q=1" },
      { "https://h/b?q=1", "/a", "https://h/b/a?q=1" },
      { "https://h/?q=1", "/a?c=2", "https://h/a?q=1&c=2" },
      { "https://h#f", "/a", "https://h/a" } }
    do
      assert.equal(case[3], url.join(case[1], case[2]))
    end
  end)

  it("has a name or an address", function()
    for _, host in ipairs { "10.0.0.1", "[2001:db8::1]", "localhost" } do
      assert.is_true(url.is_address(host))
    end
    assert.is_false(url.is_address "h.example.com")
  end)
end)
