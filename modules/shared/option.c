/* option.c -- the table of options that a function may be handed.
 */
#include "support.h"

bool option_set(lua_State *L, int index, const char *name)
{
    bool set = false;
    if (lua_istable(L, index)) {
        lua_getfield(L, index, name);
        set = lua_toboolean(L, -1);
        lua_pop(L, 1);
    }
    return set;
}

lua_Integer option_integer(lua_State *L, int index, const char *name, lua_Integer otherwise)
{
    if (lua_istable(L, index)) {
        lua_getfield(L, index, name);
        otherwise = luaL_optinteger(L, -1, otherwise);
        lua_pop(L, 1);
    }
    return otherwise;
}

bool option_exceeded(lua_State *L, int index, size_t bytes)
{
    lua_Integer most = option_integer(L, index, "max_bytes", 1 << 28);
    return most < 0 || bytes > (size_t)most;
}
