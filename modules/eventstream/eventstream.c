/* eventstream.c -- AWS's event streams (application/vnd.amazon.eventstream): messages with
 * headers of ten types, each with two checksums.
 *
 *   local eventstream = require "native.eventstream"
 *   local reader = eventstream.reader()
 *   reader:feed(chunk)                       -- as it comes
 *   local message, failure = reader:next()   -- nil alone: more bytes are needed
 *   message.headers[":event-type"], message.payload
 *   reader:finish()                          -- true, or nil and a failure: it was cut
 *   eventstream.encode { fields = { { name = ":event-type", value = "End" } }, payload = "" }
 *
 * A message is { headers = { [name] = value }, fields = { { name, type, value }, ... },
 * payload }. Types: true and false (booleans), byte, short, integer, long (integers), bytes,
 * string, timestamp (integer milliseconds since 1970), uuid (text). A failure lasts: what
 * follows a damaged message cannot be told apart.
 *
 * ---@return native.eventstream.Reader
 * function eventstream.reader() end
 * ---@param message { fields: table[]?, payload: string? }
 * ---@return string bytes
 * function eventstream.encode(message) end
 */
#include "eventstream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READER "native.eventstream.reader"

struct reader {
    unsigned char *bytes;
    size_t at, len, capacity; /* what lies from `at` to `len` is still to be read */
    uint64_t before;          /* bytes of the stream that lay before `bytes` */
    const char *why;          /* it was damaged */
};

static int reader_new(lua_State *L)
{
    struct reader *reader = lua_newuserdatauv(L, sizeof *reader, 0);
    memset(reader, 0, sizeof *reader);
    luaL_setmetatable(L, READER);
    return 1;
}

static int reader_free(lua_State *L)
{
    struct reader *reader = luaL_checkudata(L, 1, READER);
    free(reader->bytes);
    memset(reader, 0, sizeof *reader);
    return 0;
}

/* Room for `more` bytes behind what is still to be read. */
static bool reader_reserve(struct reader *reader, size_t more)
{
    size_t left = reader->len - reader->at;
    if (reader->at) {
        memmove(reader->bytes, reader->bytes + reader->at, left);
        reader->before += reader->at;
        reader->at = 0;
        reader->len = left;
    }
    if (more <= reader->capacity - left)
        return true;
    size_t capacity = reader->capacity * 2 > left + more ? reader->capacity * 2 : left + more;
    unsigned char *bytes = realloc(reader->bytes, capacity);
    if (!bytes)
        return false;
    reader->bytes = bytes;
    reader->capacity = capacity;
    return true;
}

static int reader_failure(lua_State *L, const struct reader *reader)
{
    char subject[64];
    snprintf(subject, sizeof subject, "the event at byte %llu",
             (unsigned long long)(reader->before + reader->at + 1));
    return failure_return(L, FAILURE("decode", subject, reader->why));
}

static int reader_feed(lua_State *L)
{
    size_t len;
    struct reader *reader = luaL_checkudata(L, 1, READER);
    const char *chunk = luaL_checklstring(L, 2, &len);
    if (len && !reader_reserve(reader, len))
        return failure_return(L, FAILURE("decode", "an event", "there is no memory for it"));
    if (len)
        memcpy(reader->bytes + reader->len, chunk, len);
    reader->len += len;
    lua_pushboolean(L, 1);
    return 1;
}

static int reader_next(lua_State *L)
{
    struct reader *reader = luaL_checkudata(L, 1, READER);
    struct frame frame;
    size_t left = reader->len - reader->at;
    if (!reader->why && left < PRELUDE)
        return 0;
    if (!reader->why)
        reader->why = frame_open(&frame, reader->bytes + reader->at);
    if (!reader->why && left < frame.len)
        return 0;
    if (!reader->why)
        reader->why = frame_check(&frame);
    if (!reader->why)
        reader->why = frame_push(L, &frame);
    if (reader->why)
        return reader_failure(L, reader);
    reader->at += frame.len;
    return 1;
}

static int reader_finish(lua_State *L)
{
    struct reader *reader = luaL_checkudata(L, 1, READER);
    if (!reader->why && reader->at < reader->len)
        reader->why = "it is cut";
    if (reader->why)
        return reader_failure(L, reader);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg methods[] = {
    {"feed", reader_feed}, {"next", reader_next}, {"finish", reader_finish},
    {"__gc", reader_free}, {NULL, NULL},
};
static const luaL_Reg functions[] = {
    {"reader", reader_new}, {"encode", frame_encode}, {NULL, NULL}};

int luaopen_native_eventstream(lua_State *L)
{
    luaL_newmetatable(L, READER);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
