/* wire.c -- the members of a structure by their names on the wire, worked out once for
 * each shape that any call has met; the pack keeps them.
 */
#include "shape.h"

#include <string.h>

/* A flattened list may go by the name of its elements: some models give them one, though
 * the list's own is what is written. */
static bool element_name(const struct wire *wire, struct text *to)
{
    struct shape_reader reader;
    struct member element;
    struct traits inner = {0};
    if (wire->kind != SHAPE_LIST || !(wire->traits.set & TRAIT_BIT(TRAIT_FLATTENED)))
        return true;
    if (!shape_open(&reader, wire->member.shape) || !shape_next(&reader, &element) ||
        !traits_read(&inner, wire->member.shape.pack, element.traits))
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

static bool fill_wire(struct wire *wire, const struct member *member)
{
    struct shape_reader reader;
    struct traits own = {0};
    *wire = (struct wire){.member = *member};
    if (!shape_open(&reader, member->shape) || !member_traits(&wire->traits, member) ||
        !traits_read(&own, member->shape.pack, member->traits))
        return false;
    wire->kind = reader.kind;
    wire->query_name = own.query_name;
    wire->name = own.location_name.len ? own.location_name : member->name;
    wire->elsewhere = in_head(own.location) || (own.set & TRAIT_BIT(TRAIT_XML_ATTRIBUTE));
    wire->plain = !(wire->traits.set & (TRAIT_BIT(TRAIT_DOCUMENT) | TRAIT_BIT(TRAIT_JSONVALUE)));
    wire->head = text_head(wire->name);
    return element_name(wire, &wire->element);
}

void wire_open(lua_State *L, struct wire *wire, const struct member *member)
{
    if (!fill_wire(wire, member))
        shape_damaged(L);
}

static bool fill(struct wires *wires, struct shape_reader *reader)
{
    struct member member;
    for (uint32_t i = 0; i < wires->count; i++) {
        if (!shape_next(reader, &member) || !fill_wire(&wires->list[i], &member))
            return false;
        wires->list[i].next = i + 1; /* until an answer teaches better */
    }
    return true;
}

#define KEYS (-1) /* where the keys are kept, among the wires by their shapes' places */

int wires_cache(lua_State *L, int shape)
{
    luaL_checkstack(L, 4, "wires");
    lua_getiuservalue(L, shape, 1); /* the pack */
    if (lua_getiuservalue(L, -1, 2) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_newtable(L);
        lua_rawseti(L, -2, KEYS);
        lua_pushvalue(L, -1);
        lua_setiuservalue(L, -3, 2);
    }
    lua_remove(L, -2);
    lua_rawgeti(L, -1, KEYS);
    return lua_gettop(L) - 1;
}

static void add_keys(lua_State *L, int cache, struct wires *wires)
{
    int count = (int)lua_rawlen(L, cache + 1);
    for (uint32_t i = 0; i < wires->count; i++) {
        struct wire *wire = &wires->list[i];
        lua_pushlstring(L, wire->member.name.at, wire->member.name.len);
        lua_rawseti(L, cache + 1, ++count);
        wire->key = count;
    }
}

static struct wires *wires_of(lua_State *L, int cache, struct shape shape)
{
    struct shape_reader reader;
    luaL_checkstack(L, 3, "wires");
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
        if (reader.kind == SHAPE_STRUCTURE)
            add_keys(L, cache, wires);
        lua_pushvalue(L, -1);
        lua_rawseti(L, cache, shape.at);
    }
    struct wires *wires = lua_touserdata(L, -1);
    lua_pop(L, 1); /* the cache keeps it */
    return wires;
}

struct wires *wires_below(lua_State *L, int cache, struct wire *wire)
{
    if (!wire->below)
        wire->below = wires_of(L, cache, wire->member.shape);
    return wire->below;
}

void wire_push_key(lua_State *L, int cache, const struct wire *wire)
{
    lua_rawgeti(L, cache + 1, wire->key);
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || (*a.at == *b.at && memcmp(a.at, b.at, a.len) == 0));
}

static bool is_called(const struct wire *wire, struct text name, uint64_t head)
{
    return wire->head == head && wire->name.len == name.len &&
           (name.len <= sizeof head || memcmp(wire->name.at + sizeof head, name.at + sizeof head,
                                              name.len - sizeof head) == 0);
}

static struct wire *find_element(struct wires *wires, struct text name)
{
    for (uint32_t i = 0; i < wires->count; i++)
        if (wires->list[i].element.len && same(wires->list[i].element, name))
            return &wires->list[i];
    return NULL;
}

struct wire *wire_find(struct wires *wires, struct wire **last, struct text name)
{
    uint64_t head = text_head(name);
    uint32_t *guess = *last ? &(*last)->next : &wires->first;
    for (uint32_t i = 0, at = *guess; i < wires->count; i++, at++) {
        at = at < wires->count ? at : 0;
        if (is_called(&wires->list[at], name, head)) {
            *guess = at;
            return *last = &wires->list[at];
        }
    }
    return find_element(wires, name);
}

struct wire *wire_find_new(struct wires *wires, struct text name, uint64_t head)
{
    for (uint32_t i = 0; i < wires->count; i++)
        if (is_called(&wires->list[i], name, head))
            return wires->known[text_slot(head, WIRES_BITS)] = &wires->list[i];
    return find_element(wires, name);
}

void wire_unknown(lua_State *L, struct text name)
{
    luaL_checkstack(L, 2, "wires");
    lua_createtable(L, 0, 1);
    lua_pushlstring(L, name.at, name.len);
    lua_setfield(L, -2, "name");
    lua_setfield(L, -2, "SDK_UNKNOWN_MEMBER");
}
