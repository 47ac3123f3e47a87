--- Properties to an operation's members and back: by name, by `called`, by `have`.
local fit = require "provider.aws.fit"
local path = require "provider.aws.path"
local tags = require "provider.aws.tags"

local members = {}

local function shape_at(input, text)
  local shape = input[path.root(text)]
  for name in text:gmatch("%.([^%.]+)") do
    if not shape then return nil end
    shape = shape.kind == "structure" and fit.member(shape, name) or nil
  end
  return shape
end

--- The parameters that these properties become, and the properties that the operation does not
--- take.
---@param handler table
---@param op table facts of the operation
---@param properties table<string, any>
---@return table params, string[] rest
function members.send(handler, op, properties)
  local params, rest = {}, {}
  for name, v in pairs(properties) do
    local member = handler.called[name] or name
    local shape = shape_at(op.input, member)
    if handler.send[name] then v = handler.send[name](v, properties) end
    -- Not said here: tags, which the machine writes where the operation takes them, and what the
    -- handler's `send` has nothing to say of.
    local unsaid = name == handler.tags_property and op.tags or shape and v == nil
    if shape and not unsaid then
      path.set(params, member, fit.to_shape(shape, v, handler.called))
    elseif not unsaid then
      rest[#rest + 1] = name
    end
  end
  table.sort(rest)
  return params, rest
end

local function raw_value(handler, name, item, also)
  local reader = handler.have[name]
  if reader == false then return nil end
  if type(reader) == "function" then return reader(item, also) end
  return path.get(item, reader or handler.called[name] or name)
end

--- What an answer says of a resource, as its type's properties.
---@param handler table
---@param item table
---@param also table<string, any> what was read besides, by property
---@return table<string, any>
function members.receive(handler, item, also)
  local have = {}
  for name, node in pairs(handler.schema.properties) do
    if name == handler.tags_property then
      have[name] = tags.map(item[handler.called[name] or "Tags"] or also[name])
    else
      local v = also[name]
      if v == nil then v = raw_value(handler, name, item, also) end
      if v ~= nil then have[name] = fit.to_schema(handler.schema, node, v, handler.called) end
    end
    local unread = handler.also_read[name] and also[name] == nil
    if have[name] == nil and not unread then have[name] = handler.defaults[name] end
  end
  return have
end

return members
