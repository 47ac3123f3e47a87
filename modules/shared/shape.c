/* shape.c -- shapes and packed values as Lua sees them.
 *
 *   local shape = data:operation("ec2", "CreateVpc").input
 *   shape.kind, shape.name               -- structure, CreateVpcRequest
 *   shape:members()                      -- { { name, shape, required, traits }, ... }
 *   shape:member "CidrBlock"             -- the same for one; "member" of a list's,
 *                                        -- "key" and "value" of a map's
 *   shape:traits()                       -- { min = 1, enum = {...}, ... }
 *   shape:check(value)                   -- true, or nil and a failure with its faults
 */
#include "shape.h"

#include <stdlib.h>
#include <string.h>

#define LIST "list" /* the name by which everyone knows the mark */

void list_mark(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_newmetatable(L, LIST); /* sets __name, which is all there is to it */
    lua_setmetatable(L, index);
}

bool list_marked(lua_State *L, int index)
{
    if (luaL_getmetafield(L, index, "__name") == LUA_TNIL)
        return false;
    const char *name = lua_tostring(L, -1);
    bool marked = name && strcmp(name, LIST) == 0;
    lua_pop(L, 1);
    return marked;
}

bool null_at(lua_State *L, int index)
{
    return lua_islightuserdata(L, index) && !lua_touserdata(L, index);
}

static int compare_keys(const void *a, const void *b)
{
    const struct text *one = a, *other = b;
    int order = memcmp(one->at, other->at, one->len < other->len ? one->len : other->len);
    return order ? order : (one->len > other->len) - (one->len < other->len);
}

size_t keys_count(lua_State *L, int index)
{
    size_t count = 0;
    luaL_checkstack(L, 3, "keys");
    index = lua_absindex(L, index);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1))
        count++;
    return count;
}

bool keys_sorted(lua_State *L, int index, const struct text **keys, size_t *count)
{
    size_t n = keys_count(L, index);
    luaL_checkstack(L, 4, "keys");
    index = lua_absindex(L, index);
    struct text *list = lua_newuserdatauv(L, (n + 1) * sizeof *list, 0);
    *count = n;
    *keys = list;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1), list++) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            lua_pop(L, 2);
            return false;
        }
        list->at = lua_tolstring(L, -2, &list->len);
    }
    qsort((void *)(list - n), n, sizeof *list, compare_keys);
    return true;
}

int shape_damaged(lua_State *L)
{
    failure_return(L, FAILURE("read", "the data file", "damaged (mrun version --verify)"));
    return lua_error(L);
}

void shape_push(lua_State *L, struct shape shape, int owner)
{
    owner = lua_absindex(L, owner);
    struct shape *own = lua_newuserdatauv(L, sizeof *own, 1);
    *own = shape;
    lua_pushvalue(L, owner);
    lua_setiuservalue(L, -2, 1);
    luaL_setmetatable(L, SHAPE_TYPE);
}

struct shape shape_check(lua_State *L, int index)
{
    const struct shape *shape = luaL_checkudata(L, index, SHAPE_TYPE);
    return *shape;
}

struct pusher {
    lua_State *L;
    const struct pack *pack;
    int owner, depth;
};

static void push_value(struct pusher *p, uint32_t *at);

static void push_composite(struct pusher *p, const struct value_head *head, uint32_t *at)
{
    lua_State *L = p->L;
    bool list = head->tag == VALUE_LIST;
    if (head->number > p->pack->values.len || --p->depth == 0)
        shape_damaged(L);
    luaL_checkstack(L, 6, "packed value");
    lua_createtable(L, list ? (int)head->number : 0, list ? 0 : (int)head->number);
    if (list && head->number == 0)
        list_mark(L, -1);
    for (uint64_t i = 0; i < head->number; i++) {
        uint32_t key;
        struct text text = {0};
        if (!list) {
            if (!pack_varint(p->pack->values, at, &key) || !pack_text(p->pack, key, &text))
                shape_damaged(L);
            lua_pushlstring(L, text.at, text.len);
        }
        push_value(p, at);
        if (list)
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        else
            lua_rawset(L, -3);
    }
    p->depth++;
}

static void push_simple(struct pusher *p, uint64_t which, uint32_t *at)
{
    struct shape shape = {p->pack, 0};
    if (which == SIMPLE_NULL)
        lua_pushnil(p->L);
    else if (which != SIMPLE_SHAPE)
        lua_pushboolean(p->L, which == SIMPLE_TRUE);
    else if (pack_varint(p->pack->values, at, &shape.at))
        shape_push(p->L, shape, p->owner);
    else
        shape_damaged(p->L);
}

static void push_shared(struct pusher *p, uint64_t there, uint32_t before)
{
    uint32_t at = (uint32_t)there;
    if (there >= before || --p->depth == 0) /* it lies before who shares it: no rings */
        shape_damaged(p->L);
    push_value(p, &at);
    p->depth++;
}

static void push_value(struct pusher *p, uint32_t *at)
{
    struct value_head head = {0};
    uint32_t before = *at;
    if (!value_read(p->pack, at, &head))
        shape_damaged(p->L);
    if (head.tag == VALUE_SIMPLE)
        push_simple(p, head.number, at);
    else if (head.tag == VALUE_INTEGER)
        lua_pushinteger(p->L, (lua_Integer)head.number);
    else if (head.tag == VALUE_NEGATIVE)
        lua_pushinteger(p->L, -1 - (lua_Integer)head.number);
    else if (head.tag == VALUE_NUMBER)
        lua_pushnumber(p->L, head.real);
    else if (head.tag == VALUE_STRING)
        lua_pushlstring(p->L, head.text.at, head.text.len);
    else if (head.tag == VALUE_SHARED)
        push_shared(p, head.number, before);
    else
        push_composite(p, &head, at);
}

void value_push(lua_State *L, const struct pack *pack, uint32_t at, int owner)
{
    struct pusher p = {L, pack, lua_absindex(L, owner), DEPTH_MAX};
    push_value(&p, &at);
}
