/* sys.c -- the process and the machine it runs on.
 *
 *   local sys = require "native.sys"
 *   sys.now_ms()  sys.monotonic_ms()  sys.boottime_ms()  sys.cpu_ms()    -- integers
 *   sys.sleep_ms(ms)                   -- returns early when a signal comes
 *   sys.interrupts()                   -- how often someone asked us to stop
 *   sys.getenv(name)  sys.environment()  sys.pid()  sys.hostname()  sys.user()  sys.cwd()
 *   sys.isatty(fd)   sys.width()       -- columns of the terminal, or nil
 *   sys.write(fd, text)
 *   sys.read_line{ hidden = true }     -- one line of standard input; nil at its end
 *   sys.input_within(ms)               -- whether there is some, or its end, before that time is up
 *   sys.run({ "aws-vault", "export" }, { timeout_ms = 60000, input = "", max_bytes = 65536 })
 *       -- { code = 0, signal = nil, out = "...", err = "..." }
 */
#define _GNU_SOURCE
#include "sys.h"

#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define INTERRUPTS "mrun.interrupts" /* where the host keeps the address of its counter */

long long sys_clock_ms(int clock)
{
    struct timespec time;
    clock_gettime((clockid_t)clock, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static int sys_now_ms(lua_State *L)
{
    lua_pushinteger(L, sys_clock_ms(CLOCK_REALTIME));
    return 1;
}

static int sys_monotonic_ms(lua_State *L)
{
    lua_pushinteger(L, sys_clock_ms(CLOCK_MONOTONIC));
    return 1;
}

static int sys_boottime_ms(lua_State *L)
{
    lua_pushinteger(L, sys_clock_ms(CLOCK_BOOTTIME));
    return 1;
}

static int sys_cpu_ms(lua_State *L)
{
    lua_pushinteger(L, sys_clock_ms(CLOCK_PROCESS_CPUTIME_ID));
    return 1;
}

static int sys_sleep_ms(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 0, 1, "must not be below 0");
    struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    nanosleep(&time, NULL);
    return 0;
}

static int sys_interrupts(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, INTERRUPTS);
    const volatile sig_atomic_t *count = lua_touserdata(L, -1);
    lua_pushinteger(L, count ? *count : 0);
    return 1;
}

static int sys_getenv(lua_State *L)
{
    lua_pushstring(L, getenv(luaL_checkstring(L, 1)));
    return 1;
}

static int sys_environment(lua_State *L)
{
    lua_newtable(L);
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals)
            continue;
        lua_pushlstring(L, *entry, (size_t)(equals - *entry));
        lua_pushstring(L, equals + 1);
        lua_rawset(L, -3);
    }
    return 1;
}

static int sys_pid(lua_State *L)
{
    lua_pushinteger(L, getpid());
    return 1;
}

static int sys_hostname(lua_State *L)
{
    char name[HOST_NAME_MAX + 1];
    if (gethostname(name, sizeof name) < 0)
        return failure_return(L, OS_FAILURE("ask for the host's name", NULL));
    name[HOST_NAME_MAX] = '\0';
    lua_pushstring(L, name);
    return 1;
}

static int sys_user(lua_State *L)
{
    char scratch[4096];
    struct passwd entry, *found = NULL;
    getpwuid_r(getuid(), &entry, scratch, sizeof scratch, &found);
    if (found)
        lua_pushstring(L, found->pw_name);
    else
        lua_pushfstring(L, "%d", (int)getuid()); /* a container may know no names */
    return 1;
}

static int sys_cwd(lua_State *L)
{
    char path[PATH_MAX];
    if (!getcwd(path, sizeof path))
        return failure_return(L, OS_FAILURE("find the current folder", NULL));
    lua_pushstring(L, path);
    return 1;
}

static const luaL_Reg functions[] = {
    {"now_ms", sys_now_ms},
    {"monotonic_ms", sys_monotonic_ms},
    {"boottime_ms", sys_boottime_ms},
    {"cpu_ms", sys_cpu_ms},
    {"sleep_ms", sys_sleep_ms},
    {"interrupts", sys_interrupts},
    {"getenv", sys_getenv},
    {"environment", sys_environment},
    {"pid", sys_pid},
    {"hostname", sys_hostname},
    {"user", sys_user},
    {"cwd", sys_cwd},
    {"isatty", sys_isatty},
    {"width", sys_width},
    {"read_line", sys_read_line},
    {"input_within", sys_input_within},
    {"write", sys_write},
    {"run", sys_run},
    {NULL, NULL},
};

int luaopen_native_sys(lua_State *L)
{
    sys_open_child_type(L);
    luaL_newlib(L, functions);
    return 1;
}
