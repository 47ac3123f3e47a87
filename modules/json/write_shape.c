/* write_shape.c -- Lua values, already checked, to the JSON that their shape asks for.
 */
#include "json.h"

#include <math.h>

static bool write_member(struct writer *w, const struct member *member, int index)
{
    struct traits traits = {0};
    if (!member_traits(&traits, member))
        shape_damaged(w->L);
    return json_write_shape(w, member->shape, &traits, index);
}

/* In the URI or in a header, so not in the body. */
static bool stands_elsewhere(struct writer *w, const struct member *member)
{
    struct traits own = {0};
    if (!traits_read(&own, member->shape.pack, member->traits))
        shape_damaged(w->L);
    return own.location.len > 0;
}

static bool write_structure(struct writer *w, struct shape_reader *reader, int index)
{
    struct member member;
    struct text wire;
    bool any = false;
    while (shape_next(reader, &member)) {
        if (stands_elsewhere(w, &member))
            continue;
        if (field_push(w->L, &member, index)) {
            if (!member_wire(&member, &wire))
                shape_damaged(w->L);
            sink_text(&w->out, any ? "," : "{");
            json_write_text(w, wire);
            sink_text(&w->out, ":");
            if (!write_member(w, &member, lua_gettop(w->L)))
                return false;
            any = true;
        }
        lua_pop(w->L, 1);
    }
    sink_text(&w->out, any ? "}" : "{}");
    return true;
}

static bool write_element(struct writer *w, const struct member *member)
{
    int index = lua_gettop(w->L);
    if (!null_at(w->L, index))
        return write_member(w, member, index);
    sink_text(&w->out, "null");
    return true;
}

/* A list or a map. */
static bool write_parts(struct writer *w, struct shape_reader *reader, int index)
{
    struct parts parts;
    struct member each;
    parts_by_shape(&parts, &each, reader, w->L, index);
    while (parts_next(&parts)) {
        json_write_part(w, &parts);
        if (!write_element(w, &each))
            return false;
    }
    json_write_end(w, &parts);
    return true;
}

static void write_blob(struct writer *w, int index)
{
    size_t len;
    const char *bytes = lua_tolstring(w->L, index, &len);
    sink_add(&w->out, "\"", 1);
    base64_encode(sink_reserve(&w->out, BASE64_SIZE(len) + 1), bytes, len);
    w->out.len += BASE64_SIZE(len);
    sink_add(&w->out, "\"", 1);
}

static void write_time(struct writer *w, const struct traits *traits, int index)
{
    char text[TIMESTAMP_SIZE];
    size_t len = timestamp_text(text, w->L, index, traits->timestamp_format, TIMESTAMP_EPOCH);
    bool number =
        !traits->timestamp_format.len || text_is(traits->timestamp_format, "unixTimestamp");
    if (number)
        sink_add(&w->out, text, len);
    else
        json_write_text(w, (struct text){text, len});
}

static void write_number(struct writer *w, enum shape_kind kind, int index)
{
    char number[NUMBER_SIZE];
    struct text text = {number, 0};
    lua_Number real = lua_tonumber(w->L, index);
    bool named = lua_type(w->L, index) == LUA_TSTRING; /* NaN and its like */
    if (!text_at(w->L, index, &text))
        text.len = scalar_write(number, w->L, kind, index);
    if (named || isnan(real) || isinf(real))
        json_write_text(w, text);
    else
        sink_add(&w->out, text.at, text.len);
}

/* A value in a text: the text is JSON itself, and may already be there. */
static bool write_jsonvalue(struct writer *w, int index)
{
    struct writer inner = {.L = w->L, .depth = w->depth};
    if (lua_type(w->L, index) == LUA_TSTRING)
        return json_write(w, index);
    sink_open(&inner.out, w->L);
    if (!json_write(&inner, index)) {
        w->why = inner.why;
        return false;
    }
    json_write_text(w, (struct text){inner.out.at, inner.out.len});
    lua_settop(w->L, inner.out.slot - 1);
    return true;
}

static bool write_scalar(struct writer *w, enum shape_kind kind, const struct traits *traits,
                         int index)
{
    if (kind == SHAPE_BOOLEAN || (kind == SHAPE_STRING && lua_type(w->L, index) == LUA_TSTRING))
        return json_write(w, index);
    if (kind == SHAPE_BLOB)
        write_blob(w, index);
    else if (kind == SHAPE_TIMESTAMP)
        write_time(w, traits, index);
    else
        write_number(w, kind, index);
    return true;
}

bool json_write_shape(struct writer *w, struct shape shape, const struct traits *traits, int index)
{
    struct shape_reader reader;
    luaL_checkstack(w->L, 8, "JSON");
    if (!shape_open(&reader, shape))
        shape_damaged(w->L);
    if (traits->set & TRAIT_BIT(TRAIT_DOCUMENT))
        return json_write(w, index);
    if (traits->set & TRAIT_BIT(TRAIT_JSONVALUE))
        return write_jsonvalue(w, index);
    if (reader.kind == SHAPE_STRUCTURE)
        return write_structure(w, &reader, index);
    if (reader.kind <= SHAPE_MAP)
        return write_parts(w, &reader, index);
    return write_scalar(w, reader.kind, traits, index);
}
