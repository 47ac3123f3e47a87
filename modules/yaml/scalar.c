/* scalar.c -- what a plain scalar stands for.
 *
 * YAML 1.1 takes 010 for eight, 12:30 for 750 and 1_000 for a thousand; CloudFormation's readers
 * disagree among themselves, and what people mean by them is an account, a port mapping, a
 * name. So a number is only what would be written the same way again: 8, -1, 1.5, and neither
 * 010 nor 1.10 nor 1e3, which stay text. Booleans are those of YAML 1.1 (true, yes, on), as
 * CloudFormation has them. Dates stay text: Version: 2012-10-17.
 */
#include "yaml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_BYTES 24

static bool one_of(const char *const *words, const char *text, size_t len)
{
    for (; *words; words++)
        if (strlen(*words) == len && memcmp(*words, text, len) == 0)
            return true;
    return false;
}

static bool is_integer(const char *digits)
{
    char again[NUMBER_MAX_BYTES + 1];
    char *end;
    errno = 0;
    long long number = strtoll(digits, &end, 10);
    if (errno || *end)
        return false;
    snprintf(again, sizeof again, "%lld", number);
    return strcmp(digits, again) == 0;
}

static bool is_decimal(const char *digits)
{
    char again[NUMBER_MAX_BYTES + 8];
    char *end;
    size_t whole = strspn(digits + (*digits == '-'), "0123456789") + (*digits == '-');
    if (digits[whole] != '.' || digits[whole + 1 + strspn(digits + whole + 1, "0123456789")])
        return false;
    double number = strtod(digits, &end);
    snprintf(again, sizeof again, "%.15g", number);
    if (!strchr(again, '.'))
        concat(again + strlen(again), ".0", "");
    return *end == '\0' && strcmp(digits, again) == 0;
}

enum yaml_kind yaml_resolve(const char *text, size_t len)
{
    static const char *const empty[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes",
                                      "YES",  "on",   "On",   "ON",  NULL};
    static const char *const no[] = {"false", "False", "FALSE", "no",  "No",
                                     "NO",    "off",   "Off",   "OFF", NULL};
    char digits[NUMBER_MAX_BYTES + 1];
    if (one_of(empty, text, len))
        return YAML_EMPTY;
    if (one_of(yes, text, len))
        return YAML_TRUE;
    if (one_of(no, text, len))
        return YAML_FALSE;
    if (len >= sizeof digits || !strchr("-0123456789", *text) || memchr(text, '\0', len))
        return YAML_TEXT;
    memcpy(digits, text, len);
    digits[len] = '\0';
    if (is_integer(digits))
        return YAML_INTEGER;
    return is_decimal(digits) ? YAML_DECIMAL : YAML_TEXT;
}

bool yaml_is_ambiguous(const char *text, size_t len)
{
    static const char *const words[] = {"y", "Y", "n", "N", "<<", "=", NULL};
    if (yaml_resolve(text, len) != YAML_TEXT || one_of(words, text, len))
        return true;
    /* Numbers in every base and notation, times, dates, .inf and .nan. */
    size_t number = 0;
    while (number < len && text[number] &&
           strchr("0123456789+-._:eExXoabcdfABCDFTZ ", text[number]))
        number++;
    bool begins = strchr("0123456789+-.", *text) != NULL;
    return begins && (number == len || *text == '.' || text[len > 1] == '.');
}

void yaml_push_scalar(lua_State *L, const char *text, size_t len)
{
    switch (yaml_resolve(text, len)) {
    case YAML_EMPTY:
        lua_pushnil(L);
        break;
    case YAML_TRUE:
    case YAML_FALSE:
        lua_pushboolean(L, yaml_resolve(text, len) == YAML_TRUE);
        break;
    case YAML_INTEGER: /* the scanner ends a value with NUL */
        lua_pushinteger(L, strtoll(text, NULL, 10));
        break;
    case YAML_DECIMAL:
        lua_pushnumber(L, strtod(text, NULL));
        break;
    case YAML_TEXT:
        lua_pushlstring(L, text, len);
        break;
    }
}
