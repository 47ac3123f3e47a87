/* cbor.h -- what the files of native.cbor share. */
#ifndef MRUN_CBOR_H
#define MRUN_CBOR_H

#include "shape.h"

enum cbor_major {
    CBOR_UINT,
    CBOR_NEGINT,
    CBOR_BYTES,
    CBOR_TEXT,
    CBOR_LIST,
    CBOR_MAP,
    CBOR_TAG,
    CBOR_SIMPLE,
};
enum { SIMPLE_BREAK = 31, FLOAT_16 = 25, FLOAT_32, FLOAT_64 }; /* minors of CBOR_SIMPLE */
enum { MINOR_FALSE = 20, MINOR_TRUE, MINOR_NULL, MINOR_UNDEFINED };
enum { TAG_EPOCH = 1, TAG_BIGNUM, TAG_NEGATIVE_BIGNUM, TAG_DECIMAL };
#define EXPONENT_MAX 9999 /* of ten, in a decimal */

/* Bytes that are being read. The first thing that is wrong stays in `why`, and the item
 * that it was in `wrong`. */
struct cbor_reader {
    lua_State *L;
    const unsigned char *start, *at, *end, *item, *wrong;
    const char *why;
    struct sink chunks; /* a text in pieces, until the next one */
    int depth, cache;   /* cache: stack index, see wires_cache */
    bool typed;
};

/* How an item begins. */
struct cbor_head {
    enum cbor_major major;
    unsigned minor;
    uint64_t argument; /* number, length, count, tag or the bits of a float */
    bool endless;      /* its end is marked, not its length told */
};

/* head.c. All are false where the bytes make no sense, and leave `why`. */
bool cbor_fail(struct cbor_reader *r, const char *why); /* false */
bool cbor_head(struct cbor_reader *r, struct cbor_head *to);
/* Whether another element follows; counts down, or takes the mark of the end away. */
bool cbor_more(struct cbor_reader *r, struct cbor_head *composite);
/* The bytes of a string: where they stand, or in `chunks`. */
bool cbor_string(struct cbor_reader *r, const struct cbor_head *head, struct text *to);
bool cbor_key(struct cbor_reader *r, struct text *to);
bool cbor_skip(struct cbor_reader *r, struct cbor_head *head);
bool cbor_deeper(struct cbor_reader *r); /* and `depth--` behind it */
bool cbor_is_null(const struct cbor_head *head);
double cbor_float(const struct cbor_head *head); /* of FLOAT_16 to FLOAT_64 */

/* number.c: what is pushed is a Lua number where one holds it, else the exact text. */
void cbor_push_integer(struct cbor_reader *r, const struct cbor_head *head);
bool cbor_read_bignum(struct cbor_reader *r, bool negative);
bool cbor_read_decimal(struct cbor_reader *r);
bool cbor_read_epoch(struct cbor_reader *r);

/* read.c: free CBOR; read_shape.c. They push one value, or fail. */
bool cbor_read(struct cbor_reader *r);
bool cbor_read_item(struct cbor_reader *r, struct cbor_head *head); /* behind its head */
bool cbor_read_shape(struct cbor_reader *r, struct shape shape);

struct cbor_writer {
    lua_State *L;
    struct sink out;
    const char *why;
    int depth;
};
/* write.c */
void cbor_write_head(struct cbor_writer *w, enum cbor_major major, uint64_t argument);
void cbor_write_string(struct cbor_writer *w, enum cbor_major major, struct text text);
/* How a list or map begins, and the key of a map's part. */
void cbor_write_parts(struct cbor_writer *w, const struct parts *parts);
void cbor_write_key(struct cbor_writer *w, const struct parts *parts);
void cbor_write_integer(struct cbor_writer *w, lua_Integer number);
void cbor_write_simple(struct cbor_writer *w, unsigned minor);
void cbor_write_double(struct cbor_writer *w, double number);
bool cbor_write(struct cbor_writer *w, int index);
bool cbor_write_fail(struct cbor_writer *w, const char *why); /* false */
/* write_number.c: the text of an exact number, as JSON has it. */
bool cbor_write_exact(struct cbor_writer *w, struct text text);
/* write_shape.c: the value has been checked against the shape. */
bool cbor_write_shape(struct cbor_writer *w, const struct member *member, int index);

#endif
