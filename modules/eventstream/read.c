/* read.c -- one message of an event stream: its checksums first, then what it holds.
 */
#include "eventstream.h"

#include <string.h>
#include <zlib.h>

const char *const header_type_names[HEADER_TYPES + 1] = {"true",      "false", "byte",  "short",
                                                         "integer",   "long",  "bytes", "string",
                                                         "timestamp", "uuid",  NULL};
const unsigned char header_sizes[HEADER_TYPES] = {0, 0, 1, 2, 4, 8, 0, 0, 8, 16};

uint32_t frame_number(const unsigned char *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

uint32_t frame_checksum(const unsigned char *at, size_t len)
{
    return (uint32_t)crc32(0, at, (uInt)len);
}

const char *frame_open(struct frame *frame, const unsigned char *at)
{
    *frame = (struct frame){at, frame_number(at), frame_number(at + 4)};
    if (frame_checksum(at, PRELUDE - CHECKSUM) != frame_number(at + PRELUDE - CHECKSUM))
        return "the checksum of its lengths is wrong";
    if (frame->len > MESSAGE_MAX || frame->headers > HEADERS_MAX)
        return "longer than a message may be";
    if (frame->len < PRELUDE + CHECKSUM || frame->headers > frame->len - PRELUDE - CHECKSUM)
        return "its lengths make no sense";
    return NULL;
}

const char *frame_check(const struct frame *frame)
{
    uint32_t before = frame->len - CHECKSUM;
    if (frame_checksum(frame->at, before) != frame_number(frame->at + before))
        return "its checksum is wrong";
    return NULL;
}

/* How many bytes the character at `at` has; 0 where it is none (RFC 3629). */
static size_t character(const unsigned char *at, size_t left)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t len = at[0] < 0x80                    ? 1
                 : at[0] >= 0xc2 && at[0] < 0xe0 ? 2
                 : at[0] >= 0xe0 && at[0] < 0xf0 ? 3
                 : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
                                                 : 0;
    if (len < 2)
        return len;
    unsigned code = at[0] & (0x7fu >> len);
    if (len > left)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 63u);
    }
    return code < least[len] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000) ? 0 : len;
}

static bool is_utf8(const unsigned char *at, size_t len)
{
    while (len) {
        size_t step = character(at, len);
        if (step == 0)
            return false;
        at += step;
        len -= step;
    }
    return true;
}

struct cursor {
    const unsigned char *at, *end;
};

static const unsigned char *take(struct cursor *c, size_t len)
{
    if ((size_t)(c->end - c->at) < len)
        return NULL;
    c->at += len;
    return c->at - len;
}

static lua_Integer whole(const unsigned char *at, size_t size)
{
    uint64_t bits = at[0] & 0x80 ? UINT64_MAX : 0;
    for (size_t i = 0; i < size; i++)
        bits = bits << 8 | at[i];
    return (lua_Integer)bits;
}

static void push_uuid(lua_State *L, const unsigned char *at)
{
    char hex[HEX_SIZE(16) + 1], text[HEX_SIZE(16) + 4];
    static const size_t parts[] = {8, 4, 4, 4, 12};
    size_t from = 0, to = 0;
    hex_encode(hex, at, 16);
    for (size_t i = 0; i < 5; i++) {
        if (i)
            text[to++] = '-';
        memcpy(text + to, hex + from, parts[i]);
        from += parts[i];
        to += parts[i];
    }
    lua_pushlstring(L, text, to);
}

/* Pushes the value of a header, or says what is wrong. */
static const char *push_value(lua_State *L, struct cursor *c, unsigned type)
{
    const unsigned char *at;
    size_t size = header_sizes[type];
    if (type == HEADER_BYTES || type == HEADER_STRING) {
        if (!(at = take(c, 2)))
            return "a header that is cut";
        size = (size_t)at[0] << 8 | at[1];
        if (size > VALUE_MAX_BYTES)
            return "a header longer than one may be";
    }
    if (!(at = take(c, size)))
        return "a header that is cut";
    if (type == HEADER_STRING && !is_utf8(at, size))
        return "a header that is no text";
    if (type <= HEADER_FALSE)
        lua_pushboolean(L, type == HEADER_TRUE);
    else if (type == HEADER_BYTES || type == HEADER_STRING)
        lua_pushlstring(L, (const char *)at, size);
    else if (type == HEADER_UUID)
        push_uuid(L, at);
    else
        lua_pushinteger(L, whole(at, size));
    return NULL;
}

/* { name, type, value } into the list `fields`, and the value by its name into `headers`. */
static const char *push_header(lua_State *L, struct cursor *c, int headers, int fields)
{
    const unsigned char *len = take(c, 1), *name, *type;
    if (!len || !(name = take(c, *len)) || !(type = take(c, 1)))
        return "a header that is cut";
    if (*len == 0 || *len > NAME_MAX_BYTES || !is_utf8(name, *len))
        return "a header with no fit name";
    if (*type >= HEADER_TYPES)
        return "a header of an unknown type";
    lua_createtable(L, 0, 3);
    const char *why = push_value(L, c, *type);
    if (why)
        return why;
    lua_pushlstring(L, (const char *)name, *len);
    lua_pushvalue(L, -1);
    if (lua_rawget(L, headers) != LUA_TNIL)
        return "a header that stands twice";
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_pushvalue(L, -3);
    lua_rawset(L, headers); /* field, value, name */
    lua_setfield(L, -3, "name");
    lua_setfield(L, -2, "value");
    lua_pushstring(L, header_type_names[*type]);
    lua_setfield(L, -2, "type");
    lua_rawseti(L, fields, (lua_Integer)lua_rawlen(L, fields) + 1);
    return NULL;
}

const char *frame_push(lua_State *L, const struct frame *frame)
{
    const unsigned char *payload = frame->at + PRELUDE + frame->headers;
    struct cursor c = {frame->at + PRELUDE, payload};
    luaL_checkstack(L, 10, "event");
    lua_createtable(L, 0, 3);
    lua_newtable(L);
    lua_newtable(L);
    int fields = lua_gettop(L);
    while (c.at < c.end) {
        const char *why = push_header(L, &c, fields - 1, fields);
        if (why)
            return why;
    }
    lua_setfield(L, fields - 2, "fields");
    lua_setfield(L, fields - 2, "headers");
    size_t len = frame->len - frame->headers - PRELUDE - CHECKSUM;
    lua_pushlstring(L, (const char *)payload, len);
    lua_setfield(L, fields - 2, "payload");
    return NULL;
}
