/* library.c -- libcurl, loaded when the first network is asked for: with the thirty libraries that
 * it stands on it takes longer to load, and more memory, than all the rest of a command that asks
 * nobody anything.
 */
#include "http.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define NAME "libcurl.so.4"   /* its ABI since 2006 */
#define VERSION_MIN 0x075000u /* 7.80: on_sending of transfer.c */
#define LIBRARY "native.http.library"

#define FUNCTION(name)                                                                             \
    {                                                                                              \
        "curl_" #name, offsetof(struct http_library, name)                                         \
    }
static const struct {
    const char *name;
    size_t at;
} functions[] = {
    FUNCTION(easy_cleanup),     FUNCTION(easy_getinfo),        FUNCTION(easy_init),
    FUNCTION(easy_pause),       FUNCTION(easy_reset),          FUNCTION(easy_setopt),
    FUNCTION(easy_strerror),    FUNCTION(global_cleanup),      FUNCTION(global_init),
    FUNCTION(multi_add_handle), FUNCTION(multi_assign),        FUNCTION(multi_cleanup),
    FUNCTION(multi_info_read),  FUNCTION(multi_init),          FUNCTION(multi_remove_handle),
    FUNCTION(multi_setopt),     FUNCTION(multi_socket_action), FUNCTION(multi_strerror),
    FUNCTION(multi_timeout),    FUNCTION(slist_append),        FUNCTION(slist_free_all),
    FUNCTION(version_info),
};
_Static_assert(sizeof(struct http_library) ==
                   offsetof(struct http_library, global_init) +
                       sizeof functions / sizeof *functions * sizeof(void (*)(void)),
               "each is looked up");

static int library_close(lua_State *L)
{
    struct http_library *library = luaL_checkudata(L, 1, LIBRARY);
    if (library->is_open)
        library->global_cleanup();
    library->is_open = false;
    return 0; /* it stays loaded: what it stands on is not made to be taken out of a process */
}

void http_library_new(lua_State *L)
{
    struct http_library *library = lua_newuserdatauv(L, sizeof *library, 0);
    memset(library, 0, sizeof *library);
    luaL_newmetatable(L, LIBRARY);
    lua_pushcfunction(L, library_close);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_setfield(L, LUA_REGISTRYINDEX, LIBRARY ".kept");
}

static const char *start(const struct http_library *library)
{
    const curl_version_info_data *about = library->version_info(CURLVERSION_NOW);
    if (about->version_num < VERSION_MIN)
        return "older than 7.80";
    return library->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL : "it does not start";
}

static const char *find_functions(struct http_library *library, void *loaded)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        void *function = dlsym(loaded, functions[i].name);
        if (!function)
            return dlerror();
        memcpy((char *)library + functions[i].at, &function, sizeof function);
    }
    return NULL;
}

static const char *load(struct http_library *library)
{
    void *loaded = dlopen(NAME, RTLD_LAZY | RTLD_LOCAL);
    const char *why = loaded ? find_functions(library, loaded) : dlerror();
    if (!why)
        why = start(library);
    library->is_open = !why;
    return why;
}

struct failure http_library_open(lua_State *L, const struct http_library **to)
{
    lua_getfield(L, LUA_REGISTRYINDEX, LIBRARY ".kept");
    struct http_library *library = luaL_checkudata(L, -1, LIBRARY);
    lua_pop(L, 1); /* the registry keeps it */
    *to = library;
    const char *why = library->is_open ? NULL : load(library);
    return why ? (struct failure){"load libcurl", NULL, why, __FILE__, __LINE__, ELIBACC}
               : (struct failure){0};
}
