/* read.c -- the answers of the ec2, query and rest-xml protocols to Lua values. What
 * the shape does not know is skipped; lists that are not there stay absent.
 */
#include "xml.h"

#include <limits.h>
#include <string.h>

static bool wrong(struct xml_reader *r, uint32_t node, const char *why)
{
    if (!r->why) {
        r->why = why;
        r->at = node;
    }
    return false;
}

static bool same(struct text a, struct text b)
{
    return a.len == b.len && memcmp(a.at, b.at, a.len) == 0;
}

static uint32_t next_named(const struct document *document, uint32_t node)
{
    struct text name = node_name(document, node);
    do
        node = document->nodes[node].next;
    while (node != NONE && !same(node_name(document, node), name));
    return node;
}

bool xml_is_read(struct xml_reader *r, const struct wire *wire, uint64_t number)
{
    if (wire->met < number)
        return false;
    wire_push_key(r->L, r->cache, wire); /* met here, or in such a structure inside this one */
    bool read = lua_rawget(r->L, -2) != LUA_TNIL;
    lua_pop(r->L, 1);
    return read;
}

static bool read_child(struct xml_reader *r, struct wire *wire, uint64_t number, uint32_t child)
{
    if (!wire || wire->elsewhere || xml_is_read(r, wire, number))
        return true;
    wire->met = number;
    wire_push_key(r->L, r->cache, wire);
    if (!xml_read_wire(r, wire, child))
        return false;
    lua_rawset(r->L, -3);
    return true;
}

void xml_read_attributes(struct xml_reader *r, const struct wires *wires, uint32_t node)
{
    const struct document *d = r->document;
    for (uint32_t i = 0; i < wires->count; i++) {
        const struct wire *wire = &wires->list[i];
        if (!(wire->traits.set & TRAIT_BIT(TRAIT_XML_ATTRIBUTE)))
            continue;
        for (uint32_t at = next_attribute(d, node); at != NONE; at = next_attribute(d, at)) {
            struct text name = node_name(d, at), text = node_text(d, at);
            if (!same(name, wire->traits.location_name) && !same(name, wire->member.name))
                continue;
            wire_push_key(r->L, r->cache, wire);
            lua_pushlstring(r->L, text.at, text.len);
            lua_rawset(r->L, -3);
        }
    }
}

static bool is_empty(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    lua_pushnil(L);
    bool any = lua_next(L, index);
    lua_settop(L, -1 - 2 * any); /* the pair */
    return !any;
}

static bool read_structure(struct xml_reader *r, struct wires *wires, bool is_union, uint32_t node)
{
    const struct document *d = r->document;
    uint32_t found = 0, first = first_child(d, node);
    uint64_t number = ++wires->structures;
    struct wire *last = NULL;
    lua_createtable(r->L, 0, (int)wires->found);
    for (uint32_t child = first; child != NONE; child = d->nodes[child].next, found++)
        if (!read_child(r, wire_find(wires, &last, node_name(d, child)), number, child))
            return false;
    wires->found = found < wires->count ? found : wires->count;
    if (is_union && first != NONE && is_empty(r->L, -1))
        wire_unknown(r->L, node_name(d, first));
    if (next_attribute(d, node) != NONE)
        xml_read_attributes(r, wires, node);
    return true;
}

/* Flattened, others may stand between them: then it is not known. */
static int count_elements(const struct document *d, bool flattened, uint32_t at)
{
    int count = 0;
    for (; !flattened && at != NONE && count < INT_MAX; at = d->nodes[at].next)
        count++;
    return count;
}

/* Flattened, `node` is the first of the elements; else it holds them. */
static bool read_list(struct xml_reader *r, struct wires *wires, bool flattened, uint32_t node)
{
    const struct document *d = r->document;
    lua_Integer count = 0;
    uint32_t at = flattened ? node : first_child(d, node);
    lua_createtable(r->L, count_elements(d, flattened, at), 0);
    while (at != NONE) {
        if (!xml_read_wire(r, &wires->list[0], at))
            return false;
        lua_rawseti(r->L, -2, ++count);
        at = flattened ? next_named(d, at) : d->nodes[at].next;
    }
    if (count == 0)
        list_mark(r->L, -1);
    return true;
}

static uint32_t entry_part(struct xml_reader *r, const struct wire *wire, uint32_t entry,
                           const char *usual)
{
    const struct document *d = r->document;
    struct text name = wire->traits.location_name;
    if (!name.len)
        return child_named(d, entry, usual);
    uint32_t child = first_child(d, entry);
    while (child != NONE && !same(node_name(d, child), name))
        child = d->nodes[child].next;
    return child;
}

static bool read_map(struct xml_reader *r, struct wires *wires, bool flattened, uint32_t node)
{
    const struct document *d = r->document;
    struct wire *key = &wires->list[0], *value = &wires->list[1];
    lua_newtable(r->L);
    uint32_t at = flattened ? node : first_child(d, node);
    while (at != NONE) {
        uint32_t key_node = entry_part(r, key, at, "key");
        uint32_t value_node = entry_part(r, value, at, "value");
        if (key_node == NONE)
            return wrong(r, at, "an entry of a map without its key");
        struct text name = node_text(d, key_node);
        lua_pushlstring(r->L, name.at, name.len);
        if (value_node == NONE)
            lua_pushliteral(r->L, "");
        else if (!xml_read_wire(r, value, value_node))
            return false;
        lua_rawset(r->L, -3);
        at = flattened ? next_named(d, at) : d->nodes[at].next;
    }
    return true;
}

static bool read_scalar(struct xml_reader *r, enum shape_kind kind, uint32_t node)
{
    struct text text = node_text(r->document, node);
    if (kind == SHAPE_BOOLEAN) {
        lua_pushboolean(r->L, text_is(text, "true"));
        return true;
    }
    if (text.len == 0 && kind != SHAPE_STRING && kind != SHAPE_BLOB) {
        lua_pushnil(r->L); /* an empty element says nothing of a number or a time */
        return true;
    }
    if (scalar_push(r->L, kind, text))
        return true;
    if ((kind == SHAPE_INTEGER || kind == SHAPE_LONG) && exact_whole(r->L, text))
        return true;
    if (kind == SHAPE_TIMESTAMP) /* a time that cannot be read is given as it came */
        return scalar_push(r->L, SHAPE_STRING, text);
    return wrong(r, node, "a value of another type than the service's model says");
}

bool xml_read_wire(struct xml_reader *r, struct wire *wire, uint32_t node)
{
    if (wire->kind > SHAPE_MAP)
        return read_scalar(r, wire->kind, node);
    luaL_checkstack(r->L, 8, "XML");
    struct wires *below = wires_below(r->L, r->cache, wire);
    bool flattened = wire->traits.set & TRAIT_BIT(TRAIT_FLATTENED);
    if (wire->kind == SHAPE_STRUCTURE)
        return read_structure(r, below, wire->traits.set & TRAIT_BIT(TRAIT_UNION), node);
    return wire->kind == SHAPE_LIST ? read_list(r, below, flattened, node)
                                    : read_map(r, below, flattened, node);
}

bool xml_read(struct xml_reader *r, struct shape shape, uint32_t node)
{
    struct wire whole;
    luaL_checkstack(r->L, 8, "XML");
    wire_open(r->L, &whole, &(struct member){.shape = shape});
    return xml_read_wire(r, &whole, node);
}

/* { name, text, attributes = { name = text }, children... } */
void xml_push_tree(lua_State *L, const struct document *d, uint32_t node)
{
    struct text name = node_name(d, node), text = node_text(d, node);
    luaL_checkstack(L, 6, "XML");
    lua_newtable(L);
    lua_pushlstring(L, name.at, name.len);
    lua_setfield(L, -2, "name");
    lua_pushlstring(L, text.at, text.len);
    lua_setfield(L, -2, "text");
    lua_newtable(L);
    for (uint32_t at = next_attribute(d, node); at != NONE; at = next_attribute(d, at)) {
        name = node_name(d, at);
        text = node_text(d, at);
        lua_pushlstring(L, name.at, name.len);
        lua_pushlstring(L, text.at, text.len);
        lua_rawset(L, -3);
    }
    lua_setfield(L, -2, "attributes");
    lua_Integer count = 0;
    for (uint32_t at = first_child(d, node); at != NONE; at = d->nodes[at].next) {
        xml_push_tree(L, d, at);
        lua_rawseti(L, -2, ++count);
    }
}
