/* face.c -- the methods of a shape; shape.c shows them.
 */
#include "pack.h"

#include <string.h>

static void set_text(lua_State *L, const char *field, struct text text)
{
    lua_pushlstring(L, text.at, text.len);
    lua_setfield(L, -2, field);
}

/* Pushes { name, shape, required, traits }; the shape is the userdata at 1. */
static void push_member(lua_State *L, const struct member *member)
{
    lua_getiuservalue(L, 1, 1); /* the pack */
    lua_createtable(L, 0, 4);
    set_text(L, "name", member->name);
    if (member->required) {
        lua_pushboolean(L, 1);
        lua_setfield(L, -2, "required");
    }
    shape_push(L, member->shape, -2);
    lua_setfield(L, -2, "shape");
    if (member->traits)
        value_push(L, member->shape.pack, member->traits - 1, -2);
    else
        lua_newtable(L);
    lua_setfield(L, -2, "traits");
    lua_remove(L, -2);
}

static int shape_members(lua_State *L)
{
    struct shape_reader reader;
    struct member member;
    if (!shape_open(&reader, shape_check(L, 1)))
        return shape_damaged(L);
    lua_newtable(L);
    for (lua_Integer i = 1; shape_next(&reader, &member); i++) {
        push_member(L, &member);
        lua_rawseti(L, -2, i);
    }
    return reader.left ? shape_damaged(L) : 1;
}

static int shape_member(lua_State *L)
{
    struct shape_reader reader;
    struct member member;
    struct text name;
    name.at = luaL_checklstring(L, 2, &name.len);
    if (!shape_open(&reader, shape_check(L, 1)))
        return shape_damaged(L);
    while (shape_next(&reader, &member))
        if (member.name.len == name.len && memcmp(member.name.at, name.at, name.len) == 0) {
            push_member(L, &member);
            return 1;
        }
    return reader.left ? shape_damaged(L) : 0;
}

static int shape_traits(lua_State *L)
{
    struct shape_reader reader;
    struct shape shape = shape_check(L, 1);
    if (!shape_open(&reader, shape))
        return shape_damaged(L);
    lua_getiuservalue(L, 1, 1);
    if (reader.traits)
        value_push(L, shape.pack, reader.traits - 1, -1);
    else
        lua_newtable(L);
    return 1;
}

static int shape_check_value(lua_State *L)
{
    shape_check(L, 1);
    luaL_checkany(L, 2);
    if (!shape_accepts(L, 1, 2, "check"))
        return 2;
    lua_pushboolean(L, 1);
    return 1;
}

/* The fields kind and name, and the methods: upvalue 1. */
static int shape_index(lua_State *L)
{
    struct shape_reader reader;
    const char *field = luaL_checkstring(L, 2);
    bool kind = strcmp(field, "kind") == 0;
    if (!kind && strcmp(field, "name") != 0) {
        lua_pushvalue(L, 2);
        lua_rawget(L, lua_upvalueindex(1));
        return 1;
    }
    if (!shape_open(&reader, shape_check(L, 1)))
        return shape_damaged(L);
    if (kind)
        lua_pushstring(L, shape_kind_names[reader.kind]);
    else if (reader.name.len)
        lua_pushlstring(L, reader.name.at, reader.name.len);
    else
        lua_pushnil(L);
    return 1;
}

static int shape_equal(lua_State *L)
{
    struct shape a = shape_check(L, 1), b = shape_check(L, 2);
    lua_pushboolean(L, a.pack == b.pack && a.at == b.at);
    return 1;
}

void shape_methods(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"members", shape_members},
        {"member", shape_member},
        {"traits", shape_traits},
        {"check", shape_check_value},
        {NULL, NULL},
    };
    luaL_newmetatable(L, SHAPE_TYPE);
    luaL_newlib(L, methods);
    lua_pushcclosure(L, shape_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, shape_equal);
    lua_setfield(L, -2, "__eq");
    lua_pop(L, 1);
}
