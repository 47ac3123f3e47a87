/* stress.c -- native.stress, of stress builds only: makes allocations fail or collect.
 *
 *   stress.collect(true)     -- a full collection at every allocation inside stress.call
 *   stress.fail(n)           -- the n-th allocation inside stress.call fails; nil: none does
 *   stress.fired()           -- whether it was reached
 *   stress.call(f, ...)      -- calls f; only what it allocates is counted
 *
 * Lua answers a refusal with a full collection and asks again, so refusing every first attempt
 * collects at every allocation, and refusing both makes one fail. (lauxlib's buffers do
 * not ask again: a collection happens at every new object only.)
 */
#include "stress.h"

#include <lauxlib.h>
#include <lua.h>

static struct {
    int armed, collect;
    int retried; /* the next attempt repeats the one just refused */
    int failing; /* ... and is refused too */
    long left;   /* allocations until the one that fails; 0: none does */
    int fired;
} stress;

int stress_refuses(size_t kind, size_t old, size_t size)
{
    if (!stress.armed || size <= old)
        return 0;
    if (stress.retried) {
        int failing = stress.failing;
        stress.retried = stress.failing = 0;
        return failing;
    }
    int fails = stress.left > 0 && --stress.left == 0;
    if (!fails && !(stress.collect && kind))
        return 0;
    stress.retried = 1;
    stress.failing = fails;
    stress.fired = stress.fired || fails;
    return 1;
}

static int stress_collect(lua_State *L)
{
    stress.collect = lua_toboolean(L, 1);
    return 0;
}

static int stress_fail(lua_State *L)
{
    stress.left = (long)luaL_optinteger(L, 1, 0);
    stress.fired = 0;
    return 0;
}

static int stress_fired(lua_State *L)
{
    lua_pushboolean(L, stress.fired);
    return 1;
}

static int stress_call(lua_State *L)
{
    int outer = stress.armed;
    stress.armed = 1;
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    stress.armed = outer;
    stress.retried = stress.failing = 0;
    return status == LUA_OK ? lua_gettop(L) : lua_error(L);
}

static const luaL_Reg functions[] = {
    {"collect", stress_collect}, {"fail", stress_fail}, {"fired", stress_fired},
    {"call", stress_call},       {NULL, NULL},
};

int luaopen_native_stress(lua_State *L);

int luaopen_native_stress(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
