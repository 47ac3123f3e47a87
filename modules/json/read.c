/* read.c -- free JSON to Lua values: maps lose their nulls (unless they are asked for), lists
 * keep them as the light userdata NULL, empty lists are marked.
 */
#include "json.h"

#include <math.h>
#include <string.h>

/* Whether the float's shortest text has the digits that were written. */
static bool same_digits(lua_State *L, struct text text)
{
    char shortest[NUMBER_SIZE];
    size_t len = number_write(shortest, L, -1), count = 0, there = 0;
    bool begun = false;
    for (size_t i = 0; i < text.len && text.at[i] != 'e' && text.at[i] != 'E'; i++) {
        begun = begun || (text.at[i] >= '1' && text.at[i] <= '9');
        count += begun && text.at[i] != '.';
    }
    begun = false;
    for (size_t i = 0; i < len && shortest[i] != 'e'; i++) {
        begun = begun || (shortest[i] >= '1' && shortest[i] <= '9');
        there += begun && shortest[i] != '.';
    }
    return count <= 15 || count <= there;
}

bool json_read_number(struct reader *r)
{
    struct text text;
    bool whole;
    if (!json_number(r, &text, &whole))
        return false;
    if (whole && text.len < 32 && scalar_push(r->L, SHAPE_LONG, text))
        return true;
    if (text.len < 400 && scalar_push(r->L, SHAPE_DOUBLE, text)) {
        if (!isinf(lua_tonumber(r->L, -1)) && (!r->exact || same_digits(r->L, text)))
            return true;
        lua_pop(r->L, 1);
    }
    if (!r->exact)
        return json_fail(r, "a number too large, or with too many digits");
    exact_push(r->L, text);
    return true;
}

static bool read_list(struct reader *r)
{
    lua_newtable(r->L);
    r->at++;
    if (json_accept(r, ']')) {
        list_mark(r->L, -1);
        return true;
    }
    lua_Integer count = 0;
    do {
        if (!json_read(r))
            goto fail;
        if (r->refuses_null && null_at(r->L, -1)) {
            lua_pop(r->L, 1);
            json_fail(r, "null has no place in a list");
            goto fail;
        }
        lua_rawseti(r->L, -2, ++count);
    } while (json_more(r, ']'));
    if (!r->why)
        return true;
fail:
    lua_pop(r->L, 1);
    return false;
}

static bool read_pair(struct reader *r)
{
    struct text key;
    if (!json_key(r, &key))
        return false;
    json_push(r, key);
    if (json_read(r)) {
        if (!r->nulls && null_at(r->L, -1)) {
            lua_pop(r->L, 1);
            lua_pushnil(r->L);
        }
        lua_rawset(r->L, -3);
        return true;
    }
    lua_pop(r->L, 1);
    return false;
}

static bool read_pairs(struct reader *r)
{
    lua_newtable(r->L);
    r->at++;
    if (json_accept(r, '}'))
        return true;
    bool fine;
    do
        fine = read_pair(r);
    while (fine && json_more(r, '}'));
    if (fine && !r->why)
        return true;
    lua_pop(r->L, 1);
    return false;
}

/* Behind a map that has been read from `from` on: reads its keys again, for their order. */
static void push_order(struct reader *r, const char *from)
{
    struct reader again = *r;
    struct text key;
    again.at = from + 1;
    lua_newtable(r->L);
    for (lua_Integer i = 1; json_peek(&again) == '"'; i++, json_accept(&again, ',')) {
        json_key(&again, &key);
        lua_pushlstring(r->L, key.at, key.len);
        lua_rawseti(r->L, -2, i);
        json_skip(&again);
    }
    r->escaped = again.escaped;
}

static bool read_map(struct reader *r)
{
    const char *from = r->at;
    if (!read_pairs(r))
        return false;
    if (r->order) {
        luaL_checkstack(r->L, 4, "JSON");
        lua_createtable(r->L, 0, 1);
        push_order(r, from);
        lua_setfield(r->L, -2, "order");
        lua_setmetatable(r->L, -2);
    }
    return true;
}

static bool read_composite(struct reader *r, bool (*read)(struct reader *))
{
    if (++r->depth > DEPTH_MAX)
        return json_fail(r, "nested too deep");
    luaL_checkstack(r->L, 8, "JSON");
    bool fine = read(r);
    r->depth--;
    return fine;
}

bool json_read(struct reader *r)
{
    struct text text;
    char c = json_peek(r);
    if (c == '{')
        return read_composite(r, read_map);
    if (c == '[')
        return read_composite(r, read_list);
    if (c == '"') {
        if (!json_string(r, &text))
            return false;
        json_push(r, text);
        return true;
    }
    if (c == 'n') {
        if (!json_word(r, "null"))
            return false;
        lua_pushlightuserdata(r->L, NULL);
        return true;
    }
    if (c == 't' || c == 'f') {
        if (!json_word(r, c == 't' ? "true" : "false"))
            return false;
        lua_pushboolean(r->L, c == 't');
        return true;
    }
    return json_read_number(r);
}
