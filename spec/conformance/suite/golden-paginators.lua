-- Paginators: from the pages that a service answers, the requests that are sent, the merged
-- result, and where it would go on.
local json = require "native.json"
local listed = require "listed"
local pack = require "native.pack"
local pages = require "aws.pages"
local same = require "same"

-- A client that answers with the case's pages, and keeps what it was asked.
local function replaying(case, data)
  local client = { session = { data = data }, service = case.service, requests = {} }
  function client:call(_, params)
    self.requests[#self.requests + 1] = params
    return case.pages[#self.requests] or error("it asks for a page after the last one", 0)
  end
  return client
end

local function check(case, data)
  local client = replaying(case, data)
  local options = case.options
  local result = pages.join(client, case.operation, {}, { max_items = options.MaxItems,
    page_size = options.PageSize, starting_token = options.StartingToken })
  local token = case.expect.resume_token
  if token and token ~= result.NextToken then return "resume_token: expected " .. token end
  -- As texts: an empty list is not an empty map there, and all keys count.
  for name, pair in pairs { requests = { case.expect.requests, client.requests },
    result = { case.expect.result, result } } do
    local want, came = json.encode(nil, pair[1]), json.encode(nil, pair[2])
    if want ~= came then
      return same.difference(pair[1], pair[2], name)
        or ("%s: expected %s, came %s"):format(name, want, came)
    end
  end
end

return listed("golden-paginators/paginators.json", check, { open = pack.open })
