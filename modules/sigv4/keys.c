/* keys.c -- hashing, and the signing keys that were derived last. A key is looked up by the
 * hash of what it is derived from, so the secret itself is kept nowhere.
 */
#include "sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#define KEYS "native.sigv4.keys"
#define KEY_COUNT 16
#define BLOCK_BYTES 64 /* of SHA-256 */

struct key {
    unsigned char from[SIGV4_HASH_BYTES], bytes[SIGV4_HASH_BYTES];
};

struct sigv4_keys {
    EVP_MD *sha256; /* looked up once: OpenSSL takes as long for that as for hashing */
    EVP_MD_CTX *ctx;
    size_t used, next;
    struct key keys[KEY_COUNT];
};

static int keys_wipe(lua_State *L)
{
    struct sigv4_keys *keys = luaL_checkudata(L, 1, KEYS);
    EVP_MD_CTX_free(keys->ctx);
    EVP_MD_free(keys->sha256);
    OPENSSL_cleanse(keys, sizeof *keys);
    return 0;
}

struct sigv4_keys *sigv4_keys_new(lua_State *L)
{
    struct sigv4_keys *keys = lua_newuserdatauv(L, sizeof *keys, 0);
    memset(keys, 0, sizeof *keys);
    if (luaL_newmetatable(L, KEYS)) {
        lua_pushcfunction(L, keys_wipe);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return keys;
}

static bool begin(struct sigv4_keys *keys)
{
    if (!keys->sha256)
        keys->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!keys->ctx)
        keys->ctx = EVP_MD_CTX_new();
    return keys->sha256 && keys->ctx && EVP_DigestInit_ex(keys->ctx, keys->sha256, NULL) == 1;
}

static bool add(struct sigv4_keys *keys, const void *bytes, size_t len)
{
    return EVP_DigestUpdate(keys->ctx, bytes, len) == 1;
}

static bool end(struct sigv4_keys *keys, unsigned char out[SIGV4_HASH_BYTES])
{
    return EVP_DigestFinal_ex(keys->ctx, out, NULL) == 1;
}

bool sigv4_hash(struct sigv4_keys *keys, struct span text, char hex[HEX_SIZE(SIGV4_HASH_BYTES) + 1])
{
    unsigned char hash[SIGV4_HASH_BYTES];
    if (!begin(keys) || !add(keys, text.at, text.len) || !end(keys, hash))
        return false;
    hex_encode(hex, hash, sizeof hash);
    return true;
}

/* RFC 2104; OpenSSL's own takes three times as long for texts as short as these. */
static bool hmac(struct sigv4_keys *keys, struct span key, struct span text,
                 unsigned char out[SIGV4_HASH_BYTES])
{
    unsigned char pad[BLOCK_BYTES] = {0};
    bool ok = true;
    if (key.len <= sizeof pad)
        memcpy(pad, key.at, key.len);
    else
        ok = begin(keys) && add(keys, key.at, key.len) && end(keys, pad);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36;
    ok = ok && begin(keys) && add(keys, pad, sizeof pad) && add(keys, text.at, text.len) &&
         end(keys, out);
    for (size_t i = 0; i < sizeof pad; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    ok = ok && begin(keys) && add(keys, pad, sizeof pad) && add(keys, out, SIGV4_HASH_BYTES) &&
         end(keys, out);
    OPENSSL_cleanse(pad, sizeof pad);
    return ok;
}

static bool derive(struct sigv4_keys *keys, const struct sigv4_scope *scope,
                   unsigned char out[SIGV4_HASH_BYTES])
{
    char first[4 + SIGV4_SECRET_MAX_BYTES] = "AWS4"; /* the length of the secret was checked */
    const struct span parts[] = {scope->date, scope->region, scope->service, SPAN(SIGV4_SCOPE_END)};
    if (scope->secret.len > sizeof first - 4)
        return false;
    memcpy(first + 4, scope->secret.at, scope->secret.len);
    struct span key = {first, 4 + scope->secret.len};
    bool ok = true;
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++) {
        ok = hmac(keys, key, parts[i], out);
        key = (struct span){(const char *)out, SIGV4_HASH_BYTES};
    }
    OPENSSL_cleanse(first, sizeof first);
    return ok;
}

/* The parts are hashed with their lengths before them, so that no two scopes look alike. */
static bool name_of(struct sigv4_keys *keys, const struct sigv4_scope *scope,
                    unsigned char out[SIGV4_HASH_BYTES])
{
    const struct span parts[] = {scope->secret, scope->date, scope->region, scope->service};
    const size_t lengths[] = {scope->secret.len, scope->date.len, scope->region.len,
                              scope->service.len};
    bool ok = begin(keys) && add(keys, lengths, sizeof lengths);
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++)
        ok = add(keys, parts[i].at, parts[i].len);
    return ok && end(keys, out);
}

static const unsigned char *find_key(struct sigv4_keys *keys, const struct sigv4_scope *scope)
{
    unsigned char name[SIGV4_HASH_BYTES];
    if (!name_of(keys, scope, name))
        return NULL;
    for (size_t i = 0; i < keys->used; i++)
        if (CRYPTO_memcmp(keys->keys[i].from, name, sizeof name) == 0)
            return keys->keys[i].bytes;
    struct key *oldest = &keys->keys[keys->next];
    memset(oldest->from, 0, sizeof oldest->from);
    if (!derive(keys, scope, oldest->bytes))
        return NULL;
    memcpy(oldest->from, name, sizeof name);
    keys->next = (keys->next + 1) % KEY_COUNT;
    keys->used += keys->used < KEY_COUNT;
    return oldest->bytes;
}

bool sigv4_signature(struct sigv4_keys *keys, const struct sigv4_scope *scope, struct span text,
                     char hex[HEX_SIZE(SIGV4_HASH_BYTES) + 1])
{
    unsigned char signature[SIGV4_HASH_BYTES];
    const unsigned char *key = find_key(keys, scope);
    if (!key || !hmac(keys, (struct span){(const char *)key, SIGV4_HASH_BYTES}, text, signature))
        return false;
    hex_encode(hex, signature, sizeof signature);
    return true;
}
