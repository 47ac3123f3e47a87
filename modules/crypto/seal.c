/* seal.c -- AES-256-GCM, and scrypt to make its key from a passphrase.
 *
 *   local key = crypto.scrypt("a passphrase", salt)
 *   local sealed = crypto.aes_gcm_seal(key, nonce, text, "also authenticated")
 *   local text = assert(crypto.aes_gcm_open(key, nonce, sealed, "also authenticated"))
 *
 * A nonce (12 bytes) is used once with a key; the tag stands behind the ciphertext.
 *
 * ---@class crypto.Cost
 * ---@field n integer?      a power of two, 2^15 where it is not said
 * ---@field r integer?      8
 * ---@field p integer?      1
 * ---@field bytes integer?  32
 */
#include "crypto.h"

#include <openssl/evp.h>

#define KEY_BYTES 32
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define TEXT_MAX_BYTES INT32_MAX
#define SCRYPT_MAX_BYTES (UINT64_C(1) << 30)

struct job { /* the arguments of one call, and its place for the answer */
    const unsigned char *key, *nonce, *text, *also;
    size_t text_len, also_len;
    unsigned char *out;
};

static const unsigned char *check_bytes(lua_State *L, int arg, size_t *len)
{
    const char *bytes = luaL_checklstring(L, arg, len);
    luaL_argcheck(L, *len <= TEXT_MAX_BYTES - TAG_BYTES, arg, "too long");
    return (const unsigned char *)bytes;
}

static struct job check_job(lua_State *L)
{
    struct job job = {0};
    size_t key_len, nonce_len;
    job.key = check_bytes(L, 1, &key_len);
    job.nonce = check_bytes(L, 2, &nonce_len);
    job.text = check_bytes(L, 3, &job.text_len);
    if (!lua_isnoneornil(L, 4))
        job.also = check_bytes(L, 4, &job.also_len);
    luaL_argcheck(L, key_len == KEY_BYTES, 1, "a key of 32 bytes");
    luaL_argcheck(L, nonce_len == NONCE_BYTES, 2, "a nonce of 12 bytes");
    job.out = lua_newuserdatauv(L, job.text_len + TAG_BYTES, 0);
    return job;
}

static bool seal(EVP_CIPHER_CTX *ctx, const struct job *job)
{
    int len = 0;
    return ctx && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, job->key, job->nonce) &&
           EVP_EncryptUpdate(ctx, NULL, &len, job->also, (int)job->also_len) &&
           EVP_EncryptUpdate(ctx, job->out, &len, job->text, (int)job->text_len) &&
           EVP_EncryptFinal_ex(ctx, job->out + len, &len) &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, job->out + job->text_len);
}

static int crypto_aes_gcm_seal(lua_State *L)
{
    struct job job = check_job(L);
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = seal(ctx, &job);
    EVP_CIPHER_CTX_free(ctx);
    if (!ok)
        return failure_return(L, FAILURE("seal", NULL, crypto_reason()));
    lua_pushlstring(L, (char *)job.out, job.text_len + TAG_BYTES);
    return 1;
}

static bool unseal(EVP_CIPHER_CTX *ctx, const struct job *job, size_t body_len)
{
    unsigned char *tag =
        (unsigned char *)job->text + body_len; /* read only, in spite of its type */
    int len = 0;
    return ctx && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, job->key, job->nonce) &&
           EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) &&
           EVP_DecryptUpdate(ctx, NULL, &len, job->also, (int)job->also_len) &&
           EVP_DecryptUpdate(ctx, job->out, &len, job->text, (int)body_len) &&
           EVP_DecryptFinal_ex(ctx, job->out + len, &len) > 0;
}

static int crypto_aes_gcm_open(lua_State *L)
{
    struct job job = check_job(L);
    if (job.text_len < TAG_BYTES)
        return failure_return(L, FAILURE("open what is sealed", NULL, "it is cut short"));
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    bool ok = unseal(ctx, &job, job.text_len - TAG_BYTES);
    EVP_CIPHER_CTX_free(ctx);
    crypto_reason(); /* a wrong tag leaves nothing in the queue, a bad cipher would */
    if (!ok)
        return failure_return(L,
                              FAILURE("open what is sealed", NULL, "wrong key, or it was changed"));
    lua_pushlstring(L, (char *)job.out, job.text_len - TAG_BYTES);
    return 1;
}

static uint64_t cost_field(lua_State *L, const char *name, lua_Integer otherwise, lua_Integer max)
{
    lua_Integer value = option_integer(L, 3, name, otherwise);
    luaL_argcheck(L, value > 0 && value <= max, 3, name);
    return (uint64_t)value;
}

static int crypto_scrypt(lua_State *L)
{
    size_t password_len, salt_len;
    const char *password = luaL_checklstring(L, 1, &password_len);
    const char *salt = luaL_checklstring(L, 2, &salt_len);
    uint64_t n = cost_field(L, "n", 1 << 15, 1 << 24);
    uint64_t r = cost_field(L, "r", 8, 64), p = cost_field(L, "p", 1, 64);
    size_t bytes = (size_t)cost_field(L, "bytes", KEY_BYTES, 1024);
    unsigned char *out = lua_newuserdatauv(L, bytes, 0);
    if (!EVP_PBE_scrypt(password, password_len, (const unsigned char *)salt, salt_len, n, r, p,
                        SCRYPT_MAX_BYTES, out, bytes))
        return failure_return(L, FAILURE("scrypt", NULL, crypto_reason()));
    lua_pushlstring(L, (char *)out, bytes);
    return 1;
}

const luaL_Reg crypto_seal_functions[] = {
    {"aes_gcm_seal", crypto_aes_gcm_seal},
    {"aes_gcm_open", crypto_aes_gcm_open},
    {"scrypt", crypto_scrypt},
    {NULL, NULL},
};
