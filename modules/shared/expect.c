/* expect.c -- the collector's work for what is about to be made, done before it is there.
 */
#include "support.h"

#define LEAST_KB 128 /* less is not worth it */
#define MOST_KB 8192 /* what may be too much at the end is not collected before it is used up */

/* A step for what will be allocated, and the same taken back: Lua counts what it owes as a signed
 * sum. What is allocated then finds it settled. */
void memory_expect(lua_State *L, size_t bytes)
{
    int kb = bytes / 1024 < MOST_KB ? (int)(bytes / 1024) : MOST_KB;
    if (kb < LEAST_KB)
        return;
    lua_gc(L, LUA_GCSTEP, kb);
    lua_gc(L, LUA_GCSTEP, -kb);
}
