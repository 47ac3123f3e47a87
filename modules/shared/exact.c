/* exact.c -- numbers that no Lua number holds, as their text: { text } with a metatable
 * that tostring and every wire format know.
 */
#include "shape.h"

#define EXACT_TYPE "native.number"
#define EXACT_DIGITS_MAX 1000

static int exact_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_rawgeti(L, 1, 1);
    return 1;
}

void exact_push(lua_State *L, struct text text)
{
    luaL_checkstack(L, 4, "number");
    lua_createtable(L, 1, 0);
    lua_pushlstring(L, text.at, text.len);
    lua_rawseti(L, -2, 1);
    luaL_newmetatable(L, EXACT_TYPE);
    lua_pushcfunction(L, exact_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_setmetatable(L, -2);
}

bool exact_at(lua_State *L, int index, struct text *to)
{
    luaL_checkstack(L, 2, "number");
    if (lua_type(L, index) != LUA_TTABLE || !lua_getmetatable(L, index))
        return false;
    luaL_getmetatable(L, EXACT_TYPE);
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    if (!same)
        return false;
    lua_rawgeti(L, index, 1);
    to->at = lua_tolstring(L, -1, &to->len);
    lua_pop(L, 1); /* the table keeps it */
    return to->at != NULL;
}

bool exact_whole(lua_State *L, struct text text)
{
    size_t at = text.len && text.at[0] == '-';
    if (text.len == at || text.len > EXACT_DIGITS_MAX)
        return false;
    for (; at < text.len; at++)
        if (text.at[at] < '0' || text.at[at] > '9')
            return false;
    exact_push(L, text);
    return true;
}

bool text_at(lua_State *L, int index, struct text *to)
{
    if (lua_type(L, index) != LUA_TSTRING)
        return exact_at(L, index, to);
    to->at = lua_tolstring(L, index, &to->len);
    return true;
}
