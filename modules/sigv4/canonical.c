/* canonical.c -- the parts of a request in the one form that both ends sign: path, query and
 * headers. Plain C over spans of text; no Lua, no OpenSSL.
 */
#include "sigv4.h"

#include <stdlib.h>

struct span sigv4_since(const struct text *from, size_t start)
{
    return (struct span){from->bytes + start, from->len - start};
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static void add_lower(struct text *to, struct span part)
{
    for (size_t i = 0; i < part.len; i++)
        sigv4_add_byte(to, lower(part.at[i]));
}

static bool same(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.at[i]) != lower(b.at[i]))
            return false;
    return true;
}

/* What ends a part of a URL. */
enum { SCHEME = 1, HOST = 2, PATH = 4, QUERY = 8, USER = 16, SEGMENT = 32, PAIR = 64, NAME = 128 };
static const unsigned char ends[256] = {
    [':'] = SCHEME,
    ['/'] = SCHEME | HOST | SEGMENT,
    ['?'] = SCHEME | HOST | PATH,
    ['#'] = SCHEME | HOST | PATH | QUERY,
    ['@'] = USER,
    ['&'] = PAIR,
    ['='] = NAME,
};

static struct span until(struct span text, unsigned part)
{
    size_t len = 0;
    while (len < text.len && !(ends[(unsigned char)text.at[len]] & part))
        len++;
    return (struct span){text.at, len};
}

static struct span after(struct span text, size_t len)
{
    return (struct span){text.at + len, text.len - len};
}

/* scheme://[user@]host[:port][/path][?query][#fragment] */
bool sigv4_split(struct sigv4_url *to, struct span url)
{
    to->scheme = until(url, SCHEME);
    struct span rest = after(url, to->scheme.len);
    if (to->scheme.len == 0 || rest.len < 3 || memcmp(rest.at, "://", 3) != 0)
        return false;
    rest = after(rest, 3);
    to->host = until(rest, HOST);
    rest = after(rest, to->host.len);
    struct span user = until(to->host, USER);
    if (user.len < to->host.len)
        to->host = after(to->host, user.len + 1);
    to->path = until(rest, PATH);
    rest = after(rest, to->path.len);
    to->before_query = (struct span){url.at, url.len - rest.len};
    to->has_query = rest.len > 0 && *rest.at == '?';
    to->query = to->has_query ? until(after(rest, 1), QUERY) : (struct span){rest.at, 0};
    return to->host.len > 0;
}

/* As clients send it: in small letters, without the scheme's own port. */
void sigv4_add_host(struct text *to, const struct sigv4_url *url)
{
    struct span host = url->host;
    struct span port = same(url->scheme, SPAN("https")) ? SPAN(":443") : SPAN(":80");
    if (host.len > port.len && memcmp(host.at + host.len - port.len, port.at, port.len) == 0)
        host.len -= port.len;
    host.len -= host.len > 1 && host.at[host.len - 1] == ':'; /* before a port that is not there */
    add_lower(to, host);
}

static bool unreserved(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '~';
}

static void add_byte(struct text *to, char c)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char byte = (unsigned char)c;
    sigv4_add(to, (struct span){(char[]){'%', digits[byte >> 4], digits[byte & 15]}, 3});
}

static void add_encoded_but(struct text *to, struct span raw, const char *kept)
{
    for (size_t i = 0; i < raw.len; i++)
        if (unreserved(raw.at[i]) || strchr(kept, raw.at[i] ? raw.at[i] : '\x01'))
            sigv4_add_byte(to, raw.at[i]);
        else
            add_byte(to, raw.at[i]);
}

void sigv4_add_encoded(struct text *to, struct span raw)
{
    add_encoded_but(to, raw, "");
}

static bool escaped(struct span text, size_t i)
{
    unsigned char byte;
    return text.at[i] == '%' && text.len - i >= 3 && hex_decode(&byte, text.at + i + 1, 2);
}

/* What is escaped already stays so. */
static void add_encoded_once(struct text *to, struct span text, const char *kept)
{
    for (size_t i = 0; i < text.len; i++)
        if (escaped(text, i)) {
            sigv4_add(to, (struct span){text.at + i, 3});
            i += 2;
        } else {
            add_encoded_but(to, (struct span){text.at + i, 1}, kept);
        }
}

/* RFC 3986, section 5.2.4, and empty segments go too. */
static struct span normalized(struct text *memory, struct span path)
{
    size_t start = memory->len;
    for (struct span rest = path; rest.len > 0;) {
        rest = after(rest, *rest.at == '/');
        struct span segment = until(rest, SEGMENT);
        rest = after(rest, segment.len);
        if (segment.len == 0 || same(segment, SPAN(".")))
            continue;
        if (same(segment, SPAN(".."))) {
            while (memory->len > start && memory->bytes[--memory->len] != '/')
                ;
            continue;
        }
        sigv4_add(memory, SPAN("/"));
        sigv4_add(memory, segment);
    }
    if (memory->len == start || path.at[path.len - 1] == '/')
        sigv4_add(memory, SPAN("/"));
    return sigv4_since(memory, start);
}

void sigv4_add_path(struct text *to, struct span path, bool normalize, bool encode_again)
{
    if (path.len == 0)
        path = SPAN("/");
    if (normalize) { /* at the end of the memory, where the encoding does not reach it */
        size_t room = path.len + 1;
        if (to->size - to->len < room * 4) {
            to->full = true;
            return;
        }
        struct text tail = {to->bytes + (to->size - room), 0, room, false};
        path = normalized(&tail, path);
    }
    if (encode_again)
        add_encoded_but(to, path, "/");
    else
        add_encoded_once(to, path, "/");
}

/* `+` is a space in a query, and is signed as the space that the other end sees. */
static struct span pair_part(struct text *memory, struct span raw)
{
    size_t start = memory->len;
    for (size_t i = 0; i < raw.len;) {
        const char *plus = memchr(raw.at + i, '+', raw.len - i);
        size_t end = plus ? (size_t)(plus - raw.at) : raw.len;
        add_encoded_once(memory, (struct span){raw.at + i, end - i}, "");
        if (plus)
            sigv4_add(memory, SPAN("%20"));
        i = end + (plus != NULL);
    }
    return sigv4_since(memory, start);
}

size_t sigv4_pairs(struct text *memory, struct sigv4_pair *pairs, struct span query)
{
    size_t count = 0;
    while (query.len > 0) {
        struct span pair = until(query, PAIR);
        query = after(query, pair.len + (pair.len < query.len));
        if (pair.len == 0)
            continue;
        struct span name = until(pair, NAME);
        pairs[count].name = pair_part(memory, name);
        pairs[count].value = pair_part(memory, after(pair, name.len + (name.len < pair.len)));
        count++;
    }
    return count;
}

static int compare(struct span a, struct span b)
{
    int order = memcmp(a.at, b.at, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct sigv4_pair *one = a, *two = b;
    int order = compare(one->name, two->name);
    return order ? order : compare(one->value, two->value);
}

void sigv4_add_query(struct text *to, struct sigv4_pair *pairs, size_t count)
{
    if (count > 1)
        qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        sigv4_add(to, i ? SPAN("&") : SPAN(""));
        sigv4_add(to, pairs[i].name);
        sigv4_add(to, SPAN("="));
        sigv4_add(to, pairs[i].value);
    }
}
