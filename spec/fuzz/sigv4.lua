-- Lines of method, URL, header, value, token, and the body behind them: signed the same way
-- twice, or refused; what is signed has as many lines as it ought to. And the same for a request of
-- the client's.
local sigv4 = require "native.sigv4"

local function sign(request, style, s3)
  return sigv4.sign {
    method = request.method, url = request.url, body = request.body, token = request.token,
    headers = { [request.header] = { request.value, request.body } }, style = style,
    service = "service", region = "us-east-1", access_key = "AKID", secret_key = "secret",
    time = 1440938160, normalize_path = not s3, double_encode = not s3, omit_token = s3,
  }
end

local function check_client(request, s3)
  local headers, failure = sigv4.headers({ method = request.method, url = request.url,
    body = request.body, headers = { [request.header] = request.value } },
    { access_key = "AKID", secret_key = "secret", token = request.token },
    { name = "service", region = "us-east-1", double_encode = not s3 }, 1440938160)
  assert(headers or failure.op == "sign")
  if not headers then return end
  local signed = assert(sigv4.sign { method = request.method, url = request.url,
    body = request.body, headers = { [request.header] = headers[request.header],
      host = headers.host }, token = request.token, service = "service", region = "us-east-1",
    access_key = "AKID", secret_key = "secret", time = 1440938160, normalize_path = not s3,
    double_encode = not s3 })
  assert(headers.authorization == signed.headers.authorization, "signed otherwise")
end

return function(bytes)
  local request = {}
  request.method, request.url, request.header, request.value, request.token, request.body =
    bytes:match "^([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n([^\n]*)\n(.*)$"
  if not request.method then return end
  for _, style in ipairs { "header", "query" } do
    for _, s3 in ipairs { false, true } do
      check_client(request, s3)
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
