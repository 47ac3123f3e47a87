/* number.c -- the numbers of CBOR that are more than a head: whole ones of any size,
 * decimals, times.
 */
#include "cbor.h"

#include <stdio.h>
#include <string.h>

/* 1,024 bits; the work of a longer one grows with its square. */
#define BIGNUM_BYTES 128
#define DIGITS_SIZE 400 /* of 2^1024, a sign, a point, an exponent */
#define LIMB 1000000000u
#define LIMBS (BIGNUM_BYTES / 3)

static void push_digits(struct cbor_reader *r, const char *digits)
{
    struct text text = {digits, strlen(digits)};
    if (!scalar_push(r->L, SHAPE_LONG, text))
        exact_push(r->L, text);
}

static void add(uint32_t *limbs, size_t *count, unsigned factor, unsigned more)
{
    uint64_t carry = more;
    for (size_t i = 0; i < *count; i++) {
        carry += (uint64_t)limbs[i] * factor;
        limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    if (carry)
        limbs[(*count)++] = (uint32_t)carry;
}

/* The digits of a whole number, most significant byte first; of -1 less it where negative. */
static void write_digits(char to[DIGITS_SIZE], struct text bytes, bool negative)
{
    uint32_t limbs[LIMBS] = {0};
    size_t count = 1;
    for (size_t i = 0; i < bytes.len; i++)
        add(limbs, &count, 256, (unsigned char)bytes.at[i]);
    if (negative)
        add(limbs, &count, 1, 1);
    int len = snprintf(to, DIGITS_SIZE, "%s%u", negative ? "-" : "", limbs[count - 1]);
    while (--count > 0)
        len += snprintf(to + len, DIGITS_SIZE - (size_t)len, "%09u", limbs[count - 1]);
}

static void integer_digits(char to[DIGITS_SIZE], const struct cbor_head *head)
{
    char bytes[8];
    for (int i = 0; i < 8; i++)
        bytes[i] = (char)(head->argument >> (56 - 8 * i));
    write_digits(to, (struct text){bytes, 8}, head->major == CBOR_NEGINT);
}

void cbor_push_integer(struct cbor_reader *r, const struct cbor_head *head)
{
    char digits[DIGITS_SIZE];
    if (head->argument <= INT64_MAX) {
        lua_Integer number = (lua_Integer)head->argument;
        lua_pushinteger(r->L, head->major == CBOR_NEGINT ? -1 - number : number);
        return;
    }
    integer_digits(digits, head);
    push_digits(r, digits);
}

static bool bignum_digits(struct cbor_reader *r, char to[DIGITS_SIZE], bool negative)
{
    struct cbor_head head;
    struct text bytes;
    if (!cbor_head(r, &head))
        return false;
    if (head.major != CBOR_BYTES)
        return cbor_fail(r, "a large number without its bytes");
    if (!cbor_string(r, &head, &bytes))
        return false;
    if (bytes.len > BIGNUM_BYTES)
        return cbor_fail(r, "a number with too many digits");
    write_digits(to, bytes, negative);
    return true;
}

bool cbor_read_bignum(struct cbor_reader *r, bool negative)
{
    char digits[DIGITS_SIZE];
    if (!bignum_digits(r, digits, negative))
        return false;
    push_digits(r, digits);
    return true;
}

static bool mantissa_digits(struct cbor_reader *r, char to[DIGITS_SIZE])
{
    struct cbor_head head;
    if (!cbor_head(r, &head))
        return false;
    if (head.major == CBOR_UINT || head.major == CBOR_NEGINT) {
        integer_digits(to, &head);
        return true;
    }
    if (head.major == CBOR_TAG &&
        (head.argument == TAG_BIGNUM || head.argument == TAG_NEGATIVE_BIGNUM))
        return bignum_digits(r, to, head.argument == TAG_NEGATIVE_BIGNUM);
    return cbor_fail(r, "a decimal without whole parts");
}

/* 27315 and -2 are 273.15; with more zeros than digits the exponent is written. */
static void place_point(char digits[DIGITS_SIZE], int64_t exponent)
{
    size_t len = strlen(digits);
    size_t first = digits[0] == '-';
    if (exponent < 0 && exponent > -(int64_t)(len - first)) {
        size_t point = len - (size_t)-exponent;
        memmove(digits + point + 1, digits + point, len - point + 1);
        digits[point] = '.';
    } else if (exponent != 0) {
        snprintf(digits + len, DIGITS_SIZE - len, "e%lld", (long long)exponent);
    }
}

/* A list of an exponent of ten and the digits. */
bool cbor_read_decimal(struct cbor_reader *r)
{
    char digits[DIGITS_SIZE] = "";
    struct cbor_head pair, exponent;
    if (!cbor_head(r, &pair))
        return false;
    if (pair.major != CBOR_LIST || !cbor_more(r, &pair))
        return cbor_fail(r, "a decimal that is no pair");
    if (!cbor_head(r, &exponent))
        return false;
    if (exponent.major > CBOR_NEGINT || exponent.argument > EXPONENT_MAX)
        return cbor_fail(r, "a decimal with a wrong exponent");
    if (!cbor_more(r, &pair) || !mantissa_digits(r, digits) || cbor_more(r, &pair))
        return cbor_fail(r, "a decimal that is no pair");
    int64_t power = (int64_t)exponent.argument;
    place_point(digits, exponent.major == CBOR_NEGINT ? -1 - power : power);
    exact_push(r->L, (struct text){digits, strlen(digits)});
    return true;
}

bool cbor_read_epoch(struct cbor_reader *r)
{
    struct cbor_head head;
    struct timestamp time = {0};
    if (!cbor_head(r, &head))
        return false;
    if (head.major == CBOR_SIMPLE && head.minor >= FLOAT_16) {
        if (!timestamp_from_number(&time, cbor_float(&head)))
            return cbor_fail(r, "a time that is none");
    } else if (head.major <= CBOR_NEGINT && head.argument <= 1000000000000000) {
        int64_t seconds = (int64_t)head.argument;
        time.seconds = head.major == CBOR_NEGINT ? -1 - seconds : seconds;
    } else {
        return cbor_fail(r, "a time that is none");
    }
    timestamp_push(r->L, time);
    return true;
}
