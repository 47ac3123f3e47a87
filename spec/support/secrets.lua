--- The secrets that specs use all begin alike, so that each file that mrun writes and each word
--- that it prints can be searched for them: by spec/support/user.lua after each run, and by
--- spec/support/isolate in what a spec file printed.
local fs = require "native.fs"

local secrets = { PREFIX = "mrun-secret-" }

-- How the beginning looks in base64, at each of the three places where it may stand.
local BASE64 = { "bXJ1bi1zZWNyZXQt", "1ydW4tc2VjcmV0L", "tcnVuLXNlY3JldC" }

--- A secret that is found wherever it turns up.
---@param word string
---@return string
function secrets.new(word)
  return secrets.PREFIX .. word
end

--- Where a secret stands in these bytes, with what is around it; nil where none does.
---@param bytes string
---@param more string[]|nil secrets without the beginning
---@return string|nil
function secrets.find(bytes, more)
  local wanted = { secrets.PREFIX, table.unpack(BASE64) }
  table.move(more or {}, 1, #(more or {}), #wanted + 1, wanted)
  for _, one in ipairs(wanted) do
    local at = bytes:find(one, 1, true)
    if at then return ("byte %d: ...%s..."):format(at, bytes:sub(math.max(1, at - 60), at + 40)) end
  end
end

--- The files below a folder in which a secret stands.
---@param folder string
---@param options { except: table<string, boolean>|nil, more: string[]|nil }|nil
---@return string[] what was found where
function secrets.search(folder, options)
  options = options or {}
  local found = {}
  local function walk(path, name)
    local inside = fs.list(path)
    for _, entry in ipairs(inside or {}) do
      walk(path .. "/" .. entry, name == "" and entry or name .. "/" .. entry)
    end
    if inside or options.except and options.except[name] then return end
    local kind = fs.stat(path)
    if not kind or kind.type ~= "file" then return end -- a pipe would be waited for
    local where = secrets.find(fs.read(path) or "", options.more)
    if where then found[#found + 1] = name .. ", " .. where end
  end
  walk(folder, "")
  return found
end

return secrets
