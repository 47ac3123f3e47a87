/* fs.c -- files as mrun needs them: replaced whole, appended and synced, private.
 *
 *   local fs = require "native.fs"
 *   fs.read(path[, max_bytes])       -- text; a larger file is a failure
 *   fs.replace(path, text[, mode])   -- all or nothing, synced; mode 0600 unless given
 *   fs.append(path)                  -- file:write(text), :sync(), :truncate(bytes), :close()
 *   fs.list(folder)                  -- names, sorted
 *   fs.stat(path)                    -- { type, link, size, mode, mtime_ms }
 *                                    -- type: "file", "folder" or "other"; link: leads there
 *   fs.mkdir(path[, mode])           -- parents too; one that is there is fine; mode 0700
 *   fs.remove(path)                  -- a file or an empty folder
 *   fs.rename(from, to)   fs.chmod(path, mode)   fs.realpath(path)   fs.sync_folder(path)
 *
 * Each returns true or what it promises; nil and a failure when the world says no.
 */
#define _GNU_SOURCE
#include "fs.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PRIVATE_FILE 0600
#define PRIVATE_FOLDER 0700

const char *fs_path(lua_State *L, int arg)
{
    size_t len;
    const char *path = luaL_checklstring(L, arg, &len);
    luaL_argcheck(L, strlen(path) == len, arg, "a path holds no NUL");
    return path;
}

int fs_write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t count = write(fd, data, len);
        if (count < 0 && errno != EINTR)
            return -1;
        if (count > 0) {
            data += count;
            len -= (size_t)count;
        }
    }
    return 0;
}

static int sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int status = fsync(fd);
    int err = errno;
    close(fd);
    errno = err;
    return status;
}

int fs_sync_folder_of(const char *path)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    if (len >= sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (!slash)
        return sync_folder(".");
    memcpy(folder, path, len);
    folder[len] = '\0';
    return sync_folder(len ? folder : "/");
}

static int report(lua_State *L, struct failure why)
{
    if (why.op)
        return failure_return(L, why);
    lua_pushboolean(L, 1);
    return 1;
}

static mode_t mode_at(lua_State *L, int arg, mode_t otherwise)
{
    lua_Integer mode = luaL_optinteger(L, arg, otherwise);
    luaL_argcheck(L, mode >= 0 && mode <= 07777, arg, "not a file mode");
    return (mode_t)mode;
}

static struct failure fill(int fd, const char *path, const char *data, size_t len, mode_t mode)
{
    struct failure why = {0};
    if (fs_write_all(fd, data, len) < 0 || fchmod(fd, mode) < 0 || fsync(fd) < 0)
        why = OS_FAILURE("write", path);
    if (close(fd) < 0 && !why.op)
        why = OS_FAILURE("close", path);
    return why;
}

static int fs_replace(lua_State *L)
{
    size_t len; /* check: may raise, owns nothing */
    const char *path = fs_path(L, 1);
    const char *data = luaL_checklstring(L, 2, &len);
    mode_t mode = mode_at(L, 3, PRIVATE_FILE);
    char *temp = lua_newuserdatauv(L, strlen(path) + sizeof ".XXXXXX", 0);
    concat(temp, path, ".XXXXXX");
    struct failure why = {0};

    int fd = mkostemp(temp, O_CLOEXEC); /* work: no Lua */
    if (fd < 0) {
        why = OS_FAILURE("create", path);
        goto out;
    }
    why = fill(fd, path, data, len, mode);
    if (!why.op && rename(temp, path) < 0)
        why = OS_FAILURE("rename", path);
    if (why.op)
        unlink(temp);
    else if (fs_sync_folder_of(path) < 0)
        why = OS_FAILURE("sync the folder of", path);
out:
    return report(L, why); /* may raise, owns nothing again */
}

static const char *type_name(mode_t mode)
{
    if (S_ISREG(mode))
        return "file";
    return S_ISDIR(mode) ? "folder" : "other";
}

static int fs_stat(lua_State *L)
{
    const char *path = fs_path(L, 1);
    struct stat info, link;
    if (stat(path, &info) < 0 || lstat(path, &link) < 0)
        return failure_return(L, OS_FAILURE("look at", path));
    lua_createtable(L, 0, 5);
    lua_pushstring(L, type_name(info.st_mode));
    lua_setfield(L, -2, "type");
    lua_pushboolean(L, S_ISLNK(link.st_mode));
    lua_setfield(L, -2, "link");
    lua_pushinteger(L, info.st_size);
    lua_setfield(L, -2, "size");
    lua_pushinteger(L, info.st_mode & 07777);
    lua_setfield(L, -2, "mode");
    lua_pushinteger(L, info.st_mtim.tv_sec * 1000 + info.st_mtim.tv_nsec / 1000000);
    lua_setfield(L, -2, "mtime_ms");
    return 1;
}

static int is_folder(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* Makes each folder on the way; `path` is scratch. */
static int make_folders(char *path, mode_t mode)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        int failed = mkdir(path, mode) < 0 && errno != EEXIST && !is_folder(path);
        *slash = '/';
        if (failed)
            return -1;
    }
    if (mkdir(path, mode) == 0)
        return 0;
    int err = errno;
    int there = err == EEXIST && is_folder(path);
    errno = err;
    return there ? 0 : -1;
}

static int fs_mkdir(lua_State *L)
{
    const char *path = fs_path(L, 1);
    mode_t mode = mode_at(L, 2, PRIVATE_FOLDER);
    char *scratch = lua_newuserdatauv(L, strlen(path) + 1, 0);
    concat(scratch, path, "");
    struct failure why = {0};
    if (make_folders(scratch, mode) < 0)
        why = OS_FAILURE("make the folder", path);
    return report(L, why);
}

static int fs_remove(lua_State *L)
{
    const char *path = fs_path(L, 1);
    struct failure why = {0};
    if (remove(path) < 0)
        why = OS_FAILURE("remove", path);
    return report(L, why);
}

static int fs_rename(lua_State *L)
{
    const char *from = fs_path(L, 1), *to = fs_path(L, 2);
    struct failure why = {0};
    if (rename(from, to) < 0)
        why = OS_FAILURE("rename", from);
    return report(L, why);
}

static int fs_chmod(lua_State *L)
{
    const char *path = fs_path(L, 1);
    mode_t mode = mode_at(L, 2, PRIVATE_FILE);
    struct failure why = {0};
    if (chmod(path, mode) < 0)
        why = OS_FAILURE("change the mode of", path);
    return report(L, why);
}

static int fs_realpath(lua_State *L)
{
    const char *path = fs_path(L, 1);
    char full[PATH_MAX];
    if (!realpath(path, full))
        return failure_return(L, OS_FAILURE("find", path));
    lua_pushstring(L, full);
    return 1;
}

static int fs_sync_folder(lua_State *L)
{
    const char *path = fs_path(L, 1);
    struct failure why = {0};
    if (sync_folder(path) < 0)
        why = OS_FAILURE("sync", path);
    return report(L, why);
}

static const luaL_Reg functions[] = {
    {"read", fs_read},
    {"replace", fs_replace},
    {"append", fs_append},
    {"list", fs_list},
    {"stat", fs_stat},
    {"mkdir", fs_mkdir},
    {"remove", fs_remove},
    {"rename", fs_rename},
    {"chmod", fs_chmod},
    {"realpath", fs_realpath},
    {"sync_folder", fs_sync_folder},
    {NULL, NULL},
};

int luaopen_native_fs(lua_State *L)
{
    fs_open_file_types(L);
    luaL_newlib(L, functions);
    return 1;
}
