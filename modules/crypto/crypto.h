/* crypto.h -- the functions of native.crypto, by the file that holds them. */
#ifndef MRUN_CRYPTO_H
#define MRUN_CRYPTO_H

#include "../support.h"

extern const luaL_Reg crypto_checksum_functions[];
extern const luaL_Reg crypto_seal_functions[];
extern const luaL_Reg crypto_es256_functions[];
extern const luaL_Reg crypto_digest_functions[];
void crypto_open_digest_type(lua_State *L);

/* A CRC that is fed piece by piece. */
enum crc_kind { CRC_32, CRC_32C, CRC_64NVME };
struct crc {
    uint64_t sum, table[8][256];
    unsigned bytes;
};
void crc_begin(struct crc *crc, enum crc_kind kind);
void crc_add(struct crc *crc, const char *bytes, size_t len);
size_t crc_value(const struct crc *crc, unsigned char *to); /* big end first; its length */

/* OpenSSL's own reason for its first error in the queue, which is emptied. */
const char *crypto_reason(void);

#endif
