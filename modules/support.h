/* support.h -- what every native module is written with: Lua, failures, and C
 * strings that cannot overflow. It opens no library.
 */
#ifndef MRUN_SUPPORT_H
#define MRUN_SUPPORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lauxlib.h>
#include <lua.h>

/* What went wrong in the world: the operation, its subject, the reason, and the
 * line and errno of that moment. `op` is NULL while all is well. */
struct failure {
    const char *op, *subject, *reason, *file;
    int line, err;
};

/* The arguments are names or literals, so that nothing disturbs errno. */
#define OS_FAILURE(op, subject) ((struct failure){(op), (subject), NULL, __FILE__, __LINE__, errno})
#define FAILURE(op, subject, reason)                                                               \
    ((struct failure){(op), (subject), (reason), __FILE__, __LINE__, 0})

/* Pushes nil and a table { op, subject, reason, errno, code, message, file, line };
 * returns 2. */
int failure_return(lua_State *L, struct failure f);

/* What the table of options at `index` says, where there is one. */
bool option_set(lua_State *L, int index, const char *name);
lua_Integer option_integer(lua_State *L, int index, const char *name, lua_Integer otherwise);
/* Whether that is more than its max_bytes, 256 MiB where it says nothing. */
bool option_exceeded(lua_State *L, int index, size_t bytes);

/* Has the collector do now what is due for the memory that some thousands of objects will take,
 * so that it does not walk over them while they are being made. */
void memory_expect(lua_State *L, size_t bytes);

/* Writes `a` and `b` after one another; `to` holds both and the final NUL. */
void concat(char *to, const char *a, const char *b);

/* The encodings of bytes. `to` of an encoder holds the size given here and a NUL,
 * which is written; `to` of a decoder holds len bytes of base64, len / 2 of hex.
 * Decoders are false on text that no encoder writes; base64 may hold white space. */
#define BASE64_SIZE(len) (((len) + 2) / 3 * 4)
#define HEX_SIZE(len) ((len)*2)
void base64_encode(char *to, const void *bytes, size_t len);
bool base64_decode(unsigned char *to, size_t *to_len, const char *text, size_t len);
void hex_encode(char *to, const void *bytes, size_t len);
bool hex_decode(unsigned char *to, const char *text, size_t len);

/* An instant, exact: seconds since 1970 in UTC, and nanoseconds to add to them. */
struct timestamp {
    int64_t seconds;
    int32_t nanos; /* 0 to 999,999,999, also before 1970 */
};

enum timestamp_format {
    TIMESTAMP_EPOCH,     /* 1398796238.5, in microseconds at the finest */
    TIMESTAMP_DATE_TIME, /* 2014-04-29T18:30:38.5Z, the same */
    TIMESTAMP_HTTP_DATE, /* Tue, 29 Apr 2014 18:30:38 GMT */
    TIMESTAMP_BASIC,     /* 20140429T183038Z, as signing has it */
};
#define TIMESTAMP_SIZE 48

/* The text's length, 0 where the format has no text for it (year 0 and before, 10000
 * and after). */
size_t timestamp_write(char to[TIMESTAMP_SIZE], struct timestamp t, enum timestamp_format f);
/* Reads any of the formats, and ISO 8601 with an offset or with the date alone. */
bool timestamp_read(struct timestamp *to, const char *text, size_t len);
bool timestamp_from_number(struct timestamp *to, double seconds);
double timestamp_number(struct timestamp t);

#endif
