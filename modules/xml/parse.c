/* parse.c -- expat's events to a tree in C's own memory: no Lua while expat runs.
 * A document type is refused, so there are no entities to expand.
 */
#include "xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define NAMES 256 /* how many names are remembered, so that they are kept once */
#define NAME_LEN_MAX ((1 << 30) - 1)

struct builder {
    struct document *document;
    XML_Parser parser;
    uint32_t open[DEPTH_MAX + 1]; /* the elements that are being read, */
    uint32_t last[DEPTH_MAX + 1]; /* and the last child of each, or NONE */
    int depth;
    struct text_at {
        uint32_t at, len;
    } names[NAMES]; /* by a hash; len 0: none yet */
    const char *why;
};

static void stop(struct builder *b, const char *why)
{
    if (!b->why)
        b->why = why;
    XML_StopParser(b->parser, XML_FALSE);
}

static bool add_chars(struct builder *b, const char *chars, size_t len)
{
    struct document *d = b->document;
    if (len == 0)
        return true;
    if (len > d->size - d->len) {
        size_t size = d->size + d->size / 2 + len + 512;
        char *more = size < UINT32_MAX ? realloc(d->chars, size) : NULL;
        if (!more) {
            stop(b, "out of memory");
            return false;
        }
        d->chars = more;
        d->size = size;
    }
    memcpy(d->chars + d->len, chars, len);
    d->len += len;
    return true;
}

/* Where the name stands among the chars: added, unless it was met lately. */
static bool add_name(struct builder *b, const char *name, struct text_at *to)
{
    size_t len = strlen(name);
    uint32_t hash = (uint32_t)len;
    for (size_t i = 0; i < len; i++)
        hash = hash * 31 + (unsigned char)name[i];
    struct text_at *known = &b->names[hash % NAMES];
    if (known->len == 0 || known->len != len ||
        memcmp(b->document->chars + known->at, name, len) != 0) {
        if (len > NAME_LEN_MAX) {
            stop(b, "a name that is too long");
            return false;
        }
        struct text_at added = {(uint32_t)b->document->len, (uint32_t)len};
        if (!add_chars(b, name, len))
            return false;
        *known = added;
    }
    *to = *known;
    return true;
}

/* NONE when there is no memory, or more nodes than links can tell. */
static uint32_t add_node(struct builder *b, const char *name)
{
    struct document *d = b->document;
    struct text_at at;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity + d->capacity / 2 + 64;
        struct node *more = capacity < NONE ? realloc(d->nodes, capacity * sizeof *more) : NULL;
        if (!more) {
            stop(b, "out of memory");
            return NONE;
        }
        d->nodes = more;
        d->capacity = capacity;
    }
    if (!add_name(b, name, &at))
        return NONE;
    d->nodes[d->count] = (struct node){
        .name = at.at, .name_len = at.len & NAME_LEN_MAX, .text = (uint32_t)d->len, .next = NONE};
    return (uint32_t)d->count++;
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

static void add_attributes(struct builder *b, uint32_t node, const char **attributes)
{
    for (; attributes[0] && !b->why; attributes += 2) {
        uint32_t attribute = add_node(b, attributes[0]);
        size_t len = strlen(attributes[1]);
        if (attribute == NONE || !add_chars(b, attributes[1], len))
            return;
        b->document->nodes[attribute].text_len = (uint32_t)len;
        b->document->nodes[attribute].attribute = 1;
    }
    if (!b->why)
        b->document->nodes[node].text = (uint32_t)b->document->len;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct builder *b = user;
    if (b->why)
        return;
    if (b->depth == DEPTH_MAX) {
        stop(b, "nested too deep");
        return;
    }
    uint32_t node = add_node(b, local_name(name));
    if (node == NONE)
        return;
    if (b->depth > 0) {
        struct node *nodes = b->document->nodes;
        uint32_t last = b->last[b->depth - 1];
        nodes[b->open[b->depth - 1]].parent = 1;
        if (last != NONE)
            nodes[last].next = node;
        b->last[b->depth - 1] = node;
    }
    b->open[b->depth] = node;
    b->last[b->depth++] = NONE;
    if (attributes[0])
        add_attributes(b, node, attributes);
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct builder *b = user;
    (void)name;
    if (!b->why)
        b->depth--;
}

/* Text between elements is nothing but layout in every answer of AWS's. */
static void XMLCALL on_text(void *user, const char *chars, int len)
{
    struct builder *b = user;
    if (b->why || b->depth == 0)
        return;
    uint32_t open = b->open[b->depth - 1];
    if (!b->document->nodes[open].parent && add_chars(b, chars, (size_t)len))
        b->document->nodes[open].text_len += (uint32_t)len;
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(user, "it has a DOCTYPE, which no answer of AWS's has");
}

struct failure document_parse(struct document *document, struct text bytes)
{
    struct builder b = {.document = document};
    struct failure why = {0};
    b.parser = XML_ParserCreate(NULL);
    if (!b.parser)
        return FAILURE("decode", "XML", "out of memory");
    XML_SetUserData(b.parser, &b);
    XML_SetElementHandler(b.parser, on_start, on_end);
    XML_SetCharacterDataHandler(b.parser, on_text);
    XML_SetStartDoctypeDeclHandler(b.parser, on_doctype);
    if (XML_Parse(b.parser, bytes.at, (int)bytes.len, XML_TRUE) != XML_STATUS_OK)
        why = FAILURE("decode", "XML", b.why ? b.why : XML_ErrorString(XML_GetErrorCode(b.parser)));
    XML_ParserFree(b.parser);
    return why;
}

static struct text piece(const struct document *document, size_t at, size_t len)
{
    return len ? (struct text){document->chars + at, len} : (struct text){"", 0};
}

uint32_t next_attribute(const struct document *document, uint32_t node)
{
    uint32_t next = node + 1;
    return next < document->count && document->nodes[next].attribute ? next : NONE;
}

uint32_t first_child(const struct document *document, uint32_t node)
{
    if (!document->nodes[node].parent)
        return NONE;
    do
        node++;
    while (document->nodes[node].attribute);
    return node;
}

struct text node_name(const struct document *document, uint32_t node)
{
    const struct node *it = &document->nodes[node];
    return piece(document, it->name, it->name_len);
}

struct text node_text(const struct document *document, uint32_t node)
{
    const struct node *it = &document->nodes[node];
    return piece(document, it->text, it->parent ? 0 : it->text_len);
}

uint32_t child_named(const struct document *document, uint32_t node, const char *name)
{
    uint32_t child = first_child(document, node);
    while (child != NONE && !text_is(node_name(document, child), name))
        child = document->nodes[child].next;
    return child;
}
