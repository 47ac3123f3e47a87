/* form.c -- request bodies of the ec2 and query protocols: structures, lists and maps
 * flattened into the names of form fields.
 *
 *   local form = require "native.form"
 *   form.encode(operation.input, { VpcIds = { "vpc-1" } },
 *               { flavor = "ec2", action = "DescribeVpcs", version = "2016-11-15" })
 *   -- Action=DescribeVpcs&Version=2016-11-15&VpcId.1=vpc-1
 *
 * ---@param shape native.Shape?  nil where the operation takes nothing
 * ---@param params table
 * ---@param options { flavor: "ec2"|"query", action: string, version: string }
 * ---@return string? body, native.failure? failure  its `faults` list { path, what }
 * function form.encode(shape, params, options) end
 */
#include "shape.h"

#include <string.h>

struct form {
    lua_State *L;
    struct sink out, name; /* name: of the field being written, as far as it is known */
    int cache;             /* stack index, see wires_cache */
    bool ec2;
};

static void write_value(struct form *f, struct wire *wire, int index);

static bool is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static void add_encoded(struct sink *out, const char *at, size_t len)
{
    static const char hex[] = "0123456789ABCDEF";
    char *to = sink_reserve(out, len * 3);
    char *start = to;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)at[i];
        if (is_plain(c)) {
            *to++ = at[i];
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    out->len += (size_t)(to - start);
}

static void add_field(struct form *f, const char *value, size_t len)
{
    if (f->out.len)
        sink_add(&f->out, "&", 1);
    add_encoded(&f->out, f->name.at, f->name.len);
    sink_add(&f->out, "=", 1);
    add_encoded(&f->out, value, len);
}

/* Lengthens the name by a part; what it gives back is where to cut it again. */
static size_t name_add(struct form *f, struct text part)
{
    size_t before = f->name.len;
    if (before)
        sink_add(&f->name, ".", 1);
    sink_add(&f->name, part.at, part.len);
    return before;
}

static size_t name_number(struct form *f, lua_Integer number)
{
    char text[24];
    char *at = text + sizeof text;
    do
        *--at = (char)('0' + number % 10);
    while (number /= 10);
    return name_add(f, (struct text){at, (size_t)(text + sizeof text - at)});
}

/* ec2 capitalizes, and has a name of its own for requests. */
static size_t name_member(struct form *f, const struct wire *wire)
{
    if (f->ec2 && wire->query_name.len)
        return name_add(f, wire->query_name);
    size_t before = name_add(f, wire->name);
    if (f->ec2) {
        char *first = f->name.at + f->name.len - wire->name.len;
        if (*first >= 'a' && *first <= 'z')
            *first = (char)(*first - 'a' + 'A');
    }
    return before;
}

static void write_structure(struct form *f, struct wires *wires, int index)
{
    for (uint32_t i = 0; i < wires->count; i++) {
        struct wire *wire = &wires->list[i];
        wire_push_key(f->L, f->cache, wire);
        if (lua_rawget(f->L, index) != LUA_TNIL) {
            size_t before = name_member(f, wire);
            write_value(f, wire, lua_gettop(f->L));
            f->name.len = before;
        }
        lua_pop(f->L, 1);
    }
}

/* A flattened list whose elements have a name has that in place of its own last part. */
static void rename_flattened(struct form *f, struct text name)
{
    while (f->name.len && f->name.at[f->name.len - 1] != '.')
        f->name.len--;
    sink_add(&f->name, name.at, name.len);
}

static void write_list(struct form *f, const struct wire *list, struct wires *wires, int index)
{
    struct wire *element = &wires->list[0];
    struct parts parts;
    parts_of_list(&parts, f->L, index);
    if (parts.count == 0) {
        if (!f->ec2) /* query tells an empty list from none */
            add_field(f, "", 0);
        return;
    }
    if (!f->ec2) {
        if (!(list->traits.set & TRAIT_BIT(TRAIT_FLATTENED)))
            name_add(f, element->name);
        else if (list->element.len)
            rename_flattened(f, list->element);
    }
    while (parts_next(&parts)) {
        size_t before = name_number(f, (lua_Integer)parts.at);
        write_value(f, element, lua_gettop(f->L));
        f->name.len = before;
    }
}

static void write_map(struct form *f, const struct wire *map, struct wires *wires, int index)
{
    struct parts parts;
    parts_of_map(&parts, f->L, index);
    if (!(map->traits.set & TRAIT_BIT(TRAIT_FLATTENED)))
        name_add(f, (struct text){"entry", 5});
    while (parts_next(&parts)) {
        size_t before = name_number(f, (lua_Integer)parts.at);
        size_t numbered = name_member(f, &wires->list[0]);
        add_field(f, parts.key.at, parts.key.len);
        f->name.len = numbered;
        name_member(f, &wires->list[1]);
        write_value(f, &wires->list[1], lua_gettop(f->L));
        f->name.len = before;
    }
}

static void write_blob(struct form *f, int index)
{
    size_t len;
    const char *bytes = lua_tolstring(f->L, index, &len);
    char *text = lua_newuserdatauv(f->L, BASE64_SIZE(len) + 1, 0);
    base64_encode(text, bytes, len);
    add_field(f, text, BASE64_SIZE(len));
    lua_pop(f->L, 1);
}

static void write_scalar(struct form *f, enum shape_kind kind, const struct traits *traits,
                         int index)
{
    char text[TIMESTAMP_SIZE > NUMBER_SIZE ? TIMESTAMP_SIZE : NUMBER_SIZE];
    struct text plain;
    size_t len = 0;
    if (kind == SHAPE_TIMESTAMP) {
        len = timestamp_text(text, f->L, index, traits->timestamp_format, TIMESTAMP_DATE_TIME);
        add_field(f, text, len);
    } else if (kind == SHAPE_BLOB) {
        write_blob(f, index);
    } else if (kind == SHAPE_BOOLEAN) {
        const char *word = lua_toboolean(f->L, index) ? "true" : "false";
        add_field(f, word, strlen(word));
    } else if (text_at(f->L, index, &plain)) {
        add_field(f, plain.at, plain.len);
    } else {
        add_field(f, text, scalar_write(text, f->L, kind, index));
    }
}

static void write_value(struct form *f, struct wire *wire, int index)
{
    size_t before = f->name.len;
    luaL_checkstack(f->L, 8, "form");
    if (wire->kind > SHAPE_MAP) {
        write_scalar(f, wire->kind, &wire->traits, index);
        return;
    }
    struct wires *wires = wires_below(f->L, f->cache, wire);
    if (wire->kind == SHAPE_STRUCTURE)
        write_structure(f, wires, index);
    else if (wire->kind == SHAPE_LIST)
        write_list(f, wire, wires, index);
    else
        write_map(f, wire, wires, index);
    f->name.len = before;
}

static void add_option(struct form *f, const char *option, const char *name)
{
    size_t len;
    lua_getfield(f->L, 3, option);
    const char *value = luaL_checklstring(f->L, -1, &len);
    f->name.len = 0;
    sink_text(&f->name, name);
    add_field(f, value, len);
    f->name.len = 0;
    lua_pop(f->L, 1);
}

static int form_encode(lua_State *L)
{
    static const char *const flavors[] = {"query", "ec2", NULL};
    struct form f = {.L = L};
    struct member member = {0};
    bool shaped = !lua_isnil(L, 1);
    if (shaped)
        member.shape = shape_check(L, 1);
    luaL_checktype(L, 2, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TTABLE);
    lua_settop(L, 3);
    lua_getfield(L, 3, "flavor");
    f.ec2 = luaL_checkoption(L, 4, NULL, flavors) == 1;
    if (shaped && !shape_accepts(L, 1, 2, "encode"))
        return 2;
    sink_open(&f.out, L);
    sink_open(&f.name, L);
    add_option(&f, "action", "Action");
    add_option(&f, "version", "Version");
    if (shaped) {
        struct wire whole;
        wire_open(L, &whole, &member);
        f.cache = wires_cache(L, 1);
        write_value(&f, &whole, 2);
    }
    sink_push(&f.out);
    return 1;
}

static const luaL_Reg functions[] = {{"encode", form_encode}, {NULL, NULL}};

int luaopen_native_form(lua_State *L)
{
    luaL_newlib(L, functions);
    return 1;
}
