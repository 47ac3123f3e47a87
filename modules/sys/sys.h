/* sys.h -- what the files of native.sys share. */
#ifndef MRUN_SYS_H
#define MRUN_SYS_H

#include "support.h"

/* Milliseconds of CLOCK_REALTIME, CLOCK_MONOTONIC, ... */
long long sys_clock_ms(int clock);

/* terminal.c */
int sys_isatty(lua_State *L);
int sys_width(lua_State *L);
int sys_read_line(lua_State *L);
int sys_input_within(lua_State *L);
int sys_write(lua_State *L);

/* child.c */
int sys_run(lua_State *L);
void sys_open_child_type(lua_State *L);

#endif
