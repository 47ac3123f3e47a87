local lock = require "native.lock"

describe("native.lock", function()
  local path = os.getenv "TMPDIR" .. "/mrun.lock"

  after_each(function()
    os.remove(path)
  end)

  it("is held by one at a time", function()
    local held <close> = assert(lock.take(path))
    local second, failure = lock.take(path)
    assert.is_nil(second)
    assert.is_true(failure.held)
    assert.are.equal("EAGAIN", failure.code)
    assert.truthy(tostring(failure):find(path, 1, true))
    assert.truthy(held)
  end)

  it("can be taken again once released, and released twice", function()
    local held = assert(lock.take(path))
    held:release()
    held:release()
    assert(lock.take(path)):release()
  end)

  it("goes out of scope with its variable", function()
    do
      local held <close> = assert(lock.take(path))
      assert.truthy(held)
    end
    assert(lock.take(path)):release()
  end)

  it("is let go by the collector", function()
    assert(lock.take(path))
    collectgarbage()
    assert(lock.take(path)):release()
  end)

  it("is a private file", function()
    assert(lock.take(path)):release()
    local pipe = assert(io.popen("stat -c %a " .. path))
    assert.are.equal("600", pipe:read "l")
    pipe:close()
  end)

  it("says which path cannot be opened, and that nobody holds it", function()
    local held, failure = lock.take "/no/such/folder/lock"
    assert.is_nil(held)
    assert.is_nil(failure.held)
    assert.are.equal("ENOENT", failure.code)
    assert.are.equal("open /no/such/folder/lock: No such file or directory", failure.message)
  end)

  it("raises on what is no path and on what is no lock", function()
    assert.has_error(function() lock.take {} end)
    local held <close> = assert(lock.take(path))
    assert.has_error(function() held.release {} end)
  end)
end)
