/* sigv4.h -- what the files of native.sigv4 share: one request, taken apart. */
#ifndef MRUN_SIGV4_H
#define MRUN_SIGV4_H

#include "../support.h"

#include <string.h>
#include <strings.h>

#define SIGV4_HASH_BYTES 32
#define SIGV4_ALGORITHM "AWS4-HMAC-SHA256"
#define SIGV4_SCOPE_END "aws4_request"
#define SIGV4_SECRET_MAX_BYTES 1024

struct span { /* text that somebody else keeps */
    const char *at;
    size_t len;
};
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* Memory of a size known beforehand, filled from the front. What does not fit is left out
 * and remembered, so that one check at the end is enough. */
struct text {
    char *bytes;
    size_t len, size;
    bool full;
};
static inline void sigv4_add(struct text *to, struct span part)
{
    if (part.len > to->size - to->len) {
        to->full = true;
        return;
    }
    if (part.len)
        memcpy(to->bytes + to->len, part.at, part.len);
    to->len += part.len;
}
static inline void sigv4_add_byte(struct text *to, char byte)
{
    if (to->len < to->size)
        to->bytes[to->len++] = byte;
    else
        to->full = true;
}
struct span sigv4_since(const struct text *from, size_t start);

struct sigv4_header {
    struct span name, value;
    size_t order; /* values of one name keep the order in which they were given */
};

struct sigv4_pair { /* a parameter of the query, encoded */
    struct span name, value;
};

struct sigv4_url {
    struct span scheme, host, before_query, path, query;
    bool has_query;
};

bool sigv4_split(struct sigv4_url *to, struct span url);
void sigv4_add_host(struct text *to, const struct sigv4_url *url);
void sigv4_add_path(struct text *to, struct span path, bool normalize, bool encode_again);
void sigv4_add_encoded(struct text *to, struct span raw);
size_t sigv4_pairs(struct text *memory, struct sigv4_pair *pairs, struct span query);
void sigv4_add_query(struct text *to, struct sigv4_pair *pairs, size_t count);
bool sigv4_is_signed(struct span header_name);
struct span sigv4_small_letters(struct text *memory, struct span name);
/* From here on their names are in small letters. */
void sigv4_sort_headers(struct sigv4_header *headers, size_t count);
void sigv4_add_headers(struct text *to, const struct sigv4_header *headers, size_t count);
void sigv4_add_header_names(struct text *to, const struct sigv4_header *headers, size_t count);

/* The keys derived last: a key is good for a day, a region and a service. */
struct sigv4_keys;
struct sigv4_scope {
    struct span secret, date, region, service;
};
struct sigv4_keys *sigv4_keys_new(lua_State *L); /* pushes them: the collector wipes them */
bool sigv4_signature(struct sigv4_keys *keys, const struct sigv4_scope *scope, struct span text,
                     char hex[HEX_SIZE(SIGV4_HASH_BYTES) + 1]);
bool sigv4_hash(struct sigv4_keys *keys, struct span text,
                char hex[HEX_SIZE(SIGV4_HASH_BYTES) + 1]);

/* The argument of sign; Lua keeps all of the text. */
struct sigv4_request {
    struct span method, url, body, payload_hash, access_key, token;
    struct sigv4_scope scope;
    bool query_style, normalize, double_encode, omit_token, steps;
    char time[TIMESTAMP_SIZE], expires[8];
    struct sigv4_header *headers; /* the caller's, and room for three */
    size_t header_count;
    struct sigv4_pair *pairs; /* of the URL, and room for the signature's own */
    struct text memory;
    int memory_slot;  /* the stack index of the userdata that is the memory */
    int headers_slot; /* of the table that sigv4_check_parts made */
};
#define SIGV4_SPARE lua_upvalueindex(2) /* memory of the last request, or nil while it is used */
void sigv4_check(lua_State *L, struct sigv4_request *r);
/* The arguments of headers; the request's own are in a new table then. */
void sigv4_check_parts(lua_State *L, struct sigv4_request *r);
void sigv4_check_time(lua_State *L, char text[TIMESTAMP_SIZE]);
struct sigv4_scope sigv4_check_scope(lua_State *L, const char *time);
struct span sigv4_check_text(lua_State *L, const char *name, const char *otherwise);

#endif
