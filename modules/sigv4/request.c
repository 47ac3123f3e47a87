/* request.c -- reads sign's argument. All that can raise happens here, before anything is
 * worked out; the memory for what follows is taken here too.
 */
#include "sigv4.h"

#include <stdio.h>

#define EXPIRES_MAX_S 604800 /* a week; AWS refuses more */

/* The text of a field of the table at `index`; it stays on the stack, so that it lives as long as
 * the call. */
static struct span field_text(lua_State *L, int index, const char *name, const char *otherwise)
{
    struct span text = {otherwise, otherwise ? strlen(otherwise) : 0};
    int type = lua_getfield(L, index, name);
    if (type == LUA_TSTRING)
        text.at = lua_tolstring(L, -1, &text.len);
    else if (type != LUA_TNIL || !otherwise)
        luaL_error(L, "sign: %s is %s", name, type == LUA_TNIL ? "missing" : "no string");
    return text;
}

struct span sigv4_check_text(lua_State *L, const char *name, const char *otherwise)
{
    return field_text(L, 1, name, otherwise);
}

static bool field_flag(lua_State *L, int index, const char *name, bool otherwise)
{
    int type = lua_getfield(L, index, name);
    bool flag = type == LUA_TNIL ? otherwise : lua_toboolean(L, -1);
    lua_pop(L, 1);
    return flag;
}

static void time_at(lua_State *L, int index, char text[TIMESTAMP_SIZE])
{
    struct timestamp time;
    if (!lua_isnumber(L, index) || !timestamp_from_number(&time, lua_tonumber(L, index)) ||
        !timestamp_write(text, time, TIMESTAMP_BASIC))
        luaL_error(L, "sign: time is no number of seconds since 1970");
}

void sigv4_check_time(lua_State *L, char text[TIMESTAMP_SIZE])
{
    lua_getfield(L, 1, "time");
    time_at(L, -1, text);
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

static struct sigv4_scope check_scope(lua_State *L, int keys, int place, const char *service,
                                      const char *time)
{
    struct sigv4_scope scope = {
        .secret = field_text(L, keys, "secret_key", NULL),
        .region = field_text(L, place, "region", NULL),
        .service = field_text(L, place, service, NULL),
        .date = {time, 8},
    };
    if (scope.secret.len > SIGV4_SECRET_MAX_BYTES)
        luaL_error(L, "sign: secret_key is too long");
    return scope;
}

struct sigv4_scope sigv4_check_scope(lua_State *L, const char *time)
{
    return check_scope(L, 1, 1, "service", time);
}

/* What the headers will take: how many there are, and their bytes. */
struct room {
    size_t count, bytes;
};

static struct span header_text(lua_State *L, int index, const char *name)
{
    struct span text = {NULL, 0};
    if (lua_type(L, index) != LUA_TSTRING)
        luaL_error(L, "sign: the header %s is no string", name);
    text.at = lua_tolstring(L, index, &text.len); /* the table keeps it */
    return text;
}

/* Values of the header whose name and value (a string, or a list of them) are on top. */
static void add_header(lua_State *L, struct room *room, struct sigv4_header *to)
{
    if (lua_type(L, -2) != LUA_TSTRING)
        luaL_error(L, "sign: a header's name is no string");
    struct span name = header_text(L, -2, "");
    bool list = lua_istable(L, -1);
    size_t values = list ? lua_rawlen(L, -1) : 1;
    for (size_t i = 0; i < values; i++) {
        if (list)
            lua_rawgeti(L, -1, (lua_Integer)i + 1);
        struct span value = header_text(L, -1, name.at);
        if (to)
            to[room->count] = (struct sigv4_header){name, value, room->count};
        room->count++;
        room->bytes += name.len + value.len + 4;
        if (list)
            lua_pop(L, 1);
    }
}

static struct room each_header(lua_State *L, int headers, struct sigv4_header *to)
{
    struct room room = {0};
    lua_pushnil(L);
    while (lua_next(L, headers)) {
        add_header(L, &room, to);
        lua_pop(L, 1);
    }
    return room;
}

/* Pushes memory of the last request's where that is large enough. */
static char *take_memory(lua_State *L, size_t bytes)
{
    if (lua_type(L, SIGV4_SPARE) != LUA_TUSERDATA || lua_rawlen(L, SIGV4_SPARE) < bytes)
        return lua_newuserdatauv(L, bytes, 0);
    lua_pushvalue(L, SIGV4_SPARE);
    lua_pushnil(L);
    lua_replace(L, SIGV4_SPARE);
    return lua_touserdata(L, -1);
}

/* One piece of memory for all: the headers, the query's parameters, and the text. */
static void check_memory(lua_State *L, struct sigv4_request *r, int headers)
{
    struct room room = each_header(L, headers, NULL);
    size_t parameters = 1 + 6; /* and those of the signature */
    for (size_t i = 0; i < r->url.len; i++)
        parameters += r->url.at[i] == '&';
    size_t len = r->method.len + r->url.len + r->access_key.len + r->token.len +
                 r->scope.region.len + r->scope.service.len + r->payload_hash.len + room.bytes;
    luaL_argcheck(L, len < INT32_MAX / 64, 1, "too long to sign");
    size_t text = 4096 + len * 16; /* every text is written at most six times, threefold */
    size_t header_bytes = (room.count + 3) * sizeof *r->headers;
    size_t pair_bytes = parameters * sizeof *r->pairs;
    char *memory = take_memory(L, header_bytes + pair_bytes + text);
    r->memory_slot = lua_gettop(L);
    r->headers = (void *)memory;
    r->pairs = (void *)(memory + header_bytes);
    r->memory = (struct text){.bytes = memory + header_bytes + pair_bytes, .size = text};
    r->header_count = room.count;
    each_header(L, headers, r->headers);
}

static void check_headers(lua_State *L, struct sigv4_request *r)
{
    if (lua_getfield(L, 1, "headers") == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
    }
    if (!lua_istable(L, -1))
        luaL_error(L, "sign: headers is no table");
    check_memory(L, r, lua_gettop(L));
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
    r->normalize = field_flag(L, 1, "normalize_path", true);
    r->double_encode = field_flag(L, 1, "double_encode", true);
    r->omit_token = field_flag(L, 1, "omit_token", false);
    r->steps = field_flag(L, 1, "steps", true);
    check_expires(L, r->expires);
    check_headers(L, r);
}

static bool is_host(lua_State *L, int index)
{
    size_t len = 0;
    const char *name = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &len) : NULL;
    return len == 4 && strncasecmp(name, "host", len) == 0;
}

/* Pushes a copy of the request's headers with the hash of its payload, and room for more. The host
 * is the URL's. */
static void push_headers(lua_State *L, const struct sigv4_request *r)
{
    if (lua_getfield(L, 1, "headers") != LUA_TTABLE)
        luaL_error(L, "sign: headers is no table");
    lua_createtable(L, 0, 8);
    for (lua_pushnil(L); lua_next(L, -3); lua_pop(L, 1)) {
        if (is_host(L, -2))
            continue;
        lua_pushvalue(L, -2);
        lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    }
    if (r->payload_hash.len) /* always there: an answer that hides it is one a proxy has changed */
        lua_getfield(L, 1, "payload_hash");
    else
        lua_pushnil(L);
    lua_setfield(L, -2, "x-amz-content-sha256");
}

void sigv4_check_parts(lua_State *L, struct sigv4_request *r)
{
    for (int i = 1; i <= 3; i++)
        luaL_checktype(L, i, LUA_TTABLE);
    lua_settop(L, 4);
    luaL_checkstack(L, 40, "sign");
    time_at(L, 4, r->time);
    r->method = field_text(L, 1, "method", NULL);
    r->url = field_text(L, 1, "url", NULL);
    r->body = field_text(L, 1, "body", "");
    r->payload_hash = field_text(L, 1, "payload_hash", "");
    r->access_key = field_text(L, 2, "access_key", NULL);
    r->token = field_text(L, 2, "token", "");
    r->scope = check_scope(L, 2, 3, "name", r->time);
    r->double_encode = r->normalize = field_flag(L, 3, "double_encode", false);
    push_headers(L, r);
    r->headers_slot = lua_gettop(L);
    check_memory(L, r, r->headers_slot);
}
