/* terminal.c -- the part of native.sys that talks to a person. */
#define _GNU_SOURCE
#include "sys.h"

#include <limits.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#define LINE_BYTES 4096 /* a terminal gives no longer one */

static int fd_at(lua_State *L, int arg)
{
    lua_Integer fd = luaL_checkinteger(L, arg);
    luaL_argcheck(L, fd >= 0 && fd <= 2, arg, "0, 1 or 2");
    return (int)fd;
}

int sys_isatty(lua_State *L)
{
    lua_pushboolean(L, isatty(fd_at(L, 1)));
    return 1;
}

int sys_width(lua_State *L)
{
    struct winsize size;
    for (int fd = STDERR_FILENO; fd >= STDIN_FILENO; fd--)
        if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
            lua_pushinteger(L, size.ws_col);
            return 1;
        }
    return 0;
}

int sys_write(lua_State *L)
{
    size_t len;
    int fd = fd_at(L, 1);
    const char *data = luaL_checklstring(L, 2, &len);
    struct failure why = {0};
    while (len > 0 && !why.op) {
        ssize_t count = write(fd, data, len);
        if (count > 0) {
            data += count;
            len -= (size_t)count;
        } else if (count < 0 && errno != EINTR) {
            why = OS_FAILURE("write", fd == STDERR_FILENO ? "standard error" : "standard output");
        }
    }
    if (why.op)
        return failure_return(L, why);
    lua_pushboolean(L, 1);
    return 1;
}

int sys_input_within(lua_State *L)
{
    lua_Integer ms = luaL_checkinteger(L, 1);
    luaL_argcheck(L, ms >= 0 && ms <= INT_MAX, 1, "milliseconds");
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    int count = poll(&input, 1, (int)ms);
    if (count < 0)
        return failure_return(L, OS_FAILURE("wait for", "standard input"));
    lua_pushboolean(L, count > 0); /* its end can be read too */
    return 1;
}

/* One byte at a time: what follows the line belongs to whoever reads next. */
static ssize_t read_line(char *line)
{
    ssize_t len = 0;
    while (len < LINE_BYTES) {
        ssize_t count = read(STDIN_FILENO, line + len, 1);
        if (count < 0)
            return -1; /* EINTR too: Ctrl-C ends a question */
        if (count == 0)
            return len ? len : -2;
        if (line[len] == '\n')
            return len;
        len++;
    }
    return len;
}

static int hide(struct termios *before)
{
    if (tcgetattr(STDIN_FILENO, before) < 0)
        return 0; /* not a terminal: nothing is echoed */
    struct termios after = *before;
    after.c_lflag &= ~(tcflag_t)ECHO;
    return tcsetattr(STDIN_FILENO, TCSAFLUSH, &after) == 0;
}

int sys_read_line(lua_State *L)
{
    int hidden = 0;
    if (!lua_isnoneornil(L, 1)) {
        luaL_checktype(L, 1, LUA_TTABLE);
        lua_getfield(L, 1, "hidden");
        hidden = lua_toboolean(L, -1);
    }
    char line[LINE_BYTES + 1];
    struct termios before;
    struct failure why = {0};

    hidden = hidden && hide(&before);
    ssize_t len = read_line(line);
    if (len == -1)
        why = OS_FAILURE("read", "standard input");
    if (hidden)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);

    if (why.op)
        return failure_return(L, why);
    if (len < 0)
        return 0;
    lua_pushlstring(L, line, (size_t)len);
    return 1;
}
