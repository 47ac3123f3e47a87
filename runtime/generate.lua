-- Writes the two generated sources of the host: what is preloaded, and the bundle.
--
--   lua5.4 runtime/generate.lua preload NAME... > preload.c
--   lua5.4 runtime/generate.lua bundle TARGET FOLDER FILE... > bundle.S
--
-- The bundle holds bytecode with its line numbers, written to TARGET/: parsing the sources at each
-- start would cost more than all else that a short command does.

local generate = {}

--- One native.<name> for each module of the folder.
function generate.preload(names)
  print('#include "host.h"')
  table.sort(names)
  for _, name in ipairs(names) do
    print(("int luaopen_native_%s(lua_State *L);"):format(name))
  end
  print "\nconst luaL_Reg preload_modules[] = {"
  for _, name in ipairs(names) do
    print(('    {"native.%s", luaopen_native_%s},'):format(name, name))
  end
  print "    {NULL, NULL},\n};"
end

local function bytes(label, file)
  print(('%s:\n    .incbin "%s"\n%s_end:\n    .byte 0'):format(label, file, label))
end

local function source_of(file)
  local handle = assert(io.open(file, "rb"))
  local source = handle:read "a"
  handle:close()
  return source
end

-- What every start loads, and what every command that plans or asks.
local FIRST <const> = { "/main.lua", "/main/world.lua" }

--- The numbers of the files in the order in which they are loaded, each after what it requires at
--- its head, so that few pages of the binary are read.
local function as_loaded(folder, files)
  local index, order, seen = {}, {}, {}
  for i, file in ipairs(files) do index[file] = i end
  local function visit(i)
    if not i or seen[i] then return end
    seen[i] = true
    for name in source_of(files[i]):gmatch '\nlocal [^\n]-require%s*"([%w_.]+)"' do
      local path = folder .. "/" .. name:gsub("%.", "/")
      visit(index[path .. ".lua"] or index[path .. "/init.lua"])
    end
    order[#order + 1] = i
  end
  for _, path in ipairs(FIRST) do visit(assert(index[folder .. path])) end
  for i in ipairs(files) do visit(i) end
  return order
end

--- Compiles one source; returns where the bytecode is.
local function compile(target, index, file)
  local chunk = assert(load(source_of(file), "@" .. file, "t"))
  local path = ("%s/%d.luac"):format(target, index)
  local compiled = assert(io.open(path, "wb"))
  assert(compiled:write(string.dump(chunk)))
  assert(compiled:close())
  return path
end

--- The bytes, the paths, and a table of both that bundle.c searches.
function generate.bundle(words)
  local target, folder, files = words[1], words[2], { table.unpack(words, 3) }
  table.sort(files)
  print "    .section .rodata"
  for i, file in ipairs(files) do -- side by side: a search reads no page but theirs
    print(('path%d:\n    .asciz "%s"'):format(i, file:sub(#folder + 2)))
  end
  for _, i in ipairs(as_loaded(folder, files)) do
    bytes("file" .. i, compile(target, i, files[i]))
  end
  print "    .section .data.rel.ro,\"aw\"\n    .balign 8\n    .globl bundle_files\nbundle_files:"
  for i in ipairs(files) do
    print(("    .quad path%d, file%d, file%d_end"):format(i, i, i))
  end
  print "    .section .rodata\n    .balign 8\n    .globl bundle_count\nbundle_count:"
  print(("    .quad %d"):format(#files))
  print '    .section .note.GNU-stack,"",%progbits'
end

generate[arg[1]] { table.unpack(arg, 2) }
