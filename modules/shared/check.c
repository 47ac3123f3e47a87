/* check.c -- whether a Lua value fits a shape: all that does not, each with its path.
 * As AWS's own clients do, what is too long or too large is left to the service.
 */
#include "shape.h"

#include <math.h>
#include <string.h>

#define FAULTS_MAX 50 /* enough to read; a wrong list of thousands says the same */

struct checker {
    lua_State *L;
    struct sink path;
    int faults;       /* stack index of the list of { path, what } */
    int depth, cache; /* cache: stack index, see wires_cache */
};

static void check_value(struct checker *c, struct wire *wire, int index);

/* The text of what is wrong is on top of the stack, and is taken away. Leaves the
 * fault there when there is still room for it, else nil. */
static void fault(struct checker *c)
{
    lua_State *L = c->L;
    lua_Integer count = (lua_Integer)lua_rawlen(L, c->faults);
    lua_createtable(L, 0, 3);
    lua_insert(L, -2);
    lua_setfield(L, -2, "what");
    sink_push(&c->path);
    lua_setfield(L, -2, "path");
    if (count < FAULTS_MAX) {
        lua_pushvalue(L, -1);
        lua_rawseti(L, c->faults, count + 1);
    }
}

static void fault_text(struct checker *c, const char *what)
{
    lua_pushstring(c->L, what);
    fault(c);
    lua_pop(c->L, 1);
}

static void wrong_type(struct checker *c, const char *wanted, int index)
{
    const char *got = luaL_typename(c->L, index);
    lua_pushfstring(c->L, "must be a %s, not a %s", wanted, got);
    fault(c);
    lua_pop(c->L, 1);
}

static size_t path_add(struct checker *c, struct text name)
{
    size_t before = c->path.len;
    if (before)
        sink_text(&c->path, ".");
    sink_add(&c->path, name.at, name.len);
    return before;
}

static size_t path_index(struct checker *c, lua_Integer i)
{
    char number[32];
    size_t before = c->path.len;
    lua_Unsigned rest = (lua_Unsigned)i;
    char *at = number + sizeof number;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    sink_text(&c->path, "[");
    sink_add(&c->path, at, (size_t)(number + sizeof number - at));
    sink_text(&c->path, "]");
    return before;
}

/* { path, what, unknown = name, names = those there are }, for a better word. */
static void unknown_member(struct checker *c, const struct wires *wires, int key)
{
    lua_State *L = c->L;
    lua_pushliteral(L, "no such member");
    fault(c);
    lua_pushvalue(L, key);
    lua_setfield(L, -2, "unknown");
    lua_newtable(L);
    for (uint32_t i = 0; i < wires->count; i++) {
        wire_push_key(L, c->cache, &wires->list[i]);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_setfield(L, -2, "names");
    lua_pop(L, 1);
}

static bool is_member(const struct wires *wires, struct text name)
{
    for (uint32_t i = 0; i < wires->count; i++) {
        struct text other = wires->list[i].member.name;
        if (other.len == name.len && memcmp(other.at, name.at, name.len) == 0)
            return true;
    }
    return false;
}

static void check_unknown(struct checker *c, const struct wires *wires, int index)
{
    lua_State *L = c->L;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        struct text name = {0};
        if (lua_type(L, -2) != LUA_TSTRING) {
            fault_text(c, "must be a structure, not a list");
            lua_pop(L, 2);
            return;
        }
        name.at = lua_tolstring(L, -2, &name.len);
        if (is_member(wires, name))
            continue;
        size_t before = path_add(c, name);
        unknown_member(c, wires, lua_absindex(L, -2));
        c->path.len = before;
    }
}

static void check_member(struct checker *c, struct wire *wire, bool there)
{
    size_t before = path_add(c, wire->member.name);
    if (there)
        check_value(c, wire, lua_gettop(c->L));
    else
        fault_text(c, "is required");
    c->path.len = before;
}

static void check_structure(struct checker *c, struct wires *wires, bool is_union, int index)
{
    lua_State *L = c->L;
    size_t found = 0;
    for (uint32_t i = 0; i < wires->count; i++) {
        struct wire *wire = &wires->list[i];
        wire_push_key(L, c->cache, wire);
        bool there = lua_rawget(L, index) != LUA_TNIL;
        found += there;
        if (there || wire->member.required)
            check_member(c, wire, there);
        lua_pop(L, 1);
    }
    size_t keys = keys_count(L, index);
    if (is_union && keys != 1)
        fault_text(c, "must have exactly one member");
    if (keys > found)
        check_unknown(c, wires, index);
}

static void check_minimum(struct checker *c, const struct traits *traits, double number,
                          const char *unit)
{
    if (!(traits->set & TRAIT_BIT(TRAIT_MIN)) || number >= traits->min)
        return;
    lua_Integer whole;
    if (lua_numbertointeger(traits->min, &whole) && (double)whole == traits->min)
        lua_pushfstring(c->L, "must be at least %I%s", (LUAI_UACINT)whole, unit);
    else
        lua_pushfstring(c->L, "must be at least %f%s", (LUAI_UACNUMBER)traits->min, unit);
    fault(c);
    lua_pop(c->L, 1);
}

/* Characters, where the text is UTF-8; a byte of something else counts as one. */
static size_t characters(const char *at, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)at[i] & 0xc0) != 0x80;
    return count;
}

static void check_list(struct checker *c, struct wire *element, bool sparse, int index)
{
    lua_Integer len = (lua_Integer)lua_rawlen(c->L, index);
    if (keys_count(c->L, index) != (size_t)len) {
        fault_text(c, "must be a list without gaps");
        return;
    }
    for (lua_Integer i = 1; i <= len; i++) {
        lua_rawgeti(c->L, index, i);
        size_t before = path_index(c, i);
        if (!sparse || !null_at(c->L, -1))
            check_value(c, element, lua_gettop(c->L));
        c->path.len = before;
        lua_pop(c->L, 1);
    }
}

static void check_map(struct checker *c, struct wires *wires, bool sparse, int index)
{
    lua_State *L = c->L;
    const struct traits *of_key = &wires->list[0].traits;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        struct text name = {0};
        if (lua_type(L, -2) != LUA_TSTRING) {
            fault_text(c, "must be a map from texts, not a list");
            lua_pop(L, 2);
            return;
        }
        name.at = lua_tolstring(L, -2, &name.len);
        size_t before = path_add(c, name);
        check_minimum(c, of_key, (double)characters(name.at, name.len), " characters long");
        if (!sparse || !null_at(L, -1))
            check_value(c, &wires->list[1], lua_gettop(L));
        c->path.len = before;
    }
}

static void check_number(struct checker *c, const struct traits *traits, bool whole, int index)
{
    struct text text = {0};
    if (exact_at(c->L, index, &text)) {
        if (whole && memchr(text.at, '.', text.len))
            fault_text(c, "must be a whole number");
        return;
    }
    if (lua_type(c->L, index) == LUA_TNUMBER) {
        if (whole && !lua_isinteger(c->L, index) &&
            lua_tonumber(c->L, index) != floor(lua_tonumber(c->L, index)))
            fault_text(c, "must be a whole number");
        else
            check_minimum(c, traits, lua_tonumber(c->L, index), "");
        return;
    }
    if (lua_type(c->L, index) == LUA_TSTRING)
        text.at = lua_tolstring(c->L, index, &text.len);
    if (whole || !text.at ||
        !(text_is(text, "NaN") || text_is(text, "Infinity") || text_is(text, "-Infinity")))
        wrong_type(c, "number", index);
}

static void check_text(struct checker *c, const struct traits *traits, int index)
{
    size_t len;
    if (traits->set & TRAIT_BIT(TRAIT_JSONVALUE))
        return; /* any value: it travels as JSON in a text */
    if (lua_type(c->L, index) != LUA_TSTRING) {
        wrong_type(c, "string", index);
        return;
    }
    const char *text = lua_tolstring(c->L, index, &len);
    check_minimum(c, traits, (double)characters(text, len), " characters long");
}

static void check_timestamp(struct checker *c, int index)
{
    char text[TIMESTAMP_SIZE];
    int type = lua_type(c->L, index);
    if (type != LUA_TNUMBER && type != LUA_TSTRING)
        wrong_type(c, "time (seconds since 1970, or text)", index);
    else if (!timestamp_text(text, c->L, index, (struct text){0}, TIMESTAMP_DATE_TIME))
        fault_text(c, "is no time that can be read");
}

static void check_scalar(struct checker *c, enum shape_kind kind, const struct traits *traits,
                         int index)
{
    if (kind == SHAPE_STRING)
        check_text(c, traits, index);
    else if (kind == SHAPE_TIMESTAMP)
        check_timestamp(c, index);
    else if (kind == SHAPE_BOOLEAN && !lua_isboolean(c->L, index))
        wrong_type(c, "boolean", index);
    else if (kind == SHAPE_BLOB && lua_type(c->L, index) != LUA_TSTRING)
        wrong_type(c, "string", index);
    else if (kind == SHAPE_INTEGER || kind == SHAPE_LONG)
        check_number(c, traits, true, index);
    else if (kind == SHAPE_FLOAT || kind == SHAPE_DOUBLE)
        check_number(c, traits, false, index);
}

static void check_composite(struct checker *c, struct wire *wire, int index)
{
    static const char *const names[] = {"structure", "list", "map"};
    const struct traits *traits = &wire->traits;
    bool sparse = traits->set & TRAIT_BIT(TRAIT_SPARSE);
    if (lua_type(c->L, index) != LUA_TTABLE) {
        wrong_type(c, names[wire->kind], index);
        return;
    }
    struct wires *wires = wires_below(c->L, c->cache, wire);
    if (wire->kind == SHAPE_STRUCTURE) {
        check_structure(c, wires, traits->set & TRAIT_BIT(TRAIT_UNION), index);
    } else if (wire->kind == SHAPE_LIST) {
        check_minimum(c, traits, (double)lua_rawlen(c->L, index), " long");
        check_list(c, &wires->list[0], sparse, index);
    } else {
        check_map(c, wires, sparse, index);
    }
}

static void check_value(struct checker *c, struct wire *wire, int index)
{
    luaL_checkstack(c->L, 12, "checking");
    if (wire->traits.set & (TRAIT_BIT(TRAIT_DOCUMENT) | TRAIT_BIT(TRAIT_EVENTSTREAM)))
        return;
    if (++c->depth > DEPTH_MAX)
        fault_text(c, "is nested too deep");
    else if (wire->kind <= SHAPE_MAP)
        check_composite(c, wire, index);
    else
        check_scalar(c, wire->kind, &wire->traits, index);
    c->depth--;
}

/* "encode CreateVpc: CidrBlock is required; ..." of the faults at `faults`. */
static void push_summary(struct checker *c)
{
    lua_State *L = c->L;
    c->path.len = 0;
    lua_Integer count = (lua_Integer)lua_rawlen(L, c->faults);
    for (lua_Integer i = 1; i <= count && i <= 5; i++) {
        lua_rawgeti(L, c->faults, i);
        lua_getfield(L, -1, "path");
        lua_getfield(L, -2, "what");
        size_t len;
        const char *path = lua_tolstring(L, -2, &len);
        sink_text(&c->path, i > 1 ? "; " : "");
        sink_add(&c->path, path, len);
        sink_text(&c->path, len ? ": " : "");
        sink_text(&c->path, lua_tostring(L, -1));
        lua_pop(L, 3);
    }
    if (count > 5)
        sink_text(&c->path, "; and more");
    sink_push(&c->path);
}

bool shape_accepts(lua_State *L, int shape, int index, const char *op)
{
    struct checker c = {.L = L};
    struct shape_reader reader;
    struct wire whole;
    int top = lua_gettop(L);
    const struct shape *it = lua_touserdata(L, shape);
    index = lua_absindex(L, index);
    c.cache = wires_cache(L, shape);
    lua_newtable(L);
    c.faults = lua_gettop(L);
    sink_open(&c.path, L);
    wire_open(L, &whole, &(struct member){.shape = *it});
    check_value(&c, &whole, index);
    if (lua_rawlen(L, c.faults) == 0) {
        lua_settop(L, top);
        return true;
    }
    push_summary(&c);
    shape_open(&reader, *it);
    lua_pushlstring(L, reader.name.len ? reader.name.at : "a value",
                    reader.name.len ? reader.name.len : 7);
    failure_return(L, FAILURE(op, lua_tostring(L, -1), lua_tostring(L, -2)));
    lua_pushvalue(L, c.faults);
    lua_setfield(L, -2, "faults");
    return false;
}
