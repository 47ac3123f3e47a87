/* child.c -- runs a program to its end, with a limit on its time and its output. */
#define _GNU_SOURCE
#include "sys.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHILD "native.sys.child"
#define MAX_ARGUMENTS 256
#define OUTPUT_BYTES (1024 * 1024) /* unless max_bytes says otherwise */
/* The end of a child's output wakes us up; one that closes it early, or leaves it to a child of
 * its own, is looked at this often. */
#define LOOK_MS 20
#define TIMEOUT_MS (60 * 1000) /* unless timeout_ms says otherwise */

enum { IN, OUT, ERR, STREAMS }; /* from here on the parent's ends of three pipes */

struct text {
    char *bytes;
    size_t len, room;
};

struct child {
    pid_t pid; /* 0 once waited for */
    int status;
    int fds[STREAMS]; /* -1 once closed */
    struct text texts[STREAMS];
    const char *input;
    size_t input_len, max_bytes;
    long long deadline_ms;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void child_end(struct child *child)
{
    if (child->pid > 0) {
        kill(child->pid, SIGKILL);
        while (waitpid(child->pid, &child->status, 0) < 0 && errno == EINTR)
            ;
    }
    child->pid = 0;
    for (int i = IN; i < STREAMS; i++) {
        close_fd(&child->fds[i]);
        free(child->texts[i].bytes);
        child->texts[i] = (struct text){0};
    }
}

static int child_gc(lua_State *L)
{
    child_end(luaL_checkudata(L, 1, CHILD));
    return 0;
}

static struct child *child_new(lua_State *L)
{
    struct child *child = lua_newuserdatauv(L, sizeof *child, 0);
    memset(child, 0, sizeof *child);
    child->fds[IN] = child->fds[OUT] = child->fds[ERR] = -1;
    luaL_setmetatable(L, CHILD);
    return child;
}

static void spawn(struct child *child, char **argv, const int theirs[STREAMS], struct failure *why)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    for (int i = IN; i < STREAMS; i++)
        posix_spawn_file_actions_adddup2(&actions, theirs[i], i);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE); /* we ignore them; they should not */
    sigaddset(&defaults, SIGXFSZ);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    errno = posix_spawnp(&child->pid, argv[0], &actions, &attributes, argv, environ);
    if (errno) {
        child->pid = 0;
        *why = OS_FAILURE("run", argv[0]);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
}

static void start(struct child *child, char **argv, struct failure *why)
{
    int theirs[STREAMS] = {-1, -1, -1};
    for (int i = IN; i < STREAMS && !why->op; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) {
            *why = OS_FAILURE("open a pipe to", argv[0]);
            break;
        }
        child->fds[i] = i == IN ? ends[1] : ends[0];
        theirs[i] = i == IN ? ends[0] : ends[1];
        fcntl(child->fds[i], F_SETFL, O_NONBLOCK);
    }
    if (!why->op)
        spawn(child, argv, theirs, why);
    for (int i = IN; i < STREAMS; i++)
        close_fd(&theirs[i]);
}

static void feed(struct child *child)
{
    ssize_t count = write(child->fds[IN], child->input, child->input_len);
    if (count > 0) {
        child->input += count;
        child->input_len -= (size_t)count;
    }
    if (child->input_len == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
        close_fd(&child->fds[IN]); /* a child need not read what it is given */
}

static int grow(struct text *text)
{
    if (text->len < text->room)
        return 0;
    size_t room = text->room ? text->room * 2 : 4096;
    char *bytes = realloc(text->bytes, room);
    if (!bytes)
        return -1;
    text->bytes = bytes;
    text->room = room;
    return 0;
}

/* Takes what is there now; closes the stream at its end. */
static void drain(struct child *child, int stream, const char *name, struct failure *why)
{
    struct text *text = &child->texts[stream];
    while (child->fds[stream] >= 0 && !why->op) {
        if (grow(text) < 0) {
            *why = OS_FAILURE("read what was said by", name);
            return;
        }
        ssize_t count = read(child->fds[stream], text->bytes + text->len, text->room - text->len);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return;
        if (count == 0)
            close_fd(&child->fds[stream]);
        text->len += (size_t)count;
        if (text->len > child->max_bytes)
            *why = FAILURE("run", name, "said more than is allowed");
    }
}

static void wait_for_something(struct child *child, const char *name, struct failure *why)
{
    struct pollfd polls[STREAMS] = {{.fd = child->fds[IN], .events = POLLOUT},
                                    {.fd = child->fds[OUT], .events = POLLIN},
                                    {.fd = child->fds[ERR], .events = POLLIN}};
    long long left_ms = child->deadline_ms - sys_clock_ms(CLOCK_MONOTONIC);
    if (left_ms <= 0) {
        *why = FAILURE("run", name, "did not end in time");
        return;
    }
    if (poll(polls, STREAMS, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) < 0)
        return; /* EINTR: the caller looks again */
    if (polls[IN].revents)
        feed(child);
}

static void attend(struct child *child, const char *name, struct failure *why)
{
    if (child->input_len == 0)
        close_fd(&child->fds[IN]);
    while (child->pid && !why->op) {
        wait_for_something(child, name, why);
        int ended = !why->op && waitpid(child->pid, &child->status, WNOHANG) == child->pid;
        if (ended)
            child->pid = 0;
        drain(child, OUT, name, why); /* after its end too, and no longer: it may have */
        drain(child, ERR, name, why); /* left a child of its own with our pipe */
    }
}

static lua_Integer option(lua_State *L, const char *name, lua_Integer otherwise)
{
    lua_Integer value = option_integer(L, 2, name, otherwise);
    luaL_argcheck(L, value > 0 && value <= INT_MAX, 2, name);
    return value;
}

static char **arguments(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_Integer count = luaL_len(L, 1);
    luaL_argcheck(L, count > 0 && count <= MAX_ARGUMENTS, 1, "a list of words");
    luaL_checkstack(L, (int)count + 8, "too many arguments");
    char **argv = lua_newuserdatauv(L, sizeof *argv * (size_t)(count + 1), 0);
    for (lua_Integer i = 0; i < count; i++) {
        lua_rawgeti(L, 1, i + 1);
        luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "a list of words");
        argv[i] = (char *)lua_tostring(L, -1); /* posix_spawn wants them so */
        lua_pop(L, 1);                         /* the list keeps it */
    }
    argv[count] = NULL;
    return argv;
}

static void set_text(lua_State *L, const char *name, const struct text *text)
{
    lua_pushlstring(L, text->len ? text->bytes : "", text->len);
    lua_setfield(L, -2, name);
}

static int push_result(lua_State *L, const struct child *child)
{
    lua_createtable(L, 0, 4);
    set_text(L, "out", &child->texts[OUT]);
    set_text(L, "err", &child->texts[ERR]);
    lua_pushinteger(L, WIFEXITED(child->status) ? WEXITSTATUS(child->status) : -1);
    lua_setfield(L, -2, "code");
    if (WIFSIGNALED(child->status)) {
        lua_pushinteger(L, WTERMSIG(child->status));
        lua_setfield(L, -2, "signal");
    }
    return 1;
}

int sys_run(lua_State *L)
{
    lua_settop(L, 2);
    char **argv = arguments(L);
    lua_Integer timeout_ms = option(L, "timeout_ms", TIMEOUT_MS);
    lua_Integer max_bytes = option(L, "max_bytes", OUTPUT_BYTES);
    struct child *child = child_new(L);
    child->max_bytes = (size_t)max_bytes;
    child->deadline_ms = sys_clock_ms(CLOCK_MONOTONIC) + timeout_ms;
    if (lua_istable(L, 2)) {
        lua_getfield(L, 2, "input"); /* stays on the stack while it is written */
        child->input = luaL_optlstring(L, -1, "", &child->input_len);
    }

    struct failure why = {0};
    start(child, argv, &why);
    attend(child, argv[0], &why);
    if (why.op) {
        child_end(child); /* now, and not when the collector comes by */
        return failure_return(L, why);
    }
    return push_result(L, child);
}

void sys_open_child_type(lua_State *L)
{
    luaL_newmetatable(L, CHILD);
    lua_pushcfunction(L, child_gc);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
}
