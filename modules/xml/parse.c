/* parse.c -- expat's events to a tree in C's own memory: no Lua while expat runs.
 * A document type is refused, so there are no entities to expand. What scan.c knows in full
 * does not come here; whatever is unusual, or wrong, does.
 */
#include "xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#define NAMES 256 /* how many names are remembered, so that they are kept once */

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
    if (document_add_chars(b->document, chars, len))
        return true;
    stop(b, "out of memory");
    return false;
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
    struct text_at at;
    if (!add_name(b, name, &at))
        return NONE;
    uint32_t node =
        document_add_node(b->document, (struct node){.name = at.at,
                                                     .name_len = at.len & NAME_LEN_MAX,
                                                     .text = (uint32_t)b->document->len});
    if (node == NONE)
        stop(b, "out of memory");
    return node;
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

static struct failure parse(struct document *document, struct text bytes)
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

struct failure document_parse(struct document *document, struct text bytes)
{
    if (document_scan(document, bytes))
        return (struct failure){0};
    document->count = document->len = 0;
    document->bytes = (struct text){"", 0};
    return parse(document, bytes);
}
