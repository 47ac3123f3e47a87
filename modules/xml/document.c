/* document.c -- a document in C's own memory: how it grows, and what stands where in it. */
#include "xml.h"

#include <stdlib.h>
#include <string.h>

bool document_add_chars(struct document *d, const char *chars, size_t len)
{
    if (len == 0)
        return true;
    if (len > d->size - d->len) {
        size_t size = d->size + d->size / 2 + len + 512;
        char *more = size < UINT32_MAX - d->bytes.len ? realloc(d->chars, size) : NULL;
        if (!more)
            return false;
        d->chars = more;
        d->size = size;
    }
    memcpy(d->chars + d->len, chars, len);
    d->len += len;
    return true;
}

uint32_t document_add_node(struct document *d, struct node node)
{
    if (d->count == d->capacity) {
        size_t capacity = d->capacity + d->capacity / 2 + 64;
        struct node *more = capacity < NONE ? realloc(d->nodes, capacity * sizeof *more) : NULL;
        if (!more)
            return NONE;
        d->nodes = more;
        d->capacity = capacity;
    }
    node.next = NONE;
    d->nodes[d->count] = node;
    return (uint32_t)d->count++;
}

static struct text piece(const struct document *d, size_t at, size_t len)
{
    if (len == 0)
        return (struct text){"", 0};
    return (struct text){at < d->bytes.len ? d->bytes.at + at : d->chars + (at - d->bytes.len),
                         len};
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

bool is_page(const struct document *document)
{
    struct text root = node_name(document, 0);
    return text_is(root, "html") || text_is(root, "HTML");
}

bool is_result_name(struct text root, struct text name)
{
    return root.len > 8 && name.len == root.len - 2 &&
           memcmp(name.at, root.at, root.len - 8) == 0 &&
           memcmp(name.at + name.len - 6, "Result", 6) == 0;
}
