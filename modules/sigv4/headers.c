/* headers.c -- which headers are signed, in what order and in what form. */
#include "sigv4.h"

#include <stdlib.h>

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
    int order = strncasecmp(a.at, b.at, a.len < b.len ? a.len : b.len);
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
    if (count > 1)
        qsort(headers, count, sizeof *headers, compare_headers);
}

static void add_name(struct text *to, struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        sigv4_add_byte(to, c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c);
    }
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Trimmed, each run of white space as one space. */
static void add_value(struct text *to, struct span value)
{
    const char *at = value.at, *end = value.at + value.len, *word;
    size_t before = to->len;
    for (;;) {
        while (at < end && is_space(*at))
            at++;
        if (at == end)
            return;
        for (word = at; at < end && ((unsigned char)*at > ' ' || !is_space(*at));)
            at++;
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
            add_name(to, headers[i].name);
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
        add_name(to, headers[i].name);
    }
}
