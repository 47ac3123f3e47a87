/* lock.c -- an advisory file lock, so that two applies never race.
 *
 *   local lock <close> = assert(require "native.lock".take "mrun.lock")
 *   lock:release()                 -- or let it go out of scope
 *
 * A lock held by someone else is a failure with code EWOULDBLOCK (`failure.held`).
 * The lock goes with the process, however that ends.
 */
#define _GNU_SOURCE
#include "support.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK "native.lock"

struct lock {
    int fd; /* -1 once released */
};

static int lock_release(lua_State *L) /* release, __gc and __close */
{
    struct lock *lock = luaL_checkudata(L, 1, LOCK);
    if (lock->fd >= 0)
        close(lock->fd); /* closing drops the flock */
    lock->fd = -1;
    return 0;
}

static int lock_failed(lua_State *L, struct failure why)
{
    int held = why.err == EWOULDBLOCK;
    int results = failure_return(L, why);
    lua_pushboolean(L, held);
    lua_setfield(L, -2, "held");
    return results;
}

static int lock_take(lua_State *L)
{
    const char *path = luaL_checkstring(L, 1);
    struct lock *lock = lua_newuserdatauv(L, sizeof *lock, 0);
    lock->fd = -1;                                             /* empty first, */
    luaL_setmetatable(L, LOCK);                                /* then the collector's, */
    lock->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600); /* then filled */
    if (lock->fd < 0)
        return failure_return(L, OS_FAILURE("open", path));
    if (flock(lock->fd, LOCK_EX | LOCK_NB) < 0)
        return lock_failed(L, OS_FAILURE("lock", path));
    return 1;
}

static const luaL_Reg methods[] = {
    {"release", lock_release},
    {"__gc", lock_release},
    {"__close", lock_release},
    {NULL, NULL},
};
static const luaL_Reg functions[] = {{"take", lock_take}, {NULL, NULL}};

int luaopen_native_lock(lua_State *L)
{
    luaL_newmetatable(L, LOCK);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
