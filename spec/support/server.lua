-- Starts a helper server on 127.0.0.1: it prints its port and its pid, and is stopped by that pid.
local server = {}
server.__index = server

---@param script string below spec/support
---@param arguments string?
---@param python string?  another interpreter than the system's
function server.start(script, arguments, python)
  local command = ("exec %s spec/support/%s %s"):format(python or "python3", script,
    arguments or "")
  local pipe = assert(io.popen(command, "r"))
  local port, pid = pipe:read "n", pipe:read "n"
  assert(port and pid, script .. " does not start")
  return setmetatable({ pipe = pipe, port = port, pid = math.tointeger(pid) }, server)
end

---@param path string
---@param scheme string?
function server:url(path, scheme)
  return ("%s://127.0.0.1:%d%s"):format(scheme or "http", self.port, path)
end

function server:stop()
  os.execute("kill " .. self.pid)
  self.pipe:close()
end

return server
