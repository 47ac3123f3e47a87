/* pack.h -- what the files of native.pack share. */
#ifndef MRUN_PACK_H
#define MRUN_PACK_H

#include "shape.h"

#define PACK_TYPE "native.pack"
#define HEADER_SIZE 64
#define FORMAT_VERSION 1

/* header.c: makes sense of the bytes; `why` says why not. Owns nothing. */
bool pack_read_header(struct pack *pack, const unsigned char *bytes, size_t len, const char **why);
uint32_t pack_u32(struct section section, uint32_t at); /* 0 outside */
/* A table of the index: its keys are sorted. */
struct table {
    const struct pack *pack;
    uint32_t at, count;
};
bool pack_root(const struct pack *pack, struct table *to); /* of the kinds' tables */
bool pack_table(const struct pack *pack, const char *kind, size_t len, struct table *to);
bool table_entry(const struct table *table, uint32_t i, struct text *key, uint32_t *value);
bool table_find(const struct table *table, struct text key, uint32_t *value);

/* compress.c */
int pack_verify(lua_State *L);
int pack_documentation(lua_State *L);
int pack_inflate(lua_State *L);
int pack_deflate(lua_State *L);
int pack_gzip(lua_State *L);
int pack_crc32(lua_State *L);

/* face.c: the methods of a shape. */
void shape_methods(lua_State *L);

#endif
