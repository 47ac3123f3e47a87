/* wire.c -- the members of a structure by their names on the wire, worked out once for
 * each shape that an answer holds, however often it holds it.
 */
#include "shape.h"

#include <string.h>

/* A flattened list may go by the name of its elements: some models give them one, though
 * the list's own is what is written. */
static bool element_name(const struct member *member, struct text *to)
{
    struct shape_reader reader;
    struct member element;
    struct traits all = {0}, inner = {0};
    if (!shape_open(&reader, member->shape) || !member_traits(&all, member))
        return false;
    if (reader.kind != SHAPE_LIST || !(all.set & TRAIT_BIT(TRAIT_FLATTENED)))
        return true;
    if (!shape_next(&reader, &element) || !traits_read(&inner, member->shape.pack, element.traits))
        return false;
    *to = inner.location_name;
    return true;
}

/* What stands in an answer's head. Of an answer, what is said to stand in the URI stands in
 * the body like the rest. */
static bool in_head(struct text location)
{
    return text_is(location, "header") || text_is(location, "headers") ||
           text_is(location, "statusCode");
}

static bool fill(struct wires *wires, struct shape_reader *reader)
{
    for (uint32_t i = 0; i < wires->count; i++) {
        struct wire *wire = &wires->list[i];
        struct traits traits = {0};
        if (!shape_next(reader, &wire->member) ||
            !traits_read(&traits, reader->shape.pack, wire->member.traits) ||
            !element_name(&wire->member, &wire->element))
            return false;
        wire->name = traits.location_name.len ? traits.location_name : wire->member.name;
        wire->elsewhere = in_head(traits.location) || (traits.set & TRAIT_BIT(TRAIT_XML_ATTRIBUTE));
    }
    return true;
}

const struct wires *wires_of(lua_State *L, int cache, struct shape shape)
{
    struct shape_reader reader;
    luaL_checkstack(L, 2, "wires");
    if (lua_rawgeti(L, cache, shape.at) != LUA_TUSERDATA) {
        lua_pop(L, 1);
        if (!shape_open(&reader, shape) || reader.count > shape.pack->shapes.len)
            shape_damaged(L);
        size_t size = sizeof(struct wires) + reader.count * sizeof(struct wire);
        struct wires *wires = lua_newuserdatauv(L, size, 0);
        memset(wires, 0, size);
        wires->count = reader.count;
        if (!fill(wires, &reader))
            shape_damaged(L);
        lua_pushvalue(L, -1);
        lua_rawseti(L, cache, shape.at);
    }
    const struct wires *wires = lua_touserdata(L, -1);
    lua_pop(L, 1); /* the cache keeps it */
    return wires;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

const struct wire *wire_find(const struct wires *wires, uint32_t *hint, struct text name)
{
    for (uint32_t i = 0, at = *hint; i < wires->count; i++, at++) {
        at = at < wires->count ? at : 0;
        if (same(wires->list[at].name, name)) {
            *hint = at + 1;
            return &wires->list[at];
        }
    }
    for (uint32_t i = 0; i < wires->count; i++)
        if (wires->list[i].element.len && same(wires->list[i].element, name))
            return &wires->list[i];
    return NULL;
}

void wire_unknown(lua_State *L, struct text name)
{
    luaL_checkstack(L, 2, "wires");
    lua_createtable(L, 0, 1);
    lua_pushlstring(L, name.at, name.len);
    lua_setfield(L, -2, "name");
    lua_setfield(L, -2, "SDK_UNKNOWN_MEMBER");
}
