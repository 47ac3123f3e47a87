/* parse.c -- expat's events to a tree in C's own memory: no Lua while expat runs.
 * A document type is refused, so there are no entities to expand.
 */
#include "xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

struct builder {
    struct document *document;
    XML_Parser parser;
    uint32_t open; /* the element that is being read */
    int depth;
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
        size_t size = (d->size + len) * 2;
        char *more = realloc(d->chars, size);
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

/* NONE when there is no memory, or more nodes than links can tell. */
static uint32_t add_node(struct builder *b, const char *name)
{
    struct document *d = b->document;
    size_t len = strlen(name), at = d->len;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? d->capacity * 2 : 64;
        struct node *more = capacity < NONE ? realloc(d->nodes, capacity * sizeof *more) : NULL;
        if (!more) {
            stop(b, "out of memory");
            return NONE;
        }
        d->nodes = more;
        d->capacity = capacity;
    }
    if (!add_chars(b, name, len))
        return NONE;
    d->nodes[d->count] = (struct node){at, len, d->len, 0, b->open, NONE, NONE, NONE, NONE};
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
        struct document *d = b->document;
        d->nodes[attribute].text_len = len;
        d->nodes[attribute].next = d->nodes[node].attributes;
        d->nodes[node].attributes = attribute;
    }
    if (!b->why)
        b->document->nodes[node].text = b->document->len;
}

static void XMLCALL on_start(void *user, const char *name, const char **attributes)
{
    struct builder *b = user;
    if (b->why)
        return;
    if (++b->depth > DEPTH_MAX) {
        stop(b, "nested too deep");
        return;
    }
    uint32_t node = add_node(b, local_name(name));
    if (node == NONE)
        return;
    if (b->open != NONE) {
        struct node *parent = &b->document->nodes[b->open];
        if (parent->last == NONE)
            parent->child = node;
        else
            b->document->nodes[parent->last].next = node;
        parent->last = node;
    }
    add_attributes(b, node, attributes);
    b->open = node;
}

static void XMLCALL on_end(void *user, const char *name)
{
    struct builder *b = user;
    (void)name;
    if (b->why)
        return;
    b->depth--;
    b->open = b->document->nodes[b->open].parent;
}

/* Text between elements is nothing but layout in every answer of AWS's. */
static void XMLCALL on_text(void *user, const char *chars, int len)
{
    struct builder *b = user;
    if (b->why || b->open == NONE)
        return;
    struct node *node = &b->document->nodes[b->open];
    if (node->child == NONE && add_chars(b, chars, (size_t)len))
        node->text_len += (size_t)len;
}

static void XMLCALL on_doctype(void *user, const char *name, const char *system, const char *public,
                               int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(user, "it has a DOCTYPE, which no answer of AWS's has");
}

struct failure document_parse(struct document *document, struct text bytes)
{
    struct builder b = {.document = document, .open = NONE};
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

struct text node_name(const struct document *document, uint32_t node)
{
    const struct node *it = &document->nodes[node];
    return piece(document, it->name, it->name_len);
}

struct text node_text(const struct document *document, uint32_t node)
{
    const struct node *it = &document->nodes[node];
    return piece(document, it->text, it->child == NONE ? it->text_len : 0);
}

uint32_t child_named(const struct document *document, uint32_t node, const char *name)
{
    uint32_t child = document->nodes[node].child;
    while (child != NONE && !text_is(node_name(document, child), name))
        child = document->nodes[child].next;
    return child;
}
