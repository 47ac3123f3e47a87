/* write.c -- Lua values to JSON: keys in order, so that the same value is the same text.
 */
#include "json.h"

#include <math.h>
#include <string.h>

static bool write_fail(struct writer *w, const char *why)
{
    if (!w->why)
        w->why = why;
    return false;
}

void json_write_text(struct writer *w, struct text text)
{
    static const char hex[] = "0123456789abcdef";
    static const char from[] = "\"\\\b\f\n\r\t", to[] = "\"\\bfnrt";
    const char *plain = text.at, *end = text.at + text.len;
    sink_add(&w->out, "\"", 1);
    for (const char *at = plain; at < end; at++) {
        unsigned char c = (unsigned char)*at;
        if (c >= 32 && c != '"' && c != '\\' && c != 127)
            continue;
        sink_add(&w->out, plain, (size_t)(at - plain));
        plain = at + 1;
        const char *found = c ? strchr(from, c) : NULL;
        char escape[6] = {'\\', found ? to[found - from] : 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        sink_add(&w->out, escape, found ? 2 : 6);
    }
    sink_add(&w->out, plain, (size_t)(end - plain));
    sink_add(&w->out, "\"", 1);
}

void json_write_part(struct writer *w, const struct parts *parts)
{
    sink_text(&w->out, parts->at > 1 ? "," : parts->keys ? "{" : "[");
    if (parts->keys) {
        json_write_text(w, parts->key);
        sink_text(&w->out, ":");
    }
}

void json_write_end(struct writer *w, const struct parts *parts)
{
    if (parts->keys)
        sink_text(&w->out, parts->count ? "}" : "{}");
    else
        sink_text(&w->out, parts->count ? "]" : "[]");
}

static bool write_table(struct writer *w, int index)
{
    struct parts parts;
    if (++w->depth > DEPTH_MAX)
        return write_fail(w, "a table nested too deep, or in itself");
    if (!parts_of_table(&parts, w->L, index))
        return write_fail(w, "a table that is neither a list nor a map");
    while (parts_next(&parts)) {
        json_write_part(w, &parts);
        if (!json_write(w, lua_gettop(w->L)))
            return false;
    }
    json_write_end(w, &parts);
    w->depth--;
    return true;
}

#define EXACT 9007199254740992.0 /* a double holds every integer up to here */

/* 8.0 is the same value as 8, so it is the same text. */
static bool write_number(struct writer *w, int index)
{
    char number[NUMBER_SIZE];
    lua_Number real = lua_tonumber(w->L, index);
    if (!lua_isinteger(w->L, index) && (isnan(real) || isinf(real)))
        return write_fail(w, "a number that JSON cannot write");
    lua_Integer whole = 0;
    if (fabs(real) < EXACT && lua_numbertointeger(real, &whole) && (lua_Number)whole == real)
        lua_pushinteger(w->L, whole);
    else
        lua_pushvalue(w->L, index);
    sink_add(&w->out, number, number_write(number, w->L, lua_gettop(w->L)));
    lua_pop(w->L, 1);
    return true;
}

bool json_write(struct writer *w, int index)
{
    struct text text;
    switch (lua_type(w->L, index)) {
    case LUA_TSTRING:
        text.at = lua_tolstring(w->L, index, &text.len);
        json_write_text(w, text);
        return true;
    case LUA_TNUMBER:
        return write_number(w, index);
    case LUA_TBOOLEAN:
        sink_text(&w->out, lua_toboolean(w->L, index) ? "true" : "false");
        return true;
    case LUA_TTABLE:
        if (!exact_at(w->L, index, &text))
            return write_table(w, index);
        sink_add(&w->out, text.at, text.len);
        return true;
    default:
        if (!null_at(w->L, index) && !lua_isnil(w->L, index))
            return write_fail(w, "a value that JSON cannot write");
        sink_text(&w->out, "null");
        return true;
    }
}
