/* write.c -- Lua values to CBOR: lengths told, heads as short as they can be, keys in order,
 * so that the same value is the same bytes.
 */
#include "cbor.h"

#include <string.h>

bool cbor_write_fail(struct cbor_writer *w, const char *why)
{
    if (!w->why)
        w->why = why;
    return false;
}

static void write_sized(struct cbor_writer *w, unsigned first, uint64_t bits, int size)
{
    char bytes[9] = {(char)first};
    for (int i = 1; i <= size; i++)
        bytes[i] = (char)(bits >> (8 * (size - i)));
    sink_add(&w->out, bytes, (size_t)size + 1);
}

void cbor_write_head(struct cbor_writer *w, enum cbor_major major, uint64_t argument)
{
    unsigned first = (unsigned)major << 5;
    if (argument < 24)
        write_sized(w, first | (unsigned)argument, 0, 0);
    else if (argument <= UINT8_MAX)
        write_sized(w, first | 24, argument, 1);
    else if (argument <= UINT16_MAX)
        write_sized(w, first | 25, argument, 2);
    else if (argument <= UINT32_MAX)
        write_sized(w, first | 26, argument, 4);
    else
        write_sized(w, first | 27, argument, 8);
}

void cbor_write_simple(struct cbor_writer *w, unsigned minor)
{
    write_sized(w, (unsigned)CBOR_SIMPLE << 5 | minor, 0, 0);
}

void cbor_write_string(struct cbor_writer *w, enum cbor_major major, struct text text)
{
    cbor_write_head(w, major, text.len);
    sink_add(&w->out, text.at, text.len);
}

void cbor_write_integer(struct cbor_writer *w, lua_Integer number)
{
    bool negative = number < 0;
    cbor_write_head(w, negative ? CBOR_NEGINT : CBOR_UINT,
                    negative ? (uint64_t) - (number + 1) : (uint64_t)number);
}

void cbor_write_double(struct cbor_writer *w, double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    if (number != number) /* one NaN for all */
        bits = UINT64_C(0x7ff8000000000000);
    write_sized(w, (unsigned)CBOR_SIMPLE << 5 | FLOAT_64, bits, 8);
}

void cbor_write_parts(struct cbor_writer *w, const struct parts *parts)
{
    cbor_write_head(w, parts->keys ? CBOR_MAP : CBOR_LIST, parts->count);
}

void cbor_write_key(struct cbor_writer *w, const struct parts *parts)
{
    if (parts->keys)
        cbor_write_string(w, CBOR_TEXT, parts->key);
}

static bool write_table(struct cbor_writer *w, int index)
{
    struct text exact;
    struct parts parts;
    if (exact_at(w->L, index, &exact))
        return cbor_write_exact(w, exact);
    if (++w->depth > DEPTH_MAX)
        return cbor_write_fail(w, "a table nested too deep, or in itself");
    if (!parts_of_table(&parts, w->L, index))
        return cbor_write_fail(w, "a table that is neither a list nor a map");
    cbor_write_parts(w, &parts);
    while (parts_next(&parts)) {
        cbor_write_key(w, &parts);
        if (!cbor_write(w, lua_gettop(w->L)))
            return false;
    }
    w->depth--;
    return true;
}

bool cbor_write(struct cbor_writer *w, int index)
{
    struct text text;
    switch (lua_type(w->L, index)) {
    case LUA_TSTRING:
        text.at = lua_tolstring(w->L, index, &text.len);
        cbor_write_string(w, CBOR_TEXT, text);
        return true;
    case LUA_TNUMBER:
        if (lua_isinteger(w->L, index))
            cbor_write_integer(w, lua_tointeger(w->L, index));
        else
            cbor_write_double(w, lua_tonumber(w->L, index));
        return true;
    case LUA_TBOOLEAN:
        cbor_write_simple(w, lua_toboolean(w->L, index) ? MINOR_TRUE : MINOR_FALSE);
        return true;
    case LUA_TTABLE:
        return write_table(w, index);
    default:
        if (!null_at(w->L, index) && !lua_isnil(w->L, index))
            return cbor_write_fail(w, "a value that CBOR cannot write");
        cbor_write_simple(w, MINOR_NULL);
        return true;
    }
}
