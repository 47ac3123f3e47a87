--- A local AWS for specs: checks signatures, counts calls, and misbehaves where it is told to.
local http = require "native.http"
local json = require "json"

local emulator = {}
emulator.__index = emulator
emulator.__close = function(self) self:stop() end

local VENV = os.getenv "MRUN_VENV" or "build/deps/venv"

local function keep_keys(self, line)
  local keys = assert(json.decode(line))
  self.access_key, self.secret_key = keys.access_key, keys.secret_key
end

--- One that is not there yet.
---@return table
function emulator.unstarted() return setmetatable({}, emulator) end

--- Starts one and waits until it answers.
---@param kind "moto"|"ministack"|nil
---@return table
function emulator.start(kind)
  local self = emulator.unstarted()
  self:begin(kind)
  return self
end

-- One that nobody has used: an empty account is a fork of it.
local function spawn(kind)
  local self = emulator.unstarted()
  local command = ("exec %s/bin/python spec/support/emulator.py %s %s"):format(VENV, kind or "moto",
    VENV)
  local pipe = assert(io.popen(command, "r"))
  local port, pid = pipe:read("n", "n")
  assert(port and pid, "the emulator does not start: make deps")
  pipe:read "l"
  self.pipe, self.port, self.pid = pipe, port, math.tointeger(pid)
  self.url = ("http://127.0.0.1:%d"):format(port)
  keep_keys(self, pipe:read "l")
  return self
end

local END <const> = "kill -9 %d; while kill -0 %d 2> /dev/null; do sleep 0.01; done"

local function stop(pid) os.execute(END:format(pid, pid)) end

local function begin_as_fork(self)
  for key, value in pairs(self.root:fork()) do self[key] = value end
end

---@param kind "moto"|"ministack"|nil
function emulator:begin(kind)
  local root = spawn(kind)
  if kind == "ministack" then
    for key, value in pairs(root) do self[key] = value end
  else
    self.root = root
    begin_as_fork(self)
  end
end

function emulator:stop()
  if not self.pipe then stop(self.pid) end
  local spawned = self.root or self
  if spawned.pipe then
    os.execute("kill " .. spawned.pid)
    spawned.pipe:close()
  end
end

-- A connection of its own each time: none is open while it forks.
local function control(self, method, path, body)
  local one <close> = assert(http.new { user_agent = "spec" })
  local id = assert(one:add { method = method, url = self.url .. path, body = body or "",
    headers = { connection = "close" }, timeout_ms = 120000 })
  local done
  repeat done = one:poll(1000)[id] until done
  if done.failure then error(done.failure, 0) end
  return done.body
end

--- Another one beside it, whose account begins as this one's is now; it costs some milliseconds.
---@return table
function emulator:fork()
  local other = assert(json.decode(control(self, "POST", "/_fork")))
  return setmetatable({ port = other.port, pid = other.pid, access_key = self.access_key,
    secret_key = self.secret_key, url = "http://127.0.0.1:" .. other.port }, emulator)
end

--- An empty account; no faults, no calls. Its address is another one.
function emulator:reset()
  if not self.root then
    keep_keys(self, control(self, "POST", "/_reset"))
    return
  end
  stop(self.pid)
  begin_as_fork(self)
end

--- How it behaves from now on: see faults.py.
---@param faults table
function emulator:behave(faults)
  control(self, "PUT", "/_faults", json.encode(faults))
end

--- What was asked since the last time that this was called.
---@return { service: string, operation: string, status: integer, params: table, flying: integer }[]
function emulator:calls()
  local calls = assert(json.decode(control(self, "GET", "/_calls")))
  control(self, "DELETE", "/_calls")
  return calls
end

--- How often each operation was called, of a list of calls.
---@param calls table[]
---@return table<string, integer>
function emulator.count(calls)
  local counts = {}
  for _, call in ipairs(calls) do
    counts[call.operation] = (counts[call.operation] or 0) + 1
  end
  return counts
end

--- How many there are of each kind, of an account; of those kinds alone where some are given.
---@param account table<string, table>
---@param kinds table<string, any>|nil
---@return table<string, integer>
function emulator.sizes(account, kinds)
  local counts = {}
  for kind in pairs(kinds or account) do
    counts[kind] = 0
    for _ in pairs(account[kind]) do counts[kind] = counts[kind] + 1 end
  end
  return counts
end

--- The environment in which a process reaches it.
---@param region string|nil
---@return string assignments for a shell
function emulator:environment(region)
  return ("AWS_ENDPOINT_URL=%s AWS_ACCESS_KEY_ID=%s AWS_SECRET_ACCESS_KEY=%s AWS_REGION=%s "
    .. "AWS_DEFAULT_REGION=%s AWS_CONFIG_FILE=/dev/null "
    .. "AWS_SHARED_CREDENTIALS_FILE=/dev/null"):format(
    self.url, self.access_key, self.secret_key, region or "us-east-1", region or "us-east-1")
end

local function there(region, role)
  return (region or "us-east-1") .. (role and "?role=" .. role or "")
end

--- What an independent client finds in the account (boto.py).
---@param region string|nil
---@param role string|nil of another account
---@return table
function emulator:account(region, role)
  if self.root and not self.root.warm then -- then the forks to come need not make its clients
    self.root.warm = true
    self.root:account()
  end
  return assert(json.decode(control(self, "GET", "/_account/" .. there(region, role))))
end

--- A role in another account that the user may assume, and that may do everything there (moto).
---@param account string its number
---@return string arn
function emulator:role_in(account)
  return (control(self, "POST", "/_role/" .. account):match '^"(.*)"$')
end

--- Somebody else changes something: Python, with `client(service)` at hand. Its `result`.
---@param code string
---@param region string|nil
---@return any
function emulator:elsewhere(code, region)
  local answer = control(self, "POST", "/_python/" .. there(region), code)
  return answer ~= "null" and assert(json.decode(answer)) or nil
end

return emulator
