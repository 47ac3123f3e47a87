/* digest.c -- digests and checksums that are fed piece by piece, from text and from files.
 *
 *   local sum = assert(crypto.digest "crc32c")
 *   sum:add "some text"
 *   assert(sum:add_file("a.bin", 0, 1000))     -- how many bytes there were: fewer at the end
 *   crypto.base64(sum:value())                 -- as x-amz-checksum-crc32c has it
 *
 * ---@alias crypto.DigestName "md5"|"sha1"|"sha256"|"sha512"|"crc32"|"crc32c"|"crc64nvme"
 * ---@class crypto.Digest
 * ---@field add fun(self, text: string): crypto.Digest?, native.failure?
 * ---@field add_file fun(self, path: string, offset: integer?, bytes: integer?): integer?,
 *   native.failure?
 * ---@field value fun(self): string?, native.failure?  of what was added so far
 */
#define _POSIX_C_SOURCE 200809L
#include "crypto.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/types.h>
#include <unistd.h>

#define DIGEST "native.crypto.digest"
#define CHUNK_BYTES 65536
#define OFFSET_MAX (INT64_C(1) << 60) /* two of them are an off_t still */

struct digest {
    EVP_MD_CTX *ctx; /* NULL: a CRC */
    struct crc crc;
};

static const char *const names[] = {"md5",   "sha1",   "sha256",    "sha512",
                                    "crc32", "crc32c", "crc64nvme", NULL};
enum { MD5, SHA1, SHA256, SHA512, CRC32, CRC32C, CRC64NVME };

static int digest_free(lua_State *L)
{
    struct digest *digest = luaL_checkudata(L, 1, DIGEST);
    EVP_MD_CTX_free(digest->ctx);
    digest->ctx = NULL;
    return 0;
}

static bool begin(struct digest *digest, const EVP_MD *type)
{
    digest->ctx = EVP_MD_CTX_new();
    return digest->ctx && EVP_DigestInit_ex(digest->ctx, type, NULL);
}

static int digest_new(lua_State *L)
{
    bool ok = true;
    int kind = luaL_checkoption(L, 1, NULL, names);
    struct digest *digest = lua_newuserdatauv(L, sizeof *digest, 0);
    digest->ctx = NULL;
    luaL_setmetatable(L, DIGEST);
    switch (kind) {
    case MD5:
        ok = begin(digest, EVP_md5());
        break;
    case SHA1:
        ok = begin(digest, EVP_sha1());
        break;
    case SHA256:
        ok = begin(digest, EVP_sha256());
        break;
    case SHA512:
        ok = begin(digest, EVP_sha512());
        break;
    default:
        crc_begin(&digest->crc, kind == CRC32 ? CRC_32 : kind == CRC32C ? CRC_32C : CRC_64NVME);
    }
    return ok ? 1 : failure_return(L, FAILURE("digest", NULL, crypto_reason()));
}

static bool add(struct digest *digest, const char *bytes, size_t len)
{
    if (digest->ctx)
        return EVP_DigestUpdate(digest->ctx, bytes, len);
    crc_add(&digest->crc, bytes, len);
    return true;
}

static int digest_add(lua_State *L)
{
    size_t len;
    struct digest *digest = luaL_checkudata(L, 1, DIGEST);
    const char *text = luaL_checklstring(L, 2, &len);
    if (!add(digest, text, len))
        return failure_return(L, FAILURE("digest", NULL, crypto_reason()));
    lua_settop(L, 1);
    return 1;
}

struct part { /* of a file, and how much of it there was */
    const char *path;
    off_t offset;
    lua_Integer bytes, done;
};

static struct failure add_part(struct digest *digest, struct part *part)
{
    char chunk[CHUNK_BYTES];
    struct failure why = {0};
    int fd = open(part->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return OS_FAILURE("read", part->path);
    while (part->done < part->bytes) {
        lua_Integer left = part->bytes - part->done;
        size_t want = left < CHUNK_BYTES ? (size_t)left : CHUNK_BYTES;
        ssize_t count = pread(fd, chunk, want, part->offset + (off_t)part->done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            why = OS_FAILURE("read", part->path);
        else if (!add(digest, chunk, (size_t)count))
            why = FAILURE("digest", part->path, crypto_reason());
        if (count <= 0 || why.op)
            break;
        part->done += count;
    }
    close(fd);
    return why;
}

static int digest_add_file(lua_State *L)
{
    struct digest *digest = luaL_checkudata(L, 1, DIGEST);
    struct part part = {.path = luaL_checkstring(L, 2)};
    lua_Integer offset = luaL_optinteger(L, 3, 0);
    part.bytes = luaL_optinteger(L, 4, OFFSET_MAX);
    luaL_argcheck(L, offset >= 0 && offset <= OFFSET_MAX, 3, "must not be below 0");
    luaL_argcheck(L, part.bytes >= 0 && part.bytes <= OFFSET_MAX, 4, "must not be below 0");
    part.offset = (off_t)offset;

    struct failure why = add_part(digest, &part);

    if (why.op)
        return failure_return(L, why);
    lua_pushinteger(L, part.done);
    return 1;
}

static int digest_value(lua_State *L)
{
    struct digest *digest = luaL_checkudata(L, 1, DIGEST);
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned len = 0;
    if (!digest->ctx) {
        lua_pushlstring(L, (char *)out, crc_value(&digest->crc, out));
        return 1;
    }
    EVP_MD_CTX *copy = EVP_MD_CTX_new();
    bool ok = copy && EVP_MD_CTX_copy_ex(copy, digest->ctx) && EVP_DigestFinal_ex(copy, out, &len);
    EVP_MD_CTX_free(copy);
    if (!ok)
        return failure_return(L, FAILURE("digest", NULL, crypto_reason()));
    lua_pushlstring(L, (char *)out, len);
    return 1;
}

static const luaL_Reg methods[] = {
    {"add", digest_add},   {"add_file", digest_add_file}, {"value", digest_value},
    {"__gc", digest_free}, {"__close", digest_free},      {NULL, NULL},
};

const luaL_Reg crypto_digest_functions[] = {{"digest", digest_new}, {NULL, NULL}};

void crypto_open_digest_type(lua_State *L)
{
    luaL_newmetatable(L, DIGEST);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_pop(L, 1);
}
