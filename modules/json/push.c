/* push.c -- texts to Lua strings. Answers say the same short words again and again: the keys of
 * maps, states, types. Lua would find each of them byte by byte among all the strings it has.
 */
#include "json.h"

static void keep(struct reader *r, size_t slot)
{
    if (lua_isnil(r->L, r->kept)) {
        lua_createtable(r->L, MET, 0);
        lua_replace(r->L, r->kept);
    }
    lua_pushvalue(r->L, -1);
    lua_rawseti(r->L, r->kept, (lua_Integer)slot + 1);
}

void json_push_by(struct reader *r, struct text text, uint64_t first)
{
    uint64_t last = text.len > 8 ? bytes_8(text.at + text.len - 8) : 0;
    size_t slot = ((first ^ last >> 3) * UINT64_C(0x9e3779b97f4a7c15)) >> 58;
    struct met *met = &r->met[slot];
    bool again = met->first == first && met->last == last && met->len == text.len;
    if (again && met->kept) {
        lua_rawgeti(r->L, r->kept, (lua_Integer)slot + 1);
        return;
    }
    lua_pushlstring(r->L, text.at, text.len);
    *met = (struct met){first, last, (uint32_t)text.len, again};
    if (again)
        keep(r, slot);
}

void json_push(struct reader *r, struct text text)
{
    if (text.len > MET_LEN_MAX)
        lua_pushlstring(r->L, text.at, text.len);
    else
        json_push_by(r, text, text_head(text));
}
