--- A host for recipes in specs: two small types, a provider that answers look-ups, files
--- in a table.
local json = require "json"
local recipe = require "recipe"
local schema = require "engine.schema"

local support = {}

local THING = {
  typeName = "AWS::Spec::Thing",
  properties = {
    Name = { type = "string" }, Size = { type = "integer" }, Parent = { type = "string" },
    Document = { type = "object" }, Items = { type = "array", items = { type = "string" } },
    Tags = { type = "array", items = { type = "object", properties = {
      Key = { type = "string" }, Value = { type = "string" } } } },
    Id = { type = "string" }, Zones = { type = "array", items = { type = "string" } },
  },
  readOnlyProperties = { "/properties/Id", "/properties/Zones" },
  primaryIdentifier = { "/properties/Id" },
  tagging = { taggable = true, tagProperty = "/properties/Tags" },
  additionalProperties = false,
}

local LINK = {
  typeName = "AWS::Spec::Link",
  properties = { From = { type = "string" }, To = { type = "string" } },
  primaryIdentifier = { "/properties/From", "/properties/To" },
  additionalProperties = false,
}

local records = {
  ["AWS::Spec::Thing"] = schema.new(THING), ["AWS::Spec::Link"] = schema.new(LINK),
}

local LOOKUPS = {
  parameter = function(lookup) return "ami-of-" .. lookup[2] end,
  image = function() return { ImageId = "ami-1", Tags = {} } end,
  call = function(lookup) return { Service = lookup[2], Operation = lookup[3] } end,
  identity = function() return "123456789012" end,
}

--- Patterns of specs are the few that Lua's own can stand in for.
local function regex(pattern, text)
  local inner = pattern:match("^%^%(%?:(.*)%)%$$")
  if not inner then return true end -- a schema's own
  inner = inner:gsub("^%^", ""):gsub("%$$", "")
  return text:find("^" .. inner .. "$") ~= nil
end

---@param files table<string, string>
---@param overrides table|nil
---@return table host
function support.host(files, overrides)
  local host = {
    calls = {}, printed = {},
    providers = { "aws", "file" },
    schema = function(_, name) return records[name] end,
    types = function() return { "AWS::Spec::Thing", "AWS::Spec::Link" } end,
    place = function(_, options)
      return { key = "aws/" .. (options.Region or "eu-west-1"),
        region = options.Region or "eu-west-1", default_tags = options.default_tags }
    end,
    read_file = function(path)
      if files[path] then return files[path] end
      return nil, { op = "read", subject = path, reason = "No such file", code = "ENOENT" }
    end,
    realpath = function(path) return path == "." and "/home" or "/home/" .. path end,
    is_special = function(path) return path:find("pipe", 1, true) ~= nil end,
    env = function(name) return ({ USER = "ann", TOKEN = "s3cret" })[name] end,
    digest = function(key, text) return ("digest:%s:%d:%d"):format(key, #text, text:byte(1)) end,
    random = function(bytes) return ("5a"):rep(bytes) end,
    params = {}, regex = regex, json = json,
    limits = { instructions = 20000000, memory_bytes = 64 * 1024 * 1024, cpu_ms = 10000 },
  }
  host.call = function(_, place, lookup)
    host.calls[#host.calls + 1] = lookup
    if coroutine.isyieldable() then coroutine.yield(place) end
    return LOOKUPS[lookup[1]](lookup)
  end
  host.print = function(text) host.printed[#host.printed + 1] = text end
  for key, v in pairs(overrides or {}) do host[key] = v end
  return host
end

--- What a task's driver answers: the results of several calls, or nothing.
local function answer(host, wanted)
  if type(wanted) ~= "table" or not wanted.all then return nil end
  host.together = #wanted.all
  local results = {}
  for i, fn in ipairs(wanted.all) do
    local co = coroutine.create(fn)
    local ok, result = coroutine.resume(co)
    while ok and coroutine.status(co) ~= "dead" do ok, result = coroutine.resume(co) end
    results[i] = assert(ok and result)
  end
  return results
end

--- Evaluates in a coroutine that is resumed whenever a look-up waits.
---@param host table
---@param path string
---@return table evaluated raises what the recipe raised
function support.load(host, path, load)
  local co = coroutine.create(load or recipe.load)
  local ok, result = coroutine.resume(co, host, path)
  while ok and coroutine.status(co) ~= "dead" do
    ok, result = coroutine.resume(co, answer(host, result))
  end
  if not ok then error(result, 0) end
  return result
end

--- Evaluates one recipe; `local aws, Thing` are there already, on its first line.
---@param text string
---@param overrides table|nil
---@return table evaluated, table host
function support.run(text, overrides)
  local host = support.host({
    ["web/site.lua"] = 'local aws = provider "aws"; local Thing = aws.Spec.Thing ' .. text,
  }, overrides)
  return support.load(host, "web/site.lua"), host
end

--- The failure of a recipe, as text.
---@param text string
---@param overrides table|nil
---@return string
function support.failure(text, overrides)
  local ok, why = pcall(support.run, text, overrides)
  assert(not ok, "the recipe was expected to fail")
  assert(type(why) == "table", tostring(why))
  return tostring(why)
end

--- That a message holds these words.
---@param message string
---@param words string[]
---@return string message
function support.says(message, words)
  for _, word in ipairs(words) do
    assert(message:find(word, 1, true), ("%q is not in:\n%s"):format(word, message))
  end
  return message
end

--- That a recipe fails, in these words.
---@param text string
---@param words string[]
---@param overrides table|nil
---@return string message
function support.fails(text, words, overrides)
  return support.says(support.failure(text, overrides), words)
end

return support
