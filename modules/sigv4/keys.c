/* keys.c -- hashing, and the signing keys that were derived last. A key is looked up by the
 * hash of what it is derived from, so the secret itself is kept nowhere.
 */
#include "sigv4.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define KEYS "native.sigv4.keys"
#define KEY_COUNT 16

struct key {
    unsigned char from[SIGV4_HASH_BYTES], bytes[SIGV4_HASH_BYTES];
};

struct sigv4_keys {
    size_t used, next;
    struct key keys[KEY_COUNT];
};

static int keys_wipe(lua_State *L)
{
    struct sigv4_keys *keys = luaL_checkudata(L, 1, KEYS);
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

static bool sha256(struct span text, unsigned char out[SIGV4_HASH_BYTES])
{
    return EVP_Digest(text.at, text.len, out, NULL, EVP_sha256(), NULL) == 1;
}

bool sigv4_hash(struct span text, char hex[HEX_SIZE(SIGV4_HASH_BYTES) + 1])
{
    unsigned char hash[SIGV4_HASH_BYTES];
    if (!sha256(text, hash))
        return false;
    hex_encode(hex, hash, sizeof hash);
    return true;
}

static bool hmac(const void *key, size_t key_len, struct span text,
                 unsigned char out[SIGV4_HASH_BYTES])
{
    return HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text.at, text.len, out,
                NULL) != NULL;
}

static bool derive(const struct sigv4_scope *scope, unsigned char out[SIGV4_HASH_BYTES])
{
    char first[4 + SIGV4_SECRET_MAX_BYTES] = "AWS4"; /* the length of the secret was checked */
    unsigned char key[SIGV4_HASH_BYTES];
    if (scope->secret.len > sizeof first - 4)
        return false;
    memcpy(first + 4, scope->secret.at, scope->secret.len);
    bool ok = hmac(first, 4 + scope->secret.len, scope->date, key) &&
              hmac(key, sizeof key, scope->region, key) &&
              hmac(key, sizeof key, scope->service, key) &&
              hmac(key, sizeof key, SPAN(SIGV4_SCOPE_END), out);
    OPENSSL_cleanse(first, sizeof first);
    OPENSSL_cleanse(key, sizeof key);
    return ok;
}

/* Each part is hashed with its length before it, so that no two scopes look alike. */
static bool name_of(const struct sigv4_scope *scope, unsigned char out[SIGV4_HASH_BYTES])
{
    const struct span parts[] = {scope->secret, scope->date, scope->region, scope->service};
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL);
    for (size_t i = 0; ok && i < sizeof parts / sizeof *parts; i++)
        ok = EVP_DigestUpdate(ctx, &parts[i].len, sizeof parts[i].len) &&
             EVP_DigestUpdate(ctx, parts[i].at, parts[i].len);
    ok = ok && EVP_DigestFinal_ex(ctx, out, NULL);
    EVP_MD_CTX_free(ctx);
    return ok;
}

static const unsigned char *find_key(struct sigv4_keys *keys, const struct sigv4_scope *scope)
{
    unsigned char name[SIGV4_HASH_BYTES];
    if (!name_of(scope, name))
        return NULL;
    for (size_t i = 0; i < keys->used; i++)
        if (CRYPTO_memcmp(keys->keys[i].from, name, sizeof name) == 0)
            return keys->keys[i].bytes;
    struct key *oldest = &keys->keys[keys->next];
    memset(oldest->from, 0, sizeof oldest->from);
    if (!derive(scope, oldest->bytes))
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
    if (!key || !hmac(key, SIGV4_HASH_BYTES, text, signature))
        return false;
    hex_encode(hex, signature, sizeof signature);
    return true;
}
