-- XML: a tree, or a failure; by a service's shapes, what is read and written again is the same.
local json = require "json"
local pack = require "native.pack"
local xml = require "native.xml"

local data = assert(pack.open "build/aws.data")
local SHAPES <const> = {
  data:operation("s3", "PutBucketLifecycleConfiguration").input:member("LifecycleConfiguration"),
  data:operation("s3", "PutBucketTagging").input:member("Tagging"),
  data:operation("route53", "ChangeResourceRecordSets").input:member("ChangeBatch"),
}

local REST <const> = { flavor = "rest" }

local function again(shape, value)
  local text, why = xml.encode(shape, value, { root = "Root" })
  if not text then return assert(why.message) and nil end
  local back, cause = xml.decode(shape, text, REST)
  assert(back, cause)
  assert(xml.encode(shape, back, { root = "Root" }) == text, "it reads back otherwise")
end

-- Read as it is scanned, and, behind a comment, by expat and from a document.
local function both_ways(shape, bytes)
  local read, why = xml.decode(shape, bytes, REST)
  local whole, cause = xml.decode(shape, "<!---->" .. bytes, REST)
  assert(tostring(why) == tostring(cause), tostring(why) .. ", " .. tostring(cause))
  assert(json.encode(read or false) == json.encode(whole or false), "it is read otherwise")
end

return function(bytes)
  local tree, failure = xml.decode(nil, bytes)
  assert(tree or failure.message)
  if bytes:find "^<%a" then
    both_ways(data:operation("ec2", "DescribeInstances").output, bytes)
    both_ways(data:operation("s3", "ListObjectsV2").output, bytes)
  end
  for _, member in ipairs(SHAPES) do
    local value, why = xml.decode(member.shape, bytes, REST)
    assert(value or why.message)
    if value then again(member.shape, value) end
  end
end
