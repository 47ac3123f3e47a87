/* timestamp.c -- instants as AWS's formats write them, exact from year 1 to 9999.
 * How they are read is in timestamp_read.c.
 */
#include "support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400

struct date {
    int year, month, day;
};

/* Days of the era's 400 years count from 1 March, so that a leap day comes last. */
static struct date date_of(int64_t days)
{
    days += 719468; /* from 1970-01-01 to 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day + 2) / 153;
    return (struct date){
        .year = (int)(year + era * 400 + (month >= 10)),
        .month = (int)(month < 10 ? month + 3 : month - 9),
        .day = (int)(day - (153 * month + 2) / 5 + 1),
    };
}

/* ".5", or nothing; finer than a microsecond is cut off, as AWS's own clients do. */
static void write_fraction(char to[8], int32_t nanos)
{
    int len = snprintf(to, 8, ".%06d", (int)(nanos / 1000 % 1000000));
    while (len > 0 && (to[len - 1] == '0' || to[len - 1] == '.'))
        to[--len] = '\0';
}

/* The fraction is what is to be added, also before 1970: -2.25 is 1.75 s before it. That is
 * how AWS's clients write it and its public cases have it. */
static int write_epoch(char *to, struct timestamp t)
{
    char fraction[8];
    write_fraction(fraction, t.nanos);
    return snprintf(to, TIMESTAMP_SIZE, "%lld%s", (long long)t.seconds, fraction);
}

/* Every request has one: centuries, years, months, days, hours, minutes, seconds. */
static int write_basic(char *to, const int parts[7])
{
    char *at = to;
    for (size_t i = 0; i < 7; i++) {
        if (i == 4)
            *at++ = 'T';
        *at++ = (char)('0' + parts[i] / 10);
        *at++ = (char)('0' + parts[i] % 10);
    }
    memcpy(at, "Z", 2);
    return (int)(at + 1 - to);
}

static int write_date(char *to, struct timestamp t, enum timestamp_format format)
{
    static const char days[] = "Thu\0Fri\0Sat\0Sun\0Mon\0Tue\0Wed";
    static const char months[] = "Jan\0Feb\0Mar\0Apr\0May\0Jun\0Jul\0Aug\0Sep\0Oct\0Nov\0Dec";
    int64_t day = t.seconds / DAY_S - (t.seconds % DAY_S < 0);
    int second = (int)(t.seconds - day * DAY_S);
    int hh = second / 3600, mm = second / 60 % 60, ss = second % 60;
    struct date date = date_of(day);

    if (format == TIMESTAMP_HTTP_DATE)
        return snprintf(to, TIMESTAMP_SIZE, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                        days + 4 * ((day % 7 + 7) % 7), date.day,
                        months + (ptrdiff_t)4 * (date.month - 1), date.year, hh, mm, ss);
    if (format == TIMESTAMP_BASIC)
        return write_basic(
            to, (const int[]){date.year / 100, date.year % 100, date.month, date.day, hh, mm, ss});
    char fraction[8];
    write_fraction(fraction, t.nanos);
    return snprintf(to, TIMESTAMP_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d%sZ", date.year, date.month,
                    date.day, hh, mm, ss, fraction);
}

size_t timestamp_write(char to[TIMESTAMP_SIZE], struct timestamp t, enum timestamp_format format)
{
    const int64_t year_1 = -62135596800, year_10000 = 253402300800;
    if (format == TIMESTAMP_EPOCH)
        return (size_t)write_epoch(to, t);
    if (t.seconds < year_1 || t.seconds >= year_10000)
        return 0;
    return (size_t)write_date(to, t, format);
}

bool timestamp_from_number(struct timestamp *to, double seconds)
{
    double whole = floor(seconds);
    if (!(whole >= -1e15 && whole <= 1e15)) /* also not a number */
        return false;
    /* A double of today's size is exact to the microsecond and noise below it. */
    double micros = floor((seconds - whole) * 1e6 + 0.5);
    to->seconds = (int64_t)whole + (micros >= 1e6);
    to->nanos = micros >= 1e6 ? 0 : (int32_t)micros * 1000;
    return true;
}

double timestamp_number(struct timestamp t)
{
    return (double)t.seconds + t.nanos / 1e9;
}
