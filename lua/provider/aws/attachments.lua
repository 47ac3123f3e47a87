--- Gateways attached to VPCs: known by their kind and the VPC.
local attachments = {}

local INTERNET, PRIVATE = "IGW", "VPN"

--- Which kind an attachment is of: by its identifier or by what is wanted.
---@param identifier string|nil
---@param want table|nil
---@return string
function attachments.variant(identifier, want)
  local kind = identifier and identifier:match("^[^|]+")
  if kind then return kind end
  return want and want.VpnGatewayId and PRIVATE or INTERNET
end

---@param want table
---@return string
function attachments.identifier(_, want)
  return attachments.variant(nil, want) .. "|" .. want.VpcId
end

---@param item table
---@return string
function attachments.type(item)
  return item.parent.VpnGatewayId and PRIVATE or INTERNET
end

---@param item table
---@return string
function attachments.key(item)
  return attachments.type(item) .. "|" .. item.VpcId
end

--- The gateway to detach: the one that is attached, or that was.
---@param change table
---@return table
function attachments.gateway(change)
  local known = change:known { "InternetGatewayId", "VpnGatewayId" }
  if known.VpnGatewayId then return { VpnGatewayId = known.VpnGatewayId } end
  return { InternetGatewayId = known.InternetGatewayId }
end

--- Before an internet gateway can be deleted whose state was lost: attachments carry no tag, so
--- nobody else takes them away. AWS refuses it while something in the VPC has a public address.
---@param change table
---@param patience table that of the delete
function attachments.remove(change, patience)
  if change.previous then return end
  local answer = change:ask("DescribeInternetGateways",
    { Filters = { { Name = "internet-gateway-id", Values = { change.identifier } } } })
  for _, gateway in ipairs(answer.InternetGateways or {}) do
    for _, one in ipairs(gateway.Attachments or {}) do
      change:call("DetachInternetGateway", { VpcId = one.VpcId },
        { done = { "^Gateway%.NotAttached$" }, later = patience.later, ends = patience.ends,
          deadline_ms = patience.deadline_ms })
    end
  end
end

--- For `update`: a VPC has one gateway of a kind, so the old one leaves first.
---@param change table
---@return table[]
function attachments.replace(change)
  local word = change.want.VpnGatewayId and "VpnGateway" or "InternetGateway"
  local id = word .. "Id"
  local steps = {}
  if change.have[id] then
    steps[1] = { "Detach" .. word, { [id] = change.have[id] }, done = { "^Gateway%.NotAttached$" } }
  end
  steps[#steps + 1] = { "Attach" .. word, { [id] = change.want[id] },
    done = { "^Resource%.AlreadyAssociated$" } }
  return steps
end

return attachments
