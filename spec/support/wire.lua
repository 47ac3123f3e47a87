-- What JSON and CBOR promise alike, each in its own bytes.
local assert = require "luassert"
local model = require "spec.support.model"

local wire = {}

wire.SHAPES = {
  Strings = { type = "list", member = { shape = "string" } },
  Sparse = { type = "list", member = { shape = "string" }, sparse = true },
  Map = { type = "map", key = { shape = "string" }, value = { shape = "integer" } },
  SparseMap = {
    type = "map", key = { shape = "string" }, value = { shape = "integer" }, sparse = true,
  },
  Iso = { type = "timestamp", timestampFormat = "iso8601" },
  Http = { type = "timestamp", timestampFormat = "rfc822" },
  Free = { type = "structure", document = true, members = {} },
  Choice = {
    type = "structure", union = true,
    members = { A = { shape = "string" }, B = { shape = "integer" } },
  },
}

---@param value any nil, if it is refused
---@param failure any
---@param reason string
---@param of any what was read, for the message
function wire.refused(value, failure, reason, of)
  assert.is_nil(value, of)
  assert.matches(reason, tostring(failure), 1, true)
end

--- Neither a table that holds itself nor these values are written.
---@param codec table
---@param values any[]
function wire.writes_none_of(codec, values)
  local nested = {}
  nested[1] = nested
  local text, failure = codec.encode(nil, nested)
  wire.refused(text, failure, "in itself")
  for _, value in ipairs(values) do
    text, failure = codec.encode(nil, value)
    assert.is_nil(text)
    assert.are.equal("encode", failure.op)
  end
end

--- Nulls stay where the model says sparse, and only there.
---@param codec table
---@param bytes string { L = { "a", null }, M = { a = null }, D = { a = null, b = 1 } }
---@param written string L and M again
function wire.keeps_nulls(codec, bytes, written)
  local shape = model.shape({ L = "Sparse", M = "SparseMap", D = "Map" }, wire.SHAPES)
  local value = codec.decode(shape, bytes)
  assert.are.same({ "a", codec.null }, value.L)
  assert.are.same({ a = codec.null }, value.M)
  assert.are.same({ b = 1 }, value.D)
  assert.are.equal(written, (codec.encode(shape, { L = value.L, M = value.M })))
end

return wire
