/* request.c -- reads sign's argument. All that can raise happens here, before anything is
 * worked out; the memory for what follows is taken here too.
 */
#include "sigv4.h"

#include <stdio.h>

#define EXPIRES_MAX_S 604800 /* a week; AWS refuses more */

/* The text of a field; it stays on the stack, so that it lives as long as the call. */
struct span sigv4_check_text(lua_State *L, const char *name, const char *otherwise)
{
    struct span text = {otherwise, otherwise ? strlen(otherwise) : 0};
    int type = lua_getfield(L, 1, name);
    if (type == LUA_TSTRING)
        text.at = lua_tolstring(L, -1, &text.len);
    else if (type != LUA_TNIL || !otherwise)
        luaL_error(L, "sign: %s is %s", name, type == LUA_TNIL ? "missing" : "no string");
    return text;
}

static bool check_flag(lua_State *L, const char *name, bool otherwise)
{
    int type = lua_getfield(L, 1, name);
    bool flag = type == LUA_TNIL ? otherwise : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

void sigv4_check_time(lua_State *L, char text[TIMESTAMP_SIZE])
{
    struct timestamp time;
    lua_getfield(L, 1, "time");
    if (!lua_isnumber(L, -1) || !timestamp_from_number(&time, lua_tonumber(L, -1)) ||
        !timestamp_write(text, time, TIMESTAMP_BASIC))
        luaL_error(L, "sign: time is no number of seconds since 1970");
    lua_pop(L, 1);
}

static void check_expires(lua_State *L, char text[8])
{
    int is_integer = 1;
    lua_Integer seconds = 0;
    if (lua_getfield(L, 1, "expires_s") == LUA_TNIL) {
        memcpy(text, "3600", 5); /* an hour */
        lua_pop(L, 1);
        return;
    }
    seconds = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || seconds < 1 || seconds > EXPIRES_MAX_S)
        luaL_error(L, "sign: expires_s is not between 1 and %d", EXPIRES_MAX_S);
    snprintf(text, 8, "%d", (int)seconds);
    lua_pop(L, 1);
}

struct sigv4_scope sigv4_check_scope(lua_State *L, const char *time)
{
    struct sigv4_scope scope = {
        .secret = sigv4_check_text(L, "secret_key", NULL),
        .region = sigv4_check_text(L, "region", NULL),
        .service = sigv4_check_text(L, "service", NULL),
        .date = {time, 8},
    };
    if (scope.secret.len > SIGV4_SECRET_MAX_BYTES)
        luaL_error(L, "sign: secret_key is too long");
    return scope;
}

/* Values of the header whose name and value (a string, or a list of them) are on top. */
static size_t add_header(lua_State *L, struct sigv4_header *to, size_t count)
{
    struct span name = {NULL, 0};
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "sign: a header's name is no string");
    name.at = lua_tolstring(L, -2, &name.len);
    bool list = lua_istable(L, -1);
    size_t values = list ? lua_rawlen(L, -1) : 1;
    for (size_t i = 0; i < values; i++) {
        if (list)
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "sign: the header %s is no string", name.at);
        if (to) { /* the table keeps the text */
            struct span value = {NULL, 0};
            value.at = lua_tolstring(L, -1, &value.len);
            to[count + i] = (struct sigv4_header){name, value, count + i};
        }
        if (list)
            lua_pop(L, 1);
    }
    return values;
}

static size_t each_header(lua_State *L, int headers, struct sigv4_header *to)
{
    size_t count = 0;
    lua_pushnil(L);
    while (lua_next(L, headers)) {
        count += add_header(L, to, count);
        lua_pop(L, 1);
    }
    return count;
}

static void check_headers(lua_State *L, struct sigv4_request *r)
{
    if (lua_getfield(L, 1, "headers") == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    if (!lua_istable(L, -1))
        luaL_error(L, "sign: headers is no table");
    int headers = lua_gettop(L);
    r->header_count = each_header(L, headers, NULL);
    r->headers = lua_newuserdatauv(L, (r->header_count + 3) * sizeof *r->headers, 0);
    each_header(L, headers, r->headers);
}

static void check_memory(lua_State *L, struct sigv4_request *r)
{
    size_t parameters = 1 + 6; /* and those of the signature */
    for (size_t i = 0; i < r->url.len; i++)
        parameters += r->url.at[i] == '&';
    r->pairs = lua_newuserdatauv(L, parameters * sizeof *r->pairs, 0);
    size_t len = r->method.len + r->url.len + r->access_key.len + r->token.len +
                 r->scope.region.len + r->scope.service.len + r->payload_hash.len;
    for (size_t i = 0; i < r->header_count; i++)
        len += r->headers[i].name.len + r->headers[i].value.len + 4;
    luaL_argcheck(L, len < INT32_MAX / 64, 1, "too long to sign");
    r->memory.size = 4096 + len * 16; /* every text is written at most five times, threefold */
    if (lua_type(L, SIGV4_SPARE) == LUA_TUSERDATA && lua_rawlen(L, SIGV4_SPARE) >= r->memory.size) {
        lua_pushvalue(L, SIGV4_SPARE);
        lua_pushnil(L);
        lua_replace(L, SIGV4_SPARE);
        r->memory.bytes = lua_touserdata(L, -1);
    } else {
        r->memory.bytes = lua_newuserdatauv(L, r->memory.size, 0);
    }
    r->memory_slot = lua_gettop(L);
}

void sigv4_check(lua_State *L, struct sigv4_request *r)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkstack(L, 40, "sign");
    sigv4_check_time(L, r->time);
    r->method = sigv4_check_text(L, "method", NULL);
    r->url = sigv4_check_text(L, "url", NULL);
    r->body = sigv4_check_text(L, "body", "");
    r->payload_hash = sigv4_check_text(L, "payload_hash", "");
    r->access_key = sigv4_check_text(L, "access_key", NULL);
    r->token = sigv4_check_text(L, "token", "");
    r->scope = sigv4_check_scope(L, r->time);
    struct span style = sigv4_check_text(L, "style", "header");
    r->query_style = strcmp(style.at, "query") == 0;
    if (!r->query_style && strcmp(style.at, "header") != 0)
        luaL_error(L, "sign: style is header or query");
    r->normalize = check_flag(L, "normalize_path", true);
    r->double_encode = check_flag(L, "double_encode", true);
    r->omit_token = check_flag(L, "omit_token", false);
    r->steps = check_flag(L, "steps", true);
    check_expires(L, r->expires);
    check_headers(L, r);
    check_memory(L, r);
}
