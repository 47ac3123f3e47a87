/* library.c -- native.host: what Lua may ask of the process that it lives in.
 *
 *   local host = require "native.host"
 *   host.list("command/")       -- { "command/apply.lua", ... }: sources, sorted
 *   host.interrupts()           -- how often someone pressed Ctrl-C
 *   host.memory_used()          -- bytes that Lua holds
 *   host.memory_limit(bytes)    -- from here on Lua may take that many more; nil: no limit.
 *                               -- beyond it, Lua raises "not enough memory"
 *   host.cpu_limit(ms, words[, code])  -- after that much CPU time, say the words on
 *                               -- standard error and exit; nil: no limit. For code without
 *                               -- effects: it ends the process, wherever that is
 */
#include "host.h"

static int host_interrupts(lua_State *L)
{
    lua_pushinteger(L, *signals_interrupts());
    return 1;
}

static int host_memory_used(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)memory_used());
    return 1;
}

static int host_memory_limit(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        memory_limit(0);
        return 0;
    }
    lua_Integer bytes = luaL_checkinteger(L, 1);
    luaL_argcheck(L, bytes > 0, 1, "must be above 0");
    lua_gc(L, LUA_GCCOLLECT);
    memory_limit(memory_used() + (size_t)bytes);
    return 0;
}

static int host_cpu_limit(lua_State *L)
{
    size_t len = 0;
    lua_Integer limit_ms = luaL_optinteger(L, 1, 0);
    const char *words = limit_ms ? luaL_checklstring(L, 2, &len) : "";
    lua_Integer code = luaL_optinteger(L, 3, 1);
    luaL_argcheck(L, limit_ms >= 0, 1, "must not be below 0");
    lua_pushboolean(L, signals_cpu_limit((long)limit_ms, words, len, (int)code) == 0);
    return 1;
}

static const luaL_Reg functions[] = {
    {"list", bundle_list},
    {"interrupts", host_interrupts},
    {"memory_used", host_memory_used},
    {"memory_limit", host_memory_limit},
    {"cpu_limit", host_cpu_limit},
    {NULL, NULL},
};

int luaopen_native_host(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
