/* merge.c -- `<<`: a map takes over what other maps have and it has not itself. It is done when
 * the map is whole, since its own keys win wherever they stand; of the others the first wins.
 */
#include "yaml.h"

#include <string.h>

static bool is_kind(struct yaml_reader *r, const char *kind)
{
    lua_State *L = r->L;
    if (!lua_istable(L, -1))
        return false;
    if (r->plain) /* an empty list merges as well as an empty map */
        return (lua_rawlen(L, -1) > 0) == (strcmp(kind, "list") == 0);
    lua_getfield(L, -1, "kind");
    bool same = strcmp(lua_tostring(L, -1), kind) == 0;
    lua_pop(L, 1);
    return same;
}

static void remember(lua_State *L, int merges)
{
    lua_rawseti(L, merges, (lua_Integer)lua_rawlen(L, merges) + 1);
}

bool yaml_merge_later(struct yaml_reader *r, int merges, yaml_mark_t at)
{
    lua_State *L = r->L;
    if (is_kind(r, "map")) {
        remember(L, merges);
        return true;
    }
    if (!is_kind(r, "list"))
        return yaml_fail(r, at, "<< takes a map, or a list of maps");
    if (!r->plain)
        lua_getfield(L, -1, "value");
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!is_kind(r, "map"))
            return yaml_fail(r, at, "<< takes a map, or a list of maps");
        remember(L, merges);
    }
    return true;
}

/* The plain map on top into `values`. */
static void merge_plain(lua_State *L, int values)
{
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        lua_pushvalue(L, -2);
        if (lua_rawget(L, values) == LUA_TNIL) {
            lua_pushvalue(L, -3);
            lua_pushvalue(L, -3);
            lua_rawset(L, values);
        }
        lua_pop(L, 1);
    }
}

/* The node of a map on top into `values` and `keys`, in its order. */
static void merge_node(lua_State *L, int values, int keys)
{
    lua_getfield(L, -1, "value");
    lua_getfield(L, -2, "keys");
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i); /* values, keys, key */
        lua_getfield(L, -1, "text");
        lua_pushvalue(L, -1);
        if (lua_rawget(L, values) == LUA_TNIL) {
            lua_pushvalue(L, -2);
            lua_pushvalue(L, -1);
            lua_rawget(L, -7);
            lua_rawset(L, values);
            lua_pushvalue(L, -3);
            lua_rawseti(L, keys, (lua_Integer)lua_rawlen(L, keys) + 1);
        }
        lua_pop(L, 3);
    }
    lua_pop(L, 2);
}

void yaml_merge(struct yaml_reader *r, int merges, int values, int keys)
{
    lua_State *L = r->L;
    lua_Integer count = (lua_Integer)lua_rawlen(L, merges);
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, merges, i);
        if (r->plain)
            merge_plain(L, values);
        else
            merge_node(L, values, keys);
        lua_pop(L, 1);
    }
}
