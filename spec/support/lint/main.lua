-- Checks what STYLE.md says of every file: sizes, who may know whom, words.
--
--   lua5.4 spec/support/lint/main.lua

package.path = "./?.lua;" .. package.path
local layers = require "spec.support.lint.layers"
local sizes = require "spec.support.lint.sizes"
local words = require "spec.support.lint.words"

local function files()
  local pipe = assert(io.popen "git ls-files --cached --others --exclude-standard | sort -u")
  local list, known = {}, {}
  for path in pipe:lines() do
    if path:find "%.[ch]$" or path:find "%.lua$" or path:find "Makefile$" then
      list[#list + 1] = path
    end
    known[path] = true
  end
  pipe:close()
  return list, known
end

local function lines_of(path)
  local lines = {}
  for line in io.lines(path) do
    lines[#lines + 1] = line
  end
  return lines
end

local complaints = 0
local function complain(path, number, what)
  complaints = complaints + 1
  print(("%s:%d: %s"):format(path, number, what))
end

local list, known = files()
layers.exists = function(path) return known[path] or false end
for _, path in ipairs(list) do
  local handle = io.open(path)
  if handle then -- deleted, and not yet committed
    handle:close()
    local lines = lines_of(path)
    sizes.check(path, lines, complain)
    layers.check(path, lines, complain)
    words.check(path, lines, complain)
  end
end
print(("%d files, %d complaints"):format(#list, complaints))
os.exit(complaints == 0)
