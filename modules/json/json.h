/* json.h -- what the files of native.json share. */
#ifndef MRUN_JSON_H
#define MRUN_JSON_H

#include "shape.h"

/* A text that is being read: a Lua string, so a NUL stands at its end. The first thing that is
 * wrong stays in `why`. */
struct reader {
    lua_State *L;
    const char *start, *at, *end, *why;
    struct sink escaped; /* the text of a string with escapes */
    int depth, cache;    /* cache: stack index, see wires_cache */
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
    if (json_peek(r) != c || r->at == r->end)
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
/* A string's text: where it stands, or in `escaped` until the next one. */
bool json_string(struct reader *r, struct text *to);
/* The same of a key, with the colon behind it. */
bool json_key(struct reader *r, struct text *to);
/* Behind an element or member: whether another one follows. Else it ends there, and what ends it
 * was taken, or `why` says that it should. */
static inline bool json_more(struct reader *r, char end)
{
    if (json_accept(r, ','))
        return true;
    json_expect(r, end,
                end == '}' ? "expected a comma or the end of an object"
                           : "expected a comma or the end of a list");
    return false;
}
bool json_number(struct reader *r, struct text *to, bool *whole);
bool json_skip(struct reader *r);

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
