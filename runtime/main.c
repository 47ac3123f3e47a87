/* main.c -- a process with a Lua state in it: runs lua/main.lua and exits with
 * what it returns.
 *
 *   MRUN_MAIN=file.lua   run that file instead of main (the build and the specs)
 *   MRUN_DEBUG=1         show where an error came from
 */
#include "host.h"

#include <stdio.h>
#include <stdlib.h>

struct command {
    int argc;
    char **argv;
    int code; /* what the process exits with */
};

/* `arg` as lua has it: [0] is the program or the script, [1] its first argument. */
static int push_arguments(lua_State *L, const struct command *command, int skipped)
{
    luaL_checkstack(L, command->argc + 4, "too many arguments");
    lua_createtable(L, command->argc, 1);
    for (int i = skipped; i < command->argc; i++) {
        lua_pushstring(L, command->argv[i]);
        lua_rawseti(L, -2, i);
    }
    lua_setglobal(L, "arg");
    for (int i = 1; i < command->argc; i++)
        lua_pushstring(L, command->argv[i]);
    return command->argc > 0 ? command->argc - 1 : 0;
}

static void push_main(lua_State *L)
{
    const char *script = host_setting("MRUN_MAIN");
    if (script) {
        if (luaL_loadfile(L, script) != LUA_OK)
            lua_error(L);
        return;
    }
    lua_getglobal(L, "require");
    lua_pushliteral(L, "main");
    lua_call(L, 1, 1);
    if (!lua_isfunction(L, -1))
        luaL_error(L, "lua/main.lua must return a function");
}

static int exit_code(lua_State *L)
{
    if (lua_isinteger(L, -1))
        return (int)lua_tointeger(L, -1);
    return lua_isboolean(L, -1) && !lua_toboolean(L, -1) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(lua_State *L)
{
    struct command *command = lua_touserdata(L, 1);
    host_open(L);
    push_main(L);
    int count = push_arguments(L, command, host_setting("MRUN_MAIN") ? 1 : 0);
    if (host_setting("MRUN_MAIN")) {
        lua_getglobal(L, "arg");
        lua_pushstring(L, host_setting("MRUN_MAIN"));
        lua_rawseti(L, -2, 0);
        lua_pop(L, 1);
    }
    lua_call(L, count, 1);
    command->code = exit_code(L);
    return 0;
}

static int describe(lua_State *L) /* the message handler */
{
    const char *text = luaL_tolstring(L, 1, NULL);
    if (host_setting("MRUN_DEBUG"))
        luaL_traceback(L, L, text, 1);
    return 1;
}

static int farewell(const struct command *command)
{
    int lost = ferror(stdout); /* of what was flushed before */
    if (fclose(stdout) == 0 && !lost)
        return command->code;
    fputs("mrun: cannot write to standard output\n", stderr);
    return command->code ? command->code : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct command command = {argc, argv, EXIT_FAILURE};
    lua_State *L = lua_newstate(memory_allocate, NULL);
    if (!L) {
        fputs("mrun: not enough memory\n", stderr);
        return EXIT_FAILURE;
    }
    signals_open();
    lua_pushcfunction(L, describe);
    lua_pushcfunction(L, run);
    lua_pushlightuserdata(L, &command);
    if (lua_pcall(L, 1, 0, 1) != LUA_OK) {
        const char *text = lua_tostring(L, -1);
        fprintf(stderr, "mrun: %s\n", text ? text : "an error without a message");
        command.code = EXIT_FAILURE;
    }
    lua_close(L);
    return farewell(&command);
}
