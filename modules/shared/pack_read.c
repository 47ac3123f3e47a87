/* pack_read.c -- the cursor over the data file: strings, shapes, members, traits and
 * values, each checked while it is read.
 */
#include "shape.h"

#include <string.h>

const char *const shape_kind_names[SHAPE_KINDS + 1] = {
    "structure", "list",    "map",  "string", "blob",   "boolean",
    "timestamp", "integer", "long", "float",  "double", NULL,
};

const char *const trait_names[TRAIT_COUNT] = {
    "",          "locationName",     "queryName",    "location",
    "flattened", "timestampFormat",  "xmlAttribute", "xmlNamespace",
    "jsonvalue", "document",         "streaming",    "payload",
    "sparse",    "eventstream",      "union",        "exception",
    "sensitive", "idempotencyToken", "min",
};

bool pack_varint(struct section section, uint32_t *at, uint32_t *to)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 35 && *at < section.len; shift += 7) {
        unsigned char byte = section.at[(*at)++];
        number |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *to = (uint32_t)number;
            return number <= UINT32_MAX;
        }
    }
    return false;
}

bool pack_text(const struct pack *pack, uint32_t at, struct text *to)
{
    uint32_t len;
    if (!pack_varint(pack->strings, &at, &len) || len > pack->strings.len - at)
        return false;
    *to = (struct text){(const char *)pack->strings.at + at, len};
    return true;
}

bool shape_open(struct shape_reader *reader, struct shape shape)
{
    struct section shapes = shape.pack->shapes;
    uint32_t at = shape.at, name;
    *reader = (struct shape_reader){.shape = shape, .kind = SHAPE_STRING};
    if (at >= shapes.len)
        return false;
    unsigned head = shapes.at[at++];
    if ((head & 15) >= SHAPE_KINDS || !pack_varint(shapes, &at, &name))
        return false;
    reader->kind = (enum shape_kind)(head & 15);
    if (name && !pack_text(shape.pack, name - 1, &reader->name))
        return false;
    if (head & 16) {
        if (!pack_varint(shapes, &at, &reader->traits))
            return false;
        reader->traits++;
    }
    reader->count = reader->kind == SHAPE_LIST ? 1 : reader->kind == SHAPE_MAP ? 2 : 0;
    if (reader->kind == SHAPE_STRUCTURE && !pack_varint(shapes, &at, &reader->count))
        return false;
    reader->left = reader->count;
    reader->at = at;
    return true;
}

bool shape_next(struct shape_reader *reader, struct member *member)
{
    static const struct text implied[] = {{"key", 3}, {"value", 5}, {"member", 6}};
    struct section shapes = reader->shape.pack->shapes;
    uint32_t name = 0;
    if (!reader->left)
        return false;
    reader->left--;
    *member = (struct member){.shape = {reader->shape.pack, 0}};
    if (reader->kind == SHAPE_STRUCTURE) {
        if (!pack_varint(shapes, &reader->at, &name) ||
            !pack_text(reader->shape.pack, name >> 1, &member->name))
            return false;
        member->required = name & 1;
    } else {
        member->name = implied[reader->kind == SHAPE_LIST ? 2 : 1 - reader->left];
    }
    if (shapes.len - reader->at < 3)
        return false;
    const unsigned char *at = shapes.at + reader->at;
    member->shape.at = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    reader->at += 3;
    return pack_varint(shapes, &reader->at, &member->traits);
}

static bool value_number(struct section values, uint32_t *at, unsigned head, uint64_t *to)
{
    *to = head >> 3;
    if (*to < 31)
        return true;
    for (unsigned shift = 0; shift < 63 && *at < values.len; shift += 7) {
        unsigned char byte = values.at[(*at)++];
        *to += (uint64_t)(byte & 127) << shift;
        if (byte < 128)
            return true;
    }
    return false;
}

bool value_read(const struct pack *pack, uint32_t *at, struct value_head *to)
{
    struct section values = pack->values;
    if (*at >= values.len)
        return false;
    unsigned head = values.at[(*at)++];
    to->tag = (enum value_tag)(head & 7);
    if (!value_number(values, at, head, &to->number))
        return false;
    if (to->tag == VALUE_NUMBER) {
        if (values.len - *at < sizeof to->real)
            return false;
        memcpy(&to->real, values.at + *at, sizeof to->real);
        *at += sizeof to->real;
    }
    if (to->tag == VALUE_STRING)
        return to->number < UINT32_MAX && pack_text(pack, (uint32_t)to->number, &to->text);
    return true;
}

bool value_open(const struct pack *pack, uint32_t *at, struct value_head *to)
{
    if (!value_read(pack, at, to))
        return false;
    if (to->tag != VALUE_SHARED)
        return true;
    if (to->number >= *at) /* what is shared lies before who shares it: no rings */
        return false;
    *at = (uint32_t)to->number;
    return value_read(pack, at, to) && to->tag != VALUE_SHARED;
}

static void trait_set(struct traits *to, enum trait trait, const struct value_head *head,
                      uint32_t at)
{
    if (head->tag == VALUE_SIMPLE && head->number != SIMPLE_TRUE)
        return; /* a trait that says false is not there */
    to->set |= TRAIT_BIT(trait);
    if (trait == TRAIT_LOCATION_NAME)
        to->location_name = head->text;
    else if (trait == TRAIT_QUERY_NAME)
        to->query_name = head->text;
    else if (trait == TRAIT_LOCATION)
        to->location = head->text;
    else if (trait == TRAIT_TIMESTAMP_FORMAT)
        to->timestamp_format = head->text;
    else if (trait == TRAIT_XML_NAMESPACE)
        to->xml_namespace = at;
    else if (trait == TRAIT_MIN)
        to->min = head->tag == VALUE_NUMBER     ? head->real
                  : head->tag == VALUE_NEGATIVE ? -1.0 - (double)head->number
                                                : (double)head->number;
}

/* Steps over the value at *at; what it shares stands elsewhere. */
static bool value_skip(const struct pack *pack, uint32_t *at, int depth)
{
    struct value_head head = {0};
    uint32_t key;
    if (depth == 0 || !value_read(pack, at, &head))
        return false;
    if (head.tag == VALUE_SIMPLE && head.number == SIMPLE_SHAPE)
        return pack_varint(pack->values, at, &key);
    if (head.tag != VALUE_LIST && head.tag != VALUE_MAP)
        return true;
    for (uint64_t i = 0; i < head.number; i++)
        if ((head.tag == VALUE_MAP && !pack_varint(pack->values, at, &key)) ||
            !value_skip(pack, at, depth - 1))
            return false;
    return true;
}

bool traits_read(struct traits *to, const struct pack *pack, uint32_t traits)
{
    struct value_head map = {0};
    if (!traits)
        return true;
    uint32_t at = traits - 1;
    if (!value_open(pack, &at, &map) || map.tag != VALUE_MAP)
        return false;
    for (uint64_t i = 0; i < map.number; i++) {
        struct value_head head = {0};
        uint32_t key, value;
        if (!pack_varint(pack->values, &at, &key))
            return false;
        value = at;
        enum trait trait = key < TRAIT_SPAN ? (enum trait)pack->trait_of[key] : TRAIT_OTHER;
        if (trait != TRAIT_OTHER) {
            uint32_t inside = at;
            if (!value_open(pack, &inside, &head))
                return false;
            trait_set(to, trait, &head, value);
        }
        if (!value_skip(pack, &at, DEPTH_MAX))
            return false;
    }
    return true;
}

bool member_traits(struct traits *to, const struct member *member)
{
    struct shape_reader reader;
    return shape_open(&reader, member->shape) &&
           traits_read(to, member->shape.pack, reader.traits) &&
           traits_read(to, member->shape.pack, member->traits);
}

bool shape_pair(struct shape_reader *map, struct member *key, struct member *value)
{
    return shape_next(map, key) && shape_next(map, value);
}

bool member_wire(const struct member *member, struct text *to)
{
    struct traits traits = {0};
    if (!traits_read(&traits, member->shape.pack, member->traits))
        return false;
    *to = traits.location_name.len ? traits.location_name : member->name;
    return true;
}
