/* write.c -- a message of an event stream as bytes: what tests answer with, and what a
 * client sends.
 */
#include "eventstream.h"

#include <string.h>

static void add(luaL_Buffer *out, const void *bytes, size_t len)
{
    luaL_addlstring(out, bytes, len);
}

static void add_number(luaL_Buffer *out, uint64_t number, size_t size)
{
    char bytes[8];
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(number >> (8 * (size - 1 - i)));
    add(out, bytes, size);
}

static const char *checked_text(lua_State *L, int index, size_t max, size_t *len)
{
    const char *text = luaL_checklstring(L, index, len);
    if (*len > max)
        luaL_error(L, "a header is longer than %d bytes", (int)max);
    return text;
}

static void add_uuid(lua_State *L, luaL_Buffer *out, const char *text, size_t len)
{
    char hex[HEX_SIZE(16)];
    unsigned char bytes[16];
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        if (text[i] != '-' && count++ < sizeof hex)
            hex[count - 1] = text[i];
    if (count != sizeof hex || !hex_decode(bytes, hex, sizeof hex))
        luaL_error(L, "a header is no UUID");
    add(out, bytes, sizeof bytes);
}

/* The value is at `index`, below what the buffer may keep on the stack. */
static void add_value(lua_State *L, luaL_Buffer *out, int type, int index)
{
    size_t len, size = header_sizes[type];
    if (type == HEADER_BYTES || type == HEADER_STRING) {
        const char *text = checked_text(L, index, VALUE_MAX_BYTES, &len);
        add_number(out, len, 2);
        add(out, text, len);
    } else if (type == HEADER_UUID) {
        const char *text = checked_text(L, index, 64, &len);
        add_uuid(L, out, text, len);
    } else if (size) {
        lua_Integer number = luaL_checkinteger(L, index);
        int unused = 64 - 8 * (int)size;
        if ((lua_Integer)((lua_Unsigned)number << unused) >> unused != number)
            luaL_error(L, "a header does not fit its type");
        add_number(out, (uint64_t)number, size);
    }
}

/* { name, type, value } at stack index 4; its parts stand at 5 to 7. */
static void add_field(lua_State *L, luaL_Buffer *out)
{
    size_t len;
    const char *name = checked_text(L, 5, NAME_MAX_BYTES, &len);
    int type = luaL_checkoption(L, 6, "string", header_type_names);
    luaL_argcheck(L, len > 0, 1, "a header without a name");
    add_number(out, len, 1);
    add(out, name, len);
    add_number(out, (uint64_t)type, 1);
    add_value(L, out, type, 7);
}

static void push_field(lua_State *L, lua_Integer i)
{
    static const char *const parts[] = {"name", "type", "value"};
    lua_settop(L, 3);
    lua_rawgeti(L, 2, i);
    luaL_checktype(L, 4, LUA_TTABLE);
    for (int k = 0; k < 3; k++)
        lua_getfield(L, 4, parts[k]);
}

/* All headers in one string, at stack index 3. Each is a string first, since a buffer and the
 * fields would stand in each other's way on the stack. */
static void push_headers(lua_State *L)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, 2);
    lua_pushliteral(L, "");
    for (lua_Integer i = 1; i <= count; i++) {
        luaL_Buffer out;
        push_field(L, i);
        luaL_buffinit(L, &out);
        add_field(L, &out);
        luaL_pushresult(&out);
        lua_pushvalue(L, 3);
        lua_insert(L, -2);
        lua_concat(L, 2);
        lua_replace(L, 3);
    }
    lua_settop(L, 3);
}

int frame_encode(lua_State *L)
{
    size_t headers_len, payload_len;
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua_getfield(L, 1, "fields") != LUA_TTABLE) {
        lua_newtable(L);
        lua_replace(L, 2);
    }
    push_headers(L);
    lua_getfield(L, 1, "payload");
    const char *headers = lua_tolstring(L, 3, &headers_len);
    const char *payload = luaL_optlstring(L, 4, "", &payload_len);
    luaL_argcheck(L, headers_len <= HEADERS_MAX, 1, "the headers are too long");
    luaL_argcheck(L, payload_len <= MESSAGE_MAX - HEADERS_MAX - PRELUDE, 1, "it is too long");
    size_t len = PRELUDE + headers_len + payload_len + CHECKSUM;
    unsigned char *bytes = lua_newuserdatauv(L, len, 0);
    for (int i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(len >> (24 - 8 * i));
        bytes[4 + i] = (unsigned char)(headers_len >> (24 - 8 * i));
    }
    memcpy(bytes + PRELUDE, headers, headers_len);
    memcpy(bytes + PRELUDE + headers_len, payload, payload_len);
    uint32_t prelude = frame_checksum(bytes, PRELUDE - CHECKSUM);
    for (int i = 0; i < 4; i++)
        bytes[PRELUDE - CHECKSUM + i] = (unsigned char)(prelude >> (24 - 8 * i));
    uint32_t all = frame_checksum(bytes, len - CHECKSUM);
    for (int i = 0; i < 4; i++)
        bytes[len - CHECKSUM + (size_t)i] = (unsigned char)(all >> (24 - 8 * i));
    lua_pushlstring(L, (const char *)bytes, len);
    return 1;
}
