/* read.c -- free CBOR to Lua values: maps lose their nulls, lists keep them as the light
 * userdata NULL, empty lists are marked. With `typed` every item is { kind, value }, so that
 * nothing of what stood there is lost.
 */
#include "cbor.h"

#define FEW 64 /* elements for which room is made before they are seen */

static int room(const struct cbor_head *head)
{
    return head->argument < FEW ? (int)head->argument : FEW;
}

static bool read_list(struct cbor_reader *r, struct cbor_head *head)
{
    lua_Integer count = 0;
    lua_createtable(r->L, room(head), 0);
    while (cbor_more(r, head)) {
        if (!cbor_read(r))
            return false;
        lua_rawseti(r->L, -2, ++count);
    }
    if (count == 0)
        list_mark(r->L, -1);
    return true;
}

static bool read_map(struct cbor_reader *r, struct cbor_head *head)
{
    struct text key;
    lua_createtable(r->L, 0, room(head));
    while (cbor_more(r, head)) {
        if (!cbor_key(r, &key))
            return false;
        lua_pushlstring(r->L, key.at, key.len);
        lua_pushvalue(r->L, -1);
        if (lua_rawget(r->L, -3) != LUA_TNIL)
            return cbor_fail(r, "a key that stands twice");
        lua_pop(r->L, 1);
        if (!cbor_read(r))
            return false;
        if (null_at(r->L, -1)) {
            lua_pop(r->L, 1);
            lua_pushnil(r->L);
        }
        lua_rawset(r->L, -3);
    }
    return true;
}

static bool read_string(struct cbor_reader *r, const struct cbor_head *head)
{
    struct text text;
    if (!cbor_string(r, head, &text))
        return false;
    lua_pushlstring(r->L, text.at, text.len);
    return true;
}

static bool read_simple(struct cbor_reader *r, const struct cbor_head *head)
{
    if (head->minor == MINOR_FALSE || head->minor == MINOR_TRUE)
        lua_pushboolean(r->L, head->minor == MINOR_TRUE);
    else if (cbor_is_null(head))
        lua_pushlightuserdata(r->L, NULL);
    else
        lua_pushnumber(r->L, cbor_float(head));
    return true;
}

/* Of the others the value counts, not what it is called. */
static bool read_tagged(struct cbor_reader *r, const struct cbor_head *tag)
{
    if (r->typed)
        return cbor_read(r);
    if (tag->argument == TAG_EPOCH)
        return cbor_read_epoch(r);
    if (tag->argument == TAG_BIGNUM || tag->argument == TAG_NEGATIVE_BIGNUM)
        return cbor_read_bignum(r, tag->argument == TAG_NEGATIVE_BIGNUM);
    return tag->argument == TAG_DECIMAL ? cbor_read_decimal(r) : cbor_read(r);
}

static bool read_nested(struct cbor_reader *r, struct cbor_head *head)
{
    luaL_checkstack(r->L, 12, "CBOR");
    if (!cbor_deeper(r))
        return false;
    bool fine = head->major == CBOR_LIST  ? read_list(r, head)
                : head->major == CBOR_MAP ? read_map(r, head)
                                          : read_tagged(r, head);
    r->depth--;
    return fine;
}

static const char *kind_of(const struct cbor_head *head)
{
    static const char *const kinds[] = {"uint", "negint", "bytes", "text", "list", "map", "tag"};
    static const char *const simple[] = {"boolean", "boolean", "null",    "undefined", "",
                                         "float16", "float32", "float64", ""};
    return head->major < CBOR_SIMPLE ? kinds[head->major] : simple[head->minor - MINOR_FALSE];
}

/* { kind, value } of the value on top, and of a tag also which. */
static void push_typed(struct cbor_reader *r, const struct cbor_head *head)
{
    struct cbor_head tag = {.major = CBOR_UINT, .argument = head->argument};
    lua_createtable(r->L, 0, 3);
    lua_insert(r->L, -2);
    lua_setfield(r->L, -2, "value");
    lua_pushstring(r->L, kind_of(head));
    lua_setfield(r->L, -2, "kind");
    if (head->major == CBOR_TAG) {
        cbor_push_integer(r, &tag);
        lua_setfield(r->L, -2, "tag");
    }
}

bool cbor_read_item(struct cbor_reader *r, struct cbor_head *head)
{
    struct cbor_head whole = *head;
    bool fine = true;
    if (head->major >= CBOR_LIST && head->major <= CBOR_TAG)
        fine = read_nested(r, head);
    else if (head->major == CBOR_BYTES || head->major == CBOR_TEXT)
        fine = read_string(r, head);
    else if (head->major == CBOR_SIMPLE)
        fine = read_simple(r, head);
    else
        cbor_push_integer(r, head);
    if (fine && r->typed)
        push_typed(r, &whole);
    return fine;
}

bool cbor_read(struct cbor_reader *r)
{
    struct cbor_head head;
    return cbor_head(r, &head) && cbor_read_item(r, &head);
}
