/* read_shape.c -- JSON answers to Lua values, as the shape says: members that it does
 * not know are skipped, nulls are absent, but for the elements of lists and of sparse maps.
 */
#include "json.h"

#include <string.h>

#define MAP_HINT_MAX 16      /* a map as large as the last one is a guess, not a promise */
#define ELEMENTS 16          /* of a list, that wait on the stack: a power of two, as tables grow */
#define SLOTS (ELEMENTS + 8) /* of the stack, for what is read at one depth */

static bool read_other(struct reader *r, struct wire *wire);

static bool read_text(struct reader *r)
{
    struct text text;
    uint64_t head;
    const char *end = json_short(r, &text, &head);
    if (end) {
        r->at = end;
        json_push_by(r, text, head);
        return true;
    }
    if (!json_string(r, &text))
        return false;
    json_push(r, text);
    return true;
}

/* What stands where the reader is, without white space before it; so in all that is below. */
static inline bool read_wire(struct reader *r, struct wire *wire)
{
    return wire->kind == SHAPE_STRING && wire->plain && *r->at == '"' ? read_text(r)
                                                                      : read_other(r, wire);
}

static bool read_structure_pair(struct reader *r, struct wires *wires, struct wire **last,
                                bool is_union)
{
    struct text key;
    uint64_t head;
    struct wire *wire;
    if (json_short_key(r, &key, &head))
        wire = wire_find_short(wires, key, head);
    else if (json_key(r, &key))
        wire = wire_find(wires, last, key);
    else
        return false;
    char c = json_peek(r);
    if (!wire && is_union && c != 'n' && !text_is(key, "__type"))
        wire_unknown(r->L, key);
    if (!wire || wire->elsewhere)
        return json_skip(r);
    if (c == 'n')
        return json_word(r, "null");
    json_push_name(r, wire);
    if (!read_wire(r, wire))
        return false;
    lua_rawset(r->L, -3);
    return true;
}

static bool read_structure(struct reader *r, struct wires *wires, bool is_union)
{
    uint32_t found = 0;
    struct wire *last = NULL;
    if (*r->at != '{')
        return json_fail(r, "expected an object");
    r->at++;
    lua_createtable(r->L, 0, (int)wires->found);
    if (json_accept(r, '}'))
        return true;
    do {
        if (!read_structure_pair(r, wires, &last, is_union))
            return false;
        found++;
    } while (json_more(r, '}'));
    wires->found = found < wires->count ? found : wires->count;
    return !r->why;
}

/* Puts the elements on top of the stack behind the `count` of the table at `place`, which is made
 * with the first of them. */
static void add_elements(lua_State *L, int place, lua_Integer count, int more)
{
    if (count == 0) {
        lua_createtable(L, more, 0);
        lua_replace(L, place);
    }
    while (more > 0) /* the last one first: that makes room for all */
        lua_rawseti(L, place, count + more--);
}

static bool read_element(struct reader *r, struct wire *wire)
{
    if (*r->at != 'n')
        return read_wire(r, wire);
    lua_pushlightuserdata(r->L, NULL); /* it keeps its place, sparse or not */
    return json_word(r, "null");
}

static bool read_list(struct reader *r, struct wires *wires)
{
    lua_Integer count = 0;
    int more = 0, place;
    if (*r->at != '[')
        return json_fail(r, "expected a list");
    r->at++;
    lua_pushnil(r->L);
    place = lua_gettop(r->L);
    if (json_accept(r, ']')) {
        add_elements(r->L, place, 0, 0);
        list_mark(r->L, place);
        return true;
    }
    do {
        if (more == ELEMENTS) {
            add_elements(r->L, place, count, more);
            count += more;
            more = 0;
        }
        if (!read_element(r, &wires->list[0]))
            return false;
        more++;
    } while (json_more(r, ']'));
    add_elements(r->L, place, count, more);
    return !r->why;
}

static bool read_map_key(struct reader *r)
{
    struct text key;
    uint64_t head;
    if (json_short_key(r, &key, &head)) {
        json_push_by(r, key, head);
        return true;
    }
    if (!json_key(r, &key))
        return false;
    json_push(r, key);
    return true;
}

static bool read_map_pair(struct reader *r, struct wire *value, bool sparse)
{
    if (!read_map_key(r))
        return false;
    if (json_peek(r) != 'n') {
        if (!read_wire(r, value))
            return false;
    } else if (!json_word(r, "null")) {
        return false;
    } else if (sparse) {
        lua_pushlightuserdata(r->L, NULL);
    } else {
        lua_pushnil(r->L);
    }
    lua_rawset(r->L, -3);
    return true;
}

static bool read_map(struct reader *r, struct wires *wires, bool sparse)
{
    uint32_t found = 0;
    if (*r->at != '{')
        return json_fail(r, "expected an object");
    r->at++;
    lua_createtable(r->L, 0, (int)wires->found);
    if (json_accept(r, '}'))
        return true;
    do {
        if (!read_map_pair(r, &wires->list[1], sparse))
            return false;
        found++;
    } while (json_more(r, '}'));
    wires->found = found < MAP_HINT_MAX ? found : MAP_HINT_MAX;
    return !r->why;
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
    char c = *r->at;
    if (kind == SHAPE_STRING && c != '"')
        return json_read(r);
    if (kind == SHAPE_BOOLEAN) {
        if (c != 't' && c != 'f')
            return json_fail(r, "expected true or false");
        lua_pushboolean(r->L, c == 't');
        return json_word(r, c == 't' ? "true" : "false");
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
    if (*r->at != '"')
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
    struct wires *below = wire->below ? wire->below : wires_below(r->L, r->cache, wire);
    if (wire->kind == SHAPE_STRUCTURE)
        return read_structure(r, below, traits & TRAIT_BIT(TRAIT_UNION));
    return wire->kind == SHAPE_LIST ? read_list(r, below)
                                    : read_map(r, below, traits & TRAIT_BIT(TRAIT_SPARSE));
}

static bool read_below(struct reader *r, struct wire *wire)
{
    if (r->depth == DEPTH_MAX)
        return json_fail(r, "nested too deep");
    if (++r->depth > r->deepest) {
        luaL_checkstack(r->L, r->base + (r->depth + 1) * SLOTS - lua_gettop(r->L), "JSON");
        r->deepest = r->depth;
    }
    bool fine = read_composite(r, wire);
    r->depth--;
    return fine;
}

static bool read_other(struct reader *r, struct wire *wire)
{
    if (wire->plain)
        return wire->kind <= SHAPE_MAP ? read_below(r, wire) : read_scalar(r, wire->kind);
    return wire->traits.set & TRAIT_BIT(TRAIT_DOCUMENT) ? read_document(r) : read_jsonvalue(r);
}

bool json_read_shape(struct reader *r, struct shape shape)
{
    struct wire whole;
    r->base = lua_gettop(r->L);
    luaL_checkstack(r->L, SLOTS, "JSON");
    wire_open(r->L, &whole, &(struct member){.shape = shape});
    json_peek(r);
    return read_wire(r, &whole);
}
