/* write.c -- Lua values to JSON: keys in order, so that the same value is the same text.
 * A table is a list when it is marked or has an element 1; an empty one is a map.
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

static bool write_list(struct writer *w, int index)
{
    lua_Integer len = (lua_Integer)lua_rawlen(w->L, index), count = 0;
    for (lua_pushnil(w->L); lua_next(w->L, index); lua_pop(w->L, 1))
        count++;
    if (count != len)
        return write_fail(w, "a table that is neither a list nor a map");
    for (lua_Integer i = 1; i <= len; i++) {
        sink_text(&w->out, i > 1 ? "," : "[");
        lua_rawgeti(w->L, index, i);
        if (!json_write(w, lua_gettop(w->L)))
            return false;
        lua_pop(w->L, 1);
    }
    sink_text(&w->out, len ? "]" : "[]");
    return true;
}

static bool write_map(struct writer *w, int index)
{
    const struct text *keys;
    size_t count;
    if (!keys_sorted(w->L, index, &keys, &count))
        return write_fail(w, "a table that is neither a list nor a map");
    for (size_t i = 0; i < count; i++) {
        sink_text(&w->out, i ? "," : "{");
        json_write_text(w, keys[i]);
        sink_text(&w->out, ":");
        lua_pushlstring(w->L, keys[i].at, keys[i].len);
        lua_rawget(w->L, index);
        if (!json_write(w, lua_gettop(w->L)))
            return false;
        lua_pop(w->L, 1);
    }
    sink_text(&w->out, count ? "}" : "{}");
    lua_pop(w->L, 1);
    return true;
}

static bool write_table(struct writer *w, int index)
{
    if (++w->depth > DEPTH_MAX)
        return write_fail(w, "a table nested too deep, or in itself");
    luaL_checkstack(w->L, 8, "JSON");
    bool list = lua_rawlen(w->L, index) > 0 || list_marked(w->L, index);
    bool fine = list ? write_list(w, index) : write_map(w, index);
    w->depth--;
    return fine;
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
