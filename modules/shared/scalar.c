/* scalar.c -- bytes as text and back: base64 (RFC 4648, section 4) and hex.
 */
#include "support.h"

#include <string.h>

static const char BASE64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char *to, const void *bytes, size_t len)
{
    const unsigned char *in = bytes;
    for (; len >= 3; len -= 3, in += 3) {
        *to++ = BASE64[in[0] >> 2];
        *to++ = BASE64[(in[0] & 3) << 4 | in[1] >> 4];
        *to++ = BASE64[(in[1] & 15) << 2 | in[2] >> 6];
        *to++ = BASE64[in[2] & 63];
    }
    if (len) {
        unsigned second = len > 1 ? in[1] : 0;
        *to++ = BASE64[in[0] >> 2];
        *to++ = BASE64[(in[0] & 3u) << 4 | second >> 4];
        *to++ = len > 1 ? BASE64[(second & 15) << 2] : '=';
        *to++ = '=';
    }
    *to = '\0';
}

static int base64_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool base64_decode(unsigned char *to, size_t *to_len, const char *text, size_t len)
{
    unsigned char *start = to;
    unsigned bits = 0, digits = 0, padding = 0;
    for (size_t i = 0; i < len; i++) {
        if (is_space(text[i]))
            continue;
        int value = text[i] == '=' ? 0 : base64_value(text[i]);
        padding += text[i] == '=';
        if (value < 0 || padding > 2 || (padding && text[i] != '='))
            return false;
        bits = bits << 6 | (unsigned)value;
        if (++digits % 4)
            continue;
        *to++ = (unsigned char)(bits >> 16);
        *to++ = (unsigned char)(bits >> 8);
        *to++ = (unsigned char)bits;
        if (padding && i + 1 < len && text[i + 1] == '=')
            return false;
    }
    if (digits % 4 || (padding && (bits & (padding == 1 ? 0xffu : 0xffffu))))
        return false; /* cut short, or bits set where the padding says there are none */
    *to_len = (size_t)(to - start) - padding;
    return true;
}

/* The digits of four bytes as a number, the first of them lowest. */
static uint64_t hex_of_4(const unsigned char *in)
{
    const uint64_t ones = UINT64_MAX / 255, low = 0x000f000f000f000f;
    uint64_t apart = in[0] | (uint64_t)in[1] << 16 | (uint64_t)in[2] << 32 | (uint64_t)in[3] << 48;
    uint64_t digits = (apart >> 4 & low) | (apart & low) << 8;
    uint64_t letters = (digits + ones * 6) >> 4 & ones; /* 1 where it is one */
    return digits + ones * '0' + letters * ('a' - '0' - 10);
}

static void write_4(char *to, uint32_t four) /* compilers make one store of it */
{
    to[0] = (char)four;
    to[1] = (char)(four >> 8);
    to[2] = (char)(four >> 16);
    to[3] = (char)(four >> 24);
}

void hex_encode(char *to, const void *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *in = bytes;
    for (; len >= 4; len -= 4, in += 4, to += 8) {
        uint64_t eight = hex_of_4(in);
        write_4(to, (uint32_t)eight);
        write_4(to + 4, (uint32_t)(eight >> 32));
    }
    for (; len > 0; len--, in++) {
        *to++ = digits[*in >> 4];
        *to++ = digits[*in & 15];
    }
    *to = '\0';
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_decode(unsigned char *to, const char *text, size_t len)
{
    if (len % 2)
        return false;
    for (size_t i = 0; i < len; i += 2) {
        int high = hex_value(text[i]), low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        *to++ = (unsigned char)(high << 4 | low);
    }
    return true;
}
