local fs = require "native.fs"
local schema = require "engine.schema"
local sys = require "native.sys"
local value = require "engine.value"

local files = require "provider.file" ()

describe("the file provider", function()
  local root, place

  before_each(function()
    root = ("/tmp/mrun-file-%d-%d"):format(sys.pid(), sys.now_ms() // 1)
    assert(fs.mkdir(root))
    place = files.place { Root = root }
  end)

  after_each(function()
    for _, name in ipairs(assert(fs.list(root))) do assert(fs.remove(root .. "/" .. name)) end
    assert(fs.remove(root))
  end)

  local function intent(action, fields)
    fields.action, fields.place, fields.type = action, place, "File"
    return fields
  end

  local function create(want)
    return files.act(intent("create", { op = "1", want = want }))
  end

  local function read(path)
    local have, states = files.read("File", place, { path })
    return have[path], states[path]
  end

  it("writes a file, reads it back, changes it and takes it away", function()
    local want = { Path = "a.txt", Content = "one\n", Mode = "0640" }
    assert.are.equal("a.txt", create(want).identifier)
    assert.are.same({ Path = "a.txt", Content = "one\n", Mode = "0640", Size = 4 }, (read "a.txt"))
    files.act(intent("update", { identifier = "a.txt", changed = { "Content" },
      want = { Content = "two" }, have = { Content = "one\n", Mode = "0640" } }))
    assert.are.same({ Path = "a.txt", Content = "two", Mode = "0640", Size = 3 }, (read "a.txt"))
    files.act(intent("update", { identifier = "a.txt", changed = { "Mode" },
      want = { Mode = "600" }, have = {} }))
    assert.are.equal("0600", read("a.txt").Mode)
    files.act(intent("delete", { identifier = "a.txt" }))
    assert.is_false((read "a.txt"))
    files.act(intent("delete", { identifier = "a.txt" }))
  end)

  it("has a mode that everybody may read unless said, and keeps a secret's text", function()
    create { Path = "b", Content = value.secret "s3cret" }
    assert.are.equal("0644", read("b").Mode)
    assert.are.equal("s3cret", read("b").Content)
  end)

  it("leaves a file that is there and says something else", function()
    assert(fs.replace(root .. "/c", "theirs"))
    assert.has_error(function() create { Path = "c", Content = "mine" } end)
    assert.are.equal("theirs", read("c").Content)
    local found = files.find("File", place, { want = { Path = "c", Content = "mine" } })
    assert.are.equal("c", found)
    assert.is_nil(files.find("File", place, { op = "1", want = { Path = "c", Content = "mine" } }))
  end)

  it("finds what an open intent wrote, and does it again without harm", function()
    local want = { Path = "d", Content = "x", Mode = "0600" }
    create(want)
    assert.are.equal("d", files.find("File", place, { op = "1", want = want }))
    assert.are.equal("d", create(want).identifier)
    assert.is_nil(files.find("File", place, { want = { Path = "e" } }))
  end)

  it("never leaves its folder, and takes nothing but files", function()
    for _, path in ipairs { "../x", "/etc/passwd", "a/../../x", "", ".", "./a" } do
      local have, state = read(path)
      assert.is_nil(have, path)
      assert.is_truthy(state.error, path)
      assert.has_error(function() create { Path = path, Content = "x" } end)
    end
    assert(fs.mkdir(root .. "/folder"))
    assert.is_truthy(select(2, read "folder").error)
    assert.is_false((read "folder2/a"))
  end)

  it("describes itself", function()
    local record = files.schema "File"
    assert.is_nil(files.schema "Folder")
    assert.are.same({ "File" }, files.types())
    assert.are.equal("Path", record.name_property)
    local match = require "native.regex".match
    local good = { Path = "a/b.txt", Content = "", Mode = "644" }
    assert.are.same({}, schema.check(record, good, match))
    for _, path in ipairs { "/a", "../a", "a/", "a//b", "a/../b", "." } do
      assert.are.equal(1, #schema.check(record, { Path = path, Content = "" }, match), path)
    end
    assert.are.equal(1, #schema.check(record, { Path = "a", Content = "", Mode = "rw" }, match))
    assert.are.equal("local", files.identity(place))
    assert.is_nil(files.owned(place, "stack"))
    assert.has_error(function() files.call(place, { "image" }) end)
  end)
end)
