-- AWS's own hosts on this machine (hosts_server.py): who calls gets there by the proxy and the
-- certificates of `env`.
local json = require "json"
local server = require "spec.support.server"
local sys = require "native.sys"

local NAMES <const> = { "*.timestream.us-east-1.amazonaws.com", "dynamodb.us-east-1.amazonaws.com",
  "*.s3express-use1-az4.us-east-1.amazonaws.com", "s3express-control.us-east-1.amazonaws.com",
  "*.s3.us-east-1.amazonaws.com" }

local hosts = {}
hosts.__index = hosts

local function make_certificate(path)
  local command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    .. " -keyout %s.key -out %s.pem -subj /CN=spec -addext subjectAltName=DNS:%s 2>/dev/null"
  assert(os.execute(command:format(path, path, table.concat(NAMES, ",DNS:"))))
  return path .. ".pem", path .. ".key"
end

-- The Python that has botocore.
hosts.PYTHON = (os.getenv "MRUN_VENV" or "build/deps/venv") .. "/bin/python"

function hosts.start()
  local self = setmetatable({ path = os.getenv "TMPDIR" .. "/hosts" }, hosts)
  local certificate, key = make_certificate(self.path)
  self.server = server.start("hosts_server.py", certificate .. " " .. key)
  local proxy = self.server:url ""
  self.env = { HTTPS_PROXY = proxy, https_proxy = proxy, AWS_CA_BUNDLE = certificate,
    AWS_REGION = "us-east-1", AWS_DEFAULT_REGION = "us-east-1", HOME = "/nowhere",
    AWS_ACCESS_KEY_ID = "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY = "SECRETEXAMPLE",
    AWS_EC2_METADATA_DISABLED = "true" }
  return self
end

function hosts:stop()
  self.server:stop()
  os.remove(self.path .. ".pem")
  os.remove(self.path .. ".key")
end

local function request(self, method, path, body)
  local said = sys.run { "/usr/bin/env", "curl", "-sS", "--noproxy", "*", "-X", method,
    "--data-binary", body or "", self.server:url(path) }
  return json.decode(assert(said).out)
end

---Begins anew, with this of its state other than usual.
---@param fields table|nil
function hosts:state(fields)
  local all = { keys = { AKIDEXAMPLE = "SECRETEXAMPLE", AKIDOTHER = "OTHER" } }
  for name, value in pairs(fields or {}) do all[name] = value end
  request(self, "PUT", "/_state", json.encode(all))
end

---What came since: { host, operation, key, status, path, headers } each.
---@return table[]
function hosts:seen() return request(self, "GET", "/_seen") end

---The same as lines: "host operation".
---@return string[]
function hosts:lines()
  local lines = {}
  for at, each in ipairs(self:seen()) do
    lines[at] = ("%s %s"):format(each.host:gsub("%.us%-east%-1%.amazonaws%.com$", ""),
      each.operation)
  end
  return lines
end

---@return table<string, string>  the environment, with more in it
function hosts:with(more)
  local env = {}
  for name, value in pairs(self.env) do env[name] = value end
  for name, value in pairs(more or {}) do env[name] = value end
  return env
end

---Runs a command with that environment and nothing else.
---@param command string[]
---@param more table<string, string>|nil
---@return { code: integer, out: string, err: string }
function hosts:run(command, more)
  local words = { "/usr/bin/env", "-i", "PATH=/usr/bin:/bin" }
  for name, value in pairs(self:with(more)) do words[#words + 1] = name .. "=" .. value end
  table.move(command, 1, #command, #words + 1, words)
  return assert(sys.run(words, { timeout_ms = 20000 }))
end

return hosts
