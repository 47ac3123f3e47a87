/* checksum.c -- CRC-32, CRC-32C and CRC-64/NVME, which S3 and event streams carry. All
 * three are reflected with every bit set before and inverted after, so one loop does.
 */
#define _DEFAULT_SOURCE
#include "crypto.h"

#include <endian.h>
#include <string.h>

#define SHORT_BYTES 4096

static const uint64_t polynomials[] = {
    [CRC_32] = 0xedb88320,
    [CRC_32C] = 0x82f63b78,
    [CRC_64NVME] = 0x9a6c9329ac4bc9b5,
};

/* The table of one hex digit is built for each call: sixteen entries, cheaper than a
 * long table is to build where there is little text. */
static uint64_t crc_short(uint64_t polynomial, uint64_t sum, const char *text, size_t len)
{
    uint64_t table[16];
    for (unsigned i = 0; i < 16; i++) {
        table[i] = i;
        for (int bit = 0; bit < 4; bit++)
            table[i] = table[i] & 1 ? table[i] >> 1 ^ polynomial : table[i] >> 1;
    }
    for (size_t i = 0; i < len; i++) {
        sum ^= (unsigned char)text[i];
        sum = sum >> 4 ^ table[sum & 15];
        sum = sum >> 4 ^ table[sum & 15];
    }
    return sum;
}

/* table[k][b] is what a byte b does to the sum when k bytes come after it. */
void crc_begin(struct crc *crc, enum crc_kind kind)
{
    crc->bytes = kind == CRC_64NVME ? 8 : 4;
    crc->sum = kind == CRC_64NVME ? UINT64_MAX : UINT32_MAX;
    for (unsigned b = 0; b < 256; b++) {
        uint64_t sum = b;
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? sum >> 1 ^ polynomials[kind] : sum >> 1;
        crc->table[0][b] = sum;
    }
    for (unsigned k = 1; k < 8; k++)
        for (unsigned b = 0; b < 256; b++)
            crc->table[k][b] =
                crc->table[k - 1][b] >> 8 ^ crc->table[0][crc->table[k - 1][b] & 255];
}

static uint64_t eight_bytes(const unsigned char *at)
{
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return le64toh(number);
}

/* Eight bytes at a time: the look-ups do not wait for each other. */
void crc_add(struct crc *crc, const char *bytes, size_t len)
{
    const unsigned char *at = (const unsigned char *)bytes;
    uint64_t(*const t)[256] = crc->table;
    uint64_t sum = crc->sum;
    for (; len >= 8; len -= 8, at += 8) {
        uint64_t m = sum ^ eight_bytes(at);
        sum = t[7][m & 255] ^ t[6][m >> 8 & 255] ^ t[5][m >> 16 & 255] ^ t[4][m >> 24 & 255] ^
              t[3][m >> 32 & 255] ^ t[2][m >> 40 & 255] ^ t[1][m >> 48 & 255] ^ t[0][m >> 56];
    }
    for (; len > 0; len--, at++)
        sum = sum >> 8 ^ crc->table[0][(sum ^ *at) & 255];
    crc->sum = sum;
}

size_t crc_value(const struct crc *crc, unsigned char *to)
{
    uint64_t sum = ~crc->sum;
    for (unsigned i = 0; i < crc->bytes; i++)
        to[i] = (unsigned char)(sum >> 8 * (crc->bytes - 1 - i));
    return crc->bytes;
}

static uint64_t crc_of(enum crc_kind kind, uint64_t before, const char *text, size_t len)
{
    struct crc crc;
    if (len < SHORT_BYTES)
        return ~crc_short(polynomials[kind], ~before, text, len);
    crc_begin(&crc, kind);
    crc.sum = ~before;
    crc_add(&crc, text, len);
    return ~crc.sum;
}

static int crc_32(lua_State *L, enum crc_kind kind)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_Integer before = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, before >= 0 && before <= UINT32_MAX, 2, "a CRC of 32 bits");
    /* the upper half stays empty all the way */
    uint64_t upper = UINT64_MAX << 32;
    lua_pushinteger(L, (uint32_t)crc_of(kind, (uint64_t)before | upper, text, len));
    return 1;
}

static int crypto_crc32(lua_State *L)
{
    return crc_32(L, CRC_32);
}

static int crypto_crc32c(lua_State *L)
{
    return crc_32(L, CRC_32C);
}

static int crypto_crc64nvme(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    uint64_t before = (uint64_t)luaL_optinteger(L, 2, 0);
    lua_pushinteger(L, (lua_Integer)crc_of(CRC_64NVME, before, text, len));
    return 1;
}

const luaL_Reg crypto_checksum_functions[] = {
    {"crc32", crypto_crc32},
    {"crc32c", crypto_crc32c},
    {"crc64nvme", crypto_crc64nvme},
    {NULL, NULL},
};
