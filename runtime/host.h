/* host.h -- what the files of the host share. */
#ifndef MRUN_HOST_H
#define MRUN_HOST_H

#include <signal.h>
#include <stddef.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

/* One compiled Lua source inside the binary; the path is relative to lua/. */
struct bundle_file {
    const char *path, *code, *end;
};

/* Generated: sorted by path, and what is preloaded, ended by a NULL name. */
extern const struct bundle_file bundle_files[];
extern const size_t bundle_count;
extern const luaL_Reg preload_modules[];

/* host.c: the standard library, preloaded modules and where sources come from; may raise. */
void host_open(lua_State *L);
const char *host_setting(const char *name); /* of the environment; NULL when empty */

/* memory.c: every byte of Lua's passes here, so that a recipe can be limited. */
void *memory_allocate(void *user, void *block, size_t old, size_t size);
size_t memory_used(void);
void memory_limit(size_t bytes); /* 0: none */

/* signals.c */
void signals_open(void);
const volatile sig_atomic_t *signals_interrupts(void);
int signals_cpu_limit(long limit_ms, const char *farewell, size_t len, int code);

/* bundle.c: the searcher's upvalue is the folder that replaces the bundle, or nil. */
int bundle_search(lua_State *L);
int bundle_list(lua_State *L);

/* library.c: native.host */
int luaopen_native_host(lua_State *L);

#endif
