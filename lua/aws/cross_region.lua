-- Copies from another region: AWS wants a URL with which the one region may ask the other, signed
-- by who copies. It is made here where the caller says the region and gives no URL.
local presign = require "aws.presign"

local cross_region = {}

local function url_member(input)
  for _, name in ipairs { "PresignedUrl", "PreSignedUrl" } do
    if input:member(name) then return name end
  end
end

-- EC2 is told both regions. In the models of the others the source's is there for this alone.
local function is_told(service)
  return service.metadata.serviceId == "EC2"
end

---The parameters as they are sent.
---@param session aws.session
---@param service table
---@param operation table
---@param params table
---@return table params
function cross_region.fill(session, service, operation, params)
  local input, source = operation.input, params.SourceRegion
  local name = source and input and input:member "SourceRegion" and url_member(input)
  if not name or type(source) ~= "string" then return params end
  local filled = setmetatable({}, getmetatable(params))
  for key, value in pairs(params) do filled[key] = value end
  if not is_told(service) then filled.SourceRegion = nil end
  if filled[name] ~= nil then return filled end
  local also = not filled.DestinationRegion and { DestinationRegion = session:region() } or nil
  filled[name] = presign(session:with { region = source }, service, operation, filled,
    { also = also })
  if is_told(service) then
    filled.DestinationRegion = filled.DestinationRegion or session:region()
  end
  return filled
end

return cross_region
