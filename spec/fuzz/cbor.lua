-- CBOR, free, typed and by a service's shapes: what is read and written again is the same.
local cbor = require "native.cbor"
local pack = require "native.pack"

local data = assert(pack.open "build/aws.data")
local SHAPES <const> = {
  data:operation("cloudwatch", "GetMetricData").output,
  data:operation("cloudwatch", "PutMetricData").input,
  data:operation("codebuild", "BatchGetBuilds").output,
}

local function again(shape, value)
  local bytes, why = cbor.encode(shape, value)
  if not bytes then return assert(why.message) and nil end -- of one that no service would take
  local back, cause = cbor.decode(shape, bytes)
  assert(not cause, cause)
  assert(cbor.encode(shape, back) == bytes, "it reads back otherwise")
end

return function(bytes)
  local value, failure = cbor.decode(nil, bytes)
  local typed, cause = cbor.decode(nil, bytes, { typed = true })
  assert(failure or typed ~= nil, cause)
  if not failure then again(nil, value) end
  for _, shape in ipairs(SHAPES) do
    local result, why = cbor.decode(shape, bytes)
    assert(result or why.message:find "byte %d", "a failure without a place")
    if result then again(shape, result) end
  end
end
