-- Who may know whom: STYLE's table, checked over every require, include and print.

local layers = {}

--- First match decides. `may` are Lua patterns of module names; `speaks`: may print.
layers.rules = {
  { "^lua/main%.lua$", may = { "" }, speaks = true },
  { "^lua/main/", may = { "" }, speaks = true },
  { "^lua/engine/", may = { "^engine%." } },
  { "^lua/json%.lua$", may = { "^native%.json$" } },
  { "^lua/recipe/", may = { "^recipe", "^engine%.", "^native%.yaml$", "^json$" } },
  -- The front ends are one layer: a template becomes declarations by the recipe's own means.
  { "^lua/template/", may = { "^template", "^recipe", "^engine%.", "^native%.yaml$", "^json$" } },
  { "^lua/aws/", may = { "^aws", "^native%.", "^json$", "^engine%.failure$", "^engine%.value$" } },
  { "^lua/provider/aws/", may = { "^provider%.aws", "^engine%.schema$", "^engine%.failure$",
    "^engine%.value$", "^aws", "^native%.", "^json$" } },
  { "^lua/provider/(%w+)/", may = { "^provider%.%1", "^engine%.schema$", "^engine%.failure$",
    "^engine%.value$", "^native%.", "^json$" } },
  { "^lua/state/", may = { "^state", "^native%.", "^json$", "^engine%.failure$", "^aws" } },
  { "^lua/command/", may = { "^command%.", "^engine%.report", "^engine%.failure$" },
    speaks = true },
  { "^recipes/", may = { "^[%w_]+$" }, speaks = true },
}

local function rule_of(path)
  for _, rule in ipairs(layers.rules) do
    local word = path:match(rule[1])
    if word then return rule, word end
  end
end

local function allowed(rule, word, name)
  for _, pattern in ipairs(rule.may) do
    if name:find((pattern:gsub("%%1", word))) then return true end
  end
  return false
end

--- Comments and long strings may name what they like.
local function code_of(line)
  return (line:gsub("%-%-.*", ""))
end

local function check_requires(path, lines, complain)
  local rule, word = rule_of(path)
  if not rule then
    if path:find "^lua/" then complain(path, 1, "no layer of STYLE.md holds this file") end
    return
  end
  for number, line in ipairs(lines) do
    local code = code_of(line)
    for name in code:gmatch "require%s*%(?%s*[\"']([%w_.%-]+)[\"']" do
      if not allowed(rule, word, name) then
        complain(path, number, ("this layer may not use %s"):format(name))
      end
      if name == "main" then complain(path, number, "nobody requires main") end
    end
    if not rule.speaks and (code:find "^%s*print[%s(]" or code:find "io%.write") then
      complain(path, number, "this layer does not print")
    end
  end
end

--- The engine has no I/O and no clock; a recipe's sandbox has even less.
local ABSENT = {
  ["^lua/engine/"] = { "io.", "os.", "load(", "loadfile(", "dofile(", "package." },
  ["^recipes/"] = { "io.", "os.", "load(", "loadfile(", "dofile(", "package.", "debug." },
}

local function check_absent(path, lines, complain)
  for pattern, names in pairs(ABSENT) do
    for number, line in ipairs(path:find(pattern) and lines or {}) do
      local code = code_of(line):gsub('"[^"]*"', "")
      for _, name in ipairs(names) do
        if code:find("%f[%w_.]" .. name:gsub("%p", "%%%0")) then
          complain(path, number, ("this layer may not use %s"):format(name))
        end
      end
    end
  end
end

local LUA_HEADERS = { ["lua.h"] = true, ["lauxlib.h"] = true, ["lualib.h"] = true }
local LIBRARIES = {
  ["^curl/"] = "libcurl", ["^openssl/"] = "OpenSSL", ["^yaml%.h"] = "libyaml",
  ["^expat"] = "expat", ["^pcre2"] = "PCRE2", ["^zlib%.h"] = "zlib",
}

local function library_of(header)
  for pattern, library in pairs(LIBRARIES) do
    if header:find(pattern) then return library end
  end
end

--- A module knows support.h, shape.h, its own folder's headers, Lua and one library.
local function check_includes(path, lines, complain)
  local module = path:match "^modules/([%w_]+)"
  local library
  for number, line in ipairs(lines) do
    local quoted = line:match '^%s*#%s*include%s*"([^"]+)"'
    local header = line:match "^%s*#%s*include%s*<([^>]+)>"
    local found = header and library_of(header)
    local shared = quoted and quoted:gsub("^%.%./", "")
    if quoted and module and shared ~= "support.h" and shared ~= "shape.h"
      and not layers.exists("modules/" .. module .. "/" .. quoted) then
      complain(path, number, ("a module does not know %s"):format(quoted))
    end
    if quoted and path:find "^runtime/" and quoted ~= "host.h" and not quoted:find "stress%.h$" then
      complain(path, number, ("the host does not know %s"):format(quoted))
    end
    if found and (not module or module == "shared" or (library and library ~= found)) then
      complain(path, number, ("%s is one library too many here"):format(found))
    end
    library = library or found
    if header and LUA_HEADERS[header] and path:find "^modules/.*%.c$" then
      complain(path, number, "support.h brings Lua")
    end
  end
end

local BANNED = { "sprintf", "strcpy", "strcat", "strtok", "gets", "alloca", "setjmp", "longjmp",
  "exit", "lua_call", "lua_pcall", "lua_callk", "lua_pcallk" }

local function check_banned(path, lines, complain)
  if not path:find "^modules/" then return end
  for number, line in ipairs(lines) do
    local code = line:gsub("/%*.-%*/", ""):gsub('"[^"]*"', ""):gsub("^%s*%*.*", "")
    for _, name in ipairs(BANNED) do
      if code:find("%f[%w_]" .. name .. "%s*%(") then
        complain(path, number, ("%s is banned in modules"):format(name))
      end
    end
    if code:find "^static%s" and not code:find "const" and code:find "[;=]%s*$"
      and not code:find "%(" then
      complain(path, number, "a module has no mutable globals")
    end
  end
end

--- Set by the caller: whether a file is part of the project.
function layers.exists()
  return false
end

function layers.check(path, lines, complain)
  if path:find "%.lua$" then
    check_requires(path, lines, complain)
    check_absent(path, lines, complain)
  else
    check_includes(path, lines, complain)
    check_banned(path, lines, complain)
  end
end

return layers
