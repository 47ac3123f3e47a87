/* header.c -- the header of the data file, and its index.
 */
#include "pack.h"

#include <string.h>

static uint32_t read_u32(const unsigned char *at)
{
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

uint32_t pack_u32(struct section section, uint32_t at)
{
    if (section.len < 4 || at > section.len - 4)
        return 0;
    return read_u32(section.at + at);
}

static bool read_section(struct section *to, struct section file, const unsigned char *header)
{
    uint32_t at = read_u32(header), len = read_u32(header + 4);
    if (at > file.len || len > file.len - at)
        return false;
    *to = (struct section){file.at + at, len};
    return true;
}

/* The strings begin with the traits that C knows, so that their offsets tell them. */
static bool learn_traits(struct pack *pack)
{
    uint32_t at = 0;
    for (unsigned i = 1; i < TRAIT_COUNT; i++) {
        struct text name;
        if (at >= TRAIT_SPAN || !pack_text(pack, at, &name) || !text_is(name, trait_names[i]))
            return false;
        pack->trait_of[at] = (unsigned char)i;
        at += 1 + (uint32_t)name.len;
    }
    return true;
}

bool pack_read_header(struct pack *pack, const unsigned char *bytes, size_t len, const char **why)
{
    *why = "no data file of mrun's";
    if (len < HEADER_SIZE || memcmp(bytes, "mrunpack", 8) != 0)
        return false;
    *why = "a data file of another version";
    if (read_u32(bytes + 8) != FORMAT_VERSION)
        return false;
    *why = "cut short";
    if (len > UINT32_MAX || read_u32(bytes + 12) != len)
        return false;
    *why = "damaged";
    struct section file = {bytes, (uint32_t)len};
    pack->file = file;
    pack->root = read_u32(bytes + 60);
    return read_section(&pack->strings, file, bytes + 20) &&
           read_section(&pack->shapes, file, bytes + 28) &&
           read_section(&pack->values, file, bytes + 36) &&
           read_section(&pack->index, file, bytes + 44) &&
           read_section(&pack->documents, file, bytes + 52) && learn_traits(pack);
}

static bool table_at(const struct pack *pack, uint32_t at, struct table *to)
{
    *to = (struct table){pack, at + 4, pack_u32(pack->index, at)};
    return at <= pack->index.len && to->count <= (pack->index.len - at) / 8;
}

bool table_entry(const struct table *table, uint32_t i, struct text *key, uint32_t *value)
{
    *value = pack_u32(table->pack->index, table->at + i * 8 + 4);
    return pack_text(table->pack, pack_u32(table->pack->index, table->at + i * 8), key);
}

static int compare(struct text a, struct text b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool table_find(const struct table *table, struct text key, uint32_t *value)
{
    uint32_t low = 0, high = table->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct text there;
        if (!table_entry(table, middle, &there, value))
            return false;
        int order = compare(key, there);
        if (order == 0)
            return true;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

bool pack_root(const struct pack *pack, struct table *to)
{
    return table_at(pack, pack->root, to);
}

bool pack_table(const struct pack *pack, const char *kind, size_t len, struct table *to)
{
    struct table root;
    uint32_t at;
    return pack_root(pack, &root) && table_find(&root, (struct text){kind, len}, &at) &&
           table_at(pack, at, to);
}
