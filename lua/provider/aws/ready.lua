--- Whether a thing is ready, on its way, failed or gone: by the state that AWS reports.
local path = require "provider.aws.path"

local ready = {}

local function has(list, word)
  for _, each in ipairs(list or {}) do
    if each == word then return true end
  end
  return false
end

--- nil when ready, "gone", or what it waits for or failed with.
---@param made table the handler, with `ready = { "available", at =, failed =, gone =, why = }`
---@param item table
---@return "gone"|{ pending: string }|{ failed: string }|nil
---@return string|nil why
function ready.of(made, item)
  local rule = made.ready
  if not rule then return nil end
  local word = path.get(item, rule.at)
  if word == nil then return nil end
  word = tostring(word):lower() -- VPC endpoints answer in either case
  if has(rule, word) then return nil end
  local why = rule.why and path.get(item, rule.why)
  if has(rule.gone, word) then return "gone", why end
  if has(rule.failed, word) then
    return { failed = why and ("%s: %s"):format(word, why) or word }
  end
  return { pending = word }
end

return ready
