--- Files beside the recipe: nothing outside its folder can be read, by no path and by no
--- symbolic link.
local failure = require "engine.failure"

local files = {}

local MAX_SOURCE_BYTES = 4 * 1024 * 1024

---@param path string
---@return string
function files.folder_of(path)
  return path:match("^(.*)/[^/]*$") or "."
end

local function outside(name)
  failure.raise {
    what = ("%s is outside the recipe's folder"):format(name),
    next = "put the file beside the recipe, or below it",
  }
end

--- "a/./b/../c" is "a/c"; nil when it climbs out.
local function normal(name)
  local parts = {}
  for part in name:gmatch("[^/]+") do
    if part == ".." then
      if #parts == 0 then return nil end
      parts[#parts] = nil
    elseif part ~= "." then
      parts[#parts + 1] = part
    end
  end
  return #parts > 0 and table.concat(parts, "/") or nil
end

local function join(folder, name)
  if folder == "." then return name end
  return (folder == "/" and "" or folder) .. "/" .. name
end

local function below(root, real)
  if root == "/" then return true end
  return real:sub(1, #root + 1) == root .. "/"
end

--- The path of a file below the folder; raises when it is not there, or not below it.
---@param ev table
---@param name string as the recipe wrote it
---@return string path
function files.locate(ev, name)
  if name:sub(1, 1) == "/" or name:find("%z") then outside(name) end
  local relative = normal(name)
  if not relative then outside(name) end
  local path = join(ev.folder, relative)
  local root, real = ev.host.realpath(ev.folder), ev.host.realpath(path)
  -- What is not there cannot lead outside; reading it says what is wrong.
  if root and real and not below(root, real) then outside(name) end
  return path
end

--- A pipe or a device may never end, and never says the same twice.
local function must_be_plain(ev, path)
  if ev.host.is_special(path) then
    failure.raise { what = ("%s is a pipe or a device"):format(path),
      next = "put what it says into a file beside the recipe" }
  end
end

--- The contents of a file: the recipe's `file "path"`.
---@param ev table
---@param name string
---@return string
function files.read(ev, name)
  local path = files.locate(ev, name)
  must_be_plain(ev, path)
  local text, why = ev.host.read_file(path)
  if not text then
    failure.raise { what = ("cannot read %s: %s"):format(path, failure.from(why).what),
      next = "paths are relative to the recipe's folder" }
  end
  ev.limits:reserve(#text)
  ev.inputs:saw_file(path, text)
  return text
end

--- Compiles a Lua source of the recipe and records it.
---@param ev table
---@param path string
---@param text string
---@return function chunk
function files.compile(ev, path, text)
  if #text > MAX_SOURCE_BYTES then
    failure.raise { what = ("%s is longer than %d MB"):format(path, MAX_SOURCE_BYTES >> 20),
      next = "keep data in files and read them with file" }
  end
  ev.inputs:saw_source(path, text)
  ev.chunks["@" .. path] = true
  if text:sub(1, 3) == "\239\187\191" then text = text:sub(4) end
  if text:sub(1, 1) == "#" then text = "--" .. text end
  if text:sub(1, 1) == "\27" then
    failure.raise { what = "compiled Lua cannot be a recipe", where = path,
      next = "give its source" }
  end
  local chunk, message = load(text, "@" .. path, "t", ev.env)
  if chunk then return chunk end
  local line, reason = tostring(message):match(":(%d+): (.*)$")
  failure.raise {
    what = "syntax error: " .. (reason or tostring(message)),
    where = line and path .. ":" .. line or path,
    next = "correct the Lua around this line",
  }
end

local function find_module(ev, name)
  local base = name:gsub("%.", "/")
  for _, candidate in ipairs { base .. ".lua", base .. "/init.lua" } do
    local path = files.locate(ev, candidate)
    must_be_plain(ev, path)
    -- A saved plan is evaluated with its own modules, whatever has come beside the
    -- recipe since.
    local saved = ev.host.recorded and ev.host.recorded.sources
    local text = (not saved or saved[path]) and ev.host.read_file(path)
    if text then return path, text end
  end
  failure.raise {
    what = ("there is no module %q beside the recipe"):format(name),
    next = ("looked for %s.lua and %s/init.lua in its folder"):format(base, base),
  }
end

--- `require` for recipes. Written in Lua, so that a look-up inside the module may wait.
---@param ev table
---@param name string
---@return any
function files.require(ev, name)
  local loaded = ev.modules[name]
  if loaded == "loading" then
    failure.raise { what = ("module %q requires itself"):format(name),
      next = "move what both need into a third module" }
  end
  if loaded then return loaded.result end
  local path, text = find_module(ev, name)
  ev.modules[name] = "loading"
  local result = files.compile(ev, path, text)(name, path)
  if result == nil then result = true end
  ev.modules[name] = { result = result }
  return result
end

return files
