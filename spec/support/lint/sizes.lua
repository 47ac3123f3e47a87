-- Sizes: STYLE's first table, for Lua and C.

local sizes = { FILE = 400, FUNCTION = 60, LINE = 100, PARAMETERS = 5, HANDLER = 150 }

local function check_file(path, lines, complain)
  local limit = path:find "^lua/provider/aws/type/" and sizes.HANDLER or sizes.FILE
  if path:find "%.c$" or path:find "%.h$" or path:find "%.lua$" then
    if #lines > limit then
      complain(path, #lines, ("%d lines in a file, %d at most"):format(#lines, limit))
    end
  end
  for number, line in ipairs(lines) do
    local columns = utf8.len(line) or #line
    if columns > sizes.LINE then
      complain(path, number, ("a line of %d columns, %d at most"):format(columns, sizes.LINE))
    end
    if line:find "\t" and not path:find "Makefile" then complain(path, number, "a tab") end
    if line:find "%s$" then complain(path, number, "space at the end of a line") end
  end
end

local function check_function(path, first, last, complain)
  local count = last - first + 1
  if count > sizes.FUNCTION then
    complain(path, first, ("a function of %d lines, %d at most"):format(count, sizes.FUNCTION))
  end
end

local function check_parameters(path, number, list, complain)
  local count = select(2, list:gsub(",", ",")) + (list:find "%S" and 1 or 0)
  if count > sizes.PARAMETERS then
    complain(path, number, ("%d parameters, %d at most"):format(count, sizes.PARAMETERS))
  end
end

--- A function of Lua's, by the compiler's own word: its lines and its parameters.
local function check_prototypes(path, text, complain)
  local list = assert(io.popen("luac5.4 -l -l -p -- " .. path .. " 2>/dev/null || true"))
  for line in list:lines() do
    local first, last = line:match "^function <[^:]+:(%d+),(%d+)>"
    if first then
      -- A spec's describe holds its cases; it is a page, not a function.
      if not path:find "_spec%.lua$" then
        check_function(path, tonumber(first), tonumber(last), complain)
      end
    end
  end
  list:close()
  local number = 0
  for line in text:gmatch "([^\n]*)\n?" do
    number = number + 1
    local parameters = line:match "function%s*[%w_.:]*%s*%(([^)]*)%)"
    if parameters then check_parameters(path, number, parameters, complain) end
  end
end

--- C: a function's body opens with `{` in column one and closes with `}` there.
local function check_c(path, lines, complain)
  local head, opened
  for number, line in ipairs(lines) do
    if line:find "^[%a_].*%($" or line:find "^[%a_][%w_%s*]*%(" then head = number end
    if line == "{" then opened = head or number end
    if line == "}" and opened then
      check_function(path, opened, number, complain)
      local signature = table.concat(lines, " ", opened, math.min(opened + 3, number))
      local parameters = signature:match "^[^(]*(%b())"
      if parameters then check_parameters(path, opened, parameters:sub(2, -2), complain) end
      opened = nil
    end
  end
end

function sizes.check(path, lines, complain)
  check_file(path, lines, complain)
  if path:find "%.lua$" then
    check_prototypes(path, table.concat(lines, "\n"), complain)
  elseif path:find "%.[ch]$" then
    check_c(path, lines, complain)
  end
end

return sizes
