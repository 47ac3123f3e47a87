/* xml.h -- what the files of native.xml share.
 */
#ifndef MRUN_XML_H
#define MRUN_XML_H

#include "shape.h"

#define NONE UINT32_MAX
#define NAME_LEN_MAX ((1 << 30) - 1)

/* An element or an attribute, in the order in which they stand: an element's attributes
 * follow it, then its first child. A large answer has a hundred thousand, so they are small. */
struct node {
    uint32_t name, text; /* offsets in the document's bytes, or behind them in its chars */
    uint32_t text_len;
    uint32_t next; /* the sibling's index, or NONE */
    uint32_t name_len : 30, attribute : 1, parent : 1;
};

/* A document as C's own memory holds it; the collector frees it. Its names and texts stand
 * where they were read, or among the chars: those that had to be written anew. */
struct document {
    struct text bytes; /* the caller's, who keeps them: a Lua string, so a NUL stands behind them */
    struct node *nodes;
    size_t count, capacity;
    char *chars;
    size_t len, size;
};
#define DOCUMENT_TYPE "native.xml.document"

/* parse.c: fills an empty document, without Lua. */
struct failure document_parse(struct document *document, struct text bytes);

/* scan.c: the same for the plain XML that services write; false for everything else, whatever
 * it is. */
bool document_scan(struct document *document, struct text bytes);

/* And piece by piece: what is read of it stands in the document. */
struct scan {
    struct document *document;
    const char *start, *at, *end;
    uint32_t open[DEPTH_MAX + 1]; /* the elements that are being read, */
    uint32_t last[DEPTH_MAX + 1]; /* and the last child of each, or NONE */
    uint32_t depth;
};
/* The root's start. */
bool scan_begin(struct scan *s, struct document *document, struct text bytes);
/* A child of the element that is open. */
struct child {
    uint32_t node, before; /* NONE: none. before: the child before it that is in the document */
    uint32_t depth;        /* how many elements are open around it */
    size_t len;            /* of the document's chars, before it */
};
/* The start of the next one: it is open then, unless it is empty. None: the element is closed. */
bool scan_child(struct scan *s, struct child *child);
/* The rest of what is open, down to so many elements. */
bool scan_inside(struct scan *s, uint32_t depth);
/* Takes the last child out of the document again, once it is closed. */
void scan_forget(struct scan *s, const struct child *child);
bool scan_end(struct scan *s);

/* What a body is to be read as. */
struct xml_answer {
    struct shape shape;
    const char *wrapper;     /* the name of the result's element, where the model gives it one */
    bool query;              /* and where it does not, whether the root's name tells it */
    bool is_error, is_empty; /* of the shape */
};

/* document.c */
bool document_add_chars(struct document *document, const char *chars, size_t len);
/* Its `next` is NONE; so is the answer where there is no memory. */
uint32_t document_add_node(struct document *document, struct node node);
uint32_t first_child(const struct document *document, uint32_t node);
uint32_t next_attribute(const struct document *document, uint32_t node); /* of it, or behind it */
struct text node_name(const struct document *document, uint32_t node);
struct text node_text(const struct document *document, uint32_t node);
bool is_page(const struct document *document); /* of HTML */
/* <GetUserResponse> holds <GetUserResult>. */
bool is_result_name(struct text root, struct text name);
uint32_t child_named(const struct document *document, uint32_t node, const char *name);

/* read.c: pushes what the node is by its shape; false leaves `why`. */
struct xml_reader {
    lua_State *L;
    const struct document *document;
    const char *why;
    uint32_t at; /* the node that was wrong */
    int cache;   /* stack index, see wires_cache */
};
bool xml_read(struct xml_reader *r, struct shape shape, uint32_t node);
bool xml_read_wire(struct xml_reader *r, struct wire *wire, uint32_t node);
/* Whether the table on top, whose reading began as the structure `number`, has the member: of a
 * flattened list all elements have been read with the first. */
bool xml_is_read(struct xml_reader *r, const struct wire *wire, uint64_t number);
void xml_read_attributes(struct xml_reader *r, const struct wires *wires, uint32_t node);
void xml_push_tree(lua_State *L, const struct document *document, uint32_t node);

/* stream.c: reads and pushes an answer in one go, keeping of the document only what is being
 * read. False for what it leaves to the others: the document and the stack are then of no use. */
bool xml_stream(struct xml_reader *r, struct document *document, struct text bytes,
                const struct xml_answer *answer);

/* write.c: the value has been checked. */
struct xml_writer {
    lua_State *L;
    struct sink out;
    const char *namespace; /* of the root, where its shape has none */
};
void xml_write(struct xml_writer *w, const struct member *member, struct text name, int index);

#endif
