/* checksum.c -- CRC-32, CRC-32C and CRC-64/NVME, which S3 and event streams carry. All
 * three are reflected with every bit set before and inverted after, so one loop does.
 */
#include "crypto.h"

/* The table of one hex digit is built for each call: sixteen entries, cheaper than a
 * long table is to read, and nothing to keep. */
static uint64_t crc(uint64_t polynomial, uint64_t sum, const char *text, size_t len)
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

static int crc_32(lua_State *L, uint64_t polynomial)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    lua_Integer before = luaL_optinteger(L, 2, 0);
    luaL_argcheck(L, before >= 0 && before <= UINT32_MAX, 2, "a CRC of 32 bits");
    lua_pushinteger(L, (uint32_t)~crc(polynomial, (uint32_t) ~(uint32_t)before, text, len));
    return 1;
}

static int crypto_crc32(lua_State *L)
{
    return crc_32(L, 0xedb88320);
}

static int crypto_crc32c(lua_State *L)
{
    return crc_32(L, 0x82f63b78);
}

static int crypto_crc64nvme(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    uint64_t before = (uint64_t)luaL_optinteger(L, 2, 0);
    lua_pushinteger(L, (lua_Integer)~crc(0x9a6c9329ac4bc9b5, ~before, text, len));
    return 1;
}

const luaL_Reg crypto_checksum_functions[] = {
    {"crc32", crypto_crc32},
    {"crc32c", crypto_crc32c},
    {"crc64nvme", crypto_crc64nvme},
    {NULL, NULL},
};
