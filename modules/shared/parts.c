/* parts.c -- Lua tables as the wire formats write them: part by part, a map's in the order of
 * its keys, so that the same value is the same bytes.
 */
#include "shape.h"

bool field_push(lua_State *L, const struct member *member, int index)
{
    lua_pushlstring(L, member->name.at, member->name.len);
    return lua_rawget(L, index) != LUA_TNIL;
}

void parts_of_list(struct parts *parts, lua_State *L, int index)
{
    *parts = (struct parts){.L = L, .table = lua_absindex(L, index), .base = lua_gettop(L)};
    parts->count = (size_t)lua_rawlen(L, parts->table);
}

bool parts_of_map(struct parts *parts, lua_State *L, int index)
{
    *parts = (struct parts){.L = L, .table = lua_absindex(L, index), .base = lua_gettop(L)};
    return keys_sorted(L, index, &parts->keys, &parts->count);
}

bool parts_of_table(struct parts *parts, lua_State *L, int index)
{
    luaL_checkstack(L, 8, "parts");
    if (lua_rawlen(L, index) == 0 && !list_marked(L, index))
        return parts_of_map(parts, L, index);
    parts_of_list(parts, L, index);
    return keys_count(L, parts->table) == parts->count;
}

void parts_by_shape(struct parts *parts, struct member *each, struct shape_reader *reader,
                    lua_State *L, int index)
{
    struct member key;
    bool map = reader->kind == SHAPE_MAP;
    if (!(map ? shape_pair(reader, &key, each) : shape_next(reader, each)))
        shape_damaged(L);
    if (map)
        parts_of_map(parts, L, index);
    else
        parts_of_list(parts, L, index);
}

bool parts_next(struct parts *parts)
{
    lua_State *L = parts->L;
    if (parts->at == parts->count) {
        lua_settop(L, parts->base);
        return false;
    }
    lua_settop(L, parts->base + (parts->keys != NULL));
    if (parts->keys) {
        parts->key = parts->keys[parts->at++];
        lua_pushlstring(L, parts->key.at, parts->key.len);
        lua_rawget(L, parts->table);
    } else {
        lua_rawgeti(L, parts->table, (lua_Integer)++parts->at);
    }
    return true;
}
