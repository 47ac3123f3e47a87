/* failure.c -- how a native module says that the world did not do as asked.
 *
 *   local text, failure = require "native.fs".read "absent"
 *   print(failure)         -- read absent: No such file or directory
 *   print(failure.code)    -- ENOENT
 */
#define _GNU_SOURCE
#include "support.h"

#include <string.h>

#define FAILURE_TYPE "native.failure"

static int failure_tostring(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_getfield(L, 1, "message");
    return 1;
}

static void set_string(lua_State *L, const char *name, const char *text)
{
    lua_pushstring(L, text); /* NULL becomes nil, and the field stays empty */
    lua_setfield(L, -2, name);
}

static void set_integer(lua_State *L, const char *name, int number)
{
    lua_pushinteger(L, number);
    lua_setfield(L, -2, name);
}

static void push_message(lua_State *L, struct failure f)
{
    if (f.subject)
        lua_pushfstring(L, "%s %s: %s", f.op, f.subject, f.reason);
    else
        lua_pushfstring(L, "%s: %s", f.op, f.reason);
}

static const char *reason_of(struct failure f)
{
    const char *text = f.reason;
    if (!text && f.err)
        text = strerrordesc_np(f.err);
    return text ? text : "unknown error";
}

int failure_return(lua_State *L, struct failure f)
{
    luaL_checkstack(L, 8, "failure");
    f.reason = reason_of(f);
    lua_pushnil(L);
    lua_createtable(L, 0, 8);
    set_string(L, "op", f.op);
    set_string(L, "subject", f.subject);
    set_string(L, "reason", f.reason);
    set_string(L, "file", f.file);
    set_integer(L, "line", f.line);
    if (f.err) {
        set_integer(L, "errno", f.err);
        set_string(L, "code", strerrorname_np(f.err));
    }
    push_message(L, f);
    lua_setfield(L, -2, "message");
    if (luaL_newmetatable(L, FAILURE_TYPE)) {
        lua_pushcfunction(L, failure_tostring);
        lua_setfield(L, -2, "__tostring");
    }
    lua_setmetatable(L, -2);
    return 2;
}

void concat(char *to, const char *a, const char *b)
{
    size_t len = strlen(a);
    memcpy(to, a, len);
    memcpy(to + len, b, strlen(b) + 1);
}
