-- What the specs of the state share: a folder of their own, a store in it, and a disk that fails.
local fs = require "native.fs"
local secrets = require "spec.support.secrets"

local support = {}

local function remove_all(path)
  for _, name in ipairs(fs.list(path) or {}) do remove_all(path .. "/" .. name) end
  fs.remove(path)
end

support.remove = remove_all

---A new empty folder below TMPDIR and a function that searches it for secrets and takes it away.
function support.folder()
  local path = os.tmpname()
  os.remove(path)
  assert(fs.mkdir(path, tonumber("700", 8)))
  return path, function()
    local found = secrets.search(path)
    remove_all(path)
    if #found > 0 then error("a secret has come out: " .. table.concat(found, "; "), 0) end
  end
end

---The state modules loaded afresh, with this in place of native.fs.
function support.state_with(disk)
  local saved = {}
  for name in pairs(package.loaded) do
    if name == "state" or name:match("^state%.") then saved[name] = package.loaded[name] end
  end
  for name in pairs(saved) do package.loaded[name] = nil end
  package.loaded["native.fs"] = disk
  local state = require "state"
  for name in pairs(package.loaded) do
    if name == "state" or name:match("^state%.") then package.loaded[name] = nil end
  end
  for name, module in pairs(saved) do package.loaded[name] = module end
  package.loaded["native.fs"] = fs
  return state
end

local WRITES <const> = { "replace", "mkdir", "rename", "remove", "chmod", "sync_folder", "append" }

---A disk whose n-th change fails or never happens; every change is counted.
---  mode "full": it answers ENOSPC, half of the bytes of an append being there
---  mode "killed": an error flies through, and nothing more reaches the disk
function support.disk(fail_at, mode)
  local disk, count, dead = setmetatable({}, { __index = fs }), 0, false
  local written = 0
  local full = { op = "write", code = "ENOSPC", reason = "No space left on device" }
  local function step(act, half)
    count = count + 1
    if dead then error("killed", 0) end
    if count ~= fail_at then return act() end
    if half then half() end
    if mode == "full" then return nil, full end
    dead = true
    error("killed", 0)
  end
  local function appender(...)
    local handle, cause = fs.append(...)
    if not handle then return nil, cause end
    return {
      write = function(_, bytes)
        written = written + #bytes
        return step(function() return handle:write(bytes) end,
          function() handle:write(bytes:sub(1, #bytes // 2)) end)
      end,
      sync = function() return step(function() return handle:sync() end) end,
      truncate = function(_, bytes)
        return step(function() return handle:truncate(bytes) end)
      end,
      close = function() return handle:close() end,
    }
  end
  for _, name in ipairs(WRITES) do
    local real = name == "append" and appender or fs[name]
    disk[name] = function(...)
      local arguments = table.pack(...)
      if name == "replace" then written = written + #arguments[2] end
      return step(function() return real(table.unpack(arguments, 1, arguments.n)) end)
    end
  end
  function disk.count() return count end
  function disk.written() return written end
  return disk
end

---The same file, raising where it would return a failure, as the store's own handle does.
function support.checked(file)
  local wrapped = { close = function() file:close() end }
  for _, name in ipairs { "write", "sync", "truncate" } do
    wrapped[name] = function(_, ...) return assert(file[name](file, ...)) end
  end
  return wrapped
end

return support
