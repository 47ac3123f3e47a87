-- What is wrong with an expression, or came of evaluating it.
local failure = require "engine.failure"

local LONGEST <const> = 120

local NEXT <const> = {
  syntax = "JMESPath is described at https://jmespath.org",
  limit = "ask for less, or take it apart into several expressions",
}

local function shown(text)
  text = text:gsub("%c", " ")
  return #text > LONGEST and text:sub(1, LONGEST) .. "..." or text
end

---@param kind "syntax"|"invalid-type"|"invalid-arity"|"invalid-value"|"unknown-function"|"limit"
---@param what string
---@param expression string
---@param at integer|nil  the byte
local function fault(kind, what, expression, at)
  local before = at and (utf8.len(expression, 1, at - 1, true) or at - 1)
  failure.raise {
    what = ("the JMESPath expression %s: %s"):format(shown(expression), what),
    code = "JMESPath", kind = "usage", reason = kind, at = at,
    where = before and ("at character %d"):format(before + 1), next = NEXT[kind],
  }
end

return fault
