--- Files below a folder: the smallest provider, and the one to read first.
---
---   local file = provider "file"                     -- or provider "file" { Root = "/srv/site" }
---   file.File "hello" { Path = "hello.txt", Content = "Hello\n", Mode = "0644" }
---
--- A file can carry no tag, so its path is its natural name: one that is there already is ours only
--- if the state says so, or if an open intent meant to write exactly this.
local failure = require "engine.failure"
local fs = require "native.fs"
local record = require "provider.file.schema"
local value = require "engine.value"

local MAX_BYTES = 64 * 1024 * 1024
local DEFAULT_MODE = "0644"

local provider = {}

function provider.types()
  return { record.type }
end

function provider.schema(type_name)
  return type_name == record.type and record or nil
end

--- A place is a folder of this machine.
function provider.place(options)
  local root = options and options.Root or "."
  return { provider = "file", root = root, key = "file/" .. root, display = root }
end

function provider.identity()
  return "local"
end

--- The path on disk. What leads out of the folder is refused here too, whatever the schema said.
local function path_of(place, identifier)
  for step in identifier:gmatch("[^/]+") do
    if step == ".." or step == "." then identifier = "" end
  end
  if identifier == "" or identifier:sub(1, 1) == "/" then
    failure.raise { what = "Path leads out of " .. place.root, next = "name a file below it" }
  end
  return place.root .. "/" .. identifier
end

--- What is there, or false. What is there and is no file has no place in an answer.
local function look(place, identifier)
  local path = path_of(place, identifier)
  local found, why = fs.stat(path)
  if not found then
    if why.code == "ENOENT" or why.code == "ENOTDIR" then return false end
    failure.raise(failure.from(why))
  end
  if found.type ~= "file" or found.link then
    failure.raise { what = path .. " is no regular file", next = "move it away, or name another" }
  end
  return {
    Path = identifier, Content = assert(fs.read(path, MAX_BYTES)), Size = found.size,
    Mode = ("%04o"):format(found.mode & 511),
  }
end

function provider.read(_, place, identifiers)
  local have, states = {}, {}
  for _, identifier in ipairs(identifiers) do
    local ok, found = pcall(look, place, identifier)
    if ok then
      have[identifier] = found
    else
      states[identifier] = { error = failure.from(found) }
    end
  end
  return have, states
end

local function mode_of(want)
  return tonumber(value.reveal(want.Mode) or DEFAULT_MODE, 8)
end

local function as_wanted(have, want)
  return have.Content == value.reveal(want.Content) and tonumber(have.Mode, 8) == mode_of(want)
end

--- A file that is there under this path. Asked about an open intent, only one that says what the
--- intent meant to write: writing is all or nothing, so any other is somebody else's.
function provider.find(_, place, query)
  local have = look(place, query.want.Path)
  if not have or query.op and not as_wanted(have, query.want) then return nil end
  return have.Path
end

--- A file carries no tags.
function provider.owned()
  return nil
end

function provider.call(_, lookup)
  failure.raise { what = ("files have no look-up %s"):format(tostring(lookup[1])),
    next = 'file "path" reads a file beside the recipe' }
end

--- What can be made twice without harm is settled by its name.
function provider.settle_rule()
  return "name"
end

local act = {}

--- What the system refuses has not been done, and is no bug of ours.
local function must(ok, why)
  if not ok then failure.raise(failure.from(why)) end
end

local function write(intent)
  local path = path_of(intent.place, intent.want.Path)
  must(fs.replace(path, value.reveal(intent.want.Content), mode_of(intent.want)))
  return { identifier = intent.want.Path }
end

function act.create(intent)
  local have = look(intent.place, intent.want.Path)
  if not have then return write(intent) end
  if as_wanted(have, intent.want) then return { identifier = have.Path } end
  failure.raise { what = ("%s is there already, and says something else"):format(have.Path),
    next = ('move it away, or write identifier = "%s" to take it over'):format(have.Path) }
end

--- Only the mode is changed in place; everything else writes the file anew.
function act.update(intent)
  local path = path_of(intent.place, intent.identifier)
  if #intent.changed == 1 and intent.changed[1] == "Mode" then
    must(fs.chmod(path, mode_of(intent.want)))
    return { identifier = intent.identifier }
  end
  local want = { Path = intent.identifier }
  for _, name in ipairs { "Content", "Mode" } do
    want[name] = intent.want[name] or intent.have[name]
  end
  return write { place = intent.place, want = want }
end

function act.delete(intent)
  local ok, why = fs.remove(path_of(intent.place, intent.identifier))
  if not ok and why.code ~= "ENOENT" then failure.raise(failure.from(why)) end
  return { identifier = intent.identifier }
end

function provider.act(intent)
  return act[intent.action](intent)
end

--- A provider is made from the engine's ports; this one needs none of them.
---@return Provider
return function()
  return provider
end
