/* pack.c -- the data file: AWS's service models and CloudFormation's schemas, mapped
 * and read record by record.
 *
 *   local data = assert(require "native.pack".open())  -- the one inside the binary
 *   data:services()                                    -- { "accessanalyzer", ... }
 *   data:operation("ec2", "CreateVpc")                 -- { name, http, input, output, ... }
 *   data:record("schema", "AWS::EC2::VPC", "ap-northeast-1")
 *   data:documentation "ec2.CreateVpc"
 *
 * ---@class native.pack.Data
 * ---@field services fun(self): string[]
 * ---@field service fun(self, name: string): table?            name and metadata
 * ---@field operations fun(self, service: string): string[]
 * ---@field operation fun(self, service: string, name: string): table?
 * ---@field kinds fun(self): string[]
 * ---@field keys fun(self, kind: string): string[]             sorted
 * ---@field record fun(self, kind: string, key: string, region: string?): any
 * ---@field documentation fun(self, key: string): string?
 * ---@field verify fun(self): true?, native.failure?
 * ---@field sizes fun(self): table<string, integer>            bytes of each part
 * ---@param path string?
 * ---@return native.pack.Data?, native.failure?
 * function pack.open(path) end
 * ---@param bytes string as lua/aws/pack makes them
 * function pack.load(bytes) end
 * ---@param bytes string gzip's or zlib's format
 * ---@param max_bytes integer?
 * function pack.inflate(bytes, max_bytes) end
 * ---@return string? gzip, native.failure?
 * function pack.gzip(bytes) end
 */
#define _GNU_SOURCE
#include "pack.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The second link puts the data file there; the first binary has none. */
extern const unsigned char mrun_data[] __attribute__((weak));
extern const unsigned char mrun_data_end[] __attribute__((weak));

static uint32_t embedded_size(void)
{
    return (uint32_t)((uintptr_t)mrun_data_end - (uintptr_t)mrun_data);
}

static struct pack *pack_new(lua_State *L)
{
    struct pack *pack = lua_newuserdatauv(L, sizeof *pack, 2); /* bytes, wires */
    memset(pack, 0, sizeof *pack);
    luaL_setmetatable(L, PACK_TYPE);
    return pack;
}

static int pack_close(lua_State *L)
{
    struct pack *pack = luaL_checkudata(L, 1, PACK_TYPE);
    if (pack->mapped)
        munmap((void *)pack->file.at, pack->file.len);
    memset(pack, 0, sizeof *pack);
    return 0;
}

/* Maps the file, which the pack then owns. */
static struct failure map_file(struct pack *pack, const char *path)
{
    struct stat status;
    struct failure why = {0};
    void *bytes = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return OS_FAILURE("open", path);
    if (fstat(fd, &status) < 0)
        why = OS_FAILURE("look at", path);
    else if (status.st_size <= 0 || status.st_size > INT32_MAX)
        why = FAILURE("open", path, "no data file of mrun's");
    else if ((bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0)) ==
             MAP_FAILED)
        why = OS_FAILURE("map", path);
    close(fd);
    if (!why.op) {
        pack->file = (struct section){bytes, (uint32_t)status.st_size};
        pack->mapped = true;
    }
    return why;
}

static int pack_open(lua_State *L)
{
    const char *path = luaL_optstring(L, 1, NULL), *reason;
    struct failure why = {0};
    struct pack *pack = pack_new(L);
    if (path)
        why = map_file(pack, path);
    else if (!mrun_data_end)
        why = FAILURE("open", "the data file", "this binary was built without one");
    else
        pack->file = (struct section){mrun_data, embedded_size()};
    if (!why.op && !pack_read_header(pack, pack->file.at, pack->file.len, &reason))
        why = FAILURE("open", path ? path : "the data file", reason);
    return why.op ? failure_return(L, why) : 1;
}

static int pack_load(lua_State *L)
{
    size_t len;
    const char *bytes = luaL_checklstring(L, 1, &len), *reason;
    struct pack *pack = pack_new(L);
    lua_pushvalue(L, 1);
    lua_setiuservalue(L, -2, 1); /* the bytes are Lua's, and stay */
    if (!pack_read_header(pack, (const unsigned char *)bytes, len, &reason))
        return failure_return(L, FAILURE("load", "the data", reason));
    return 1;
}

static int push_keys(lua_State *L, const struct table *table)
{
    lua_createtable(L, (int)table->count, 0);
    for (uint32_t i = 0; i < table->count; i++) {
        struct text key;
        uint32_t value;
        if (!table_entry(table, i, &key, &value))
            return shape_damaged(L);
        lua_pushlstring(L, key.at, key.len);
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* The table of a kind, or of a kind with ":" and a part of it; none is an empty one. */
static struct table find_table(lua_State *L, const char *kind, const char *part)
{
    const struct pack *pack = luaL_checkudata(L, 1, PACK_TYPE);
    struct table table = {pack, 0, 0};
    lua_pushstring(L, kind);
    if (part)
        lua_pushfstring(L, "%s:%s", kind, part);
    if (!pack_table(pack, lua_tostring(L, -1), lua_rawlen(L, -1), &table))
        table.count = 0;
    lua_pop(L, part ? 2 : 1); /* the name was only compared */
    return table;
}

static int keys_of(lua_State *L, const char *kind, const char *part)
{
    struct table table = find_table(L, kind, part);
    return push_keys(L, &table);
}

/* Pushes the record and is true, or pushes nothing. */
static bool push_record(lua_State *L, const struct table *table, int key)
{
    struct text text;
    uint32_t at;
    text.at = luaL_checklstring(L, key, &text.len);
    if (!table_find(table, text, &at))
        return false;
    value_push(L, table->pack, at, 1);
    return true;
}

static int pack_services(lua_State *L)
{
    return keys_of(L, "service", NULL);
}

static int pack_operations(lua_State *L)
{
    return keys_of(L, "operation", luaL_checkstring(L, 2));
}

static int pack_kinds(lua_State *L)
{
    struct table root;
    if (!pack_root(luaL_checkudata(L, 1, PACK_TYPE), &root))
        return shape_damaged(L);
    return push_keys(L, &root);
}

static int pack_keys(lua_State *L)
{
    return keys_of(L, luaL_checkstring(L, 2), NULL);
}

static int pack_service(lua_State *L)
{
    struct table table = find_table(L, "service", NULL);
    return push_record(L, &table, 2);
}

static int pack_operation(lua_State *L)
{
    struct table table = find_table(L, "operation", luaL_checkstring(L, 2));
    return push_record(L, &table, 3);
}

/* A region has a table of what differs there; what it lacks is a null in it. */
static int pack_record(lua_State *L)
{
    const char *kind = luaL_checkstring(L, 2), *region = luaL_optstring(L, 4, NULL);
    if (region) {
        struct table there = find_table(L, kind, region);
        if (push_record(L, &there, 3))
            return 1;
    }
    struct table table = find_table(L, kind, NULL);
    return push_record(L, &table, 3);
}

static int pack_sizes(lua_State *L)
{
    const struct pack *pack = luaL_checkudata(L, 1, PACK_TYPE);
    const struct {
        const char *name;
        uint32_t len;
    } parts[] = {
        {"strings", pack->strings.len},         {"shapes", pack->shapes.len},
        {"values", pack->values.len},           {"index", pack->index.len},
        {"documentation", pack->documents.len}, {"file", pack->file.len},
    };
    lua_newtable(L);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        lua_pushinteger(L, parts[i].len);
        lua_setfield(L, -2, parts[i].name);
    }
    return 1;
}

static const luaL_Reg methods[] = {
    {"services", pack_services},
    {"service", pack_service},
    {"operations", pack_operations},
    {"operation", pack_operation},
    {"kinds", pack_kinds},
    {"keys", pack_keys},
    {"record", pack_record},
    {"documentation", pack_documentation},
    {"verify", pack_verify},
    {"sizes", pack_sizes},
    {"__gc", pack_close},
    {NULL, NULL},
};

static const luaL_Reg functions[] = {
    {"open", pack_open},
    {"load", pack_load},
    {"inflate", pack_inflate},
    {"deflate", pack_deflate},
    {"gzip", pack_gzip},
    {"crc32", pack_crc32},
    {NULL, NULL},
};

int luaopen_native_pack(lua_State *L)
{
    luaL_newmetatable(L, PACK_TYPE);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    shape_methods(L);
    luaL_newlib(L, functions);
    return 1;
}
