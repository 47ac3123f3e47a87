-- What is secret by the models is shown by --debug nowhere, whichever operation it belongs to:
-- each one is built with a mark in every such place, and read with it.
local crypto = require "native.crypto"
local custom = require "aws.custom"
local pack = require "native.pack"
local protocol = require "aws.protocol"
local rest_text = require "aws.protocol.rest_text"
local support = require "spec.aws.support"
local url = require "aws.url"
local watch = require "aws.watch"

local MARK <const>, NUMBER <const> = 'Zq/7 +%é"x', 918273645
local data = assert(pack.open())

local SCALARS <const> = {
  integer = true, long = true, float = true, double = true, timestamp = true,
}

local value_of

local function structure_of(shape, secret, above)
  local name = shape.name or ""
  if above[name] or #above > 7 then return {}, false end
  local below = table.move(above, 1, #above, 1, { [#above + 1] = name })
  for _, known in ipairs(below) do below[known] = true end
  local found, any = {}, false
  for _, member in ipairs(shape:members()) do
    local value, marked = value_of(member, secret, below)
    local is_full = shape:traits().union and next(found)
    if (marked or member.required) and not is_full then
      found[member.name], any = value, any or marked
    end
  end
  return found, any
end

local function several_of(shape, secret, above)
  local members = {}
  for _, member in ipairs(shape:members()) do members[member.name] = member end
  if shape.kind == "map" then
    local key, key_marked = value_of(members.key, secret, above)
    local value, marked = value_of(members.value, secret, above)
    return { [key] = value }, key_marked or marked
  end
  local value, marked = value_of(members.member, secret, above)
  return { value }, marked
end

local function text_of(shape, secret)
  local least = math.max(0, (shape:traits().min or 0) - #MARK)
  if secret then return MARK .. ("p"):rep(least), true end
  return (shape:traits().enum or {})[1] or ("plain"):rep(12), false
end

-- A value of the model, and whether anything secret is in it.
function value_of(member, secret, above)
  local shape, own = member.shape, member.shape:traits()
  secret = secret or own.sensitive or member.traits.sensitive or false
  if own.document or own.jsonvalue or member.traits.jsonvalue then
    return { a = secret and MARK or "b" }, secret
  elseif shape.kind == "structure" then
    return structure_of(shape, secret, above)
  elseif shape.kind == "list" or shape.kind == "map" then
    return several_of(shape, secret, above)
  elseif shape.kind == "boolean" then
    return true, false
  elseif SCALARS[shape.kind] then
    return secret and NUMBER or 1, secret
  end
  return text_of(shape, secret)
end

local FORMS <const> = { MARK, url.encode(MARK), url.encode(MARK, "/"), crypto.base64(MARK),
  tostring(NUMBER), url.encode(MARK:sub(1, 6)), MARK:sub(1, 6), crypto.base64 '{"a' }

local function shown_in(said)
  for _, form in ipairs(FORMS) do
    if said:find(form, 1, true) then return said end
  end
end

local function every_operation(which, look)
  local count = 0
  for _, name in ipairs(data:services()) do
    local service = data:service(name)
    for _, called in ipairs(data:operations(name)) do
      local operation = data:operation(name, called)
      local shape = operation[which]
      local value, marked = nil, false
      if shape then value, marked = value_of({ shape = shape, traits = {} }, false, {}) end
      if marked and look(service, operation, value) then count = count + 1 end
    end
  end
  return count
end

local function call_of(service, operation, params)
  return { service = service, operation = operation, params = params, given = params, attempt = 1,
    data = data, protocol = protocol.of(service) }
end

-- What of an answer stands in its headers is taken out of the result.
local function take_headers(shape, result)
  local headers = {}
  for _, member in ipairs(shape:members()) do
    local value, location = result[member.name], member.traits.location
    local name = (member.traits.locationName or member.name):lower()
    if value ~= nil and location == "header" then
      headers[name], result[member.name] = rest_text.header(member, value), nil
    end
  end
  return headers
end

describe("what the models call secret", function()
  it("is in no request of any operation that --debug shows", function()
    local count = every_operation("input", function(service, operation, value)
      local call = call_of(service, operation, custom.params(service, operation, value))
      local built = call.protocol.request(call)
      if not built then return false end -- some want a value of their own
      assert.is_nil(shown_in(watch.request { method = "POST", headers = built.headers,
        url = "https://host" .. built.path, call = call }))
      return true
    end)
    assert.is_true(count > 1200, count)
  end)

  it("is in no answer of any operation that --debug shows", function()
    local count = every_operation("output", function(service, operation, value)
      local call = call_of(service, operation, {})
      local headers = take_headers(operation.output, value)
      call.protocol = { result = function() return value end }
      assert.is_nil(shown_in(watch.answer({ call = call, url = "https://x" },
        { status = 200, headers = headers, body = "" }, 1)))
      return true
    end)
    assert.is_true(count > 1500, count)
  end)

  it("is hidden in an address be it ever so short, and where one is a part of another", function()
    local service = data:service "geo-maps"
    local tile = { Tileset = "vector.basemap", X = "7", Y = "21", Z = "7", Key = "v1.k" }
    local said = watch.request {
      url = "https://maps/v2/tiles/vector.basemap/7/7/21?key=v1.k",
      call = call_of(service, data:operation("geo-maps", "GetTile"), tile),
    }
    assert.matches("https://maps/v2/tiles/vector.basemap/(secret)/(secret)/(secret)?key=(secret) ",
      said, 1, true)
    local user = call_of(data:service "iam", data:operation("iam", "ChangePassword"),
      { OldPassword = "abcd", NewPassword = "abcdefgh" })
    local echo = watch.answer({ call = user }, { status = 400, headers = {}, body =
      "<E><Error><Code>No</Code><Message>abcdefgh is like abcd</Message></Error></E>" }, 1)
    assert.matches('"(secret) is like (secret)"', echo, 1, true)
  end)
end)

describe("an error that repeats what nobody may read", function()
  local function failure_of(body, params, options)
    local session, clock = support.session(options)
    return tostring(support.drive(clock, { support.answer(400, body) }, function()
      return session:client "ssm":PutParameter(params)
    end).failure)
  end

  it("has neither the token that was signed with nor a secret parameter in it", function()
    local params = { Name = "n", Value = 'My"Pass/word' }
    local body = [[{"__type":"InvalidSignatureException","message":]]
      .. [["x-amz-security-token:TOKEN-1 and My\"Pass/word\n"}]]
    local said = failure_of(body, params, { credentials = { access_key = "A", secret_key = "S",
      token = "TOKEN-1" } })
    assert.matches("x-amz-security-token:(secret) and (secret)", said, 1, true)
  end)

  it("is told of an endpoint that has a password in it without the password", function()
    for _, address in ipairs { "https://user:pa55@host", "https://user:pa/55@host" } do
      local said = failure_of("{}", { Name = "n", Value = "v" }, { endpoint_url = address })
      assert.matches("https://host", said, 1, true)
      assert.is_nil(said:find("55", 1, true), said)
    end
  end)
end)
