/* stream.c -- an answer read as it is scanned. Its structures are entered, down to the first list,
 * which is read element by element, each by read.c, and forgotten: so a large answer never stands
 * in memory as a document. Whatever is unusual is left to the others, who read all of it anew and
 * know what to say of it.
 */
#include "xml.h"

struct stream {
    struct xml_reader *r;
    struct scan scan;
};

static bool is_open(const struct stream *st, struct child child)
{
    return st->scan.depth > child.depth;
}

/* Pushes what the child is, whole. */
static bool read_child(struct stream *st, struct wire *wire, struct child child)
{
    return scan_inside(&st->scan, child.depth) && xml_read_wire(st->r, wire, child.node);
}

static bool read_list(struct stream *st, struct wire *wire, struct child list)
{
    lua_State *L = st->r->L;
    struct wires *wires = wires_below(L, st->r->cache, wire);
    lua_Integer count = 0;
    lua_newtable(L);
    for (struct child element; is_open(st, list);) {
        if (!scan_child(&st->scan, &element))
            return false;
        if (element.node == NONE)
            break;
        if (!read_child(st, &wires->list[0], element))
            return false;
        scan_forget(&st->scan, &element);
        lua_rawseti(L, -2, ++count);
    }
    if (count == 0)
        list_mark(L, -1);
    return true;
}

/* An element of a flattened list; the table on top has the others, if any. */
static bool read_element(struct stream *st, struct wire *wire, struct child element)
{
    lua_State *L = st->r->L;
    struct wires *wires = wires_below(L, st->r->cache, wire);
    wire_push_key(L, st->r->cache, wire);
    if (lua_rawget(L, -2) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        wire_push_key(L, st->r->cache, wire);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    if (!read_child(st, &wires->list[0], element))
        return false;
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
    lua_pop(L, 1);
    return true;
}

static bool read_structure(struct stream *st, struct wire *wire, struct child structure);

/* Pushes it. */
static bool read_member(struct stream *st, struct wire *wire, struct child child)
{
    luaL_checkstack(st->r->L, 8, "XML");
    if (wire->kind == SHAPE_LIST)
        return read_list(st, wire, child);
    if (wire->kind == SHAPE_STRUCTURE && !(wire->traits.set & TRAIT_BIT(TRAIT_UNION)))
        return read_structure(st, wire, child);
    return read_child(st, wire, child);
}

/* What is not known stays in the document: it may be the request's id. */
static bool set_member(struct stream *st, struct wire *wire, uint64_t number, struct child child)
{
    lua_State *L = st->r->L;
    bool flattened = wire && (wire->traits.set & TRAIT_BIT(TRAIT_FLATTENED));
    if (!wire || wire->elsewhere)
        return scan_inside(&st->scan, child.depth);
    if (flattened && wire->kind == SHAPE_LIST) {
        wire->met = number;
        if (!read_element(st, wire, child))
            return false;
    } else if (flattened) {
        return false;
    } else if (xml_is_read(st->r, wire, number)) {
        if (!scan_inside(&st->scan, child.depth))
            return false;
    } else {
        wire->met = number;
        wire_push_key(L, st->r->cache, wire);
        if (!read_member(st, wire, child))
            return false;
        lua_rawset(L, -3);
    }
    scan_forget(&st->scan, &child);
    return true;
}

static bool read_structure(struct stream *st, struct wire *wire, struct child structure)
{
    struct wires *wires = wires_below(st->r->L, st->r->cache, wire);
    uint32_t found = 0;
    uint64_t number = ++wires->structures;
    struct wire *last = NULL;
    lua_createtable(st->r->L, 0, (int)wires->found);
    for (struct child child; is_open(st, structure); found++) {
        if (!scan_child(&st->scan, &child))
            return false;
        if (child.node == NONE)
            break;
        struct wire *member = wire_find(wires, &last, node_name(st->r->document, child.node));
        if (!set_member(st, member, number, child))
            return false;
    }
    wires->found = found < wires->count ? found : wires->count;
    if (next_attribute(st->r->document, structure.node) != NONE)
        xml_read_attributes(st->r, wires, structure.node);
    return true;
}

/* Whether that is the element of the result. */
static bool is_result(const struct xml_answer *answer, struct text root, struct text name)
{
    return answer->wrapper ? text_is(name, answer->wrapper) : is_result_name(root, name);
}

/* The result somewhere below the root; all else stays in the document. */
static bool read_wrapped(struct stream *st, struct wire *wire, const struct xml_answer *answer)
{
    bool found = false;
    for (struct child child;;) {
        if (!scan_child(&st->scan, &child))
            return false;
        if (child.node == NONE)
            return found;
        bool is = !found && is_result(answer, node_name(st->r->document, 0),
                                      node_name(st->r->document, child.node));
        if (!(is ? read_structure(st, wire, child) : scan_inside(&st->scan, child.depth)))
            return false;
        if (is)
            scan_forget(&st->scan, &child);
        found = found || is;
    }
}

bool xml_stream(struct xml_reader *r, struct document *document, struct text bytes,
                const struct xml_answer *answer)
{
    struct stream st = {.r = r};
    struct wire whole;
    struct child root = {.before = NONE};
    wire_open(r->L, &whole, &(struct member){.shape = answer->shape});
    if (whole.kind != SHAPE_STRUCTURE || (whole.traits.set & TRAIT_BIT(TRAIT_UNION)) ||
        !scan_begin(&st.scan, document, bytes) || is_page(document))
        return false;
    luaL_checkstack(r->L, 8, "XML");
    bool wrapped = answer->wrapper || answer->query;
    if (!(wrapped ? read_wrapped(&st, &whole, answer) : read_structure(&st, &whole, root)))
        return false;
    return scan_end(&st.scan);
}
