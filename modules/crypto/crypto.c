/* crypto.c -- native.crypto: digests, encodings, random bytes, and (in the other files
 * of this folder) checksums, sealing and signatures. Bytes in, bytes out.
 *
 *   local crypto = require "native.crypto"
 *   crypto.hex(crypto.sha256 "abc")          -- ba7816bf...
 *   crypto.base64(crypto.md5 "abc")          -- kAFQmDzST7DWlj99KOF/cg==
 *
 * ---@class native.crypto
 * ---@field md5 fun(text: string): string
 * ---@field sha1 fun(text: string): string
 * ---@field sha256 fun(text: string): string
 * ---@field sha512 fun(text: string): string
 * ---@field hmac_sha1 fun(key: string, text: string): string
 * ---@field hmac_sha256 fun(key: string, text: string): string
 * ---@field hex fun(bytes: string): string
 * ---@field unhex fun(text: string): string?, native.failure?
 * ---@field base64 fun(bytes: string): string
 * ---@field unbase64 fun(text: string): string?, native.failure?
 * ---@field random fun(count: integer): string?, native.failure?  at most 1 MiB
 * ---@field uuid fun(): string?, native.failure?
 * ---@field equal fun(a: string, b: string): boolean  takes as long whatever they hold
 * ---@field crc32 fun(text: string, before: integer?): integer
 * ---@field crc32c fun(text: string, before: integer?): integer
 * ---@field crc64nvme fun(text: string, before: integer?): integer
 * ---@field digest fun(name: crypto.DigestName): crypto.Digest?, native.failure?  piece by piece
 * ---@field aes_gcm_seal fun(key: string, nonce: string, text: string, also: string?): string
 * ---@field aes_gcm_open fun(key: string, nonce: string, sealed: string, also: string?): string
 * ---@field scrypt fun(password: string, salt: string, cost: crypto.Cost?): string
 * ---@field es256_sign fun(pem: string, text: string): string  r and s, 32 bytes each
 * ---@field es256_public fun(pem: string): string  x and y, 32 bytes each
 */
#include "crypto.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/random.h>

#define RANDOM_MAX_BYTES 1048576

const char *crypto_reason(void)
{
    const char *reason = ERR_reason_error_string(ERR_peek_error()); /* never freed */
    ERR_clear_error();
    return reason ? reason : "OpenSSL refuses";
}

static int digest(lua_State *L, const EVP_MD *type, const char *op)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned out_len = 0;
    if (!EVP_Digest(text, len, out, &out_len, type, NULL))
        return failure_return(L, FAILURE(op, NULL, crypto_reason()));
    lua_pushlstring(L, (char *)out, out_len);
    return 1;
}

static int crypto_md5(lua_State *L)
{
    return digest(L, EVP_md5(), "md5");
}

static int crypto_sha1(lua_State *L)
{
    return digest(L, EVP_sha1(), "sha1");
}

static int crypto_sha256(lua_State *L)
{
    return digest(L, EVP_sha256(), "sha256");
}

static int crypto_sha512(lua_State *L)
{
    return digest(L, EVP_sha512(), "sha512");
}

static int hmac(lua_State *L, const EVP_MD *type)
{
    size_t key_len, len;
    const char *key = luaL_checklstring(L, 1, &key_len);
    const char *text = luaL_checklstring(L, 2, &len);
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned out_len = 0;
    luaL_argcheck(L, key_len <= INT32_MAX, 1, "key too long");
    if (!HMAC(type, key, (int)key_len, (const unsigned char *)text, len, out, &out_len))
        return failure_return(L, FAILURE("hmac", NULL, crypto_reason()));
    lua_pushlstring(L, (char *)out, out_len);
    return 1;
}

static int crypto_hmac_sha1(lua_State *L)
{
    return hmac(L, EVP_sha1());
}

static int crypto_hmac_sha256(lua_State *L)
{
    return hmac(L, EVP_sha256());
}

static int crypto_hex(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len < SIZE_MAX / 4, 1, "too long");
    char *out = lua_newuserdatauv(L, HEX_SIZE(len) + 1, 0);
    hex_encode(out, bytes, len);
    lua_pushlstring(L, out, HEX_SIZE(len));
    return 1;
}

static int crypto_unhex(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    unsigned char *out = lua_newuserdatauv(L, len / 2 + 1, 0);
    if (!hex_decode(out, text, len))
        return failure_return(L, FAILURE("read hex", NULL, "not pairs of hex digits"));
    lua_pushlstring(L, (char *)out, len / 2);
    return 1;
}

static int crypto_base64(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len);
    luaL_argcheck(L, len < SIZE_MAX / 4, 1, "too long");
    char *out = lua_newuserdatauv(L, BASE64_SIZE(len) + 1, 0);
    base64_encode(out, bytes, len);
    lua_pushlstring(L, out, BASE64_SIZE(len));
    return 1;
}

static int crypto_unbase64(lua_State *L)
{
    size_t len, out_len = 0;
    const char *text = luaL_checklstring(L, 1, &len);
    unsigned char *out = lua_newuserdatauv(L, len + 1, 0);
    if (!base64_decode(out, &out_len, text, len))
        return failure_return(L, FAILURE("read base64", NULL, "not base64"));
    lua_pushlstring(L, (char *)out, out_len);
    return 1;
}

/* From the kernel: to set up OpenSSL's own would take milliseconds and 2 MB of memory. */
static bool draw(unsigned char *out, size_t count)
{
    while (count > 0) {
        ssize_t drawn = getrandom(out, count, 0);
        if (drawn < 0 && errno != EINTR)
            return false;
        if (drawn > 0) {
            out += drawn;
            count -= (size_t)drawn;
        }
    }
    return true;
}

static int crypto_random(lua_State *L)
{
    lua_Integer count = luaL_checkinteger(L, 1);
    luaL_argcheck(L, count >= 0 && count <= RANDOM_MAX_BYTES, 1, "between 0 and 1 MiB");
    unsigned char *out = lua_newuserdatauv(L, (size_t)count + 1, 0);
    if (!draw(out, (size_t)count))
        return failure_return(L, OS_FAILURE("draw random bytes", NULL));
    lua_pushlstring(L, (char *)out, (size_t)count);
    return 1;
}

/* RFC 9562, version 4: all is random but six bits. */
static int crypto_uuid(lua_State *L)
{
    unsigned char bytes[16];
    char hex[HEX_SIZE(sizeof bytes) + 1], text[sizeof hex + 4];
    if (!draw(bytes, sizeof bytes))
        return failure_return(L, OS_FAILURE("draw random bytes", NULL));
    bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
    hex_encode(hex, bytes, sizeof bytes);
    size_t len = 0;
    for (size_t i = 0; i < HEX_SIZE(sizeof bytes); i++) {
        if (i == 8 || i == 12 || i == 16 || i == 20)
            text[len++] = '-';
        text[len++] = hex[i];
    }
    lua_pushlstring(L, text, len);
    return 1;
}

static int crypto_equal(lua_State *L)
{
    size_t a_len, b_len;
    const char *a = luaL_checklstring(L, 1, &a_len);
    const char *b = luaL_checklstring(L, 2, &b_len);
    lua_pushboolean(L, a_len == b_len && CRYPTO_memcmp(a, b, a_len) == 0);
    return 1;
}

static const luaL_Reg functions[] = {
    {"md5", crypto_md5},
    {"sha1", crypto_sha1},
    {"sha256", crypto_sha256},
    {"sha512", crypto_sha512},
    {"hmac_sha1", crypto_hmac_sha1},
    {"hmac_sha256", crypto_hmac_sha256},
    {"hex", crypto_hex},
    {"unhex", crypto_unhex},
    {"base64", crypto_base64},
    {"unbase64", crypto_unbase64},
    {"random", crypto_random},
    {"uuid", crypto_uuid},
    {"equal", crypto_equal},
    {NULL, NULL},
};

int luaopen_native_crypto(lua_State *L)
{
    crypto_open_digest_type(L);
    luaL_newlib(L, functions);
    luaL_setfuncs(L, crypto_checksum_functions, 0);
    luaL_setfuncs(L, crypto_seal_functions, 0);
    luaL_setfuncs(L, crypto_es256_functions, 0);
    luaL_setfuncs(L, crypto_digest_functions, 0);
    return 1;
}
