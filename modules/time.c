/* time.c -- instants to text and back, in the formats of AWS's protocols.
 *
 *   local time = require "native.time"
 *   time.format(1398796238.5, "date_time")    -- 2014-04-29T18:30:38.5Z
 *   time.format(1398796238, "http_date")      -- Tue, 29 Apr 2014 18:30:38 GMT
 *   time.format(1398796238, "basic")          -- 20140429T183038Z
 *   local seconds, nanos = time.parse "2014-04-29T18:30:38.000001Z"
 *
 * ---@alias time.Format "date_time"|"http_date"|"epoch_seconds"|"basic"
 * ---@param seconds number since 1970, UTC; an integer with nanos is exact
 * ---@param format time.Format
 * ---@param nanos integer?
 * ---@return string? text, native.failure? failure  years 1 to 9999 only, but for epoch_seconds
 * function time.format(seconds, format, nanos) end
 * ---@param text string any of the formats, ISO 8601 with an offset, or a date alone
 * ---@return integer? seconds, integer|native.failure nanos
 * function time.parse(text) end
 */
#include "support.h"

static int time_format(lua_State *L)
{
    static const char *const names[] = {"epoch_seconds", "date_time", "http_date", "basic", NULL};
    static const enum timestamp_format formats[] = {TIMESTAMP_EPOCH, TIMESTAMP_DATE_TIME,
                                                    TIMESTAMP_HTTP_DATE, TIMESTAMP_BASIC};
    const lua_Integer limit = 1000000000000000;
    struct timestamp t = {0, 0};
    char text[TIMESTAMP_SIZE];
    if (lua_isinteger(L, 1)) {
        t.seconds = lua_tointeger(L, 1);
        lua_Integer nanos = luaL_optinteger(L, 3, 0);
        luaL_argcheck(L, t.seconds >= -limit && t.seconds <= limit, 1, "seconds since 1970");
        luaL_argcheck(L, nanos >= 0 && nanos < 1000000000, 3, "nanoseconds of one second");
        t.nanos = (int32_t)nanos;
    } else {
        luaL_argcheck(L, timestamp_from_number(&t, luaL_checknumber(L, 1)), 1,
                      "seconds since 1970");
    }
    enum timestamp_format format = formats[luaL_checkoption(L, 2, NULL, names)];
    size_t len = timestamp_write(text, t, format);
    if (len == 0)
        return failure_return(L,
                              FAILURE("write the time", NULL, "only years 1 to 9999 have a date"));
    lua_pushlstring(L, text, len);
    return 1;
}

static int time_parse(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    struct timestamp t = {0, 0};
    if (!timestamp_read(&t, text, len))
        return failure_return(L, FAILURE("read the time", text, "not a timestamp"));
    lua_pushinteger(L, t.seconds);
    lua_pushinteger(L, t.nanos);
    return 2;
}

static const luaL_Reg functions[] = {{"format", time_format}, {"parse", time_parse}, {NULL, NULL}};

int luaopen_native_time(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
