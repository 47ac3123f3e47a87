/* read_shape.c -- CBOR answers to Lua values, as the shape says: members that it does not
 * know are skipped, nulls are absent, but for the elements of lists and of sparse maps.
 */
#include "cbor.h"

#include <math.h>

static bool read_wire(struct cbor_reader *r, struct wire *wire, struct cbor_head *head);

static bool wrong_type(struct cbor_reader *r)
{
    return cbor_fail(r, "a value of another type than the service's model says");
}

/* The name is on top and the value is put behind it; true also where it is absent. */
static bool read_named(struct cbor_reader *r, struct wire *wire, bool keep_null)
{
    struct cbor_head head;
    lua_pushvalue(r->L, -1);
    if (lua_rawget(r->L, -3) != LUA_TNIL)
        return cbor_fail(r, "a key that stands twice");
    lua_pop(r->L, 1);
    if (!cbor_head(r, &head))
        return false;
    if (!cbor_is_null(&head)) {
        if (!read_wire(r, wire, &head))
            return false;
    } else if (keep_null) {
        lua_pushlightuserdata(r->L, NULL);
    } else {
        lua_pushnil(r->L);
    }
    lua_rawset(r->L, -3);
    return true;
}

static bool read_structure(struct cbor_reader *r, struct wires *wires, struct cbor_head *head,
                           bool is_union)
{
    struct text key;
    struct wire *last = NULL;
    if (head->major != CBOR_MAP)
        return wrong_type(r);
    lua_newtable(r->L);
    while (cbor_more(r, head)) {
        struct cbor_head value;
        if (!cbor_key(r, &key))
            return false;
        struct wire *wire = wire_find(wires, &last, key);
        if (wire) {
            wire_push_key(r->L, r->cache, wire);
            if (!read_named(r, wire, false))
                return false;
            continue;
        }
        if (is_union && !text_is(key, "__type"))
            wire_unknown(r->L, key);
        if (!cbor_head(r, &value) || !cbor_skip(r, &value))
            return false;
    }
    return true;
}

static bool read_list(struct cbor_reader *r, struct wires *wires, struct cbor_head *head)
{
    struct cbor_head element;
    lua_Integer count = 0;
    if (head->major != CBOR_LIST)
        return wrong_type(r);
    lua_newtable(r->L);
    while (cbor_more(r, head)) {
        if (!cbor_head(r, &element))
            return false;
        if (cbor_is_null(&element)) /* it keeps its place, sparse or not */
            lua_pushlightuserdata(r->L, NULL);
        else if (!read_wire(r, &wires->list[0], &element))
            return false;
        lua_rawseti(r->L, -2, ++count);
    }
    if (count == 0)
        list_mark(r->L, -1);
    return true;
}

static bool read_map(struct cbor_reader *r, struct wires *wires, struct cbor_head *head,
                     bool sparse)
{
    struct text name;
    if (head->major != CBOR_MAP)
        return wrong_type(r);
    lua_newtable(r->L);
    while (cbor_more(r, head)) {
        if (!cbor_key(r, &name))
            return false;
        lua_pushlstring(r->L, name.at, name.len);
        if (!read_named(r, &wires->list[1], sparse))
            return false;
    }
    return true;
}

/* Pushes the number that stands there, of whatever size and form. */
static bool push_number(struct cbor_reader *r, const struct cbor_head *head)
{
    if (head->major == CBOR_UINT || head->major == CBOR_NEGINT)
        cbor_push_integer(r, head);
    else if (head->major == CBOR_SIMPLE && head->minor >= FLOAT_16)
        lua_pushnumber(r->L, cbor_float(head));
    else if (head->major == CBOR_TAG && head->argument == TAG_DECIMAL)
        return cbor_read_decimal(r);
    else if (head->major == CBOR_TAG &&
             (head->argument == TAG_BIGNUM || head->argument == TAG_NEGATIVE_BIGNUM))
        return cbor_read_bignum(r, head->argument == TAG_NEGATIVE_BIGNUM);
    else
        return wrong_type(r);
    return true;
}

/* As the shape's kind holds it: 8.0 is a whole number, 8 a float. */
static bool read_number(struct cbor_reader *r, const struct cbor_head *head, bool whole)
{
    struct text text;
    lua_Integer integer;
    const unsigned char *item = r->item;
    if (!push_number(r, head))
        return false;
    r->item = item;
    if (exact_at(r->L, -1, &text)) {
        if (!scalar_push(r->L, whole ? SHAPE_LONG : SHAPE_DOUBLE, text))
            return cbor_fail(r, "a number too large, or with too many digits");
        lua_remove(r->L, -2);
    }
    if (!whole) {
        lua_pushnumber(r->L, lua_tonumber(r->L, -1));
        lua_remove(r->L, -2);
        return true;
    }
    if (lua_isinteger(r->L, -1))
        return true;
    lua_Number real = lua_tonumber(r->L, -1);
    if (!lua_numbertointeger(real, &integer) || (lua_Number)integer != real)
        return wrong_type(r);
    lua_pushinteger(r->L, integer);
    lua_remove(r->L, -2);
    return true;
}

static bool read_string(struct cbor_reader *r, const struct cbor_head *head, enum cbor_major major)
{
    struct text text;
    if (head->major != major)
        return wrong_type(r);
    if (!cbor_string(r, head, &text))
        return false;
    lua_pushlstring(r->L, text.at, text.len);
    return true;
}

static bool read_boolean(struct cbor_reader *r, const struct cbor_head *head)
{
    if (head->major != CBOR_SIMPLE || (head->minor != MINOR_FALSE && head->minor != MINOR_TRUE))
        return wrong_type(r);
    lua_pushboolean(r->L, head->minor == MINOR_TRUE);
    return true;
}

/* Seconds since 1970, also where the tag that says so is missing. */
static bool read_time(struct cbor_reader *r, const struct cbor_head *head)
{
    if (head->major != CBOR_TAG)
        r->at = r->item;
    else if (head->argument != TAG_EPOCH)
        return wrong_type(r);
    return cbor_read_epoch(r);
}

static bool read_scalar(struct cbor_reader *r, const struct cbor_head *head, enum shape_kind kind)
{
    switch (kind) {
    case SHAPE_STRING:
        return read_string(r, head, CBOR_TEXT);
    case SHAPE_BLOB:
        return read_string(r, head, CBOR_BYTES);
    case SHAPE_BOOLEAN:
        return read_boolean(r, head);
    case SHAPE_TIMESTAMP:
        return read_time(r, head);
    default:
        return read_number(r, head, kind == SHAPE_INTEGER || kind == SHAPE_LONG);
    }
}

static bool read_kind(struct cbor_reader *r, struct wire *wire, struct cbor_head *head)
{
    unsigned traits = wire->traits.set;
    if (traits & TRAIT_BIT(TRAIT_DOCUMENT))
        return cbor_read_item(r, head);
    if (wire->kind > SHAPE_MAP)
        return read_scalar(r, head, wire->kind);
    struct wires *below = wires_below(r->L, r->cache, wire);
    if (wire->kind == SHAPE_STRUCTURE)
        return read_structure(r, below, head, traits & TRAIT_BIT(TRAIT_UNION));
    return wire->kind == SHAPE_LIST ? read_list(r, below, head)
                                    : read_map(r, below, head, traits & TRAIT_BIT(TRAIT_SPARSE));
}

/* Tags without a meaning for a service are passed over. */
static bool untag(struct cbor_reader *r, struct cbor_head *head)
{
    while (head->major == CBOR_TAG && (head->argument < TAG_EPOCH || head->argument > TAG_DECIMAL))
        if (!cbor_head(r, head))
            return false;
    return true;
}

static bool read_wire(struct cbor_reader *r, struct wire *wire, struct cbor_head *head)
{
    luaL_checkstack(r->L, 12, "CBOR");
    if (!cbor_deeper(r) || !untag(r, head))
        return false;
    bool fine = read_kind(r, wire, head);
    r->depth--;
    return fine;
}

bool cbor_read_shape(struct cbor_reader *r, struct shape shape)
{
    struct wire whole;
    struct cbor_head head;
    wire_open(r->L, &whole, &(struct member){.shape = shape});
    return cbor_head(r, &head) && read_wire(r, &whole, &head);
}
