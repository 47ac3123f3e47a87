/* es256.c -- ECDSA on P-256 with SHA-256, as JSON Web Tokens have it: the signature is r
 * and s, 32 bytes each, and the public key is x and y, 32 bytes each.
 */
#include "crypto.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <string.h>

#define NUMBER_BYTES 32
#define DER_BYTES 80 /* a P-256 signature is at most 72 */

static int no_password(char *to, int size, int writing, void *context)
{
    (void)to, (void)size, (void)writing, (void)context;
    return -1; /* and no question on the terminal */
}

static EVP_PKEY *read_key(const char *pem, size_t len)
{
    char group[32] = "";
    BIO *bio = BIO_new_mem_buf(pem, (int)len);
    EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL) : NULL;
    BIO_free(bio);
    if (!key || !EVP_PKEY_get_group_name(key, group, sizeof group, NULL) ||
        strcmp(group, "prime256v1") != 0) {
        EVP_PKEY_free(key);
        return NULL;
    }
    return key;
}

/* From the DER pair of numbers to both, side by side. */
static bool flatten(unsigned char out[2 * NUMBER_BYTES], const unsigned char *der, size_t len)
{
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
    bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, NUMBER_BYTES) > 0 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + NUMBER_BYTES, NUMBER_BYTES) > 0;
    ECDSA_SIG_free(pair);
    return ok;
}

static bool sign(EVP_PKEY *key, const char *text, size_t len, unsigned char out[2 * NUMBER_BYTES])
{
    unsigned char der[DER_BYTES];
    size_t der_len = sizeof der;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx && EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key) > 0 &&
              EVP_DigestSign(ctx, der, &der_len, (const unsigned char *)text, len) > 0 &&
              flatten(out, der, der_len);
    EVP_MD_CTX_free(ctx);
    return ok;
}

static int crypto_es256_sign(lua_State *L)
{
    size_t pem_len, len;
    const char *pem = luaL_checklstring(L, 1, &pem_len);
    const char *text = luaL_checklstring(L, 2, &len);
    unsigned char out[2 * NUMBER_BYTES];
    luaL_argcheck(L, pem_len <= 65536, 1, "too long for a key");

    EVP_PKEY *key = read_key(pem, pem_len);
    bool found = key != NULL, ok = found && sign(key, text, len, out);
    EVP_PKEY_free(key);
    const char *reason = crypto_reason();

    if (!found)
        return failure_return(L, FAILURE("sign", NULL, "not a private key on P-256 in PEM"));
    if (!ok)
        return failure_return(L, FAILURE("sign", NULL, reason));
    lua_pushlstring(L, (char *)out, sizeof out);
    return 1;
}

static bool public_point(EVP_PKEY *key, unsigned char out[2 * NUMBER_BYTES])
{
    BIGNUM *x = NULL, *y = NULL;
    bool ok = EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_X, &x) &&
              EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_PUB_Y, &y) &&
              BN_bn2binpad(x, out, NUMBER_BYTES) > 0 &&
              BN_bn2binpad(y, out + NUMBER_BYTES, NUMBER_BYTES) > 0;
    BN_free(x);
    BN_free(y);
    return ok;
}

static int crypto_es256_public(lua_State *L)
{
    size_t len;
    const char *pem = luaL_checklstring(L, 1, &len);
    unsigned char out[2 * NUMBER_BYTES];
    luaL_argcheck(L, len <= 65536, 1, "too long for a key");

    EVP_PKEY *key = read_key(pem, len);
    bool ok = key && public_point(key, out);
    EVP_PKEY_free(key);
    crypto_reason();

    if (!ok)
        return failure_return(L,
                              FAILURE("read the key", NULL, "not a private key on P-256 in PEM"));
    lua_pushlstring(L, (char *)out, sizeof out);
    return 1;
}

const luaL_Reg crypto_es256_functions[] = {
    {"es256_sign", crypto_es256_sign},
    {"es256_public", crypto_es256_public},
    {NULL, NULL},
};
