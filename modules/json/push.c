/* push.c -- texts to Lua strings. Long answers say the same short words again and again: the keys
 * of maps, the names of members, states, types. Lua would find each of them byte by byte among all
 * the strings it has.
 */
#include "json.h"

#include <string.h>

void json_again(struct reader *r, struct again *again)
{
    memset(again, 0, sizeof *again);
    luaL_checkstack(r->L, TEXTS + NAMES, "JSON");
    again->kept = lua_gettop(r->L) + 1;
    lua_settop(r->L, lua_gettop(r->L) + TEXTS + NAMES);
    r->again = again;
}

void json_push_by(struct reader *r, struct text text, uint64_t head)
{
    struct again *again = r->again;
    if (!again) {
        lua_pushlstring(r->L, text.at, text.len);
        return;
    }
    uint64_t last = text.len > 8 ? bytes_8(text.at + text.len - 8) : 0;
    size_t slot = text_slot(head ^ last >> 3, TEXTS_BITS);
    struct seen *seen = &again->texts[slot];
    bool same = seen->first == head && seen->last == last && seen->len == text.len;
    if (same && seen->kept) {
        lua_pushvalue(r->L, again->kept + (int)slot);
        return;
    }
    lua_pushlstring(r->L, text.at, text.len);
    *seen = (struct seen){head, last, (uint32_t)text.len, same};
    if (same)
        lua_copy(r->L, -1, again->kept + (int)slot);
}

void json_push(struct reader *r, struct text text)
{
    if (text.len > TEXT_LEN_MAX)
        lua_pushlstring(r->L, text.at, text.len);
    else
        json_push_by(r, text, text_head(text));
}

void json_push_name(struct reader *r, struct wire *wire)
{
    struct again *again = r->again;
    if (again && again->names[wire->slot % NAMES] == wire) {
        lua_pushvalue(r->L, again->kept + TEXTS + wire->slot % NAMES);
        return;
    }
    wire_push_key(r->L, r->cache, wire);
    if (!again || again->count == NAMES)
        return;
    wire->slot = again->count++ % NAMES;
    again->names[wire->slot] = wire;
    lua_copy(r->L, -1, again->kept + TEXTS + wire->slot);
}
