-- passphrase.lua: the passphrase of encrypted state, from MRUN_PASSPHRASE, the file that
-- MRUN_PASSPHRASE_FILE names, or a person at the terminal.
local failure = require "engine.failure"
local fs = require "native.fs"
local sys = require "native.sys"
local value = require "engine.value"

local NAME <const>, NEW <const> = "MRUN_PASSPHRASE", "MRUN_NEW_PASSPHRASE"
local FILE_BYTES <const> = 64 * 1024

local function from_file(name)
  local path = sys.getenv(name)
  if not path or path == "" then return nil end
  local text, why = fs.read(path, FILE_BYTES)
  if not text then
    failure.raise(failure.add(failure.from(why), { where = name, kind = "usage",
      next = "name a file with the passphrase in its first line" }))
  end
  local line = text:match "^[^\r\n]*"
  if line == "" then
    failure.raise { kind = "usage", what = "the first line of the passphrase's file is empty",
      where = path, next = "write the passphrase there" }
  end
  return line
end

local function given(name)
  local said = sys.getenv(name)
  if said and said ~= "" then return said end
  return from_file(name .. "_FILE")
end

local function asked(console, name, new)
  if not console.can_ask then
    failure.raise { kind = "usage",
      what = new and "the state is to be encrypted, and no passphrase is given"
        or "the state is encrypted, and no passphrase is given",
      next = ("set %s, or %s_FILE to a file that holds it"):format(name, name) }
  end
  local what = new and "New passphrase of the state: " or "Passphrase of the state: "
  local first = console.ask(what, true)
  if not first or first == "" then
    failure.raise { kind = "usage", what = "no passphrase was given", next = "type it in" }
  end
  if new and console.ask("The same again: ", true) ~= first then
    failure.raise { kind = "usage", what = "these were two different passphrases",
      next = "run the same command again" }
  end
  return first
end

---Gives the passphrase: once found it is known for the rest of the run. A new one is asked for
---twice; for a rekey it comes from MRUN_NEW_PASSPHRASE or MRUN_NEW_PASSPHRASE_FILE.
---@param console table
---@return fun(why: "open"|"new"|"renew"): string
return function(console)
  local known
  return function(why)
    if why == "renew" then
      return value.reveal(value.secret(given(NEW) or asked(console, NEW, true)))
    end
    known = known or given(NAME) or asked(console, NAME, why == "new")
    value.secret(known)
    return known
  end
end
