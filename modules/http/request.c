/* request.c -- reads a request from its Lua table. All that can raise happens here. */
#include "http.h"

#include <string.h>
#include <strings.h>

#define MIB 1048576
#define TIME_MAX_MS 86400000

static const char *text_field(lua_State *L, int index, const char *name, size_t *len)
{
    int type = lua_getfield(L, index, name); /* stays on the stack, and so alive */
    if (type != LUA_TNIL && type != LUA_TSTRING)
        luaL_error(L, "request: %s is no string", name);
    const char *text = lua_tolstring(L, -1, len);
    if (text && strcmp(name, "body") != 0 && strlen(text) != *len)
        luaL_error(L, "request: %s has a zero byte in it", name);
    return text;
}

static lua_Integer number_field(lua_State *L, int index, const char *name, lua_Integer otherwise,
                                lua_Integer max)
{
    lua_Integer number = otherwise;
    if (lua_getfield(L, index, name) != LUA_TNIL) {
        lua_Number given = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : -1;
        if (!(given >= 0))
            luaL_error(L, "request: %s is no number of 0 or more", name);
        number = given < (lua_Number)max ? (lua_Integer)given : max;
    }
    lua_pop(L, 1);
    return number;
}

static bool flag_field(lua_State *L, int index, const char *name, bool otherwise)
{
    bool flag = lua_getfield(L, index, name) == LUA_TNIL ? otherwise : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

/* RFC 9110's token; what else is in a name would end it and begin another. */
static bool is_token(const char *text)
{
    const char *at = text;
    while ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') ||
           (*at && strchr("-!#$%&'*+.^_`|~", *at)))
        at++;
    return at > text && *at == '\0';
}

static struct http_header check_header(lua_State *L)
{
    size_t len = 0;
    struct http_header header = {NULL, NULL};
    if (lua_type(L, -2) == LUA_TSTRING)
        header.name = lua_tostring(L, -2);
    if (!header.name || !is_token(header.name))
        luaL_error(L, "request: a header has no proper name");
    if (lua_type(L, -1) != LUA_TSTRING)
        luaL_error(L, "request: the header %s is no string", header.name);
    header.value = lua_tolstring(L, -1, &len);
    if (strlen(header.value) != len || strpbrk(header.value, "\r\n"))
        luaL_error(L, "request: the header %s has a line's end in it", header.name);
    return header;
}

static void check_headers(lua_State *L, int index, struct http_request *request)
{
    size_t count = 0;
    if (lua_getfield(L, index, "headers") == LUA_TNIL)
        return;
    int headers = lua_gettop(L);
    if (!lua_istable(L, headers))
        luaL_error(L, "request: headers is no table");
    for (lua_pushnil(L); lua_next(L, headers); lua_pop(L, 1))
        count++;
    request->headers = lua_newuserdatauv(L, (count + 1) * sizeof *request->headers, 0);
    for (lua_pushnil(L); lua_next(L, headers); lua_pop(L, 1))
        request->headers[request->header_count++] = check_header(L);
}

static bool has_header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (strcasecmp(request->headers[i].name, name) == 0)
            return true;
    return false;
}

static void check_limits(lua_State *L, int index, struct http_request *r)
{
    r->timeout_ms = (long)number_field(L, index, "timeout_ms", 300000, TIME_MAX_MS);
    r->connect_timeout_ms = (long)number_field(L, index, "connect_timeout_ms", 10000, TIME_MAX_MS);
    lua_Integer idle_ms = number_field(L, index, "idle_timeout_ms", 60000, TIME_MAX_MS);
    r->idle_timeout_s = (long)((idle_ms + 999) / 1000);
    r->max_body_bytes =
        (size_t)number_field(L, index, "max_body_bytes", 128 * MIB, INT64_C(1) << 50);
    r->max_header_bytes = (size_t)number_field(L, index, "max_header_bytes", MIB / 4, 64 * MIB);
}

/* -1 where the field is not there. */
static int64_t bytes_field(lua_State *L, int index, const char *name)
{
    bool there = lua_getfield(L, index, name) != LUA_TNIL;
    lua_pop(L, 1);
    return there ? number_field(L, index, name, 0, INT64_C(1) << 50) : -1;
}

static void check_files(lua_State *L, int index, struct http_request *r)
{
    size_t len;
    r->body_file = text_field(L, index, "body_file", &len);
    r->to_file = text_field(L, index, "to_file", &len);
    r->body_offset = number_field(L, index, "body_offset", 0, INT64_C(1) << 50);
    r->body_bytes = bytes_field(L, index, "body_bytes");
    r->to_offset = bytes_field(L, index, "to_offset");
    if (r->body_file && r->body)
        luaL_error(L, "request: both body and body_file are there");
}

void http_check_request(lua_State *L, int index, struct http_request *r)
{
    size_t len;
    luaL_checktype(L, index, LUA_TTABLE);
    luaL_checkstack(L, 24, "request");
    r->url = text_field(L, index, "url", &len);
    if (!r->url)
        luaL_error(L, "request: url is missing");
    r->method = text_field(L, index, "method", &len);
    if (!r->method)
        r->method = "GET";
    if (!is_token(r->method))
        luaL_error(L, "request: method is no method");
    r->body = text_field(L, index, "body", &r->body_len);
    r->proxy = text_field(L, index, "proxy", &len);
    r->ca_file = text_field(L, index, "ca_file", &len);
    check_files(L, index, r);
    check_headers(L, index, r);
    check_limits(L, index, r);
    bool post = strcmp(r->method, "POST") == 0 || strcmp(r->method, "PATCH") == 0;
    r->resend = flag_field(L, index, "resend", !post);
    r->in_parts = flag_field(L, index, "in_parts", false);
    if (r->in_parts && r->to_file)
        luaL_error(L, "request: both to_file and in_parts are there");
    r->compressed = flag_field(L, index, "compressed", !has_header(r, "accept-encoding"));
}
