--- A failure as text and as a document.
local failures = require "engine.failure"
local redact = require "engine.value.redact"
local text = require "engine.report.text"

local failure = {}

local FIELDS = { "what", "where", "next", "service", "operation", "code", "status", "request_id" }

--- Control characters are written out, line by line.
local function lines_of(words)
  local lines = {}
  for line in (redact.text(tostring(words)) .. "\n"):gmatch("(.-)\r?\n") do
    if line ~= "" then lines[#lines + 1] = text.escape(line) end
  end
  return lines
end

--- What AWS was asked and what it said, where the failure does not tell already.
local function call_of(wrong)
  if not wrong.operation then return nil end
  local parts = { wrong.service and wrong.service .. " " .. wrong.operation or wrong.operation }
  if wrong.code then
    local status = wrong.status and (" (%s)"):format(wrong.status) or ""
    parts[#parts + 1] = tostring(wrong.code) .. status
  end
  if wrong.request_id then parts[#parts + 1] = "request " .. wrong.request_id end
  local told = (wrong.where or "") .. wrong.what
  if told:find(wrong.operation, 1, true) and (not wrong.request_id
    or told:find(wrong.request_id, 1, true)) then
    return nil
  end
  return table.concat(parts, ", ")
end

local function where_of(wrong)
  local call = call_of(wrong)
  if wrong.where and call then return wrong.where .. ", " .. call end
  return wrong.where or call
end

--- One to three lines: what, where, what to do next.
---@param raised any
---@param style table|nil
---@param indent string|nil put before each line
---@return string with a line end
function failure.text(raised, style, indent)
  local wrong = failures.from(raised)
  indent = indent or ""
  local lines = {}
  for i, line in ipairs(lines_of(wrong.what)) do
    local head = i == 1 and text.paint(style, "red", "error:") .. " " or "  "
    lines[i] = indent .. head .. line
  end
  for _, detail in ipairs { where_of(wrong) or "", wrong.next or "" } do
    for _, line in ipairs(lines_of(detail)) do lines[#lines + 1] = indent .. "  " .. line end
  end
  return table.concat(lines, "\n") .. "\n"
end

--- The fields of a failure that a program reads.
---@param raised any
---@return table
function failure.fields(raised)
  local wrong, result = failures.from(raised), {}
  for _, field in ipairs(FIELDS) do
    local v = wrong[field]
    if type(v) == "string" then result[field] = redact.text(v) end
    if type(v) == "number" then result[field] = v end
  end
  return result
end

---@param raised any
---@return { error: table }
function failure.document(raised)
  return { error = failure.fields(raised) }
end

return failure
