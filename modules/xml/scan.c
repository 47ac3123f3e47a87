/* scan.c -- reads the XML that services write, at a fraction of what a whole parser takes:
 * elements, attributes and texts in UTF-8, the five entities, references to characters. It is
 * strict: what it is not sure of it leaves to expat, which knows all of XML and says what is
 * wrong. Nothing is copied but texts with references in them.
 */
#include "xml.h"

#include <string.h>

#define ATTRIBUTES_MAX 8 /* of one element: each is compared with those before it */

enum { TEXT = 1, NAME = 2, NAME_START = 4, SPACE = 8 }; /* what a byte may be part of, alone */

#define T TEXT
#define N (TEXT | NAME)
#define A (TEXT | NAME | NAME_START)
#define S (TEXT | SPACE)
/* No `&`, `<` and `]` in text: what they begin is looked at. No carriage return, which XML
 * makes a newline; nothing that is not ASCII. */
static const unsigned char kinds[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, S, S, 0, 0, 0, 0, 0, /* controls */
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, /* controls */
    S, T, T, T, T, T, 0, T, T, T, T, T, T, N, N, T, /* space to slash */
    N, N, N, N, N, N, N, N, N, N, T, T, 0, T, T, T, /* 0 to ? */
    T, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* @ to O */
    A, A, A, A, A, A, A, A, A, A, A, T, T, 0, T, A, /* P to _ */
    T, A, A, A, A, A, A, A, A, A, A, A, A, A, A, A, /* ` to o */
    A, A, A, A, A, A, A, A, A, A, A, T, T, T, T, T, /* p to delete */
};
#undef T
#undef N
#undef A
#undef S

static bool is(const struct scan *s, unsigned kind)
{
    return s->at < s->end && (kinds[(unsigned char)*s->at] & kind);
}

/* Ends at the end at the latest: the NUL behind it is of no kind. */
static void skip(struct scan *s, unsigned kind)
{
    const char *at = s->at;
    while (kinds[(unsigned char)*at] & kind)
        at++;
    s->at = at;
}

static bool accept(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(s->end - s->at) < len || memcmp(s->at, word, len) != 0)
        return false;
    s->at += len;
    return true;
}

static uint32_t offset(const struct scan *s, const char *at)
{
    return (uint32_t)(at - s->start);
}

/* The length of the character of several bytes at `at`; 0 where it is none of XML's. */
static size_t wide(const char *at, const char *end)
{
    const unsigned char *byte = (const unsigned char *)at;
    size_t len = *byte < 0xc2 ? 0 : *byte < 0xe0 ? 2 : *byte < 0xf0 ? 3 : *byte < 0xf5 ? 4 : 0;
    if (len == 0 || (size_t)(end - at) < len)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((byte[i] & 0xc0) != 0x80)
            return 0;
    if ((*byte == 0xe0 && byte[1] < 0xa0) || (*byte == 0xed && byte[1] > 0x9f) ||
        (*byte == 0xf0 && byte[1] < 0x90) || (*byte == 0xf4 && byte[1] > 0x8f) ||
        (*byte == 0xef && byte[1] == 0xbf && byte[2] > 0xbd))
        return 0;
    return len;
}

static bool is_character(uint32_t code)
{
    return code == 9 || code == 10 || code == 13 || (code >= 32 && code < 0xd800) ||
           (code >= 0xe000 && code < 0xfffe) || (code >= 0x10000 && code < 0x110000);
}

static bool add_character(struct document *document, uint32_t code)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 63));
    bytes[0] = (char)(lead[len] | code);
    return document_add_chars(document, bytes, len);
}

/* Behind "&#". */
static bool read_number(struct scan *s, uint32_t *code)
{
    unsigned base = accept(s, "x") ? 16 : 10;
    const char *from = s->at;
    for (*code = 0; is(s, NAME) && *code < 0x110000; s->at++) {
        char c = *s->at;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : base;
        if (digit >= base)
            return false;
        *code = *code * base + digit;
    }
    return s->at > from && is_character(*code) && accept(s, ";");
}

static bool add_reference(struct scan *s)
{
    static const struct {
        const char *name, *text;
    } entities[] = {
        {"&amp;", "&"}, {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&apos;", "'"},
    };
    uint32_t code;
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (accept(s, entities[i].name))
            return document_add_chars(s->document, entities[i].text, 1);
    return accept(s, "&#") && read_number(s, &code) && add_character(s->document, code);
}

/* To the next byte that text cannot have as it is. */
static bool skip_plain(struct scan *s)
{
    for (;;) {
        skip(s, TEXT);
        if (s->at == s->end || *s->at == '<' || *s->at == '&')
            return s->at < s->end;
        size_t len = *s->at == ']' ? 1 : wide(s->at, s->end);
        if (len == 0 || (*s->at == ']' && s->end - s->at > 1 && s->at[1] == ']'))
            return false;
        s->at += len;
    }
}

/* All up to the next tag; its place and length in `to`. */
static bool read_text(struct scan *s, struct node *to)
{
    struct document *d = s->document;
    const char *from = s->at;
    size_t before = d->len;
    if (!skip_plain(s))
        return false;
    to->text = offset(s, from);
    to->text_len = (uint32_t)(s->at - from);
    if (*s->at == '<')
        return true;
    while (*s->at == '&') {
        if (!document_add_chars(d, from, (size_t)(s->at - from)) || !add_reference(s))
            return false;
        from = s->at;
        if (!skip_plain(s))
            return false;
    }
    if (!document_add_chars(d, from, (size_t)(s->at - from)))
        return false;
    to->text = (uint32_t)(d->bytes.len + before);
    to->text_len = (uint32_t)(d->len - before);
    return true;
}

static bool read_attribute(struct scan *s)
{
    const char *name = s->at;
    if (!is(s, NAME_START))
        return false;
    while (is(s, NAME) || (s->at < s->end && *s->at == ':'))
        s->at++;
    uint32_t name_len = offset(s, s->at) - offset(s, name);
    if (!accept(s, "=\""))
        return false;
    const char *text = s->at;
    while (is(s, TEXT) && *s->at != '"' && (*s->at == ' ' || !is(s, SPACE)))
        s->at++;
    struct node node = {.name = offset(s, name),
                        .name_len = name_len & NAME_LEN_MAX,
                        .text = offset(s, text),
                        .text_len = offset(s, s->at) - offset(s, text),
                        .attribute = 1};
    return accept(s, "\"") && document_add_node(s->document, node) != NONE;
}

static bool is_new(const struct document *d, uint32_t attribute, uint32_t first)
{
    struct text name = node_name(d, attribute);
    for (; first < attribute; first++) {
        struct text other = node_name(d, first);
        if (other.len == name.len && memcmp(other.at, name.at, name.len) == 0)
            return false;
    }
    return true;
}

static bool read_attributes(struct scan *s)
{
    struct document *d = s->document;
    uint32_t first = (uint32_t)d->count;
    while (is(s, SPACE)) {
        skip(s, SPACE);
        if (s->at < s->end && (*s->at == '>' || *s->at == '/'))
            return true;
        if (d->count - first == ATTRIBUTES_MAX || !read_attribute(s) ||
            !is_new(d, (uint32_t)d->count - 1, first))
            return false;
    }
    return true;
}

/* Behind "<". */
static bool read_start(struct scan *s)
{
    struct document *d = s->document;
    const char *name = s->at;
    if (!is(s, NAME_START) || s->depth == DEPTH_MAX)
        return false;
    skip(s, NAME);
    uint32_t len = offset(s, s->at) - offset(s, name);
    struct node element = {.name = offset(s, name), .name_len = len & NAME_LEN_MAX};
    uint32_t node = document_add_node(d, element);
    if (node == NONE)
        return false;
    if (s->depth > 0) {
        uint32_t last = s->last[s->depth - 1];
        d->nodes[s->open[s->depth - 1]].parent = 1;
        if (last != NONE)
            d->nodes[last].next = node;
        s->last[s->depth - 1] = node;
    }
    s->open[s->depth] = node;
    s->last[s->depth++] = NONE;
    if (is(s, SPACE) && !read_attributes(s))
        return false;
    if (!accept(s, "/>"))
        return accept(s, ">");
    s->depth--;
    return true;
}

/* Behind "</". */
static bool read_end(struct scan *s)
{
    struct text name = node_name(s->document, s->open[--s->depth]);
    if ((size_t)(s->end - s->at) < name.len || memcmp(s->at, name.at, name.len) != 0)
        return false;
    s->at += name.len;
    return accept(s, ">");
}

/* The text up to the next tag, which is the open element's where no other element is in that, and
 * the tag; and so on while more elements are open than that. */
static bool read_steps(struct scan *s, uint32_t depth)
{
    do {
        struct node text = {0};
        if (!read_text(s, &text))
            return false;
        struct node *open = &s->document->nodes[s->open[s->depth - 1]];
        if (!open->parent) {
            open->text = text.text;
            open->text_len = text.text_len;
        }
        s->at++;
        if (!(accept(s, "/") ? read_end(s) : read_start(s)))
            return false;
    } while (s->depth > depth);
    return true;
}

bool scan_inside(struct scan *s, uint32_t depth)
{
    return s->depth <= depth || read_steps(s, depth);
}

bool scan_child(struct scan *s, struct child *child)
{
    const struct document *d = s->document;
    uint32_t count = (uint32_t)d->count;
    *child = (struct child){NONE, s->last[s->depth - 1], s->depth, d->len};
    if (!read_steps(s, DEPTH_MAX)) /* one */
        return false;
    if (d->count > count)
        child->node = count;
    return true;
}

void scan_forget(struct scan *s, const struct child *child)
{
    struct document *d = s->document;
    uint32_t around = child->depth - 1;
    d->count = child->node;
    d->len = child->len;
    s->last[around] = child->before;
    if (child->before == NONE)
        d->nodes[s->open[around]].parent = 0;
    else
        d->nodes[child->before].next = NONE;
}

static bool read_declaration(struct scan *s)
{
    if (!accept(s, "<?xml"))
        return true;
    if (!accept(s, " version=\"1.0\""))
        return false;
    if (accept(s, " encoding=\"") && !accept(s, "UTF-8\"") && !accept(s, "utf-8\""))
        return false;
    skip(s, SPACE);
    return accept(s, "?>");
}

bool scan_begin(struct scan *s, struct document *document, struct text bytes)
{
    s->document = document;
    s->start = s->at = bytes.at;
    s->end = bytes.at + bytes.len;
    s->depth = 0;
    document->bytes = bytes;
    if (bytes.len >= INT32_MAX || !read_declaration(s))
        return false;
    skip(s, SPACE);
    return accept(s, "<") && read_start(s) && s->depth > 0; /* an empty one is not worth it */
}

bool scan_end(struct scan *s)
{
    skip(s, SPACE);
    return s->at == s->end;
}

bool document_scan(struct document *document, struct text bytes)
{
    struct scan s;
    return scan_begin(&s, document, bytes) && scan_inside(&s, 0) && scan_end(&s);
}
