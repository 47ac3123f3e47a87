/* head.c -- the items of CBOR (RFC 8949) as they stand: heads, strings, and what is
 * stepped over. A length is never believed beyond the bytes that are there.
 */
#include "cbor.h"

#include <math.h>
#include <string.h>

bool cbor_fail(struct cbor_reader *r, const char *why)
{
    if (!r->why) {
        r->why = why;
        r->wrong = r->item;
    }
    return false;
}

static size_t left(const struct cbor_reader *r)
{
    return (size_t)(r->end - r->at);
}

/* 28 to 30 mean nothing; 31 is the mark of an end, or of what has one. */
static bool odd_head(struct cbor_reader *r, struct cbor_head *to)
{
    if (to->minor == SIMPLE_BREAK && to->major == CBOR_SIMPLE)
        return cbor_fail(r, "an end of nothing that began");
    to->endless = to->minor == SIMPLE_BREAK && to->major >= CBOR_BYTES && to->major <= CBOR_MAP;
    return to->endless || cbor_fail(r, "no CBOR item begins so");
}

static bool head_fits(struct cbor_reader *r, const struct cbor_head *head)
{
    uint64_t there = left(r);
    if (head->major == CBOR_MAP)
        there /= 2;
    if (head->major >= CBOR_BYTES && head->major <= CBOR_MAP && head->argument > there)
        return cbor_fail(r, "longer than what is left");
    if (head->major == CBOR_SIMPLE && (head->minor < MINOR_FALSE || head->minor == 24))
        return cbor_fail(r, "a simple value without a meaning");
    return true;
}

bool cbor_head(struct cbor_reader *r, struct cbor_head *to)
{
    r->item = r->at;
    if (r->at == r->end)
        return cbor_fail(r, "it ends too soon");
    unsigned char first = *r->at++;
    *to = (struct cbor_head){.major = (enum cbor_major)(first >> 5), .minor = first & 31u};
    to->argument = to->minor;
    if (to->minor > 27)
        return odd_head(r, to);
    if (to->minor >= 24) {
        size_t size = (size_t)1 << (to->minor - 24);
        if (left(r) < size)
            return cbor_fail(r, "it ends too soon");
        for (to->argument = 0; size > 0; size--)
            to->argument = to->argument << 8 | *r->at++;
    }
    return head_fits(r, to);
}

bool cbor_more(struct cbor_reader *r, struct cbor_head *composite)
{
    if (!composite->endless)
        return composite->argument-- > 0;
    if (r->at == r->end || *r->at != 0xff)
        return true; /* where nothing is left, reading the next one says so */
    r->at++;
    return false;
}

static bool read_chunks(struct cbor_reader *r, struct cbor_head whole, struct text *to)
{
    struct cbor_head piece;
    r->chunks.len = 0;
    while (cbor_more(r, &whole)) {
        if (!cbor_head(r, &piece))
            return false;
        if (piece.major != whole.major || piece.endless)
            return cbor_fail(r, "a piece of another kind than its string");
        sink_add(&r->chunks, (const char *)r->at, (size_t)piece.argument);
        r->at += piece.argument;
    }
    *to = (struct text){r->chunks.at, r->chunks.len};
    return true;
}

bool cbor_string(struct cbor_reader *r, const struct cbor_head *head, struct text *to)
{
    if (head->endless)
        return read_chunks(r, *head, to);
    *to = (struct text){(const char *)r->at, (size_t)head->argument};
    r->at += head->argument;
    return true;
}

bool cbor_key(struct cbor_reader *r, struct text *to)
{
    struct cbor_head head;
    if (!cbor_head(r, &head))
        return false;
    if (head.major != CBOR_TEXT)
        return cbor_fail(r, "a key that is no text");
    return cbor_string(r, &head, to);
}

bool cbor_deeper(struct cbor_reader *r)
{
    return ++r->depth <= DEPTH_MAX || cbor_fail(r, "nested too deep");
}

static bool skip_next(struct cbor_reader *r)
{
    struct cbor_head head;
    return cbor_head(r, &head) && cbor_skip(r, &head);
}

bool cbor_skip(struct cbor_reader *r, struct cbor_head *head)
{
    struct text text;
    if (head->major == CBOR_BYTES || head->major == CBOR_TEXT)
        return cbor_string(r, head, &text);
    if (head->major < CBOR_LIST || head->major == CBOR_SIMPLE)
        return true;
    if (!cbor_deeper(r))
        return false;
    if (head->major == CBOR_TAG) {
        if (!skip_next(r))
            return false;
    } else {
        while (cbor_more(r, head))
            if ((head->major == CBOR_MAP && !cbor_key(r, &text)) || !skip_next(r))
                return false;
    }
    r->depth--;
    return true;
}

bool cbor_is_null(const struct cbor_head *head)
{
    return head->major == CBOR_SIMPLE &&
           (head->minor == MINOR_NULL || head->minor == MINOR_UNDEFINED);
}

static double half(unsigned bits)
{
    int exponent = (int)(bits >> 10 & 31);
    double fraction = bits & 1023;
    double size = exponent == 0    ? ldexp(fraction, -24)
                  : exponent != 31 ? ldexp(fraction + 1024, exponent - 25)
                  : fraction != 0  ? NAN
                                   : INFINITY;
    return bits & 0x8000 ? -size : size;
}

double cbor_float(const struct cbor_head *head)
{
    if (head->minor == FLOAT_64) {
        double number;
        memcpy(&number, &head->argument, sizeof number);
        return number;
    }
    if (head->minor == FLOAT_32) {
        float number;
        uint32_t bits = (uint32_t)head->argument;
        memcpy(&number, &bits, sizeof number);
        return (double)number;
    }
    return half((unsigned)head->argument);
}
