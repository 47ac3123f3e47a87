/* headers.c -- which headers are signed, in what order and in what form. */
#include "sigv4.h"

#include <stdlib.h>

#define SORTED_ONE_BY_ONE 16 /* more than nearly all requests have */

/* Those that belong to one hop, or that the HTTP client and its proxies write. */
bool sigv4_is_signed(struct span name)
{
    static const struct span left_out[] = {
        {"authorization", 13},
        {"connection", 10},
        {"expect", 6},
        {"keep-alive", 10},
        {"proxy-authenticate", 18},
        {"proxy-authorization", 19},
        {"te", 2},
        {"trailer", 7},
        {"transfer-encoding", 17},
        {"upgrade", 7},
        {"user-agent", 10},
        {"x-amzn-trace-id", 15},
    };
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (left_out[i].len == name.len && strncasecmp(left_out[i].at, name.at, name.len) == 0)
            return false;
    return name.len > 0;
}

static int compare_names(struct span a, struct span b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_headers(const void *a, const void *b)
{
    const struct sigv4_header *one = a, *two = b;
    int order = compare_names(one->name, two->name);
    return order ? order : (one->order > two->order) - (one->order < two->order);
}

void sigv4_sort_headers(struct sigv4_header *headers, size_t count)
{
    if (count > SORTED_ONE_BY_ONE) {
        qsort(headers, count, sizeof *headers, compare_headers);
        return;
    }
    for (size_t i = 1; i < count; i++) {
        struct sigv4_header header = headers[i];
        size_t at = i;
        for (; at > 0 && compare_headers(&headers[at - 1], &header) > 0; at--)
            headers[at] = headers[at - 1];
        headers[at] = header;
    }
}

struct span sigv4_small_letters(struct text *memory, struct span name)
{
    size_t start = memory->len;
    if (name.len > memory->size - memory->len) {
        memory->full = true;
        return name;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        memory->bytes[memory->len++] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    return sigv4_since(memory, start);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Where the word ends: at a space or a control that is none, which belongs to it. */
static const char *word_end(const char *at, const char *end)
{
    const uint64_t ones = UINT64_MAX / 255;
    for (uint64_t eight; end - at >= 8; at += 8) { /* tokens are long */
        memcpy(&eight, at, sizeof eight);
        if ((eight - ones * (' ' + 1)) & ~eight & ones * 128)
            break;
    }
    while (at < end && !is_space(*at))
        at++;
    return at;
}

/* Trimmed, each run of white space as one space. */
static void add_value(struct text *to, struct span value)
{
    const char *at = value.at, *end = value.at + value.len;
    size_t before = to->len;
    for (;;) {
        while (at < end && is_space(*at))
            at++;
        if (at == end)
            return;
        const char *word = at;
        at = word_end(at, end);
        if (to->len > before)
            sigv4_add_byte(to, ' ');
        sigv4_add(to, (struct span){word, (size_t)(at - word)});
    }
}

void sigv4_add_headers(struct text *to, const struct sigv4_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && compare_names(headers[i - 1].name, headers[i].name) == 0) {
            sigv4_add(to, SPAN(","));
        } else {
            sigv4_add(to, i ? SPAN("\n") : SPAN(""));
            sigv4_add(to, headers[i].name);
            sigv4_add(to, SPAN(":"));
        }
        add_value(to, headers[i].value);
    }
    sigv4_add(to, SPAN("\n"));
}

void sigv4_add_header_names(struct text *to, const struct sigv4_header *headers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i && compare_names(headers[i - 1].name, headers[i].name) == 0)
            continue;
        sigv4_add(to, i ? SPAN(";") : SPAN(""));
        sigv4_add(to, headers[i].name);
    }
}
