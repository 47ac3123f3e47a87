/* write_number.c -- exact numbers, from their text as JSON has it, to whole numbers of any
 * size and decimals.
 */
#include "cbor.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 308 /* of fewer than 1,024 bits: what is read again */

/* "-1.50e3" taken apart: its digits without zeros before them, and the power of ten. */
struct decimal {
    char digits[DIGITS_MAX + 1];
    size_t len;
    bool negative;
    long exponent;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_digits(struct decimal *to, struct text *rest, bool fraction)
{
    for (; rest->len && is_digit(*rest->at); rest->at++, rest->len--) {
        to->exponent -= fraction;
        if (to->len == 0 && *rest->at == '0')
            continue;
        if (to->len == DIGITS_MAX)
            return false;
        to->digits[to->len++] = *rest->at;
    }
    return to->exponent >= -EXPONENT_MAX;
}

static bool take(struct text *rest, char c)
{
    if (!rest->len || (*rest->at | 32) != (c | 32))
        return false;
    *rest = (struct text){rest->at + 1, rest->len - 1};
    return true;
}

static bool take_exponent(struct decimal *to, struct text *rest)
{
    long power = 0;
    bool negative = take(rest, '-');
    if (!negative)
        take(rest, '+');
    size_t len = rest->len;
    for (; rest->len && is_digit(*rest->at); rest->at++, rest->len--)
        power = power > EXPONENT_MAX ? power : power * 10 + (*rest->at - '0');
    to->exponent += negative ? -power : power;
    return len > rest->len && labs(to->exponent) <= EXPONENT_MAX;
}

static bool decimal_read(struct decimal *to, struct text text)
{
    to->negative = take(&text, '-');
    if (!take_digits(to, &text, false) || (take(&text, '.') && !take_digits(to, &text, true)))
        return false;
    return (!take(&text, 'e') || take_exponent(to, &text)) && text.len == 0;
}

/* Bytes of the whole number, most significant first; of one less where negative. */
static size_t to_bytes(unsigned char bytes[DIGITS_MAX], const struct decimal *number)
{
    size_t count = 0; /* least significant first, until it is turned round */
    for (size_t i = 0; i < number->len; i++) {
        unsigned carry = (unsigned)(number->digits[i] - '0');
        for (size_t k = 0; k < count; k++, carry >>= 8) {
            carry += bytes[k] * 10u;
            bytes[k] = (unsigned char)carry;
        }
        if (carry)
            bytes[count++] = (unsigned char)carry;
    }
    for (size_t k = 0; number->negative && number->len && k < count; k++)
        if (bytes[k]--)
            break;
    while (count && bytes[count - 1] == 0)
        count--;
    for (size_t k = 0; k < count / 2; k++) {
        unsigned char other = bytes[k];
        bytes[k] = bytes[count - 1 - k];
        bytes[count - 1 - k] = other;
    }
    return count;
}

static void write_whole(struct cbor_writer *w, const struct decimal *number)
{
    unsigned char bytes[DIGITS_MAX];
    uint64_t small = 0;
    bool negative = number->negative && number->len;
    size_t count = to_bytes(bytes, number);
    if (count > sizeof small) {
        cbor_write_head(w, CBOR_TAG, negative ? TAG_NEGATIVE_BIGNUM : TAG_BIGNUM);
        cbor_write_string(w, CBOR_BYTES, (struct text){(const char *)bytes, count});
        return;
    }
    for (size_t i = 0; i < count; i++)
        small = small << 8 | bytes[i];
    cbor_write_head(w, negative ? CBOR_NEGINT : CBOR_UINT, small);
}

bool cbor_write_exact(struct cbor_writer *w, struct text text)
{
    struct decimal number = {.len = 0};
    if (!decimal_read(&number, text))
        return cbor_write_fail(w, "a number too large, or with too many digits");
    if (number.exponent) {
        cbor_write_head(w, CBOR_TAG, TAG_DECIMAL);
        cbor_write_head(w, CBOR_LIST, 2);
        cbor_write_integer(w, number.exponent);
    }
    write_whole(w, &number);
    return true;
}
