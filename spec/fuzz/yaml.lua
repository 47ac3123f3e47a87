-- Whatever the bytes: nodes or a failure with a mark; what can be emitted reads back the same.
local yaml = require "native.yaml"

local LIMITS = { max_depth = 40, max_nodes = 20000 }

return function(bytes)
  yaml.events(bytes, LIMITS)
  local documents, failure = yaml.decode(bytes, LIMITS)
  assert(documents or failure.at, "a failure without a mark")
  local value = yaml.load(bytes, LIMITS)
  local text = value ~= nil and yaml.emit(value)
  if not text then return end
  local again, why = yaml.load(text)
  assert(not why, why)
  assert(yaml.emit(again) == text, "it reads back otherwise")
end
