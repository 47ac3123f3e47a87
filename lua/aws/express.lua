-- Sessions with directory buckets (S3 Express): where the rules ask for them, a call is signed with
-- the keys of a session, which the caller's own keys have begun. A session is of one bucket and one
-- caller, lasts some minutes, is renewed before it ends, and begun once for all who wait.
local errors = require "aws.errors"
local failure = require "engine.failure"
local held = require "aws.held"
local nested = require "aws.credentials.nested"

local SCHEME <const> = "sigv4-s3express"

local express = {}

local function advice(fault)
  return fault.code == "NoSuchBucket" and "see that the bucket is there, and in this zone" or nil
end

local function begin(session, call)
  local client, bucket = session:client(call.service.name), call.params.Bucket
  local answer = nested.call(client, "CreateSession", { Bucket = bucket },
    { what = "cannot begin a session with the bucket " .. bucket, next = advice })
  local keys = answer.Credentials or {}
  if not (keys.AccessKeyId and keys.SecretAccessKey and keys.SessionToken and keys.Expiration) then
    failure.raise { what = "s3 CreateSession: the answer holds no keys", service = "s3",
      operation = "CreateSession", where = "the bucket " .. bucket, code = "UnreadableAnswer",
      next = "see that the endpoint is S3" }
  end
  return { access_key = keys.AccessKeyId, secret_key = keys.SecretAccessKey,
    session_token = keys.SessionToken, expires_ms = keys.Expiration * 1000 }
end

---@type aws.held.kind
local KIND <const> = {
  fetch = begin,
  advisory_ms = 45 * 1000, advisory_part = 1 / 4, mandatory_ms = 10 * 1000, mandatory_part = 1 / 6,
  again_ms = 10 * 1000,
}

---Gives a call the keys of a session, where it is to be signed with such; may wait.
---@param session aws.session
---@param call table  with credentials and endpoint
function express.apply(session, call)
  call.signer, call.express = nil, nil
  if not call.credentials or call.endpoint.auth.scheme ~= SCHEME then return end
  call.express = held.holder(session.express, call.credentials,
    call.endpoint.url .. "\n" .. call.params.Bucket)
  call.signer = held.get(call.express, KIND, session, call)
end

-- The answer to HEAD has no body to say what was wrong in.
local function is_ended(call, found)
  return errors.is_expired(found.code) or found.code == "InvalidAccessKeyId"
    or call.request.method == "HEAD" and found.status == 400
end

---Forgets a session that has ended by the server's word; true where the call is to be sent again
---with another. Once a call.
---@param call table
---@param found table  what aws.outcome has found
---@return boolean
function express.forget(call, found)
  if not call.signer or call.session_renewed or not found.code or not is_ended(call, found) then
    return false
  end
  held.forget(call.express, call.signer)
  call.session_renewed = true
  return true
end

return express
