/* write.c -- Lua values, already checked, to the XML bodies of the rest-xml protocol.
 */
#include "xml.h"

#include <string.h>

static void add_escaped(struct xml_writer *w, struct text text, bool quoted)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.at[i];
        const char *entity = c == '&'             ? "&amp;"
                             : c == '<'           ? "&lt;"
                             : c == '>'           ? "&gt;"
                             : quoted && c == '"' ? "&quot;"
                                                  : NULL;
        char number[] = {'&', '#', 'x', hex[c >> 4], hex[c & 15], ';'};
        if (entity)
            sink_text(&w->out, entity);
        else if (c < 32)
            sink_add(&w->out, number, sizeof number);
        else
            sink_add(&w->out, text.at + i, 1);
    }
}

static void add_attribute(struct xml_writer *w, const char *before, struct text name,
                          struct text value)
{
    sink_text(&w->out, before);
    sink_add(&w->out, name.at, name.len);
    sink_text(&w->out, "=\"");
    add_escaped(w, value, true);
    sink_text(&w->out, "\"");
}

/* xmlNamespace is a text, or { uri, prefix }. */
static void add_namespace(struct xml_writer *w, const struct traits *traits,
                          const struct pack *pack)
{
    struct value_head head = {0};
    struct text uri = {0}, prefix = {0};
    uint32_t at = traits->xml_namespace, key;
    if (!(traits->set & TRAIT_BIT(TRAIT_XML_NAMESPACE)))
        return;
    if (!value_open(pack, &at, &head))
        shape_damaged(w->L);
    uri = head.text;
    for (uint64_t i = 0; head.tag == VALUE_MAP && i < head.number; i++) {
        struct value_head part = {0};
        struct text name = {0};
        if (!pack_varint(pack->values, &at, &key) || !pack_text(pack, key, &name) ||
            !value_read(pack, &at, &part) || part.tag != VALUE_STRING)
            shape_damaged(w->L);
        if (text_is(name, "uri"))
            uri = part.text;
        else if (text_is(name, "prefix"))
            prefix = part.text;
    }
    add_attribute(w, prefix.len ? " xmlns:" : " xmlns", prefix, uri);
}

static void open_tag(struct xml_writer *w, struct text name)
{
    sink_text(&w->out, "<");
    sink_add(&w->out, name.at, name.len);
}

static void close_tag(struct xml_writer *w, struct text name)
{
    sink_text(&w->out, "</");
    sink_add(&w->out, name.at, name.len);
    sink_text(&w->out, ">");
}

static struct traits own_traits(struct xml_writer *w, const struct member *member)
{
    struct traits traits = {0};
    if (!traits_read(&traits, member->shape.pack, member->traits))
        shape_damaged(w->L);
    return traits;
}

static void write_attributes(struct xml_writer *w, struct shape shape, int index)
{
    struct shape_reader reader;
    struct member member;
    shape_open(&reader, shape);
    while (shape_next(&reader, &member)) {
        struct traits traits = own_traits(w, &member);
        if (!(traits.set & TRAIT_BIT(TRAIT_XML_ATTRIBUTE)))
            continue;
        if (field_push(w->L, &member, index)) {
            struct text value = {0};
            value.at = luaL_tolstring(w->L, -1, &value.len);
            add_attribute(w, " ", traits.location_name.len ? traits.location_name : member.name,
                          value);
            lua_pop(w->L, 1);
        }
        lua_pop(w->L, 1);
    }
}

static void write_members(struct xml_writer *w, struct shape_reader *reader, int index)
{
    struct member member;
    while (shape_next(reader, &member)) {
        struct traits traits = own_traits(w, &member);
        if (traits.location.len || (traits.set & TRAIT_BIT(TRAIT_XML_ATTRIBUTE)))
            continue;
        if (field_push(w->L, &member, index))
            xml_write(w, &member, traits.location_name.len ? traits.location_name : member.name,
                      lua_gettop(w->L));
        lua_pop(w->L, 1);
    }
}

static void write_list(struct xml_writer *w, struct shape_reader *reader, struct text name,
                       bool flattened, int index)
{
    struct parts parts;
    struct member member;
    if (!shape_next(reader, &member))
        shape_damaged(w->L);
    struct text own = own_traits(w, &member).location_name;
    if (!flattened)
        name = own.len ? own : (struct text){"member", 6};
    parts_of_list(&parts, w->L, index);
    while (parts_next(&parts))
        xml_write(w, &member, name, lua_gettop(w->L));
}

static void write_map(struct xml_writer *w, struct shape_reader *reader, struct text name,
                      bool flattened, int index)
{
    struct parts parts;
    struct member key, value;
    if (!shape_pair(reader, &key, &value))
        shape_damaged(w->L);
    struct text key_name = own_traits(w, &key).location_name;
    struct text value_name = own_traits(w, &value).location_name;
    parts_of_map(&parts, w->L, index);
    if (!flattened)
        name = (struct text){"entry", 5};
    while (parts_next(&parts)) {
        int element = lua_gettop(w->L);
        open_tag(w, name);
        sink_text(&w->out, ">");
        lua_pushlstring(w->L, parts.key.at, parts.key.len);
        xml_write(w, &key, key_name.len ? key_name : (struct text){"key", 3}, element + 1);
        xml_write(w, &value, value_name.len ? value_name : (struct text){"value", 5}, element);
        close_tag(w, name);
    }
}

static void write_scalar(struct xml_writer *w, enum shape_kind kind, const struct traits *traits,
                         int index)
{
    char small[TIMESTAMP_SIZE > NUMBER_SIZE ? TIMESTAMP_SIZE : NUMBER_SIZE];
    struct text text = {small, 0};
    if (kind == SHAPE_TIMESTAMP) {
        text.len =
            timestamp_text(small, w->L, index, traits->timestamp_format, TIMESTAMP_DATE_TIME);
    } else if (kind == SHAPE_BOOLEAN) {
        text.at = lua_toboolean(w->L, index) ? "true" : "false";
        text.len = strlen(text.at);
    } else if (!text_at(w->L, index, &text)) {
        text.len = scalar_write(small, w->L, kind, index);
    }
    if (kind != SHAPE_BLOB) {
        add_escaped(w, text, false);
        return;
    }
    base64_encode(sink_reserve(&w->out, BASE64_SIZE(text.len) + 1), text.at, text.len);
    w->out.len += BASE64_SIZE(text.len);
}

static void write_element(struct xml_writer *w, struct shape_reader *reader,
                          const struct traits *traits, struct text name, int index)
{
    open_tag(w, name);
    if (w->namespace && !(traits->set & TRAIT_BIT(TRAIT_XML_NAMESPACE)))
        add_attribute(w, " xmlns", (struct text){0},
                      (struct text){w->namespace, strlen(w->namespace)});
    w->namespace = NULL; /* the root's only */
    add_namespace(w, traits, reader->shape.pack);
    if (reader->kind == SHAPE_STRUCTURE)
        write_attributes(w, reader->shape, index);
    size_t before = w->out.len;
    sink_text(&w->out, ">");
    if (reader->kind == SHAPE_STRUCTURE)
        write_members(w, reader, index);
    else if (reader->kind == SHAPE_LIST)
        write_list(w, reader, name, false, index);
    else if (reader->kind == SHAPE_MAP)
        write_map(w, reader, name, false, index);
    else
        write_scalar(w, reader->kind, traits, index);
    if (w->out.len > before + 1) {
        close_tag(w, name);
    } else {
        w->out.len = before; /* nothing stands in it */
        sink_text(&w->out, " />");
    }
}

void xml_write(struct xml_writer *w, const struct member *member, struct text name, int index)
{
    struct shape_reader reader;
    struct traits traits = {0};
    luaL_checkstack(w->L, 8, "XML");
    if (!shape_open(&reader, member->shape) || !member_traits(&traits, member))
        shape_damaged(w->L);
    bool flattened = traits.set & TRAIT_BIT(TRAIT_FLATTENED);
    if (flattened && reader.kind == SHAPE_LIST)
        write_list(w, &reader, name, true, index);
    else if (flattened && reader.kind == SHAPE_MAP)
        write_map(w, &reader, name, true, index);
    else
        write_element(w, &reader, &traits, name, index);
}
