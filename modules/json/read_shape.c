/* read_shape.c -- JSON answers to Lua values, as the shape says: members that it does
 * not know are skipped, nulls are absent, but for the elements of lists and of sparse maps.
 */
#include "json.h"

#include <string.h>

#define MAP_HINT_MAX 16 /* a map as large as the last one is a guess, not a promise */

static bool read_wire(struct reader *r, struct wire *wire);

static bool is_null(struct reader *r)
{
    if (json_peek(r) != 'n')
        return false;
    return json_word(r, "null");
}

static bool read_structure_pair(struct reader *r, struct wires *wires, struct wire **last,
                                bool is_union)
{
    struct text key;
    if (!json_key(r, &key))
        return false;
    struct wire *wire = wire_find(wires, last, key);
    if (!wire && is_union && !text_is(key, "__type") && json_peek(r) != 'n')
        wire_unknown(r->L, key);
    if (!wire || wire->elsewhere)
        return json_skip(r);
    if (is_null(r))
        return true;
    wire_push_key(r->L, r->cache, wire);
    if (!r->why && read_wire(r, wire)) {
        lua_rawset(r->L, -3);
        return true;
    }
    lua_pop(r->L, 1);
    return false;
}

static bool read_structure(struct reader *r, struct wires *wires, bool is_union)
{
    uint32_t found = 0;
    struct wire *last = NULL;
    lua_createtable(r->L, 0, (int)wires->found);
    if (!json_expect(r, '{', "expected an object"))
        goto fail;
    if (json_accept(r, '}'))
        return true;
    do {
        if (!read_structure_pair(r, wires, &last, is_union))
            goto fail;
        found++;
    } while (json_more(r, '}'));
    wires->found = found < wires->count ? found : wires->count;
    if (!r->why)
        return true;
fail:
    lua_pop(r->L, 1);
    return false;
}

static bool read_list(struct reader *r, struct wires *wires)
{
    lua_Integer count = 0;
    lua_newtable(r->L);
    if (!json_expect(r, '[', "expected a list"))
        goto fail;
    if (json_accept(r, ']')) {
        list_mark(r->L, -1);
        return true;
    }
    do {
        if (is_null(r)) /* it keeps its place, sparse or not */
            lua_pushlightuserdata(r->L, NULL);
        else if (!read_wire(r, &wires->list[0]))
            goto fail;
        lua_rawseti(r->L, -2, ++count);
    } while (json_more(r, ']'));
    if (!r->why)
        return true;
fail:
    lua_pop(r->L, 1);
    return false;
}

static bool read_map_pair(struct reader *r, struct wire *value, bool sparse)
{
    struct text key;
    if (!json_key(r, &key))
        return false;
    lua_pushlstring(r->L, key.at, key.len);
    bool null = is_null(r);
    if (null && sparse)
        lua_pushlightuserdata(r->L, NULL);
    else if (null)
        lua_pushnil(r->L);
    else if (!read_wire(r, value))
        goto fail;
    lua_rawset(r->L, -3);
    return true;
fail:
    lua_pop(r->L, 1);
    return false;
}

static bool read_map(struct reader *r, struct wires *wires, bool sparse)
{
    lua_createtable(r->L, 0, (int)wires->found);
    uint32_t found = 0;
    if (!json_expect(r, '{', "expected an object"))
        goto fail;
    if (json_accept(r, '}'))
        return true;
    do {
        if (!read_map_pair(r, &wires->list[1], sparse))
            goto fail;
        found++;
    } while (json_more(r, '}'));
    wires->found = found < MAP_HINT_MAX ? found : MAP_HINT_MAX;
    if (!r->why)
        return true;
fail:
    lua_pop(r->L, 1);
    return false;
}

/* 1.0 and 1e3 are whole numbers too. */
static bool push_whole(struct reader *r, struct text text)
{
    lua_Integer number;
    if (!scalar_push(r->L, SHAPE_DOUBLE, text))
        return false;
    lua_Number real = lua_tonumber(r->L, -1);
    lua_pop(r->L, 1);
    if (!lua_numbertointeger(real, &number) || (lua_Number)number != real)
        return false;
    lua_pushinteger(r->L, number);
    return true;
}

/* A text in quotes, or a number where the service writes one for the other. A text
 * that comes as something else, and a time that cannot be read, are given as they are. */
static bool read_scalar(struct reader *r, enum shape_kind kind)
{
    struct text text;
    bool whole;
    char c = json_peek(r);
    if (kind == SHAPE_STRING && c != '"')
        return json_read(r);
    if (kind == SHAPE_BOOLEAN) {
        if (c != 't' && c != 'f')
            return json_fail(r, "expected true or false");
        return json_read(r);
    }
    if (c != '"' && c != '-' && (c < '0' || c > '9'))
        return json_fail(r, "expected a string or number");
    if (!(c == '"' ? json_string(r, &text) : json_number(r, &text, &whole)))
        return false;
    if (scalar_push(r->L, kind, text))
        return true;
    if (kind == SHAPE_TIMESTAMP && c == '"')
        return scalar_push(r->L, SHAPE_STRING, text);
    if ((kind == SHAPE_INTEGER || kind == SHAPE_LONG) &&
        (exact_whole(r->L, text) || push_whole(r, text)))
        return true;
    return json_fail(r, "a value of another type than the service's model says");
}

static bool read_jsonvalue(struct reader *r)
{
    struct text text;
    if (json_peek(r) != '"')
        return json_read(r);
    if (!json_string(r, &text))
        return false;
    lua_pushlstring(r->L, text.at, text.len); /* keeps the bytes while they are read */
    int top = lua_gettop(r->L);
    struct reader inner = *r;
    inner.start = inner.at = lua_tolstring(r->L, -1, &text.len);
    inner.end = inner.start + text.len;
    bool fine = json_read(&inner) && json_peek(&inner) == '\0' && inner.at == inner.end;
    r->escaped = inner.escaped;
    if (!fine) {
        if (lua_gettop(r->L) > top) /* the text itself is the value then */
            lua_settop(r->L, top);
        return true;
    }
    lua_remove(r->L, -2);
    return true;
}

/* Nothing says how long its numbers may be. */
static bool read_document(struct reader *r)
{
    bool before = r->exact;
    r->exact = true;
    bool fine = json_read(r);
    r->exact = before;
    return fine;
}

static bool read_composite(struct reader *r, struct wire *wire)
{
    unsigned traits = wire->traits.set;
    struct wires *below = wires_below(r->L, r->cache, wire);
    if (wire->kind == SHAPE_STRUCTURE)
        return read_structure(r, below, traits & TRAIT_BIT(TRAIT_UNION));
    return wire->kind == SHAPE_LIST ? read_list(r, below)
                                    : read_map(r, below, traits & TRAIT_BIT(TRAIT_SPARSE));
}

static bool read_wire(struct reader *r, struct wire *wire)
{
    unsigned traits = wire->traits.set;
    if (traits & TRAIT_BIT(TRAIT_DOCUMENT))
        return read_document(r);
    if (traits & TRAIT_BIT(TRAIT_JSONVALUE))
        return read_jsonvalue(r);
    if (wire->kind > SHAPE_MAP)
        return read_scalar(r, wire->kind);
    luaL_checkstack(r->L, 8, "JSON"); /* for the scalars inside too */
    if (++r->depth > DEPTH_MAX)
        return json_fail(r, "nested too deep");
    bool fine = read_composite(r, wire);
    r->depth--;
    return fine;
}

bool json_read_shape(struct reader *r, struct shape shape)
{
    struct wire whole;
    luaL_checkstack(r->L, 8, "JSON");
    wire_open(r->L, &whole, &(struct member){.shape = shape});
    return read_wire(r, &whole);
}
