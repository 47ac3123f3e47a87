-- import_type.lua: from something that exists to the recipe that declares it.
local discover = require "engine.discover"
local failure = require "engine.failure"
local take_over = require "main.take_over"
local write = require "recipe.write"

local import_type = {}

local PROVIDER <const> = "aws"

local function check_type(mrun, type_name)
  if mrun.schema(type_name) then return end
  local near = mrun.nearest(type_name, mrun.types())
  failure.raise { kind = "usage", what = ("no resource type %s"):format(type_name),
    next = near and ("did you mean %s?"):format(near) or "`mrun types` lists them" }
end

local function find(mrun, type_name, identifier)
  return mrun.task(function()
    local start = { provider = PROVIDER, type = type_name, identifier = identifier,
      place = mrun.providers.get(PROVIDER).place(nil) }
    return discover.run(mrun.ports, mrun.providers.by_name, start,
      { with_dependencies = mrun.options.with_dependencies })
  end)
end

local function list_of(found)
  local list = {}
  for i, item in ipairs(found) do
    list[i] = { name = item.name, type = item.type, identifier = item.identifier }
  end
  return list
end

local function told(mrun, found, written, stack)
  local text, given = written.text, written.given
  if mrun.options.json then
    mrun.json { recipe = mrun.options.out, text = not mrun.options.out and text or nil,
      stack = stack and stack.name, resources = list_of(found) }
  elseif stack then
    mrun.print(("%d resources are in %s, and belong to the stack %s.\n"):format(#found,
      mrun.options.out, stack.name))
    mrun.note(("Nothing was changed: mrun plan %s shows what is left to do; the next mrun apply "
      .. "of it writes the stack's tags.\n"):format(mrun.options.out))
  else
    mrun.print(text)
    mrun.note(("%d resources. With --out FILE they are taken into a stack at once.\n")
      :format(#found))
  end
  if #given > 0 then
    mrun.note(("What cannot be read has to be given: -P %s=VALUE\n"):format(
      table.concat(given, "=VALUE -P ")))
  end
end

local function taken(mrun, path, text)
  local new <close> = take_over.new_files()
  new:write(path, text)
  local stack = mrun.load(path)
  take_over.all(mrun, stack)
  new:keep()
  return stack
end

---Writes the recipe for something that exists: to standard output, or to a file; then its stack
---has what it declares at once.
---@param mrun table
---@param type_name string
---@param identifier string
---@return integer exit code
function import_type.import_type(mrun, type_name, identifier)
  check_type(mrun, type_name)
  local out = mrun.options.out
  if out then take_over.must_be_new(mrun, out) end
  local found = find(mrun, type_name, identifier)
  local text, given = write.recipe(found, type_name .. " " .. identifier
    .. (mrun.options.with_dependencies and " with dependencies" or ""))
  told(mrun, found, { text = text, given = given }, out and taken(mrun, out, text))
  return 0
end

return import_type
