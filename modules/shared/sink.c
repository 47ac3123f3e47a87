/* sink.c -- text being built in a userdata of Lua's, so that nothing leaks wherever
 * Lua leaves; and the scalars that every wire format writes and reads alike.
 */
#include "shape.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void sink_open(struct sink *sink, lua_State *L)
{
    *sink = (struct sink){.L = L, .capacity = 200};
    sink->at = lua_newuserdatauv(L, sink->capacity, 0);
    sink->slot = lua_gettop(L);
}

char *sink_reserve(struct sink *sink, size_t len)
{
    if (len > sink->capacity - sink->len) {
        size_t capacity = sink->capacity * 2;
        if (len > capacity - sink->len)
            capacity = sink->len + len;
        luaL_checkstack(sink->L, 1, "sink");
        char *at = lua_newuserdatauv(sink->L, capacity, 0);
        memcpy(at, sink->at, sink->len);
        lua_replace(sink->L, sink->slot);
        sink->at = at;
        sink->capacity = capacity;
    }
    return sink->at + sink->len;
}

void sink_add(struct sink *sink, const char *bytes, size_t len)
{
    char *at = sink_reserve(sink, len);
    if (len)
        memcpy(at, bytes, len);
    sink->len += len;
}

void sink_text(struct sink *sink, const char *text)
{
    sink_add(sink, text, strlen(text));
}

void sink_push(struct sink *sink)
{
    lua_pushlstring(sink->L, sink->at, sink->len);
}

bool text_is(struct text text, const char *literal)
{
    return text.len == strlen(literal) &&
           (text.len == 0 || memcmp(text.at, literal, text.len) == 0);
}

/* The shortest text that reads back as the same number. */
static size_t write_real(char to[NUMBER_SIZE], double number)
{
    int len = 0;
    if (isnan(number))
        return (size_t)snprintf(to, NUMBER_SIZE, "NaN");
    if (isinf(number))
        return (size_t)snprintf(to, NUMBER_SIZE, number < 0 ? "-Infinity" : "Infinity");
    for (int digits = 15; digits <= 17; digits++) {
        len = snprintf(to, NUMBER_SIZE, "%.*g", digits, number);
        if (strtod(to, NULL) == number)
            break;
    }
    if (!strpbrk(to, ".e"))
        len += snprintf(to + len, NUMBER_SIZE - (size_t)len, ".0");
    return (size_t)len;
}

size_t number_write(char to[NUMBER_SIZE], lua_State *L, int index)
{
    if (lua_isinteger(L, index))
        return (size_t)snprintf(to, NUMBER_SIZE, "%lld", (long long)lua_tointeger(L, index));
    return write_real(to, lua_tonumber(L, index));
}

size_t scalar_write(char to[NUMBER_SIZE], lua_State *L, enum shape_kind kind, int index)
{
    lua_Integer whole; /* 8.0 from a decoder that knows floats only */
    if ((kind != SHAPE_INTEGER && kind != SHAPE_LONG) || lua_isinteger(L, index) ||
        !lua_numbertointeger(lua_tonumber(L, index), &whole))
        return number_write(to, L, index);
    return (size_t)snprintf(to, NUMBER_SIZE, "%lld", (long long)whole);
}

/* The whole numbers that nearly all are: digits alone, too few to be too many. */
static bool push_short(lua_State *L, struct text text)
{
    lua_Integer number = 0;
    bool negative = text.len > 0 && text.at[0] == '-';
    if (text.len == negative || text.len > 18)
        return false;
    for (size_t i = negative; i < text.len; i++) {
        unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';
        if (digit > 9)
            return false;
        number = number * 10 + digit;
    }
    lua_pushinteger(L, negative ? -number : number);
    return true;
}

static bool push_integer(lua_State *L, const char *digits)
{
    char *end;
    errno = 0;
    long long number = strtoll(digits, &end, 10);
    if (*end || end == digits || errno)
        return false;
    lua_pushinteger(L, number);
    return true;
}

static bool push_real(lua_State *L, const char *digits)
{
    static const struct {
        const char *name;
        double number;
    } named[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};
    char *end;
    for (size_t i = 0; i < sizeof named / sizeof *named; i++)
        if (strcmp(digits, named[i].name) == 0) {
            lua_pushnumber(L, named[i].number);
            return true;
        }
    double number = strtod(digits, &end);
    if (*end || end == digits || strpbrk(digits, "xXnN"))
        return false;
    lua_pushnumber(L, number);
    return true;
}

void timestamp_push(lua_State *L, struct timestamp time)
{
    if (time.nanos)
        lua_pushnumber(L, timestamp_number(time));
    else
        lua_pushinteger(L, time.seconds);
}

static bool push_timestamp(lua_State *L, struct text text)
{
    struct timestamp time;
    if (!timestamp_read(&time, text.at, text.len))
        return false;
    timestamp_push(L, time);
    return true;
}

static bool push_blob(lua_State *L, struct text text)
{
    size_t len;
    unsigned char *bytes = lua_newuserdatauv(L, text.len + 4, 0);
    bool fine = base64_decode(bytes, &len, text.at, text.len);
    if (fine)
        lua_pushlstring(L, (const char *)bytes, len);
    lua_remove(L, fine ? -2 : -1);
    return fine;
}

/* Numbers and booleans may stand between white space, as XML writes them. */
static struct text trimmed(struct text text)
{
    while (text.len && strchr(" \t\r\n", text.at[0]))
        text = (struct text){text.at + 1, text.len - 1};
    while (text.len && strchr(" \t\r\n", text.at[text.len - 1]))
        text.len--;
    return text;
}

bool scalar_push(lua_State *L, enum shape_kind kind, struct text text)
{
    char copy[400];
    if (kind == SHAPE_STRING) {
        lua_pushlstring(L, text.at, text.len);
        return true;
    }
    if (kind == SHAPE_BLOB)
        return push_blob(L, text);
    text = trimmed(text);
    if (kind == SHAPE_TIMESTAMP)
        return push_timestamp(L, text);
    if (kind == SHAPE_BOOLEAN) {
        lua_pushboolean(L, text_is(text, "true"));
        return text_is(text, "true") || text_is(text, "false");
    }
    bool whole = kind == SHAPE_INTEGER || kind == SHAPE_LONG;
    if (whole && push_short(L, text))
        return true;
    if (text.len == 0 || text.len >= sizeof copy || memchr(text.at, '\0', text.len))
        return false;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    return whole ? push_integer(L, copy) : push_real(L, copy);
}

bool timestamp_at(struct timestamp *to, lua_State *L, int index)
{
    size_t len;
    if (lua_isinteger(L, index)) {
        *to = (struct timestamp){lua_tointeger(L, index), 0};
        return to->seconds > -1000000000000000 && to->seconds < 1000000000000000;
    }
    if (lua_type(L, index) == LUA_TNUMBER)
        return timestamp_from_number(to, lua_tonumber(L, index));
    const char *text = lua_tolstring(L, index, &len);
    return text && timestamp_read(to, text, len);
}

size_t timestamp_text(char to[TIMESTAMP_SIZE], lua_State *L, int index, struct text named,
                      enum timestamp_format usual)
{
    struct timestamp time;
    if (text_is(named, "iso8601"))
        usual = TIMESTAMP_DATE_TIME;
    else if (text_is(named, "unixTimestamp"))
        usual = TIMESTAMP_EPOCH;
    else if (text_is(named, "rfc822"))
        usual = TIMESTAMP_HTTP_DATE;
    return timestamp_at(&time, L, index) ? timestamp_write(to, time, usual) : 0;
}
