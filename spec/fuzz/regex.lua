-- The first line is a pattern, the rest a text: an answer, or a failure in bounded time.
local regex = require "native.regex"

return function(bytes)
  local pattern, text = bytes:match "^([^\n]*)\n?(.*)$"
  regex.match(pattern, text)
  regex.match(pattern, text, "whole")
  local compiled = regex.compile(pattern)
  if compiled then compiled:match(text) end
end
