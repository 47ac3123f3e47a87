std = "lua54"
max_line_length = 100
codes = true
-- `local held <close>` is used by going out of scope, which luacheck does not know.
ignore = { "211/held" }
files["spec"] = { std = "+busted" }
files["spec/support"] = { globals = { "arg" } }
-- A recipe sees what the sandbox offers, and nothing of io, os, debug or load.
files["recipes"] = {
  std = {
    read_globals = {
      "provider", "params", "output", "env", "file", "secret", "policy", "check", "scope",
      "resource_type", "apply", "each", "json", "yaml", "require",
      "assert", "error", "ipairs", "next", "pairs", "pcall", "print", "select", "tonumber",
      "tostring", "type", "xpcall", "setmetatable", "getmetatable", "rawequal", "rawget", "rawlen",
      "rawset", "string", "table", "math", "utf8", "_VERSION",
    },
  },
}
