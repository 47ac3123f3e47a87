/* fuzz.c -- libFuzzer over a Lua function: MRUN_FUZZ names a file that returns
 * function(bytes). What it raises is a fault found, like a crash; a failure that it
 * returns is not.
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t len);

static lua_State *open_target(void)
{
    const char *path = host_setting("MRUN_FUZZ");
    lua_State *L = lua_newstate(memory_allocate, NULL);
    host_open(L);
    if (!path || luaL_dofile(L, path) != LUA_OK) {
        fprintf(stderr, "%s\n", path ? lua_tostring(L, -1) : "MRUN_FUZZ names no file");
        abort();
    }
    return L;
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t len)
{
    static lua_State *L;
    if (!L)
        L = open_target();
    lua_pushvalue(L, -1);
    lua_pushlstring(L, (const char *)bytes, len);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        fprintf(stderr, "raised: %s\n", luaL_tolstring(L, -1, NULL));
        abort();
    }
    lua_gc(L, LUA_GCCOLLECT);
    return 0;
}
