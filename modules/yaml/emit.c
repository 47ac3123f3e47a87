/* emit.c -- Lua values to YAML, through libyaml's emitter, which is an object of the collector's
 * like the buffer that it fills.
 */
#include "yaml.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EMITTER "native.yaml.emitter"
#define DEPTH_MAX 200

struct emitter {
    yaml_emitter_t yaml;
    bool open;
    char *bytes;
    size_t len, size;
    const char *reason; /* why it failed */
};

static int emitter_close(lua_State *L)
{
    struct emitter *e = luaL_checkudata(L, 1, EMITTER);
    if (e->open)
        yaml_emitter_delete(&e->yaml);
    e->open = false;
    free(e->bytes);
    e->bytes = NULL;
    return 0;
}

void yaml_open_emitter(lua_State *L)
{
    luaL_newmetatable(L, EMITTER);
    lua_pushcfunction(L, emitter_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}

static int on_write(void *context, unsigned char *bytes, size_t len)
{
    struct emitter *e = context;
    if (e->len + len > e->size) {
        size_t size = (e->len + len) * 2;
        char *grown = realloc(e->bytes, size);
        if (!grown)
            return 0;
        e->bytes = grown;
        e->size = size;
    }
    memcpy(e->bytes + e->len, bytes, len);
    e->len += len;
    return 1;
}

static bool fail(struct emitter *e, const char *reason)
{
    if (!e->reason)
        e->reason = reason;
    return false;
}

/* libyaml takes the event, whether it can write it or not. */
static bool write_event(struct emitter *e, int made, yaml_event_t *event)
{
    if (!made)
        return fail(e, "out of memory, or text that is not UTF-8");
    if (!yaml_emitter_emit(&e->yaml, event))
        return fail(e, e->yaml.problem ? e->yaml.problem : "out of memory");
    return true;
}

static bool write_text(struct emitter *e, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t event;
    if (len > INT32_MAX)
        return fail(e, "a text that is too long");
    int made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len,
                                            1, 1, style);
    return write_event(e, made, &event);
}

static bool write_string(struct emitter *e, const char *text, size_t len)
{
    yaml_scalar_style_t style = YAML_ANY_SCALAR_STYLE;
    if (yaml_is_ambiguous(text, len))
        style = YAML_SINGLE_QUOTED_SCALAR_STYLE;
    else if (memchr(text, '\n', len))
        style = YAML_LITERAL_SCALAR_STYLE;
    return write_text(e, text, len, style);
}

static bool write_number(struct emitter *e, lua_State *L)
{
    char text[40];
    lua_Number number = lua_tonumber(L, -1);
    if (lua_isinteger(L, -1)) {
        snprintf(text, sizeof text, "%lld", (long long)lua_tointeger(L, -1));
    } else if (!isfinite(number)) {
        return fail(e, "a number that is not finite");
    } else {
        snprintf(text, sizeof text, "%.15g", number);
        if (strtod(text, NULL) != number)
            snprintf(text, sizeof text, "%.17g", number);
        if (!strpbrk(text, ".e"))
            concat(text + strlen(text), ".0", "");
    }
    return write_text(e, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

static bool write_value(struct emitter *e, lua_State *L, int depth);

static bool write_list(struct emitter *e, lua_State *L, int depth)
{
    yaml_event_t event;
    lua_Integer count = (lua_Integer)lua_rawlen(L, -1);
    yaml_sequence_style_t style = count ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE;
    if (!write_event(e, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, style), &event))
        return false;
    for (lua_Integer i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        if (!write_value(e, L, depth + 1))
            return false;
        lua_pop(L, 1);
    }
    return write_event(e, yaml_sequence_end_event_initialize(&event), &event);
}

struct key {
    const char *text;
    size_t len;
};

static int compare(const void *a, const void *b)
{
    const struct key *one = a, *two = b;
    int order = memcmp(one->text, two->text, one->len < two->len ? one->len : two->len);
    return order ? order : (one->len > two->len) - (one->len < two->len);
}

/* Pushes the sorted keys of the map on top, which keeps their text; -1 where one is no text. */
static lua_Integer push_keys(lua_State *L, struct key **keys)
{
    lua_Integer count = 0, i = 0;
    int map = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, map); lua_pop(L, 1))
        count++;
    *keys = lua_newuserdatauv(L, (size_t)(count + 1) * sizeof **keys, 0);
    for (lua_pushnil(L); lua_next(L, map); lua_pop(L, 1), i++) {
        if (lua_type(L, -2) != LUA_TSTRING)
            return -1;
        (*keys)[i].text = lua_tolstring(L, -2, &(*keys)[i].len);
    }
    if (count > 1)
        qsort(*keys, (size_t)count, sizeof **keys, compare);
    return count;
}

static bool write_map(struct emitter *e, lua_State *L, int depth)
{
    yaml_event_t event;
    struct key *keys;
    int map = lua_gettop(L);
    lua_Integer count = push_keys(L, &keys);
    if (count < 0)
        return fail(e, "a table that is neither a list nor keyed by text");
    yaml_mapping_style_t style = count ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE;
    if (!write_event(e, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, style), &event))
        return false;
    for (lua_Integer i = 0; i < count; i++) {
        if (!write_string(e, keys[i].text, keys[i].len))
            return false;
        lua_pushlstring(L, keys[i].text, keys[i].len);
        lua_rawget(L, map);
        if (!write_value(e, L, depth + 1))
            return false;
        lua_pop(L, 1);
    }
    lua_settop(L, map);
    return write_event(e, yaml_mapping_end_event_initialize(&event), &event);
}

static bool is_list(lua_State *L)
{
    bool list = lua_rawlen(L, -1) > 0;
    if (!list && luaL_getmetafield(L, -1, "__name") != LUA_TNIL) {
        const char *name = lua_tostring(L, -1);
        list = name && strcmp(name, YAML_LIST) == 0;
        lua_pop(L, 1);
    }
    return list;
}

/* The value on top, which stays there. */
static bool write_value(struct emitter *e, lua_State *L, int depth)
{
    size_t len;
    luaL_checkstack(L, 12, "YAML");
    switch (lua_type(L, -1)) {
    case LUA_TSTRING: {
        const char *text = lua_tolstring(L, -1, &len);
        return write_string(e, text, len);
    }
    case LUA_TBOOLEAN: {
        const char *text = lua_toboolean(L, -1) ? "true" : "false";
        return write_text(e, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
    }
    case LUA_TNUMBER:
        return write_number(e, L);
    case LUA_TTABLE:
        if (depth >= DEPTH_MAX)
            return fail(e, "nested too deep, or in itself");
        return is_list(L) ? write_list(e, L, depth) : write_map(e, L, depth);
    default:
        return fail(e, "a value that YAML has no form for");
    }
}

static bool write_document(struct emitter *e, lua_State *L)
{
    yaml_event_t event;
    return write_event(e, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING), &event) &&
           write_event(e, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1),
                       &event) &&
           write_value(e, L, 0) &&
           write_event(e, yaml_document_end_event_initialize(&event, 1), &event) &&
           write_event(e, yaml_stream_end_event_initialize(&event), &event);
}

int yaml_emit(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    struct emitter *e = lua_newuserdatauv(L, sizeof *e, 0);
    memset(e, 0, sizeof *e);
    luaL_setmetatable(L, EMITTER);
    e->open = yaml_emitter_initialize(&e->yaml) == 1;
    if (!e->open)
        return failure_return(L, FAILURE("write YAML", NULL, "out of memory"));
    yaml_emitter_set_output(&e->yaml, on_write, e);
    yaml_emitter_set_unicode(&e->yaml, 1);
    yaml_emitter_set_width(&e->yaml, -1);
    lua_pushvalue(L, 1);
    if (!write_document(e, L))
        return failure_return(L, FAILURE("write YAML", NULL, e->reason));
    lua_pushlstring(L, e->bytes, e->len);
    return 1;
}
