/* crypto.h -- the functions of native.crypto, by the file that holds them. */
#ifndef MRUN_CRYPTO_H
#define MRUN_CRYPTO_H

#include "../support.h"

extern const luaL_Reg crypto_checksum_functions[];
extern const luaL_Reg crypto_seal_functions[];
extern const luaL_Reg crypto_es256_functions[];

/* OpenSSL's own reason for its first error in the queue, which is emptied. */
const char *crypto_reason(void);

#endif
