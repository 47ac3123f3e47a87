-- How an object is cut into parts, and how the work on them is shared out.
local at_once = require "aws.at_once"
local failure = require "engine.failure"

local parts = {}

local MIB <const> = 1024 * 1024
local USUAL_BYTES <const>, LEAST_BYTES <const>, MOST <const> = 8 * MIB, 5 * MIB, 10000
local AT_ONCE <const> = 10

local function check_concurrency(options)
  local most = options.concurrency
  if most == nil or (math.tointeger(most) or 0) >= 1 then return end
  failure.raise { what = "concurrency is how many parts are under way at once",
    code = "ParamValidation", next = "choose a whole number from 1" }
end

---@param options { part_bytes: integer|nil, concurrency: integer|nil }
---@return integer bytes  of one part
function parts.size(options)
  check_concurrency(options)
  local bytes = math.tointeger(options.part_bytes or USUAL_BYTES)
  if not bytes or bytes < LEAST_BYTES then
    failure.raise { what = "S3 takes no parts below 5 MiB", code = "ParamValidation",
      next = "choose part_bytes of 5242880 or more" }
  end
  return bytes
end

---Cuts `bytes` into parts of `size`, larger ones where there would be more than S3 takes.
---@param bytes integer
---@param size integer
---@return { offset: integer, bytes: integer }[]
function parts.cut(bytes, size)
  if bytes > size * MOST then size = ((bytes + MOST - 1) // MOST + MIB - 1) // MIB * MIB end
  local list = {}
  for offset = 0, bytes - 1, size do
    list[#list + 1] = { offset = offset, bytes = math.min(size, bytes - offset) }
  end
  return list
end

---Does the work for each of the list, several at once. After the first failure nothing new is
---begun; it is raised once what was under way has ended.
---@param list any[]
---@param most integer|nil
---@param work fun(item: any, at: integer)
function parts.each(list, most, work)
  at_once(#list, most or AT_ONCE, function(at) work(list[at], at) end)
end

---The parameters that an operation has.
---@param client aws.client
---@param operation string
---@param params table
---@param more table|nil  these too, whatever they are
---@return table
function parts.only(client, operation, params, more)
  local input = client:operation(operation).input
  local found = {}
  for name, value in pairs(params) do
    if input:member(name) then found[name] = value end
  end
  for name, value in pairs(more or {}) do found[name] = value end
  return found
end

return parts
