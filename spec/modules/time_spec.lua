local time = require "native.time"

local FORMATS = {
  epoch_seconds = { 1398796238.5, "1398796238.5" },
  date_time = { 1398796238.5, "2014-04-29T18:30:38.5Z" },
  http_date = { 1398796238.5, "Tue, 29 Apr 2014 18:30:38 GMT" },
  basic = { 1398796238.5, "20140429T183038Z" },
}

describe("time", function()
  for format, pair in pairs(FORMATS) do
    it("writes " .. format, function() assert.are.equal(pair[2], time.format(pair[1], format)) end)
  end

  it("writes a whole number of seconds without a point", function()
    assert.are.equal("1398796238", time.format(1398796238.0, "epoch_seconds"))
    assert.are.equal("2014-04-29T18:30:38Z", time.format(1398796238, "date_time"))
  end)

  it("writes the microseconds of a float as they were meant", function()
    assert.are.equal("1398796238.123456", time.format(1398796238.123456, "epoch_seconds"))
    assert.are.equal("1398796239", time.format(1398796238.9999999, "epoch_seconds"))
  end)

  it("knows the times before 1970", function()
    assert.are.equal("-2", time.format(-2, "epoch_seconds"))
    assert.are.equal("1969-12-31T23:59:58.25Z", time.format(-1.75, "date_time"))
    assert.are.equal("-2.25", time.format(-1.75, "epoch_seconds")) -- a quarter after -2
    assert.are.same({ -2, 250000000 }, { time.parse "-2.25" })
    assert.are.same({ -2, 250000000 }, { time.parse "1969-12-31T23:59:58.25Z" })
  end)

  it("has no date for year 0 or year 10000", function()
    for _, seconds in ipairs { -62135596801, 253402300800 } do
      local text, failure = time.format(seconds, "date_time")
      assert.is_nil(text)
      assert.matches("years 1 to 9999", tostring(failure))
      assert.are.equal(tostring(seconds), time.format(seconds, "epoch_seconds"))
    end
  end)

  it("reads offsets, basic dates, dates alone and exponents", function()
    local same = 1398796238
    for _, text in ipairs {
      "2014-04-29T18:30:38Z", "2014-04-29T20:30:38+02:00", "2014-04-29T13:00:38-0530",
      "20140429T183038Z", "2014-04-29 18:30:38", "2014-04-29T18:30:38",
      "Tue, 29 Apr 2014 18:30:38 GMT",
      "Tue, 29 Apr 2014 19:30:38 +0100", "1398796238", "1398796238.0", "1.398796238E9",
    } do
      assert.are.same({ same, 0 }, { time.parse(text) }, text)
    end
    assert.are.equal(1398729600, (time.parse "2014-04-29"))
    assert.are.equal(1398796200, (time.parse "2014-04-29T18:30Z"))
    assert.are.equal(1398796238, (time.parse "Tue, 29 Apr 2014 18:30:38 UTC"))
    assert.are.equal(1396377038, (time.parse "Tue, 1 Apr 2014 18:30:38 GMT"))
  end)

  it("refuses what is no time", function()
    for _, text in ipairs {
      "", "-", "now", "2014-02-29T00:00:00Z", "2014-13-01T00:00:00Z", "2014-04-31", "0000-01-01",
      "2014-04-29T24:00:00Z", "2014-04-29T18:60:38Z", "2014-04-29T18:30:38Zx",
      "2014-0429", "12345678901234567890", "1e400", "1.", "0x10", "nan", "inf", "Tue, 29 Apr 2014",
      "Tue, 29 Foo 2014 18:30:38 GMT", "2014-04-29T18:30:38+25:00", "1398796238 ", "1.5e", "Tue,",
    } do
      local seconds, failure = time.parse(text)
      assert.is_nil(seconds, text)
      assert.matches("read the time", tostring(failure))
    end
    assert.has_error(function() time.format(1 / 0, "date_time") end)
    assert.has_error(function() time.format(1, "iso") end)
    assert.has_error(function() time.format(1, "date_time", 1000000000) end)
  end)
end)
