/* fs.h -- what the files of native.fs share. */
#ifndef MRUN_FS_H
#define MRUN_FS_H

#include "support.h"

/* The path at that argument; one with a NUL in it raises. */
const char *fs_path(lua_State *L, int arg);

/* Writes everything, whatever signals come; -1 with errno set. */
int fs_write_all(int fd, const char *data, size_t len);

/* Syncs the folder that holds the path, so that a rename in it lasts; -1 with errno set. */
int fs_sync_folder_of(const char *path);

/* file.c: open files and folders, each an object of the collector's. */
int fs_read(lua_State *L);
int fs_append(lua_State *L);
int fs_list(lua_State *L);
void fs_open_file_types(lua_State *L);

#endif
