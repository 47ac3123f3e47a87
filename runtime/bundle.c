/* bundle.c -- the compiled Lua inside the binary, or, with MRUN_LUA, in a folder. */
#define _GNU_SOURCE
#include "host.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>

#define WALK "host.walk"

struct walk {
    FTS *fts; /* NULL once closed */
};

static int compare(const void *path, const void *file)
{
    return strcmp(path, ((const struct bundle_file *)file)->path);
}

static const struct bundle_file *bundle_find(const char *path)
{
    return bsearch(path, bundle_files, bundle_count, sizeof *bundle_files, compare);
}

/* Pushes the function and its path, the two results of a searcher; or nothing. */
static int load_file(lua_State *L, const char *folder, const char *path)
{
    int status;
    if (folder) {
        const char *full = lua_pushfstring(L, "%s/%s", folder, path);
        FILE *file = fopen(full, "re");
        if (!file)
            return 0;
        fclose(file); /* an absent file is not an error, an unreadable one is */
        status = luaL_loadfile(L, full);
        path = full;
    } else {
        const struct bundle_file *file = bundle_find(path);
        if (!file)
            return 0;
        status = luaL_loadbufferx(L, file->code, (size_t)(file->end - file->code), path, "b");
    }
    if (status != LUA_OK)
        lua_error(L);
    lua_pushstring(L, path);
    return 2;
}

int bundle_search(lua_State *L)
{
    const char *folder = lua_tostring(L, lua_upvalueindex(1));
    const char *name = luaL_gsub(L, luaL_checkstring(L, 1), ".", "/");
    const char *forms[] = {"%s.lua", "%s/init.lua"};
    for (size_t i = 0; i < 2; i++) {
        int results = load_file(L, folder, lua_pushfstring(L, forms[i], name));
        if (results)
            return results;
    }
    lua_pushfstring(L, "no file '%s/%s.lua'%s", folder ? folder : "lua", name,
                    folder ? "" : " in the bundle");
    return 1;
}

static int walk_close(lua_State *L)
{
    struct walk *walk = luaL_checkudata(L, 1, WALK);
    if (walk->fts)
        fts_close(walk->fts);
    walk->fts = NULL;
    return 0;
}

static struct walk *walk_open(lua_State *L, char *folder)
{
    struct walk *walk = lua_newuserdatauv(L, sizeof *walk, 0);
    walk->fts = NULL;
    if (luaL_newmetatable(L, WALK)) {
        lua_pushcfunction(L, walk_close);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    walk->fts = fts_open((char *[]){folder, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    return walk;
}

static void add_if_under(lua_State *L, int list, const char *path, const char *prefix)
{
    if (strncmp(path, prefix, strlen(prefix)) != 0)
        return;
    lua_pushstring(L, path);
    lua_rawseti(L, list, luaL_len(L, list) + 1);
}

static void list_folder(lua_State *L, int list, const char *folder, const char *prefix)
{
    lua_pushstring(L, folder);
    char *copy = lua_newuserdatauv(L, strlen(folder) + 1, 0); /* fts wants to own it */
    memcpy(copy, folder, strlen(folder) + 1);
    struct walk *walk = walk_open(L, copy);
    FTSENT *entry;
    while (walk->fts && (entry = fts_read(walk->fts)) != NULL)
        if (entry->fts_info == FTS_F)
            add_if_under(L, list, entry->fts_path + strlen(folder) + 1, prefix);
    lua_getglobal(L, "table");
    lua_getfield(L, -1, "sort");
    lua_pushvalue(L, list);
    lua_call(L, 1, 0);
    lua_settop(L, list);
}

int bundle_list(lua_State *L)
{
    const char *prefix = luaL_optstring(L, 1, "");
    const char *folder = getenv("MRUN_LUA");
    lua_settop(L, 1);
    lua_newtable(L);
    if (folder && *folder) {
        list_folder(L, 2, folder, prefix);
        return 1;
    }
    for (size_t i = 0; i < bundle_count; i++)
        add_if_under(L, 2, bundle_files[i].path, prefix);
    return 1;
}
