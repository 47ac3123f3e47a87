-- mrun help: the commands, or one of them with its options.
local function pad(text, width)
  return text .. (" "):rep(math.max(1, width - #text))
end

local function option_lines(list)
  local lines = {}
  for _, option in ipairs(list) do
    local name = (option.short and ("-%s, "):format(option.short) or "") .. "--" .. option.name
    if option.value then name = name .. " " .. option.value end
    lines[#lines + 1] = "  " .. pad(name, 28) .. option.help
  end
  return lines
end

local function one(mrun, name)
  local module = mrun.command(name)
  local lines = { module.usage, "", module.summary, "" }
  local own = option_lines(mrun.options_of(module))
  table.move(own, 1, #own, #lines + 1, lines)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "everywhere:"
  table.move(option_lines(mrun.GLOBAL), 1, #mrun.GLOBAL, #lines + 1, lines)
  return lines
end

local function all(mrun)
  local lines = { "mrun [OPTIONS] COMMAND", "" }
  for _, name in ipairs(mrun.commands()) do
    lines[#lines + 1] = "  " .. pad(name, 12) .. mrun.command(name).summary
  end
  lines[#lines + 1] = ""
  table.move(option_lines(mrun.GLOBAL), 1, #mrun.GLOBAL, #lines + 1, lines)
  lines[#lines + 1] = ""
  lines[#lines + 1] = "`mrun help COMMAND` says more. Exit: 0 done, 1 failure,"
  lines[#lines + 1] = "2 changes (--exit-code) or drift, 3 interrupted, 64 wrong usage."
  return lines
end

return {
  summary = "list the commands, or explain one",
  usage = "mrun help [COMMAND]",
  run = function(mrun)
    local lines = mrun.args[1] and one(mrun, mrun.args[1]) or all(mrun)
    mrun.print(table.concat(lines, "\n") .. "\n")
    return 0
  end,
}
