-- Tokens into a tree of { kind, ... }: a parser by operator strength, as JMESPath's grammar wants.
local fault = require "aws.jmespath.fault"
local lex = require "aws.jmespath.lexer"

local DEEPEST <const> = 200

-- How strongly a token holds on to what stands before it.
local STRENGTH <const> = {
  ["|"] = 1, ["||"] = 2, ["&&"] = 3, ["=="] = 5, ["!="] = 5, ["<"] = 5, ["<="] = 5, [">"] = 5,
  [">="] = 5, ["[]"] = 9, ["*"] = 20, ["[?"] = 21, ["."] = 40, ["!"] = 45, ["{"] = 50, ["["] = 55,
  ["("] = 60,
}
local STOPS_PROJECTION <const> = 10 -- what is weaker applies to the projection as a whole
local IDENTITY <const> = { "current", depth = 1 }

---@class jmespath.parser
local parser = {}
parser.__index = parser

function parser:fail(what, token)
  fault("syntax", what, self.text, token[3])
end

function parser:kind(ahead)
  local token = self.tokens[self.at + (ahead or 0)]
  return token and token[1]
end

function parser:take()
  local token = self.tokens[self.at]
  if token[1] == "end" then self:fail("it ends too early", token) end
  self.at = self.at + 1
  return token
end

function parser:expect(kind)
  if self:kind() ~= kind then
    local token = self.tokens[self.at]
    self:fail(("%s is expected here, not %s"):format(kind, tostring(token[2])), token)
  end
  return self:take()
end

function parser:accept(kind)
  if self:kind() ~= kind then return false end
  self.at = self.at + 1
  return true
end

local function strength(self)
  return STRENGTH[self:kind()] or 0
end

-- A node knows how deep it is: what walks the tree later goes no deeper.
function parser:node(kind, ...)
  local node, depth = { kind, ... }, 0
  for at = 2, select("#", ...) + 1 do
    local child = node[at]
    if type(child) == "table" and child.depth then depth = math.max(depth, child.depth) end
  end
  node.depth = depth + 1
  if node.depth > DEEPEST then self:too_deep() end
  return node
end

function parser:too_deep()
  fault("limit", ("it is nested more than %d deep"):format(DEEPEST), self.text,
    self.tokens[self.at][3])
end

local PREFIX, INFIX = {}, {}

---@param weakest integer  stops before what is not stronger
---@return table node
function parser:expression(weakest)
  self.depth = self.depth + 1
  if self.depth > DEEPEST then self:too_deep() end
  local token = self:take()
  local begin = PREFIX[token[1]]
  if not begin then self:fail(("%s cannot stand here"):format(tostring(token[2])), token) end
  local left = begin(self, token)
  while weakest < strength(self) do
    token = self:take()
    local continue = INFIX[token[1]]
    if not continue then self:fail(("%s cannot stand here"):format(token[2]), token) end
    left = continue(self, left, token)
  end
  self.depth = self.depth - 1
  return left
end

-- [a, b] and {a: b, c: d}, after the first mark.
local function several(self, last, item)
  local items = { depth = 0 }
  repeat
    items[#items + 1] = item(self)
    items.depth = math.max(items.depth, items[#items].depth)
  until not self:accept(",")
  self:expect(last)
  return items
end

local function listed(self)
  return self:node("list", several(self, "]", function() return self:expression(0) end))
end

local function pair(self)
  local key = self:take()
  if key[1] ~= "name" and key[1] ~= "quoted" then
    self:fail("a key is a name, or one in double quotes", key)
  end
  self:expect(":")
  local value = self:expression(0)
  return { key[2], value, depth = value.depth }
end

local function hash(self)
  return self:node("hash", several(self, "}", pair))
end

-- What stands right of a dot.
local function after_dot(self, weakest)
  local kind = self:kind()
  if kind == "name" or kind == "quoted" or kind == "*" then return self:expression(weakest) end
  if self:accept("[") then return listed(self) end
  if self:accept("{") then return hash(self) end
  self:fail("a name, *, [ or { is expected after a dot", self.tokens[self.at])
end

-- What is done with each element of a projection.
local function each(self, weakest)
  local kind = self:kind()
  if strength(self) < STOPS_PROJECTION then return IDENTITY end
  if kind == "[" or kind == "[?" then return self:expression(weakest) end
  if self:accept(".") then return after_dot(self, weakest) end
  self:fail(("%s cannot stand after a projection"):format(self.tokens[self.at][2]),
    self.tokens[self.at])
end

local function slice(self)
  local parts, count = {}, 1
  while self:kind() ~= "]" do
    if self:kind() == "number" and parts[count] == nil then
      parts[count] = self:take()[2]
    elseif self:expect(":") then
      count = count + 1
      if count > 3 then self:fail("a slice has three parts", self.tokens[self.at - 1]) end
    end
  end
  return self:node("slice", parts)
end

-- [1] and [1:2], after the first mark.
local function subscript(self, left)
  local is_slice = self:kind() == ":" or self:kind(1) == ":"
  local right = is_slice and slice(self) or self:node("index", self:take()[2])
  self:expect("]")
  local found = self:node("then", left, right)
  if not is_slice then return found end
  return self:node("project", found, each(self, STRENGTH["*"]))
end

local function filter(self, left)
  local condition = self:expression(0)
  self:expect("]")
  local right = self:kind() == "[]" and IDENTITY or each(self, STRENGTH["[?"])
  return self:node("filter", left, condition, right)
end

local function flatten(self, left)
  return self:node("project", self:node("flatten", left), each(self, STRENGTH["[]"]))
end

function PREFIX.name(self, token) return self:node("field", token[2]) end

function PREFIX.quoted(self, token)
  if self:kind() == "(" then self:fail("a function's name has no quotes", token) end
  return self:node("field", token[2])
end

function PREFIX.literal(_, token) return { "literal", token[2], depth = 1 } end
PREFIX["@"] = function() return IDENTITY end
PREFIX["{"] = hash
PREFIX["[?"] = function(self) return filter(self, IDENTITY) end
PREFIX["[]"] = function(self) return flatten(self, IDENTITY) end
PREFIX["!"] = function(self) return self:node("not", self:expression(STRENGTH["!"])) end

PREFIX["*"] = function(self)
  local right = self:kind() == "]" and IDENTITY or each(self, STRENGTH["*"])
  return self:node("values", IDENTITY, right)
end

PREFIX["("] = function(self)
  local inside = self:expression(0)
  self:expect(")")
  return inside
end

PREFIX["["] = function(self)
  local kind = self:kind()
  if kind == "number" or kind == ":" then return subscript(self, IDENTITY) end
  if kind == "*" and self:kind(1) == "]" then return INFIX["["](self, IDENTITY) end
  return listed(self)
end

INFIX["["] = function(self, left)
  local kind = self:kind()
  if kind == "number" or kind == ":" then return subscript(self, left) end
  self:expect("*")
  self:expect("]")
  return self:node("project", left, each(self, STRENGTH["*"]))
end

INFIX["[?"] = filter
INFIX["[]"] = flatten

INFIX["."] = function(self, left)
  if not self:accept("*") then
    return self:node("then", left, after_dot(self, STRENGTH["."]))
  end
  return self:node("values", left, each(self, STRENGTH["*"]))
end

for mark, kind in pairs { ["|"] = "then", ["||"] = "or", ["&&"] = "and" } do
  INFIX[mark] = function(self, left)
    return self:node(kind, left, self:expression(STRENGTH[mark]))
  end
end
for _, mark in ipairs { "==", "!=", "<", "<=", ">", ">=" } do
  INFIX[mark] = function(self, left)
    return self:node("compare", left, self:expression(STRENGTH[mark]), mark)
  end
end

local function argument(self)
  if self:accept("&") then return self:node("reference", self:expression(0)) end
  return self:expression(0)
end

INFIX["("] = function(self, left, token)
  if left[1] ~= "field" or self.tokens[self.at - 2][1] ~= "name" then
    self:fail("only a name is called", token)
  end
  local arguments = { depth = 0 }
  if not self:accept(")") then arguments = several(self, ")", argument) end
  return self:node("call", left[2], arguments, token[3])
end

---@param text string
---@return table tree
local function parse(text)
  local self = setmetatable({ text = text, tokens = lex(text), at = 1, depth = 0 }, parser)
  local tree = self:expression(0)
  if self:kind() ~= "end" then
    local token = self.tokens[self.at]
    self:fail(("%s cannot stand here"):format(tostring(token[2])), token)
  end
  return tree
end

return parse
