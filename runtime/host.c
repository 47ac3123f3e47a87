/* host.c -- opens a Lua state as mrun has it: the native modules, and sources from the bundle.
 *
 *   MRUN_LUA=lua         take the Lua sources from that folder, not the bundle
 */
#include "host.h"

#include <stdlib.h>

const char *host_setting(const char *name)
{
    const char *text = getenv(name);
    return text && *text ? text : NULL;
}

static void preload(lua_State *L)
{
    /* native.sys tells the interrupts too, and knows nothing of the host. */
    lua_pushlightuserdata(L, (void *)signals_interrupts());
    lua_setfield(L, LUA_REGISTRYINDEX, "mrun.interrupts");
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    luaL_setfuncs(L, preload_modules, 0);
    lua_pushcfunction(L, luaopen_native_host);
    lua_setfield(L, -2, "native.host");
    lua_pop(L, 1);
}

/* Sources come from the bundle and from nowhere else: what LUA_PATH names must
 * not slip into a program that holds credentials. */
static void set_searchers(lua_State *L)
{
    lua_getglobal(L, "package");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "path");
    lua_pushliteral(L, "");
    lua_setfield(L, -2, "cpath");
    lua_getfield(L, -1, "searchers");
    for (lua_Integer i = luaL_len(L, -1); i >= 2; i--) { /* after preload, before files */
        lua_rawgeti(L, -1, i);
        lua_rawseti(L, -2, i + 1);
    }
    lua_pushstring(L, host_setting("MRUN_LUA"));
    lua_pushcclosure(L, bundle_search, 1);
    lua_rawseti(L, -2, 2);
    lua_pop(L, 2);
}

void host_open(lua_State *L)
{
    luaL_openlibs(L);
    preload(L);
    set_searchers(L);
}
