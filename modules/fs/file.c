/* file.c -- what native.fs holds open: files, and folders while they are listed. */
#define _GNU_SOURCE
#include "fs.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_TYPE "native.fs.file"
#define FOLDER_TYPE "native.fs.folder"
#define CHUNK_BYTES 65536

struct file {
    int fd; /* -1 once closed */
};

struct folder {
    DIR *dir; /* NULL once closed */
};

static struct file *file_new(lua_State *L)
{
    struct file *file = lua_newuserdatauv(L, sizeof *file, 1); /* its path beside it */
    file->fd = -1;
    luaL_setmetatable(L, FILE_TYPE);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1);
    return file;
}

static int file_close(lua_State *L) /* close, __gc and __close */
{
    struct file *file = luaL_checkudata(L, 1, FILE_TYPE);
    if (file->fd >= 0)
        close(file->fd);
    file->fd = -1;
    return 0;
}

static const char *file_path(lua_State *L)
{
    lua_getiuservalue(L, 1, 1);
    return lua_tostring(L, -1);
}

static struct file *file_check(lua_State *L)
{
    struct file *file = luaL_checkudata(L, 1, FILE_TYPE);
    luaL_argcheck(L, file->fd >= 0, 1, "the file is closed");
    return file;
}

static int succeed(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

static int file_write(lua_State *L)
{
    struct file *file = file_check(L);
    size_t len;
    const char *data = luaL_checklstring(L, 2, &len);
    if (fs_write_all(file->fd, data, len) < 0)
        return failure_return(L, OS_FAILURE("write", file_path(L)));
    return succeed(L);
}

static int file_sync(lua_State *L)
{
    struct file *file = file_check(L);
    if (fdatasync(file->fd) < 0)
        return failure_return(L, OS_FAILURE("sync", file_path(L)));
    return succeed(L);
}

static int file_truncate(lua_State *L)
{
    struct file *file = file_check(L);
    lua_Integer bytes = luaL_checkinteger(L, 2);
    luaL_argcheck(L, bytes >= 0, 2, "must not be below 0");
    if (ftruncate(file->fd, bytes) < 0)
        return failure_return(L, OS_FAILURE("cut", file_path(L)));
    return succeed(L);
}

int fs_append(lua_State *L)
{
    const char *path = fs_path(L, 1);
    struct file *file = file_new(L);
    file->fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file->fd < 0)
        return failure_return(L, OS_FAILURE("open", path));
    return 1;
}

/* Reads on until the end or past the limit; -1 with errno set. */
static int read_rest(int fd, luaL_Buffer *text, size_t max_bytes)
{
    while (luaL_bufflen(text) <= max_bytes) {
        ssize_t count = read(fd, luaL_prepbuffsize(text, CHUNK_BYTES), CHUNK_BYTES);
        if (count == 0)
            return 0;
        if (count < 0 && errno != EINTR)
            return -1;
        if (count > 0)
            luaL_addsize(text, (size_t)count);
    }
    return 0;
}

int fs_read(lua_State *L)
{
    const char *path = fs_path(L, 1);
    lua_Integer limit = luaL_optinteger(L, 2, LUA_MAXINTEGER - 1);
    luaL_argcheck(L, limit >= 0, 2, "must not be below 0");
    struct file *file = file_new(L);
    file->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0)
        return failure_return(L, OS_FAILURE("read", path));
    luaL_Buffer text;
    luaL_buffinit(L, &text);
    if (read_rest(file->fd, &text, (size_t)limit) < 0)
        return failure_return(L, OS_FAILURE("read", path));
    close(file->fd);
    file->fd = -1;
    if (luaL_bufflen(&text) > (size_t)limit)
        return failure_return(L, FAILURE("read", path, "larger than allowed"));
    luaL_pushresult(&text);
    return 1;
}

static int folder_close(lua_State *L)
{
    struct folder *folder = luaL_checkudata(L, 1, FOLDER_TYPE);
    if (folder->dir)
        closedir(folder->dir);
    folder->dir = NULL;
    return 0;
}

static struct folder *folder_new(lua_State *L)
{
    struct folder *folder = lua_newuserdatauv(L, sizeof *folder, 0);
    folder->dir = NULL;
    luaL_setmetatable(L, FOLDER_TYPE);
    return folder;
}

static int is_special(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Where the name belongs among the `count` sorted ones at index 3. */
static lua_Integer place_of(lua_State *L, const char *name, lua_Integer count)
{
    lua_Integer low = 1, high = count + 1;
    while (low < high) {
        lua_Integer middle = low + (high - low) / 2;
        lua_rawgeti(L, 3, middle);
        if (strcmp(lua_tostring(L, -1), name) < 0)
            low = middle + 1;
        else
            high = middle;
        lua_pop(L, 1);
    }
    return low;
}

static void insert(lua_State *L, const char *name)
{
    lua_Integer count = (lua_Integer)lua_rawlen(L, 3);
    lua_Integer place = place_of(L, name, count);
    for (lua_Integer i = count; i >= place; i--) {
        lua_rawgeti(L, 3, i);
        lua_rawseti(L, 3, i + 1);
    }
    lua_pushstring(L, name);
    lua_rawseti(L, 3, place);
}

int fs_list(lua_State *L)
{
    const char *path = fs_path(L, 1);
    lua_settop(L, 1);
    struct folder *folder = folder_new(L); /* at 2 */
    lua_newtable(L);                       /* at 3 */
    folder->dir = opendir(path);
    if (!folder->dir)
        return failure_return(L, OS_FAILURE("list", path));
    struct dirent *entry;
    while ((errno = 0, entry = readdir(folder->dir)) != NULL)
        if (!is_special(entry->d_name))
            insert(L, entry->d_name);
    if (errno)
        return failure_return(L, OS_FAILURE("list", path));
    closedir(folder->dir);
    folder->dir = NULL;
    return 1;
}

static const luaL_Reg file_methods[] = {
    {"write", file_write}, {"sync", file_sync},     {"truncate", file_truncate},
    {"close", file_close}, {"__close", file_close}, {"__gc", file_close},
    {NULL, NULL},
};

void fs_open_file_types(lua_State *L)
{
    luaL_newmetatable(L, FILE_TYPE);
    luaL_setfuncs(L, file_methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newmetatable(L, FOLDER_TYPE);
    lua_pushcfunction(L, folder_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 2);
}
