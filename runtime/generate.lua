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

--- Compiles one source; returns where the bytecode is.
local function compile(target, index, file)
  local source = assert(io.open(file, "rb"))
  local chunk = assert(load(source:read "a", "@" .. file, "t"))
  source:close()
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
  for i, file in ipairs(files) do bytes("file" .. i, compile(target, i, file)) end
  print "    .section .data.rel.ro,\"aw\"\n    .balign 8\n    .globl bundle_files\nbundle_files:"
  for i in ipairs(files) do
    print(("    .quad path%d, file%d, file%d_end"):format(i, i, i))
  end
  print "    .section .rodata\n    .balign 8\n    .globl bundle_count\nbundle_count:"
  print(("    .quad %d"):format(#files))
  print '    .section .note.GNU-stack,"",%progbits'
end

generate[arg[1]] { table.unpack(arg, 2) }
