/* cbor.c -- CBOR (RFC 8949) as AWS's services speak it, and free CBOR with exact numbers.
 *
 *   local cbor = require "native.cbor"
 *   cbor.decode(shape, body)           -- members by the model's names
 *   cbor.decode(nil, body)             -- free: { a = { 1, 2.5 } }
 *   cbor.decode(nil, body, { typed = true })
 *                                      -- { kind = "uint", value = 1 }, of every item
 *   cbor.encode(shape, { Name = "x" }) -- checked against the shape first
 *   cbor.encode(nil, value)            -- keys sorted, so always the same bytes
 *
 * Free CBOR gives the numbers that no Lua number holds (whole ones beyond 64 bits, decimals) as
 * tables that tostring and every encoder write as they were. Kinds of typed items: uint,
 * negint, bytes, text, list, map, tag (with `tag`), boolean, null, undefined, float16,
 * float32, float64.
 *
 * ---@class native.cbor.Options
 * ---@field max_bytes integer?  default 256 MiB
 * ---@field typed boolean?
 * ---@param shape native.Shape?
 * ---@return string? bytes, native.failure? failure  its `faults` list { path, what }
 * function cbor.encode(shape, value) end
 * ---@param options native.cbor.Options?
 * ---@return any value, native.failure? failure
 * function cbor.decode(shape, bytes, options) end
 * cbor.null  -- CBOR's null where it counts: in lists (and alone)
 */
#include "cbor.h"

#include <stdio.h>

static int decode_failure(lua_State *L, const struct cbor_reader *r)
{
    char subject[48];
    snprintf(subject, sizeof subject, "CBOR at byte %zu", (size_t)(r->wrong - r->start) + 1);
    return failure_return(L, FAILURE("decode", subject, r->why));
}

static int cbor_decode(lua_State *L)
{
    size_t len;
    struct cbor_reader r = {.L = L};
    struct shape shape = {0};
    bool shaped = !lua_isnil(L, 1);
    if (shaped)
        shape = shape_check(L, 1);
    r.start = r.at = (const unsigned char *)luaL_checklstring(L, 2, &len);
    r.end = r.start + len;
    r.typed = !shaped && option_set(L, 3, "typed");
    if (option_exceeded(L, 3, len))
        return failure_return(L, FAILURE("decode", "CBOR", "longer than the limit"));
    lua_settop(L, 3);
    if (shaped && len == 0) { /* no body: nothing is set */
        lua_newtable(L);
        return 1;
    }
    if (shaped)
        r.cache = wires_cache(L, 1);
    sink_open(&r.chunks, L);
    if (!(shaped ? cbor_read_shape(&r, shape) : cbor_read(&r)))
        return decode_failure(L, &r);
    if (r.at < r.end) {
        r.item = r.at;
        cbor_fail(&r, "something stands behind the value");
        return decode_failure(L, &r);
    }
    return 1;
}

static int cbor_encode(lua_State *L)
{
    struct cbor_writer w = {.L = L};
    bool fine, shaped = !lua_isnoneornil(L, 1);
    luaL_checkany(L, 2);
    lua_settop(L, 2);
    if (shaped && !shape_accepts(L, 1, 2, "encode"))
        return 2;
    sink_open(&w.out, L);
    if (shaped) {
        struct member member = {.shape = shape_check(L, 1)};
        fine = cbor_write_shape(&w, &member, 2);
    } else {
        fine = cbor_write(&w, 2);
    }
    if (!fine)
        return failure_return(L, FAILURE("encode", "CBOR", w.why));
    sink_push(&w.out);
    return 1;
}

static const luaL_Reg functions[] = {
    {"decode", cbor_decode}, {"encode", cbor_encode}, {NULL, NULL}};

int luaopen_native_cbor(lua_State *L)
{
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    return 1;
}
