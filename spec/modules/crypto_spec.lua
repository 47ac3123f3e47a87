local crypto = require "native.crypto"

--- The bytes 0, 1, 2 ... count - 1.
local function bytes(count)
  local list = {}
  for i = 1, count do list[i] = string.char((i - 1) % 256) end
  return table.concat(list)
end

describe("crypto's digests", function()
  local ABC = {
    md5 = "900150983cd24fb0d6963f7d28e17f72",
    sha1 = "a9993e364706816aba3e25717850c26c9cd0d89d",
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      .. "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
  }
  for name, hex in pairs(ABC) do
    it("know " .. name .. " of abc", function()
      assert.are.equal(hex, crypto.hex(crypto[name] "abc"))
    end)
  end

  it("know the HMACs of RFC 2202 and RFC 4231", function()
    assert.are.equal("effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
      crypto.hex(crypto.hmac_sha1("Jefe", "what do ya want for nothing?")))
    assert.are.equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
      crypto.hex(crypto.hmac_sha256("Jefe", "what do ya want for nothing?")))
    assert.are.equal(32, #crypto.hmac_sha256("", ""))
  end)

  it("raise on what is no text", function()
    assert.has_error(function() crypto.sha256() end)
    assert.has_error(function() crypto.hmac_sha256("key", {}) end)
  end)
end)

describe("crypto's checksums", function()
  it("know the check values of their catalogue", function()
    assert.are.equal(0xcbf43926, crypto.crc32 "123456789")
    assert.are.equal(0xe3069283, crypto.crc32c "123456789")
    assert.are.equal(0xae8b14860a799888, crypto.crc64nvme "123456789")
    assert.are.equal(0, crypto.crc32 "")
  end)

  it("go on from where they were", function()
    for _, name in ipairs { "crc32", "crc32c", "crc64nvme" } do
      assert.are.equal(crypto[name] "123456789", crypto[name]("6789", crypto[name] "12345"), name)
    end
    assert.has_error(function() crypto.crc32("", -1) end)
  end)
end)

describe("crypto's encodings", function()
  it("digests piece by piece, from text and from files, as in one piece", function()
    local path, text = os.getenv "TMPDIR" .. "/digested", ("some text %d\n"):rep(20000)
    assert(require "native.fs".replace(path, text))
    for name, format in pairs { md5 = "", sha1 = "", sha256 = "", sha512 = "", crc32 = ">I4",
      crc32c = ">I4", crc64nvme = ">i8" } do
      local sum = assert(crypto.digest(name))
      assert.are.equal(sum, sum:add(text:sub(1, 777)))
      assert.are.equal(10, sum:add_file(path, 777, 10))
      local before = sum:value()
      assert.are.equal(before, sum:value())
      assert.are.equal(#text - 787, sum:add_file(path, 787))
      assert.are.equal(0, sum:add_file(path, #text + 5))
      local whole = crypto[name](text)
      if format ~= "" then whole = format:pack(whole) end
      assert.are.equal(whole, sum:value(), name)
    end
    os.remove(path)
  end)

  it("says which file it cannot digest, and refuses what is no digest", function()
    local sum = assert(crypto.digest "md5")
    local count, failure = sum:add_file "/none"
    assert.is_nil(count)
    assert.matches("read /none: No such file", tostring(failure))
    assert.matches("Is a directory", tostring(select(2, sum:add_file "/")))
    assert.has_error(function() crypto.digest "md4" end)
    assert.has_error(function() sum:add_file("/none", -1) end)
    assert.has_error(function() sum:add_file("/none", 0, -1) end)
    assert.has_error(function() sum:add() end)
  end)

  it("go both ways for every length and byte", function()
    for count = 0, 300 do
      local text = bytes(count)
      assert.are.equal(text, crypto.unhex(crypto.hex(text)))
      assert.are.equal(text, crypto.unbase64(crypto.base64(text)))
    end
  end)

  it("know the base64 of RFC 4648", function()
    local want = { "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy" }
    for i, encoded in ipairs(want) do
      assert.are.equal(encoded, crypto.base64(("foobar"):sub(1, i - 1)))
      assert.are.equal(("foobar"):sub(1, i - 1), crypto.unbase64(encoded))
    end
  end)

  it("read base64 over several lines", function()
    assert.are.equal("foobar", crypto.unbase64 "Zm9v\r\n YmFy\n")
  end)

  it("refuse what no encoder writes", function()
    for _, text in ipairs {
      "Z", "Zg", "Zg=", "Zg===", "=", "==", "====", "Zg==Zg==", "Z=g=", "Zm9v!", "Zh==", "Zm9=",
      "Zm9v=", "Z-_=", "Zm9v====",
    } do
      local decoded, failure = crypto.unbase64(text)
      assert.is_nil(decoded, text)
      assert.matches("not base64", tostring(failure))
    end
    assert.are.equal("\255\170", crypto.unhex "FFaA")
    for _, text in ipairs { "f", "fg", "0x", "f f " } do assert.is_nil(crypto.unhex(text), text) end
  end)
end)

describe("crypto's random bytes", function()
  it("are as many as asked and never the same", function()
    assert.are.equal("", crypto.random(0))
    assert.are.equal(16, #crypto.random(16))
    assert.are_not.equal(crypto.random(16), crypto.random(16))
    for _, count in ipairs { -1, 1048577 } do
      assert.has_error(function() crypto.random(count) end)
    end
  end)
end)

describe("crypto.uuid", function()
  it("is of version 4, and never the same", function()
    for _ = 1, 50 do
      assert.matches("^" .. ("%x"):rep(8) .. "%-" .. ("%x"):rep(4) .. "%-4%x%x%x%-[89ab]%x%x%x%-"
        .. ("%x"):rep(12) .. "$", crypto.uuid())
    end
    assert.are_not.equal(crypto.uuid(), crypto.uuid())
  end)
end)

describe("crypto.equal", function()
  it("says whether two texts are the same", function()
    assert.is_true(crypto.equal("", ""))
    assert.is_true(crypto.equal("a\0b", "a\0b"))
    assert.is_false(crypto.equal("a\0b", "a\0c"))
    assert.is_false(crypto.equal("a", "ab"))
  end)
end)

describe("crypto's sealing", function()
  local key, nonce = ("k"):rep(32), ("n"):rep(12)

  it("knows NIST's test case of AES-256-GCM", function()
    local sealed = crypto.aes_gcm_seal(("\0"):rep(32), ("\0"):rep(12), ("\0"):rep(16))
    assert.are.equal("cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919",
      crypto.hex(sealed))
  end)

  it("gives back what was sealed", function()
    for _, text in ipairs { "", "x", bytes(1000) } do
      local sealed = crypto.aes_gcm_seal(key, nonce, text, "header")
      assert.are.equal(#text + 16, #sealed)
      assert.are.equal(text, crypto.aes_gcm_open(key, nonce, sealed, "header"))
    end
  end)

  it("refuses another key, nonce or header, and any changed or missing byte", function()
    local sealed = crypto.aes_gcm_seal(key, nonce, "secret", "header")
    local changed = string.char(sealed:byte(1) ~ 1) .. sealed:sub(2)
    for _, try in ipairs {
      { ("K"):rep(32), nonce, sealed, "header" }, { key, ("N"):rep(12), sealed, "header" },
      { key, nonce, sealed, "other" }, { key, nonce, sealed }, { key, nonce, changed, "header" },
      { key, nonce, sealed:sub(1, -2), "header" }, { key, nonce, "short", "header" },
    } do
      local text, failure = crypto.aes_gcm_open(table.unpack(try))
      assert.is_nil(text)
      assert.matches("open what is sealed", tostring(failure))
    end
    assert.has_error(function() crypto.aes_gcm_seal("short", nonce, "") end)
    assert.has_error(function() crypto.aes_gcm_seal(key, "short", "") end)
  end)

  it("knows RFC 7914's scrypt", function()
    local key_64 = crypto.scrypt("password", "NaCl", { n = 1024, r = 8, p = 16, bytes = 64 })
    assert.are.equal("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
      .. "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640", crypto.hex(key_64))
    assert.are.equal(32, #crypto.scrypt("password", "salt", { n = 2 }))
  end)

  it("refuses a cost that is no cost", function()
    local derived, failure = crypto.scrypt("password", "salt", { n = 1000 })
    assert.is_nil(derived)
    assert.matches("^scrypt: ", tostring(failure))
    assert.has_error(function() crypto.scrypt("password", "salt", { n = -1 }) end)
    assert.has_error(function() crypto.scrypt("password", "salt", { bytes = 2000 }) end)
  end)
end)

describe("crypto.es256", function()
  -- RFC 6979's key on P-256
  local PEM = [[
-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEHoUQDQgAEYP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Z5A/4QCLi8
maQa6elWKLxk8vGyDC1+n1F3o8KU1EYimQ==
-----END EC PRIVATE KEY-----
]]

  it("signs with r and s side by side, differently each time", function()
    local first, second = crypto.es256_sign(PEM, "text"), crypto.es256_sign(PEM, "text")
    assert.are.equal(64, #first)
    assert.are_not.equal(first, second)
  end)

  it("gives the public point", function()
    local point = crypto.es256_public(PEM)
    assert.are.equal("60fed4ba", crypto.hex(point:sub(1, 4)))
    assert.are.equal("7903fe10", crypto.hex(point:sub(33, 36)))
  end)

  it("refuses what is no such key", function()
    for _, pem in ipairs { "", "no key", PEM:gsub("MHcC", "MHcD") } do
      local signed, failure = crypto.es256_sign(pem, "text")
      assert.is_nil(signed)
      assert.matches("not a private key", tostring(failure))
      assert.is_nil(crypto.es256_public(pem))
    end
  end)
end)
