/* shape.h -- the data file as C reads it, and what the wire formats share: the
 * cursor over packed shapes, packed values, checking, and the text being built.
 *
 * The file: a header, then five sections. Numbers are little-endian; a varint has
 * seven bits a byte, lowest first.
 *
 *   strings   each a varint length and its bytes; a string is known by its offset
 *   shapes    byte: kind | 16 where traits follow; varint: name + 1, or 0;
 *             varint: traits (a value's offset), if any; a structure's varint count;
 *             then the members (one of a list, two of a map: key, value), each a
 *             varint name * 2 + required (structures only), three bytes shape,
 *             and a varint traits + 1, or 0
 *   values    byte: tag | number * 8, 31 adding a varint that follows; see value_tag
 *   index     tables: count, then pairs of key (a string) and offset, sorted by key;
 *             the root table holds the kinds' tables
 *   documents count, then { key of its first text, offset, packed bytes, bytes } of
 *             each compressed block of "key NUL text NUL", sorted by key
 *
 * Nothing read from the file is trusted: every function that reads is false, or
 * empty, where the bytes make no sense.
 */
#ifndef MRUN_SHAPE_H
#define MRUN_SHAPE_H

#include "support.h"

#include <stdbool.h>
#include <stdint.h>

#define DEPTH_MAX 200 /* of nested values, in every format and in both directions */

struct text {
    const char *at;
    size_t len;
};

/* Bytes as a number, the first one lowest on every machine: compilers make one load of it. */
static inline uint32_t bytes_4(const char *at)
{
    const unsigned char *byte = (const unsigned char *)at;
    return byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 | (uint32_t)byte[3] << 24;
}

static inline uint64_t bytes_8(const char *at)
{
    return bytes_4(at) | (uint64_t)bytes_4(at + 4) << 32;
}

/* The first eight bytes, zeros behind the end. */
static inline uint64_t text_head(struct text text)
{
    const unsigned char *byte = (const unsigned char *)text.at;
    size_t last = text.len - 1, middle = text.len / 2;
    if (text.len >= 8)
        return bytes_8(text.at);
    if (text.len >= 4)
        return bytes_4(text.at) | (uint64_t)bytes_4(text.at + last - 3) << 8 * (last - 3);
    return text.len == 0
               ? 0
               : byte[0] | (uint64_t)byte[middle] << 8 * middle | (uint64_t)byte[last] << 8 * last;
}

/* Where in a table of 2^bits what has this head may be. */
static inline size_t text_slot(uint64_t head, unsigned bits)
{
    return (size_t)((head * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - bits));
}

struct section {
    const unsigned char *at;
    uint32_t len;
};

#define TRAIT_SPAN 512 /* the well-known names of traits lie first among the strings */

struct pack {
    struct section file, strings, shapes, values, index, documents;
    uint32_t root;
    bool mapped; /* ours to unmap */
    unsigned char trait_of[TRAIT_SPAN];
};

enum shape_kind {
    SHAPE_STRUCTURE,
    SHAPE_LIST,
    SHAPE_MAP,
    SHAPE_STRING,
    SHAPE_BLOB,
    SHAPE_BOOLEAN,
    SHAPE_TIMESTAMP,
    SHAPE_INTEGER,
    SHAPE_LONG,
    SHAPE_FLOAT,
    SHAPE_DOUBLE,
    SHAPE_KINDS
};
extern const char *const shape_kind_names[SHAPE_KINDS + 1];

/* The traits that C acts on, in the order in which the strings begin. */
enum trait {
    TRAIT_OTHER,
    TRAIT_LOCATION_NAME,
    TRAIT_QUERY_NAME,
    TRAIT_LOCATION,
    TRAIT_FLATTENED,
    TRAIT_TIMESTAMP_FORMAT,
    TRAIT_XML_ATTRIBUTE,
    TRAIT_XML_NAMESPACE,
    TRAIT_JSONVALUE,
    TRAIT_DOCUMENT,
    TRAIT_STREAMING,
    TRAIT_PAYLOAD,
    TRAIT_SPARSE,
    TRAIT_EVENTSTREAM,
    TRAIT_UNION,
    TRAIT_EXCEPTION,
    TRAIT_SENSITIVE,
    TRAIT_IDEMPOTENCY_TOKEN,
    TRAIT_MIN,
    TRAIT_COUNT
};
extern const char *const trait_names[TRAIT_COUNT];

#define TRAIT_BIT(trait) (1u << (trait))

struct traits {
    unsigned set; /* TRAIT_BIT of each that stands and is not false */
    struct text location_name, query_name, location, timestamp_format;
    uint32_t xml_namespace; /* a value */
    double min;
};

struct shape {
    const struct pack *pack;
    uint32_t at;
};

struct member {
    struct text name;
    bool required;
    struct shape shape;
    uint32_t traits; /* a value's offset + 1, or 0 */
};

/* A shape that is being read; shape_next takes its members one by one. */
struct shape_reader {
    struct shape shape;
    enum shape_kind kind;
    struct text name;
    uint32_t traits, count, left, at; /* left and at: where shape_next goes on */
};

bool pack_text(const struct pack *pack, uint32_t at, struct text *to);
bool pack_varint(struct section section, uint32_t *at, uint32_t *to);
bool shape_open(struct shape_reader *reader, struct shape shape);
bool shape_next(struct shape_reader *reader, struct member *member);
bool shape_pair(struct shape_reader *map, struct member *key, struct member *value);
/* Its name on the wire: locationName, else its own. */
bool member_wire(const struct member *member, struct text *to);
/* Adds what stands in `traits` (an offset + 1) to `to`, which begins as {0}. */
bool traits_read(struct traits *to, const struct pack *pack, uint32_t traits);
/* A member's own traits over those of its shape, as the protocols look at them. */
bool member_traits(struct traits *to, const struct member *member);

/* A member as the wire formats see it, worked out once: what its shape is, its traits over
 * those of the shape, and where the members of that shape are. */
struct wire {
    struct text name, element; /* element: of a flattened list, where it has a name */
    uint64_t head;             /* the name's, see text_head */
    struct text query_name;    /* of its own */
    struct member member;
    enum shape_kind kind;
    struct traits traits;
    struct wires *below; /* NULL until it is met */
    bool elsewhere;      /* in a header, or an attribute: not in the body */
    bool plain;          /* nothing but what its kind says: no free JSON */
    uint32_t next;       /* which member came after it the last time */
    int key;             /* of a structure's: see wire_push_key */
    unsigned char slot;  /* for who reads: see json_push_name */
    uint64_t met;        /* for who reads: the structure in which it was met last */
};
#define WIRES_BITS 5
/* The members of a composite shape, ready to be found by their names on the wire: one of
 * a list, two of a map. */
struct wires {
    uint32_t count, first;               /* first: the member with which the last structure began */
    uint32_t found;                      /* how many members the last structure had that was read */
    uint64_t structures;                 /* how many were read */
    struct wire *known[1 << WIRES_BITS]; /* by the heads of names: what was found there last */
    struct wire list[];
};
/* Pushes two tables, which keep the wires of a shape's pack and their keys; gives back the
 * first's place. `shape` is a userdata's index. */
int wires_cache(lua_State *L, int shape);
void wire_open(lua_State *L, struct wire *wire, const struct member *member);
/* Those of the wire's own shape; `cache` is the stack index of those tables. */
struct wires *wires_below(lua_State *L, int cache, struct wire *wire);
/* The member's name as a Lua string, which need not be made. */
void wire_push_key(lua_State *L, int cache, const struct wire *wire);
/* *last is the member found last, or NULL: what came behind it the last time is the guess. */
struct wire *wire_find(struct wires *wires, struct wire **last, struct text name);
/* The same of a name shorter than its head, in answers that keep to no order. */
struct wire *wire_find_new(struct wires *wires, struct text name, uint64_t head);
static inline struct wire *wire_find_short(struct wires *wires, struct text name, uint64_t head)
{
    struct wire *wire = wires->known[text_slot(head, WIRES_BITS)];
    if (wire && wire->head == head && wire->name.len == name.len)
        return wire;
    return wire_find_new(wires, name, head);
}
/* Sets the tag of a union that a newer service knows, as AWS's own clients show it, in the
 * table on top of the stack. */
void wire_unknown(lua_State *L, struct text name);

enum value_tag {
    VALUE_SIMPLE, /* null, false, true, or 3: a shape, whose varint offset follows */
    VALUE_INTEGER,
    VALUE_NEGATIVE, /* -1 - number */
    VALUE_NUMBER,   /* eight bytes of a double follow */
    VALUE_STRING,
    VALUE_LIST,   /* number of values that follow */
    VALUE_MAP,    /* number of pairs: a varint string and a value */
    VALUE_SHARED, /* the value stands at that offset */
};
enum { SIMPLE_NULL, SIMPLE_FALSE, SIMPLE_TRUE, SIMPLE_SHAPE };

struct value_head {
    enum value_tag tag;
    uint64_t number;
    double real;
    struct text text;
};
/* Reads the head of the value at *at, which goes on behind the head. */
bool value_read(const struct pack *pack, uint32_t *at, struct value_head *to);
/* The same through what is shared, so *at may then be elsewhere. */
bool value_open(const struct pack *pack, uint32_t *at, struct value_head *to);
/* Pushes the value at `at`; `owner` is the stack index of the pack's userdata. Raises
 * on a damaged file. */
void value_push(lua_State *L, const struct pack *pack, uint32_t at, int owner);

/* Lua's side: userdata of shapes, whose user value keeps the pack alive. */
#define SHAPE_TYPE "native.shape"
void shape_push(lua_State *L, struct shape shape, int owner);
struct shape shape_check(lua_State *L, int index);
int shape_damaged(lua_State *L); /* raises */

/* Empty lists carry the mark, so that they are no maps. */
void list_mark(lua_State *L, int index);
bool list_marked(lua_State *L, int index);

/* Text being built, in a userdata at stack index `slot`. */
struct sink {
    lua_State *L;
    int slot;
    char *at;
    size_t len, capacity;
};
void sink_open(struct sink *sink, lua_State *L); /* pushes its userdata */
void sink_add(struct sink *sink, const char *bytes, size_t len);
void sink_text(struct sink *sink, const char *text);
char *sink_reserve(struct sink *sink, size_t len); /* the caller adds to len */
void sink_push(struct sink *sink);

/* Scalars, the same in every format. */
#define NUMBER_SIZE 40
size_t number_write(char to[NUMBER_SIZE], lua_State *L, int index); /* a Lua number */
/* The same, where a whole float of an integer's shape is written as an integer. */
size_t scalar_write(char to[NUMBER_SIZE], lua_State *L, enum shape_kind kind, int index);
/* Pushes the scalar that a text stands for; false where it does not fit the kind. */
bool scalar_push(lua_State *L, enum shape_kind kind, struct text text);
/* The time that stands at the index as a number or a text. */
bool timestamp_at(struct timestamp *to, lua_State *L, int index);
/* Pushes seconds since 1970: an integer where they are whole. */
void timestamp_push(lua_State *L, struct timestamp time);
/* Writes the timestamp at index (number or text) in the format named, or `usual`. */
size_t timestamp_text(char to[TIMESTAMP_SIZE], lua_State *L, int index, struct text named,
                      enum timestamp_format usual);
bool text_is(struct text text, const char *literal);

/* The keys of the table at `index`, sorted, in a userdata that is pushed; false where
 * one is no text. They live as long as the table holds them. */
bool keys_sorted(lua_State *L, int index, const struct text **keys, size_t *count);
size_t keys_count(lua_State *L, int index);
bool null_at(lua_State *L, int index); /* the light userdata NULL: JSON's null in lists */

/* A table that is being written, part by part: parts_next puts the next one on top of the stack,
 * in the place of the one before, and takes everything away behind the last. */
struct parts {
    lua_State *L;
    int table, base;         /* stack indices */
    size_t count, at;        /* at: how many were taken */
    const struct text *keys; /* NULL of a list */
    struct text key;         /* of the part on top */
};
void parts_of_list(struct parts *parts, lua_State *L, int index);
bool parts_of_map(struct parts *parts, lua_State *L, int index); /* see keys_sorted */
/* Of a table without a shape: a list when it is marked or has an element 1, else a map. False
 * where it is neither. */
bool parts_of_table(struct parts *parts, lua_State *L, int index);
/* Of a list or map that was checked against its shape; `each` is what its elements are. */
void parts_by_shape(struct parts *parts, struct member *each, struct shape_reader *reader,
                    lua_State *L, int index);
bool parts_next(struct parts *parts);
/* Pushes the member's value; true where it has one. */
bool field_push(lua_State *L, const struct member *member, int index);

/* Numbers that no Lua number holds, as their text; false where none is at the index. */
void exact_push(lua_State *L, struct text text);
bool exact_at(lua_State *L, int index, struct text *to);
/* Pushes an integer that is too long for 64 bits; false where the text is none. */
bool exact_whole(lua_State *L, struct text text);
/* The text of a scalar that is one already: a string, or an exact number. */
bool text_at(lua_State *L, int index, struct text *to);

/* Checks the value at `index` against the shape at `shape`. Pushes nothing and is true where
 * all is well; else pushes nil and a failure with `faults`, a list of { path, what }. */
bool shape_accepts(lua_State *L, int shape, int index, const char *op);

#endif
