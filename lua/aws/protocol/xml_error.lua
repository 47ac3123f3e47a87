-- Errors of the XML protocols: Response/Errors/Error (ec2), ErrorResponse/Error (query), Error
-- (S3).
--
-- They are read by their few known elements and not by a model: what answers an error is often
-- not the service itself but something before it, and then only these elements are to be relied
-- on.
local xml_error = {}

local ENTITIES <const> = { lt = "<", gt = ">", quot = '"', apos = "'", amp = "&" }

local function decode(text)
  text = text:gsub("&#(x?)(%x+);", function(hex, digits)
    local code = tonumber(digits, hex == "x" and 16 or 10)
    return code and code <= 0x10FFFF and utf8.char(code) or ""
  end)
  return (text:gsub("&(%a+);", ENTITIES))
end

local function element(body, name)
  local text = body:match("<" .. name .. "[^<>]*>([^<]*)</" .. name .. ">")
  return text and decode(text)
end

---@param body string
---@return { code: string, message: string|nil, request_id: string|nil }|nil
function xml_error.parse(body)
  local inner = body:match("<Error[%s>].*") or body
  local code = element(inner, "Code")
  if not code or code == "" then return nil end
  return {
    code = code:match("^%s*(.-)%s*$"), message = element(inner, "Message"),
    type = element(inner, "Type"),
    request_id = element(body, "RequestId") or element(body, "RequestID"),
  }
end

return xml_error
