-- Raw HTTP requests, as the public signing cases have them, taken apart and compared.
local same = require "same"

local raw = {}

---@param text string
---@return { method: string, target: string, headers: table<string, string[]>, body: string }
function raw.parse(text)
  local head, body = text:match "^(.-)\r?\n\r?\n(.*)$"
  local lines, headers = {}, {}
  for line in ((head or text) .. "\n"):gmatch "(.-)\r?\n" do
    if line:match "^%s" and #lines > 1 then
      lines[#lines] = lines[#lines] .. "\n" .. line -- a value that goes on
    elseif line ~= "" then
      lines[#lines + 1] = line
    end
  end
  for at = 2, #lines do
    local name, value = lines[at]:match "^(.-):%s*(.*)$"
    name = name:lower()
    headers[name] = headers[name] or {}
    table.insert(headers[name], value)
  end
  local method, target = lines[1]:match "^(%S+) (.*) HTTP"
  return { method = method, target = target, headers = headers, body = body or "" }
end

-- The order of the parameters of a query says nothing.
local function with_sorted_query(target)
  local path, query = target:match "^([^?]*)%?(.*)$"
  if not path then return target end
  local pairs_ = {}
  for pair in query:gmatch "[^&]+" do pairs_[#pairs_ + 1] = pair end
  table.sort(pairs_)
  return path .. "?" .. table.concat(pairs_, "&")
end

---@param want string  the text of a request
---@param came table  a request as raw.parse gives it
---@return string|nil what differs
function raw.difference(want, came)
  local expected = raw.parse(want)
  return same.difference(
    { expected.method, with_sorted_query(expected.target), expected.headers, expected.body },
    { came.method, with_sorted_query(came.target), came.headers, came.body }, "signed-request")
end

---The request with the headers that a signature brings in place of its own of the same names.
---@param request table
---@param headers table<string, string>
---@param url string
---@return table
function raw.with(request, headers, url)
  local all = {}
  for name, values in pairs(request.headers) do all[name] = values end
  for name, value in pairs(headers) do all[name:lower()] = { value } end
  return { method = request.method, headers = all, body = request.body,
    target = url:match "^%a+://[^/?]*(.*)$" }
end

return raw
