-- The arguments of a client's methods beside the parameters of its operations, which the models
-- know: what is of another type, or misspelt, is said at once.
local failure = require "engine.failure"
local keys_of = require "engine.value".keys
local nearest = require "aws.nearest"

local arguments = {}

-- What each method may be told, and of which type.
local OPTIONS <const> = {
  pages = { page_size = "number", max_items = "number", starting_token = "string" },
  wait = { max_wait_s = "number", delay_s = "number" },
  together = { at_once = "number" },
  split = { at_once = "number", size = "number" },
  presign = { expires_s = "number", also = "table" },
}

local function refuse(client, method, what, next_step)
  failure.raise { what = ("%s %s: %s"):format(client.service, method, what),
    service = client.service, code = "ParamValidation", next = next_step }
end

---Says what is wrong with a table of options, where something is.
---@param options table
---@param types table<string, string>  of each that there is; "any" where its reader looks
---@param advice string  where nothing is called nearly so
---@return string|nil what
---@return string|nil next_step
function arguments.fault(options, types, advice)
  for name, value in pairs(options) do
    local kind = types[name]
    if not kind then
      return ("there is no option %s"):format(tostring(name)),
        nearest.advice(tostring(name), keys_of(types), advice)
    elseif kind ~= "any" and type(value) ~= kind then
      return ("%s must be a %s, not a %s"):format(name, kind, type(value)), "correct it"
    end
  end
end

---Raises where something is no table; an absent one is empty.
---@param client aws.client
---@param method string  for messages
---@param what string
---@param value any
---@return table
function arguments.table(client, method, what, value)
  if value == nil then return {} end
  if type(value) == "table" then return value end
  refuse(client, method, ("%s must be a table, not a %s"):format(what, type(value)),
    "write { ... }")
end

---Raises where an option is none of the method's, or is of another type.
---@param client aws.client
---@param method "pages"|"wait"|"together"|"split"|"presign"
---@param options any
---@return table
function arguments.options(client, method, options)
  local types = OPTIONS[method]
  options = arguments.table(client, method, "the options", options)
  local what, next_step = arguments.fault(options, types,
    "it takes " .. table.concat(keys_of(types), ", "))
  if what then refuse(client, method, what, next_step) end
  return options
end

---Raises where the list that is to be split, or the size of its parts, is none.
---@param client aws.client
---@param params table
---@param member any
---@param options table
function arguments.split(client, params, member, options)
  if type(member) ~= "string" or type(params[member]) ~= "table" then
    refuse(client, "split", ("the parameters have no list %s"):format(tostring(member)),
      "name the parameter whose list is to be split")
  end
  local size = math.tointeger(options.size)
  if not size or size < 1 then
    refuse(client, "split", "size must be a whole number above 0", "say how many a call takes")
  end
end

return arguments
