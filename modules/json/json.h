/* json.h -- what the files of native.json share. */
#ifndef MRUN_JSON_H
#define MRUN_JSON_H

#include "shape.h"

/* What a long text is likely to say again: texts of up to 16 bytes, by a hash, and the members'
 * names. Their Lua strings wait on the stack, where `kept` says, so nothing need look for them. */
#define TEXTS_BITS 6
#define TEXTS (1 << TEXTS_BITS)
#define TEXT_LEN_MAX 16
#define NAMES 32
struct again {
    struct seen {
        uint64_t first, last; /* eight bytes each */
        uint32_t len;
        bool kept; /* from the second time on */
    } texts[TEXTS];
    const struct wire *names[NAMES];
    uint32_t count; /* of names */
    int kept;       /* stack index: the texts, then the names */
};

/* A text that is being read: a Lua string, so a NUL stands at its end. The first thing that is
 * wrong stays in `why`. */
struct reader {
    lua_State *L;
    const char *start, *at, *end, *why;
    struct sink escaped; /* the text of a string with escapes */
    struct again *again; /* NULL where the text is short */
    int depth, cache;    /* cache: stack index, see wires_cache */
    int base, deepest;   /* read_shape.c: of the stack; how deep it was, with room made for that */
    bool order;          /* maps remember the order of their keys */
    bool exact;          /* numbers that no Lua number holds stay as they are written */
    bool refuses_null;   /* in lists; in maps a null is an absent member */
    bool nulls;          /* maps keep their nulls */
};

/* lex.c */
/* The next byte behind white space; NUL at the end. */
static inline char json_peek(struct reader *r)
{
    while ((unsigned char)*r->at <= ' ' &&
           (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t'))
        r->at++;
    return *r->at;
}

static inline bool json_accept(struct reader *r, char c)
{
    if (json_peek(r) != c)
        return false;
    r->at++;
    return true;
}

bool json_fail(struct reader *r, const char *why); /* false */
static inline bool json_expect(struct reader *r, char c, const char *why)
{
    return json_accept(r, c) || json_fail(r, why);
}

bool json_word(struct reader *r, const char *word);

/* Marks, by their highest bits, those of eight bytes that do not stand for themselves in a string:
 * quotes, backslashes and controls. The lowest mark is sure, those above it may be wrong. */
static inline uint64_t json_special(uint64_t eight)
{
    const uint64_t ones = UINT64_MAX / 255;
    uint64_t below =
        (eight - ones * 32) | ((eight ^ ones * '"') - ones) | ((eight ^ ones * '\\') - ones);
    return below & ~eight & ones * 128;
}

/* A string's text: where it stands, or in `escaped` until the next one. */
bool json_string(struct reader *r, struct text *to);
/* The same of a key, with the colon behind it. */
bool json_key(struct reader *r, struct text *to);
/* A string that is shorter than its head, without escapes, and where it ends: NULL where it may
 * be another one. Nothing is taken. */
static inline const char *json_short(const struct reader *r, struct text *to, uint64_t *head)
{
    if (r->end - r->at < 10 || *r->at != '"')
        return NULL;
    uint64_t eight = bytes_8(r->at + 1), special = json_special(eight);
    size_t len = special ? (size_t)__builtin_ctzll(special) / 8 : 8;
    if (len == 8 || r->at[len + 1] != '"')
        return NULL;
    *to = (struct text){r->at + 1, len};
    *head = eight & ((UINT64_C(1) << 8 * len) - 1);
    return r->at + len + 2;
}

/* Such a key, with the colon behind it: false, and nothing is taken, where it may be another. */
static inline bool json_short_key(struct reader *r, struct text *to, uint64_t *head)
{
    const char *end = json_short(r, to, head);
    if (!end || *end != ':')
        return false;
    r->at = end + 1;
    return true;
}
/* Behind an element or member: whether another one follows, which the reader goes to. Else it ends
 * there, and what ends it was taken, or `why` says that it should. */
static inline bool json_more(struct reader *r, char end)
{
    char c = json_peek(r);
    if (c != ',' && c != end)
        return json_fail(r, end == '}' ? "expected a comma or the end of an object"
                                       : "expected a comma or the end of a list");
    r->at++;
    if (c == end)
        return false;
    json_peek(r);
    return true;
}
bool json_number(struct reader *r, struct text *to, bool *whole);
bool json_skip(struct reader *r);

/* push.c: pushes a text, or the name of a structure's member. */
void json_again(struct reader *r, struct again *again); /* pushes the room for its strings */
void json_push_name(struct reader *r, struct wire *wire);
void json_push(struct reader *r, struct text text);
void json_push_by(struct reader *r, struct text text, uint64_t head); /* head: see text_head */

/* read.c: free JSON. Each pushes one value, or fails and pushes nothing. */
bool json_read(struct reader *r);
bool json_read_number(struct reader *r);

/* read_shape.c */
bool json_read_shape(struct reader *r, struct shape shape);

/* write.c */
struct writer {
    lua_State *L;
    struct sink out;
    const char *why;
    int depth;
};
bool json_write(struct writer *w, int index);
void json_write_text(struct writer *w, struct text text);
/* What stands before a part, its key too, and what behind the last one. */
void json_write_part(struct writer *w, const struct parts *parts);
void json_write_end(struct writer *w, const struct parts *parts);
/* write_shape.c: the value has been checked against the shape. */
bool json_write_shape(struct writer *w, struct shape shape, const struct traits *traits, int index);

#endif
