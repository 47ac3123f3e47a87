/* timestamp_read.c -- instants from text: epoch seconds, ISO 8601 (extended and basic,
 * with an offset, or the date alone, which is midnight UTC), and HTTP dates.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

struct reader {
    const char *at, *end;
};

struct parts {
    int64_t year, month, day, hour, minute, second, offset_s;
    int32_t nanos;
};

static bool accept(struct reader *r, char c)
{
    bool here = r->at < r->end && *r->at == c;
    r->at += here;
    return here;
}

static bool read_digits(struct reader *r, int count, int64_t *to)
{
    int64_t number = 0;
    for (; count > 0; count--, r->at++) {
        if (r->at == r->end || *r->at < '0' || *r->at > '9')
            return false;
        number = number * 10 + (*r->at - '0');
    }
    *to = number;
    return true;
}

/* ".5" or nothing; what is finer than a nanosecond is cut off. */
static bool read_fraction(struct reader *r, int32_t *nanos)
{
    int32_t unit = 100000000, sum = 0;
    if (!accept(r, '.'))
        return true;
    const char *start = r->at;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++, unit /= 10)
        sum += (*r->at - '0') * unit;
    *nanos = sum;
    return r->at > start;
}

static bool read_offset(struct reader *r, int64_t *offset_s)
{
    int64_t hours = 0, minutes = 0;
    bool minus = accept(r, '-');
    if (!minus && !accept(r, '+'))
        return true;
    if (!read_digits(r, 2, &hours) || (accept(r, ':'), !read_digits(r, 2, &minutes)))
        return false;
    *offset_s = (hours * 60 + minutes) * (minus ? -60 : 60);
    return hours < 24 && minutes < 60;
}

static bool finish(const struct reader *r, const struct parts *p, struct timestamp *to)
{
    static const char lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = p->year % 4 == 0 && (p->year % 100 != 0 || p->year % 400 == 0);
    if (r->at != r->end || p->year < 1 || p->month < 1 || p->month > 12 || p->day < 1)
        return false;
    if (p->day > lengths[p->month - 1] + (leap && p->month == 2))
        return false;
    if (p->hour > 23 || p->minute > 59 || p->second > 60) /* 60: a leap second */
        return false;
    int64_t year = p->year - (p->month <= 2); /* counted from March, leap day last */
    int64_t day_of_year = (153 * (p->month + (p->month > 2 ? -3 : 9)) + 2) / 5 + p->day - 1;
    int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719468;
    to->seconds = days * 86400 + p->hour * 3600 + p->minute * 60 + p->second - p->offset_s;
    to->nanos = p->nanos;
    return true;
}

static bool read_iso(struct reader *r, struct timestamp *to)
{
    struct parts p = {0};
    if (!read_digits(r, 4, &p.year))
        return false;
    bool dashes = accept(r, '-');
    if (!read_digits(r, 2, &p.month) || accept(r, '-') != dashes || !read_digits(r, 2, &p.day))
        return false;
    if (r->at == r->end)
        return finish(r, &p, to);
    if (!accept(r, 'T') && !accept(r, 't') && !accept(r, ' '))
        return false;
    if (!read_digits(r, 2, &p.hour))
        return false;
    bool colons = accept(r, ':');
    if (!read_digits(r, 2, &p.minute))
        return false;
    if (colons ? accept(r, ':') : r->at < r->end && *r->at >= '0' && *r->at <= '9')
        if (!read_digits(r, 2, &p.second) || !read_fraction(r, &p.nanos))
            return false;
    if (!accept(r, 'Z') && !accept(r, 'z') && !read_offset(r, &p.offset_s))
        return false;
    return finish(r, &p, to);
}

static bool read_month(struct reader *r, int64_t *month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (r->end - r->at < 3)
        return false;
    for (int i = 0; i < 12; i++)
        if (memcmp(r->at, names + (ptrdiff_t)3 * i, 3) == 0) {
            *month = i + 1;
            r->at += 3;
            return true;
        }
    return false;
}

static bool read_http(struct reader *r, struct timestamp *to)
{
    struct parts p = {0};
    const char *comma = memchr(r->at, ',', (size_t)(r->end - r->at));
    if (!comma || comma - r->at > 9) /* the day's name: redundant, and sometimes wrong */
        return false;
    r->at = comma + 1;
    if (!accept(r, ' '))
        return false;
    const char *space = memchr(r->at, ' ', (size_t)(r->end - r->at));
    if (!read_digits(r, space && space - r->at == 1 ? 1 : 2, &p.day) || !accept(r, ' '))
        return false;
    if (!read_month(r, &p.month) || !accept(r, ' ') || !read_digits(r, 4, &p.year))
        return false;
    if (!accept(r, ' ') || !read_digits(r, 2, &p.hour) || !accept(r, ':'))
        return false;
    if (!read_digits(r, 2, &p.minute) || !accept(r, ':') || !read_digits(r, 2, &p.second))
        return false;
    if (!read_fraction(r, &p.nanos) || !accept(r, ' '))
        return false;
    if (r->end - r->at == 3 && (memcmp(r->at, "GMT", 3) == 0 || memcmp(r->at, "UTC", 3) == 0))
        r->at += 3;
    else if (!read_offset(r, &p.offset_s))
        return false;
    return finish(r, &p, to);
}

/* Exact where the number has no exponent; 1.4E9 goes through a double. */
static bool read_epoch(struct reader *r, struct timestamp *to)
{
    char copy[TIMESTAMP_SIZE];
    size_t len = (size_t)(r->end - r->at);
    bool minus = accept(r, '-');
    const char *digits = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9')
        r->at++;
    int64_t seconds = 0;
    int32_t nanos = 0;
    if (r->at == digits || r->at - digits > 15 || len >= sizeof copy)
        return false;
    struct reader whole = {digits, r->at};
    if (!read_digits(&whole, (int)(r->at - digits), &seconds) || !read_fraction(r, &nanos))
        return false;
    if (r->at < r->end) { /* an exponent, or rubbish */
        char *end;
        memcpy(copy, r->end - len, len);
        copy[len] = '\0';
        if (*r->at != 'e' && *r->at != 'E')
            return false;
        double number = strtod(copy, &end);
        return *end == '\0' && timestamp_from_number(to, number);
    }
    to->seconds = minus ? -seconds : seconds;
    to->nanos = nanos; /* added, also before 1970: see write_epoch */
    return true;
}

bool timestamp_read(struct timestamp *to, const char *text, size_t len)
{
    struct reader r = {text, text + len};
    if (len == 0)
        return false;
    if ((text[0] >= 'A' && text[0] <= 'Z') || (text[0] >= 'a' && text[0] <= 'z'))
        return read_http(&r, to);
    bool date = len >= 8 && (text[4] == '-' || memchr(text, 'T', len));
    return date ? read_iso(&r, to) : read_epoch(&r, to);
}
