-- Sealed state: what stands in the files, who can read them, and what a change of them does.
local crypto = require "native.crypto"
local failure = require "engine.failure"
local fs = require "native.fs"
local secrets = require "spec.support.secrets"
local state = require "state"
local support = require "spec.state.support"
local whole = require "spec.state.whole"

local MARK <const> = secrets.new "in-the-state" -- what must not be readable, though no secret

local root, clean
local derived = {}

-- A KMS that wraps keys by turning them around, and knows one context.
local function fake_kms(calls)
  return { client = function()
    return { call = function(_, operation, params)
      calls[#calls + 1] = { operation, params }
      if operation == "GenerateDataKey" then
        local key = crypto.random(32)
        return { Plaintext = key,
          CiphertextBlob = key:reverse() .. params.EncryptionContext["mrun:stack"] }
      end
      local stack = params.EncryptionContext["mrun:stack"]
      if params.CiphertextBlob:sub(33) ~= stack then
        failure.raise { what = "the context is another", code = "InvalidCiphertextException" }
      end
      return { Plaintext = params.CiphertextBlob:sub(1, 32):reverse() }
    end }
  end }
end

local function open(options, with)
  options = options or {}
  local words = options.passphrase or "correct"
  return (with or state).open { root = root, stack = options.stack or "demo", derived = derived,
    encryption = options.encryption, session = options.session,
    passphrase = function(why) return why == "renew" and options.new or words end }
end

local function sealed(options)
  options = options or {}
  options.encryption = options.encryption or "passphrase"
  return open(options)
end

local function row(name)
  return whole.row { name = name, identifier = MARK, last = { A = MARK } }
end

local function change(store, name)
  store:begin { whole.intent { op = name, name = name, want = { A = MARK } } }
  store:finish { { op = name, ok = true, name = name, identifier = MARK, row = row(name) } }
end

local function applied(store, name)
  store:load()
  change(store, name or "a")
  store:save { outputs = { Out = MARK } }
  return store
end

local function files()
  local found = {}
  for _, name in ipairs(fs.list(root .. "/demo")) do
    if name ~= "history" then found[#found + 1] = name end
  end
  for _, name in ipairs(fs.list(root .. "/demo/history") or {}) do
    found[#found + 1] = "history/" .. name
  end
  return found
end

local function read(name) return assert(fs.read(root .. "/demo/" .. name)) end

local function write(name, bytes) assert(fs.replace(root .. "/demo/" .. name, bytes)) end

local function readable()
  local found = {}
  for _, name in ipairs(files()) do
    local bytes = read(name)
    if bytes:find(MARK, 1, true) or bytes:find('"resources"', 1, true)
      or bytes:find('"intent"', 1, true) then
      found[#found + 1] = name
    end
  end
  return found
end

local function refused(fn)
  local ok, err = pcall(fn)
  assert.is_false(ok)
  assert.is_true(failure.is(err), tostring(err))
  return tostring(err), err
end

local function snapshot()
  local all = {}
  for _, name in ipairs(files()) do all[name] = read(name) end
  return all
end

describe("sealed state", function()
  before_each(function() root, clean = support.folder() end)
  after_each(function()
    support.remove(root .. "/demo") -- plain files of some cases hold the mark, on purpose
    clean()
  end)

  it("is unreadable in each file, and read with its passphrase", function()
    local store = applied(sealed())
    store:save_plan { steps = { MARK } }
    store:load()
    change(store, "b")
    local seen = table.concat(files(), " ")
    for _, name in ipairs { "state.json", "identity", "plan", "journal", "history/" } do
      assert.is_truthy(seen:find(name, 1, true), name)
    end
    assert.are.same({}, readable())
    local again = open()
    local loaded = again:load()
    assert.are.equal(MARK, loaded.resources.a.identifier)
    assert.are.equal(MARK, loaded.resources.b.last.A)
    assert.are.same({ steps = { MARK } }, (again:load_plan()))
    assert.are.equal(2, #again:history())
  end)

  it("stays sealed where the setting is forgotten", function()
    applied(sealed())
    applied(open(), "b")
    assert.are.same({}, readable())
    assert.are.equal(MARK, open():load().resources.b.identifier)
  end)

  it("does not open with a wrong passphrase, and nothing is changed", function()
    applied(sealed())
    local before = snapshot()
    local message, err = refused(function() applied(sealed { passphrase = "wrong" }, "b") end)
    assert.is_truthy(message:find("passphrase of the state is wrong", 1, true), message)
    assert.are.equal("WrongPassphrase", err.code)
    assert.are.same(before, snapshot())
  end)

  it("does not open where a byte was changed", function()
    local store = applied(sealed())
    change(store, "b")
    for _, name in ipairs { "state.json", "identity" } do
      local bytes = read(name)
      for _, at in ipairs { #bytes, #bytes - 20, bytes:find("\n", 1, true) + 1, 45 } do
        local other = string.char(bytes:byte(at) ~ 1)
        write(name, bytes:sub(1, at - 1) .. other .. bytes:sub(at + 1))
        refused(function() open():load() end)
      end
      write(name, bytes)
    end
    assert.are.equal(MARK, open():load().resources.a.identifier)
  end)

  it("does not open a record of the journal that was put together anew", function()
    local store = applied(sealed())
    change(store, "b")
    local journal = require "state.journal"
    local bytes = read "journal"
    local records = journal.parse(bytes)
    local raw = crypto.unbase64(records[3].sealed)
    records[3].sealed = crypto.base64(raw:sub(1, 20) .. string.char(raw:byte(21) ~ 1)
      .. raw:sub(22))
    for at, record in ipairs(records) do records[at] = journal.line(record) end
    write("journal", table.concat(records))
    local message = refused(function() open():load() end)
    assert.is_truthy(message:find("does not open", 1, true), message)
    records[3] = journal.line { kind = "result", result = { name = "a", row = false } }
    write("journal", table.concat(records))
    message = refused(function() open():load() end)
    assert.is_truthy(message:find("not sealed", 1, true), message)
  end)

  it("does not take one file for another, nor another stack's", function()
    applied(sealed())
    local state_bytes, identity = read "state.json", read "identity"
    write("state.json", identity)
    refused(function() open():load() end)
    write("state.json", state_bytes)
    assert(fs.mkdir(root .. "/other", tonumber("700", 8)))
    for _, name in ipairs { "state.json", "identity", "seal" } do
      assert(fs.replace(root .. "/other/" .. name, read(name)))
    end
    refused(function() open { stack = "other" }:load() end)
    support.remove(root .. "/other")
  end)

  it("uses another nonce for each write", function()
    local store = applied(sealed())
    local seen = {}
    for _ = 1, 5 do
      store:save_plan { same = true }
      local nonce = read "plan":match '"nonce":"(%x+)"'
      assert.are.equal(24, #nonce)
      assert.is_nil(seen[nonce])
      seen[nonce] = true
    end
  end)

  it("can be read without its seal file, which is then written again", function()
    applied(sealed())
    assert(fs.remove(root .. "/demo/seal"))
    assert.are.equal(MARK, open():load().resources.a.identifier)
    applied(open(), "b")
    assert.is_truthy(fs.stat(root .. "/demo/seal"))
    assert.are.same({}, readable())
  end)

  it("begins where it is turned on, and takes in what was plain before", function()
    applied(open())
    applied(sealed(), "b")
    assert.are.equal(MARK, open():load().resources.a.identifier)
    assert.are.equal(2, #open():history())
    assert.is_true(#readable() > 0)
    sealed():rekey()
    local store = sealed { new = "new" }
    store:rekey()
    assert.are.same({}, readable())
  end)

  it("refuses what is plain once all is sealed", function()
    applied(open())
    local plain = read "state.json"
    local store = open { encryption = "passphrase", passphrase = "correct" }
    store:rekey()
    assert.are.same({}, readable())
    write("state.json", plain)
    local message = refused(function() open():load() end)
    assert.is_truthy(message:find("this is not sealed", 1, true), message)
  end)

  it("gets new keys: the old passphrase opens nothing any more", function()
    applied(sealed())
    applied(open(), "b")
    local old = snapshot()
    local store = open { new = "new" }
    assert.are.equal(4, store:rekey())
    local loaded = open { passphrase = "new" }:load()
    assert.are.equal(MARK, loaded.resources.b.identifier)
    assert.are.equal(2, #open { passphrase = "new" }:history())
    refused(function() open():load() end)
    for name, bytes in pairs(old) do assert.are_not.equal(bytes, read(name), name) end
    write("state.json", old["state.json"])
    refused(function() open { passphrase = "new" }:load() end)
  end)

  for _, mode in ipairs { "killed", "full" } do
    it("is whole after a rekey that was cut off anywhere: " .. mode, function()
      local at, ended = 0, false
      while not ended do
        at = at + 1
        assert.is_true(at < 60)
        support.remove(root .. "/demo")
        applied(sealed())
        applied(open(), "b")
        local disk = support.disk(at, mode)
        local sealing = support.state_with(disk)
        ended = pcall(function() open({ new = "new" }, sealing):rekey() end)
        local words = "correct"
        if not pcall(function() open():load() end) then words = "new" end
        local loaded = open { passphrase = words }:load()
        assert.are.equal(MARK, loaded.resources.b.identifier)
        open { passphrase = words, new = "newer" }:rekey()
        assert.are.equal(MARK, open { passphrase = "newer" }:load().resources.a.identifier)
        assert.are.equal(2, #open { passphrase = "newer" }:history())
      end
      assert.is_true(at > 4)
    end)
  end

  it("takes its key from KMS, with the stack in the context", function()
    local calls = {}
    local kms = { session = fake_kms(calls), encryption = { kms = "alias/mrun" } }
    applied(sealed(kms))
    assert.are.same({}, readable())
    assert.are.equal("GenerateDataKey", calls[1][1])
    assert.are.same({ ["mrun:stack"] = "demo" }, calls[1][2].EncryptionContext)
    local again = { session = kms.session }
    assert.are.equal(MARK, open(again):load().resources.a.identifier)
    assert.are.equal("Decrypt", calls[#calls][1])
    local count = #calls
    open(again):rekey()
    assert.are.equal(count + 2, #calls)
    open({ session = kms.session, encryption = "passphrase", new = "words" }):rekey()
    assert.are.equal(MARK, open { passphrase = "words" }:load().resources.a.identifier)
  end)

  it("is refused where the setting makes no sense", function()
    for _, wrong in ipairs { "rot13", 5, {}, { kms = 3 }, { kms = "a", salt = "x" } } do
      refused(function() open { encryption = wrong } end)
    end
    local nobody = state.open { root = root, stack = "demo", encryption = "passphrase" }
    local message = refused(function() nobody:identity() end)
    assert.is_truthy(message:find("MRUN_PASSPHRASE", 1, true))
  end)

  it("does not follow a seal that asks for endless work", function()
    applied(sealed())
    local text = read "seal"
    for _, n in ipairs { "1099511627776", "3", "-1", "0", '"x"' } do
      write("seal", (text:gsub('"n":%d+', '"n":' .. n)))
      local message = refused(function() open():load() end)
      assert.is_truthy(message:find("seal is damaged", 1, true), message)
    end
    for _, bytes in ipairs { "", "{}", "[]", "x", '{"format":"mrun seal","version":9}' } do
      write("seal", bytes)
      refused(function() open():load() end)
    end
  end)
end)
