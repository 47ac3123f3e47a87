/* write_shape.c -- Lua values, already checked, to the CBOR that their shape asks for.
 */
#include "cbor.h"

#include <float.h>
#include <math.h>
#include <string.h>

static uint64_t count_members(struct cbor_writer *w, struct shape_reader reader, int index)
{
    struct member member;
    uint64_t count = 0;
    while (shape_next(&reader, &member)) {
        count += field_push(w->L, &member, index);
        lua_pop(w->L, 1);
    }
    return count;
}

static bool write_structure(struct cbor_writer *w, struct shape_reader *reader, int index)
{
    struct member member;
    struct text wire;
    cbor_write_head(w, CBOR_MAP, count_members(w, *reader, index));
    while (shape_next(reader, &member)) {
        if (field_push(w->L, &member, index)) {
            if (!member_wire(&member, &wire))
                shape_damaged(w->L);
            cbor_write_string(w, CBOR_TEXT, wire);
            if (!cbor_write_shape(w, &member, lua_gettop(w->L)))
                return false;
        }
        lua_pop(w->L, 1);
    }
    return true;
}

static bool write_element(struct cbor_writer *w, const struct member *member)
{
    int index = lua_gettop(w->L);
    if (!null_at(w->L, index))
        return cbor_write_shape(w, member, index);
    cbor_write_simple(w, MINOR_NULL);
    return true;
}

/* A list or a map. */
static bool write_parts(struct cbor_writer *w, struct shape_reader *reader, int index)
{
    struct parts parts;
    struct member each;
    parts_by_shape(&parts, &each, reader, w->L, index);
    cbor_write_parts(w, &parts);
    while (parts_next(&parts)) {
        cbor_write_key(w, &parts);
        if (!write_element(w, &each))
            return false;
    }
    return true;
}

static void write_time(struct cbor_writer *w, int index)
{
    struct timestamp time = {0};
    timestamp_at(&time, w->L, index); /* checked before */
    cbor_write_head(w, CBOR_TAG, TAG_EPOCH);
    if (time.nanos)
        cbor_write_double(w, timestamp_number(time));
    else
        cbor_write_integer(w, time.seconds);
}

static void write_float(struct cbor_writer *w, enum shape_kind kind, double number)
{
    float narrow;
    uint32_t bits;
    if (kind == SHAPE_DOUBLE || isnan(number) || fabs(number) > (double)FLT_MAX) {
        cbor_write_double(w, number);
        return;
    }
    narrow = (float)number;
    memcpy(&bits, &narrow, sizeof bits);
    char bytes[5] = {(char)(CBOR_SIMPLE << 5 | FLOAT_32), (char)(bits >> 24), (char)(bits >> 16),
                     (char)(bits >> 8), (char)bits};
    sink_add(&w->out, bytes, sizeof bytes);
}

static void write_number(struct cbor_writer *w, enum shape_kind kind, int index)
{
    struct text text;
    lua_Integer whole;
    if (lua_type(w->L, index) == LUA_TSTRING) { /* NaN and its like */
        text.at = lua_tolstring(w->L, index, &text.len);
        scalar_push(w->L, SHAPE_DOUBLE, text);
        cbor_write_double(w, lua_tonumber(w->L, -1));
        lua_pop(w->L, 1);
    } else if (kind == SHAPE_FLOAT || kind == SHAPE_DOUBLE) {
        write_float(w, kind, lua_tonumber(w->L, index));
    } else if (lua_isinteger(w->L, index)) {
        cbor_write_integer(w, lua_tointeger(w->L, index));
    } else if (lua_numbertointeger(lua_tonumber(w->L, index), &whole)) {
        cbor_write_integer(w, whole);
    } else {
        cbor_write_double(w, lua_tonumber(w->L, index));
    }
}

static bool write_scalar(struct cbor_writer *w, enum shape_kind kind, int index)
{
    struct text text;
    if (kind == SHAPE_BOOLEAN) {
        cbor_write_simple(w, lua_toboolean(w->L, index) ? MINOR_TRUE : MINOR_FALSE);
    } else if (kind == SHAPE_STRING || kind == SHAPE_BLOB) {
        if (lua_type(w->L, index) != LUA_TSTRING)
            return cbor_write_fail(w, "a value in JSON must be given as a text here");
        text.at = lua_tolstring(w->L, index, &text.len);
        cbor_write_string(w, kind == SHAPE_STRING ? CBOR_TEXT : CBOR_BYTES, text);
    } else if (kind == SHAPE_TIMESTAMP) {
        write_time(w, index);
    } else if (exact_at(w->L, index, &text)) {
        return cbor_write_exact(w, text);
    } else {
        write_number(w, kind, index);
    }
    return true;
}

bool cbor_write_shape(struct cbor_writer *w, const struct member *member, int index)
{
    struct shape_reader reader;
    struct traits traits = {0};
    luaL_checkstack(w->L, 8, "CBOR");
    if (!shape_open(&reader, member->shape) || !member_traits(&traits, member))
        shape_damaged(w->L);
    if (traits.set & TRAIT_BIT(TRAIT_DOCUMENT))
        return cbor_write(w, index);
    if (reader.kind == SHAPE_STRUCTURE)
        return write_structure(w, &reader, index);
    if (reader.kind <= SHAPE_MAP)
        return write_parts(w, &reader, index);
    return write_scalar(w, reader.kind, index);
}
