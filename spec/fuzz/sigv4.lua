-- Lines of method, URL, header, value, token, and the body behind them: signed the same way
-- twice, or refused; what is signed has as many lines as it ought to.
local sigv4 = require "native.sigv4"

local function sign(request, style, s3)
  return sigv4.sign {
    method = request.method, url = request.url, body = request.body, token = request.token,
    headers = { [request.header] = { request.value, request.body } }, style = style,
    service = "service", region = "us-east-1", access_key = "AKID", secret_key = "secret",
    time = 1440938160, normalize_path = not s3, double_encode = not s3, omit_token = s3,
  }
end

return function(bytes)
  local request = {}
  request.method, request.url, request.header, request.value, request.token, request.body =
    bytes:match "^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$"
  if not request.method then return end
  for _, style in ipairs { "header", "query" } do
    for _, s3 in ipairs { false, true } do
      local signed, failure = sign(request, style, s3)
      assert(signed or failure.op == "sign")
      if signed then
        assert(sign(request, style, s3).signature == signed.signature)
        local path, query = signed.canonical_request:match "^[^\n]*\n(/[^\n]*)\n([^\n]*)\n"
        assert(path and not path:find "[^%w/%%_.~-]", "a path that is not encoded")
        assert(not query:find "[^%w%%&=_.~-]", "a query that is not encoded")
      end
    end
  end
end
