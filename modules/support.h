/* support.h -- what every native module is written with: Lua, failures, and C
 * strings that cannot overflow. It opens no library.
 */
#ifndef MRUN_SUPPORT_H
#define MRUN_SUPPORT_H

#include <errno.h>
#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>

/* What went wrong in the world: the operation, its subject, the reason, and the
 * line and errno of that moment. `op` is NULL while all is well. */
struct failure {
    const char *op, *subject, *reason, *file;
    int line, err;
};

/* The arguments are names or literals, so that nothing disturbs errno. */
#define OS_FAILURE(op, subject) \
    ((struct failure){(op), (subject), NULL, __FILE__, __LINE__, errno})
#define FAILURE(op, subject, reason) \
    ((struct failure){(op), (subject), (reason), __FILE__, __LINE__, 0})

/* Pushes nil and a table { op, subject, reason, errno, code, message, file, line };
 * returns 2. */
int failure_return(lua_State *L, struct failure f);

/* Writes `a` and `b` after one another; `to` holds both and the final NUL. */
void concat(char *to, const char *a, const char *b);

#endif
