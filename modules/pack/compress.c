/* compress.c -- what native.pack does with zlib: documentation, the checksum, and what
 * the packer needs to make them.
 */
#include "pack.h"

#include <string.h>
#include <zlib.h>

#define BLOCK_MAX (1 << 22)

int pack_verify(lua_State *L)
{
    const struct pack *pack = luaL_checkudata(L, 1, PACK_TYPE);
    uLong sum = crc32_z(0, pack->file.at + 20, pack->file.len - 20);
    if (sum != pack_u32(pack->file, 16))
        return failure_return(L, FAILURE("verify", "the data file", "its checksum is wrong"));
    lua_pushboolean(L, 1);
    return 1;
}

/* What one block of documentation holds, as the header of the section says. */
struct block {
    struct section packed;
    uint32_t size;
};

static bool block_at(const struct pack *pack, uint32_t i, struct text *first, struct block *to)
{
    uint32_t entry = 4 + i * 16;
    uint32_t at = pack_u32(pack->documents, entry + 4);
    uint32_t len = pack_u32(pack->documents, entry + 8);
    to->size = pack_u32(pack->documents, entry + 12);
    if (at > pack->documents.len || len > pack->documents.len - at || to->size > BLOCK_MAX)
        return false;
    to->packed = (struct section){pack->documents.at + at, len};
    return pack_text(pack, pack_u32(pack->documents, entry), first);
}

static int compare_text(struct text a, struct text b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

/* The last block whose first key is not behind `key`. */
static bool block_find(const struct pack *pack, struct text key, struct block *to)
{
    uint32_t low = 0, high = pack_u32(pack->documents, 0);
    struct block block;
    struct text first;
    bool found = false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (!block_at(pack, middle, &first, &block))
            return false;
        if (compare_text(first, key) > 0) {
            high = middle;
        } else {
            low = middle + 1;
            *to = block;
            found = true;
        }
    }
    return found;
}

static bool text_in(const char *at, size_t len, struct text key, struct text *to)
{
    const char *end = at + len;
    while (at < end) {
        const char *name_end = memchr(at, '\0', (size_t)(end - at));
        const char *text = name_end ? name_end + 1 : end;
        const char *text_end = memchr(text, '\0', (size_t)(end - text));
        if (!text_end)
            return false;
        if ((size_t)(name_end - at) == key.len && memcmp(at, key.at, key.len) == 0) {
            *to = (struct text){text, (size_t)(text_end - text)};
            return true;
        }
        at = text_end + 1;
    }
    return false;
}

int pack_documentation(lua_State *L)
{
    const struct pack *pack = luaL_checkudata(L, 1, PACK_TYPE);
    struct text key, text;
    struct block block;
    key.at = luaL_checklstring(L, 2, &key.len);
    if (!block_find(pack, key, &block))
        return 0;
    uLongf size = block.size;
    Bytef *raw = lua_newuserdatauv(L, block.size + 1, 0);
    if (uncompress(raw, &size, block.packed.at, block.packed.len) != Z_OK)
        return failure_return(L, FAILURE("read", "the documentation", "damaged"));
    if (!text_in((const char *)raw, size, key, &text))
        return 0;
    lua_pushlstring(L, text.at, text.len);
    return 1;
}

/* Inflates gzip's or zlib's format into `to`, or only counts where that is NULL. */
static bool inflate_into(unsigned char *to, size_t *size, struct section packed)
{
    unsigned char scratch[16384];
    z_stream stream = {.next_in = (Bytef *)packed.at, .avail_in = packed.len};
    int code = inflateInit2(&stream, 15 + 32);
    if (code != Z_OK)
        return false;
    if (to) {
        stream.next_out = to;
        stream.avail_out = (uInt)*size;
        code = inflate(&stream, Z_FINISH);
    }
    while (!to && code == Z_OK && stream.total_out <= *size) {
        stream.next_out = scratch;
        stream.avail_out = sizeof scratch;
        code = inflate(&stream, Z_NO_FLUSH);
    }
    bool fine = code == Z_STREAM_END && stream.total_out <= *size;
    *size = stream.total_out;
    inflateEnd(&stream);
    return fine;
}

int pack_inflate(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    lua_Integer limit = luaL_optinteger(L, 2, 1 << 28);
    luaL_argcheck(L, len < UINT32_MAX, 1, "too long");
    luaL_argcheck(L, limit > 0 && limit < INT32_MAX, 2, "no sensible limit");
    struct section packed = {(const unsigned char *)bytes, (uint32_t)len};
    size_t size = (size_t)limit; /* counted first: nothing of zlib's is open while Lua allocates */
    if (!inflate_into(NULL, &size, packed))
        return failure_return(L, FAILURE("inflate", NULL, "no compressed data, or too much"));
    unsigned char *raw = lua_newuserdatauv(L, size + 1, 0);
    size++;
    if (!inflate_into(raw, &size, packed))
        return failure_return(L, FAILURE("inflate", NULL, "out of memory"));
    lua_pushlstring(L, (const char *)raw, size);
    return 1;
}

/* Neither a name nor a time is in it: the same bytes give the same. */
static bool gzip_into(unsigned char *to, size_t *size, struct section raw)
{
    z_stream stream = {.next_in = (Bytef *)raw.at, .avail_in = raw.len};
    if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        return false;
    stream.next_out = to;
    stream.avail_out = (uInt)*size;
    int code = deflate(&stream, Z_FINISH);
    *size = stream.total_out;
    deflateEnd(&stream);
    return code == Z_STREAM_END;
}

int pack_gzip(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len < INT32_MAX, 1, "too long");
    size_t size = compressBound((uLong)len) + 32; /* gzip's head is longer than zlib's */
    unsigned char *packed = lua_newuserdatauv(L, size, 0);
    struct section raw = {(const unsigned char *)bytes, (uint32_t)len};
    if (!gzip_into(packed, &size, raw))
        return failure_return(L, FAILURE("compress", NULL, "out of memory"));
    lua_pushlstring(L, (const char *)packed, size);
    return 1;
}

int pack_deflate(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    int level = (int)luaL_optinteger(L, 2, Z_BEST_COMPRESSION);
    uLongf size = compressBound((uLong)len);
    Bytef *packed = lua_newuserdatauv(L, size, 0);
    if (compress2(packed, &size, (const Bytef *)bytes, (uLong)len, level) != Z_OK)
        return failure_return(L, FAILURE("deflate", NULL, "out of memory"));
    lua_pushlstring(L, (const char *)packed, size);
    return 1;
}

int pack_crc32(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, (lua_Integer)crc32_z(0, (const Bytef *)bytes, len));
    return 1;
}
