-- Where a stack lives on disk: one folder, files 0600 in it, each replaced as a whole or
-- appended to.
local failure = require "engine.failure"
local fs = require "native.fs"
local lock = require "native.lock"

local FILE_MODE <const> = tonumber("600", 8)
local FOLDER_MODE <const> = tonumber("700", 8)

local HINTS <const> = {
  ENOSPC = "the disk is full; nothing was lost: free some space and run the same command again",
  EDQUOT = "the disk quota is used up; nothing was lost: free some space and run it again",
  EACCES = "give yourself read and write permission there, or name another folder with --state",
  EPERM = "give yourself read and write permission there, or name another folder with --state",
  EROFS = "the file system is read-only: name another folder with --state",
}

---@class state.folder
---@field path string
local folder = {}
folder.__index = folder

local function fail(what, path, cause)
  failure.raise {
    what = ("cannot %s: %s"):format(what, cause.reason or cause.message or tostring(cause)),
    where = path, code = cause.code,
    next = HINTS[cause.code] or "see that the folder can be written, or name another with --state",
  }
end

---@param path string
---@return state.folder
local function open(path)
  return setmetatable({ path = path }, folder)
end

---@param name string
---@return string
function folder:at(name)
  return self.path .. "/" .. name
end

---The bytes of a file, or nil where there is none.
---@param name string
---@return string|nil
function folder:read(name)
  local bytes, cause = fs.read(self:at(name))
  if bytes then return bytes end
  if cause.code ~= "ENOENT" and cause.code ~= "ENOTDIR" then
    fail("read the " .. name .. " file", self:at(name), cause)
  end
end

---Makes the folder, and those above it; what is below ours is closed to others.
function folder:ensure()
  local made, cause = fs.mkdir(self.path, FOLDER_MODE)
  if not made then fail("make the folder", self.path, cause) end
  local closed, why = fs.chmod(self.path, FOLDER_MODE)
  if not closed then fail("close the folder to others", self.path, why) end
end

---Replaces a file as a whole; when it returns, the new one is on disk.
---@param name string
---@param bytes string
function folder:replace(name, bytes)
  local ok, cause = fs.replace(self:at(name), bytes, FILE_MODE)
  if not ok then fail("write the " .. name .. " file", self:at(name), cause) end
end

---Opens a file to append to: write(bytes), sync() and truncate(bytes) raise; close() does not.
---@param name string
---@return table
function folder:append(name)
  local path = self:at(name)
  local handle, cause = fs.append(path)
  if not handle then fail("open the " .. name .. " file", path, cause) end
  local function checked(method)
    return function(_, ...)
      local ok, why = handle[method](handle, ...)
      if not ok then fail("write the " .. name .. " file", path, why) end
    end
  end
  return {
    write = checked "write", sync = checked "sync", truncate = checked "truncate",
    close = function() handle:close() end,
  }
end

---@param name string
---@param other string
function folder:rename(name, other)
  local ok, cause = fs.rename(self:at(name), self:at(other))
  if not ok then fail("move the " .. name .. " file", self:at(other), cause) end
  self:sync()
end

---Removes a file; one that is not there is as good.
---@param name string
function folder:remove(name)
  local ok, cause = fs.remove(self:at(name))
  if not ok and cause.code ~= "ENOENT" and cause.code ~= "ENOTDIR" then
    fail("remove the " .. name .. " file", self:at(name), cause)
  end
end

---Makes new, moved and removed names in the folder last.
function folder:sync()
  local ok, cause = fs.sync_folder(self.path)
  if not ok then fail("sync the folder", self.path, cause) end
end

---The lock of the folder, or nil where somebody else holds it.
---@param name string
---@return table|nil
function folder:lock(name)
  local held, cause = lock.take(self:at(name))
  if held then return held end
  if cause.code == "EAGAIN" or cause.code == "EWOULDBLOCK" then return nil end
  fail("lock the stack", self:at(name), cause)
end

return { open = open }
