/* json.c -- JSON as AWS's services speak it, and free JSON with exact numbers.
 *
 *   local json = require "native.json"
 *   json.decode(shape, body)           -- members by the model's names
 *   json.decode(nil, '{"a":[1,2.5]}')  -- free: { a = { 1, 2.5 } }
 *   json.encode(shape, { Name = "x" }) -- checked against the shape first
 *   json.encode(nil, value)            -- keys sorted, so always the same text
 *
 * ---@class native.json.Options
 * ---@field max_bytes integer?  default 256 MiB
 * ---@field exact boolean?      free JSON: numbers that no Lua number holds become
 *                               tables that tostring and encode write as they were
 * ---@field refuses_null boolean?  free JSON: null in a list is a failure
 * ---@field order boolean?      free JSON: a map's metatable has its keys as they stood: `order`
 * ---@field nulls boolean?      free JSON: maps keep members that are null
 * ---@param shape native.Shape?
 * ---@return string? text, native.failure? failure  its `faults` list { path, what }
 * function json.encode(shape, value) end
 * ---@param options native.json.Options?
 * ---@return any value, native.failure? failure
 * function json.decode(shape, bytes, options) end
 * json.null  -- JSON's null where it counts: in lists, alone, and in maps where asked for
 */
#include "json.h"

#include <stdio.h>

#define LONG_BYTES 2048
#define VALUES_FACTOR 9 /* by which values are larger than their text, at most, mostly */

static int decode_failure(lua_State *L, const struct reader *r)
{
    char subject[48];
    snprintf(subject, sizeof subject, "JSON at byte %zu", (size_t)(r->at - r->start) + 1);
    return failure_return(L, FAILURE("decode", subject, r->why ? r->why : "no JSON value"));
}

static int json_decode(lua_State *L)
{
    struct again again;
    struct reader r = {.L = L};
    struct text body;
    bool shaped = !lua_isnil(L, 1);
    struct shape shape = {0};
    if (shaped)
        shape = shape_check(L, 1);
    body.at = luaL_checklstring(L, 2, &body.len);
    r.exact = option_set(L, 3, "exact");
    r.refuses_null = option_set(L, 3, "refuses_null");
    r.nulls = option_set(L, 3, "nulls");
    r.start = r.at = body.at;
    r.end = body.at + body.len;
    r.order = option_set(L, 3, "order");
    if (option_exceeded(L, 3, body.len))
        return failure_return(L, FAILURE("decode", "JSON", "longer than the limit"));
    lua_settop(L, 3);
    memory_expect(L, body.len * VALUES_FACTOR);
    if (body.len >= LONG_BYTES)
        json_again(&r, &again);
    if (shaped)
        r.cache = wires_cache(L, 1);
    sink_open(&r.escaped, L);
    if (shaped && json_peek(&r) == '\0' && r.at == r.end) { /* no body: nothing is set */
        lua_newtable(L);
        return 1;
    }
    if (!(shaped ? json_read_shape(&r, shape) : json_read(&r)))
        return decode_failure(L, &r);
    if (json_peek(&r), r.at < r.end) {
        json_fail(&r, "something stands behind the value");
        return decode_failure(L, &r);
    }
    return 1;
}

static int json_encode(lua_State *L)
{
    struct writer w = {.L = L};
    struct shape_reader reader;
    struct traits traits = {0};
    bool fine, shaped = !lua_isnoneornil(L, 1);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    if (shaped)
        shape_check(L, 1);
    if (shaped && !shape_accepts(L, 1, 2, "encode"))
        return 2;
    sink_open(&w.out, L);
    if (shaped) {
        struct shape shape = shape_check(L, 1);
        if (!shape_open(&reader, shape) || !traits_read(&traits, shape.pack, reader.traits))
            return shape_damaged(L);
        fine = json_write_shape(&w, shape, &traits, 2);
    } else {
        fine = json_write(&w, 2);
    }
    if (!fine)
        return failure_return(L, FAILURE("encode", "JSON", w.why));
    sink_push(&w.out);
    return 1;
}

static const luaL_Reg functions[] = {
    {"decode", json_decode}, {"encode", json_encode}, {NULL, NULL}};

int luaopen_native_json(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    return 1;
}
