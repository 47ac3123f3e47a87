/* lex.c -- the words of JSON (RFC 8259), and nothing that only resembles them.
 */
#include "json.h"

#include <string.h>

bool json_fail(struct reader *r, const char *why)
{
    if (!r->why)
        r->why = why;
    return false;
}

bool json_word(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0)
        return json_fail(r, "no JSON value");
    r->at += len;
    return true;
}

static bool read_hex(struct reader *r, unsigned *to)
{
    *to = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        char c = r->at < r->end ? *r->at : '\0';
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit == 16)
            return json_fail(r, "four hexadecimal digits must follow \\u");
        *to = *to << 4 | digit;
    }
    return true;
}

static void add_utf8(struct sink *sink, unsigned code)
{
    char bytes[4];
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = len; i-- > 1; code >>= 6)
        bytes[i] = (char)(0x80 | (code & 63));
    bytes[0] = (char)(lead[len] | code);
    sink_add(sink, bytes, len);
}

/* Behind \u. Half of a pair alone stands for no character. */
static bool read_unicode(struct reader *r)
{
    unsigned code, low;
    if (!read_hex(r, &code))
        return false;
    if (code >= 0xd800 && code < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        const char *back = r->at;
        r->at += 2;
        if (!read_hex(r, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        else
            r->at = back;
    }
    add_utf8(&r->escaped, code >= 0xd800 && code < 0xe000 ? 0xfffd : code);
    return true;
}

static bool read_escape(struct reader *r)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at++ : '\0';
    if (c == 'u')
        return read_unicode(r);
    const char *found = c ? strchr(from, c) : NULL;
    if (!found)
        return json_fail(r, "no such escape in a string");
    sink_add(&r->escaped, to + (found - from), 1);
    return true;
}

/* Not what ends the plain part of a string: quotes, backslashes, controls, and the end. */
static bool is_plain(char c)
{
    return (unsigned char)c >= 32 && c != '"' && c != '\\';
}

/* The first byte at `at` or behind it that is not plain: the end is none. */
static inline const char *plain_end(const char *at, const char *end)
{
    for (; end - at >= 8; at += 8) {
        uint64_t special = json_special(bytes_8(at));
        if (special)
            return at + __builtin_ctzll(special) / 8;
    }
    while (is_plain(*at))
        at++;
    return at;
}

/* A string whose plain part ends where the reader is, with something else than its quote. */
static bool read_escaped(struct reader *r, const char *from, struct text *to)
{
    r->escaped.len = 0;
    while (*r->at == '\\') {
        sink_add(&r->escaped, from, (size_t)(r->at++ - from));
        if (!read_escape(r))
            return false;
        from = r->at;
        r->at = plain_end(from, r->end);
    }
    if (*r->at != '"')
        return json_fail(r, "a string without its end");
    sink_add(&r->escaped, from, (size_t)(r->at++ - from));
    *to = (struct text){r->escaped.at, r->escaped.len};
    return true;
}

bool json_string(struct reader *r, struct text *to)
{
    if (!json_expect(r, '"', "expected a string"))
        return false;
    const char *start = r->at;
    r->at = plain_end(start, r->end);
    if (*r->at != '"')
        return read_escaped(r, start, to);
    *to = (struct text){start, (size_t)(r->at++ - start)};
    return true;
}

static size_t digits(struct reader *r)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    return (size_t)(r->at - from);
}

static bool here(const struct reader *r, char a, char b)
{
    return r->at < r->end && (*r->at == a || *r->at == b);
}

bool json_number(struct reader *r, struct text *to, bool *whole)
{
    const char *start = r->at;
    *whole = true;
    r->at += here(r, '-', '-');
    const char *first = r->at;
    size_t count = digits(r);
    if (count == 0)
        return json_fail(r, "no JSON value");
    if (count > 1 && *first == '0')
        return json_fail(r, "a number with leading zeros");
    if (here(r, '.', '.')) {
        *whole = false;
        r->at++;
        if (!digits(r))
            return json_fail(r, "a number without digits behind its point");
    }
    if (here(r, 'e', 'E')) {
        *whole = false;
        r->at++;
        r->at += here(r, '+', '-');
        if (!digits(r))
            return json_fail(r, "a number without digits in its exponent");
    }
    *to = (struct text){start, (size_t)(r->at - start)};
    return true;
}

bool json_key(struct reader *r, struct text *to)
{
    json_peek(r);
    return json_string(r, to) && json_expect(r, ':', "expected a colon");
}

static bool skip_members(struct reader *r, char end)
{
    struct text text;
    r->at++;
    if (json_accept(r, end))
        return true;
    if (++r->depth > DEPTH_MAX)
        return json_fail(r, "nested too deep");
    do {
        if ((end == '}' && !json_key(r, &text)) || !json_skip(r))
            return false;
    } while (json_more(r, end));
    r->depth--;
    return !r->why;
}

bool json_skip(struct reader *r)
{
    struct text text;
    bool whole;
    switch (json_peek(r)) {
    case '{':
        return skip_members(r, '}');
    case '[':
        return skip_members(r, ']');
    case '"':
        return json_string(r, &text);
    case 't':
        return json_word(r, "true");
    case 'f':
        return json_word(r, "false");
    case 'n':
        return json_word(r, "null");
    default:
        return json_number(r, &text, &whole);
    }
}
