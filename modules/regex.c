/* regex.c -- one syntax of regular expressions for schemas, AllowedPattern and params: PCRE2 as
 * near to JSON Schema's (ECMA-262) as it goes, over UTF-8, with bounds on time and memory.
 *
 *   local regex = require "native.regex"
 *   regex.match("^[a-z]+$", "stg")                        -- true
 *   regex.match("[a-z]", "STG stg", "whole")              -- false
 *   local name = assert(regex.compile "^[A-Za-z0-9-]+$")
 *   name:match "stg"
 *
 * A pattern is searched for anywhere in the text; with "whole" it has to match all of it. The
 * patterns used last stay compiled.
 *
 * ---@param pattern string
 * ---@param text string
 * ---@param how "whole"|nil
 * ---@return boolean? found, native.failure? failure  no pattern, too much work, or not UTF-8
 * function regex.match(pattern, text, how) end
 * ---@param pattern string
 * ---@return regex? compiled, native.failure? failure
 * function regex.compile(pattern) end
 * ---@param text string
 * ---@param how "whole"|nil
 * ---@return boolean? found, native.failure? failure
 * function regex:match(text, how) end
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "support.h"

#include <pcre2.h>
#include <string.h>

#define REGEX "native.regex"
#define CACHED_MAX 256
#define PATTERN_MAX_BYTES 65536
#define MATCH_LIMIT 1000000 /* steps; a few hundredths of a second */
#define DEPTH_LIMIT 100000
#define HEAP_LIMIT_KIB 16384

struct regex {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static int regex_free(lua_State *L)
{
    struct regex *regex = luaL_checkudata(L, 1, REGEX);
    pcre2_match_context_free(regex->limits);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    memset(regex, 0, sizeof *regex);
    return 0;
}

static pcre2_code *compile(const char *pattern, size_t len, int *error, PCRE2_SIZE *offset)
{
    const uint32_t options = PCRE2_UTF | PCRE2_ALT_BSUX | PCRE2_ALLOW_EMPTY_CLASS |
                             PCRE2_MATCH_UNSET_BACKREF | PCRE2_DOLLAR_ENDONLY |
                             PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    *error = PCRE2_ERROR_NOMEMORY;
    *offset = 0;
    if (!context)
        return NULL;
    pcre2_set_max_pattern_length(context, PATTERN_MAX_BYTES);
    pcre2_set_compile_extra_options(context, PCRE2_EXTRA_ALT_BSUX);
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern, len, options, error, offset, context);
    pcre2_compile_context_free(context);
    return code;
}

/* `error` is PCRE2's number. The text of a match is not told: it may be a secret. */
static int return_error(lua_State *L, const char *op, const char *pattern, int error, size_t offset)
{
    char text[160];
    pcre2_get_error_message(error, (PCRE2_UCHAR *)text, sizeof text);
    const char *reason = text;
    if (error > 0)
        reason = lua_pushfstring(L, "%s, at character %d", text, (int)offset + 1);
    else if (error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_DEPTHLIMIT ||
             error == PCRE2_ERROR_HEAPLIMIT)
        reason = "it takes too much work; write the pattern without repeats inside repeats";
    return failure_return(L, FAILURE(op, pattern, reason));
}

/* Pushes the compiled pattern, or nil and a failure; the number of what it pushed. */
static int push_compiled(lua_State *L, int index)
{
    size_t len;
    int error;
    PCRE2_SIZE offset;
    const char *pattern = luaL_checklstring(L, index, &len);
    struct regex *regex = lua_newuserdatauv(L, sizeof *regex, 0);
    memset(regex, 0, sizeof *regex);
    luaL_setmetatable(L, REGEX);
    regex->code = compile(pattern, len, &error, &offset);
    if (!regex->code)
        return return_error(L, "compile the pattern", pattern, error, offset);
    regex->data = pcre2_match_data_create(1, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (!regex->data || !regex->limits)
        return failure_return(L, FAILURE("compile the pattern", pattern, "out of memory"));
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(regex->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(regex->limits, HEAP_LIMIT_KIB);
    return 1;
}

static int regex_compile(lua_State *L)
{
    return push_compiled(L, 1);
}

static uint32_t check_how(lua_State *L, int index)
{
    static const char *const names[] = {"part", "whole", NULL};
    bool whole = luaL_checkoption(L, index, "part", names) == 1;
    return whole ? PCRE2_ANCHORED | PCRE2_ENDANCHORED : 0;
}

static int match(lua_State *L, const struct regex *regex, int text_index, uint32_t options)
{
    size_t len;
    const char *text = luaL_checklstring(L, text_index, &len);
    luaL_argcheck(L, regex->code, 1, "this pattern was freed");
    int found =
        pcre2_match(regex->code, (PCRE2_SPTR)text, len, 0, options, regex->data, regex->limits);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        return return_error(L, "match a pattern", NULL, found, 0);
    lua_pushboolean(L, found >= 0);
    return 1;
}

static int regex_method_match(lua_State *L)
{
    struct regex *regex = luaL_checkudata(L, 1, REGEX);
    return match(L, regex, 2, check_how(L, 3));
}

/* The compiled patterns are in a table, upvalue 1, and their number in upvalue 2. */
static int push_cached(lua_State *L)
{
    lua_pushvalue(L, 1);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TUSERDATA)
        return 1;
    int pushed = push_compiled(L, 1);
    if (pushed != 1)
        return pushed;
    lua_Integer count = lua_tointeger(L, lua_upvalueindex(2));
    if (count >= CACHED_MAX) { /* begin anew: simple, and seldom */
        lua_newtable(L);
        lua_replace(L, lua_upvalueindex(1));
        count = 0;
    }
    lua_pushvalue(L, 1);
    lua_pushvalue(L, -2);
    lua_rawset(L, lua_upvalueindex(1));
    lua_pushinteger(L, count + 1);
    lua_replace(L, lua_upvalueindex(2));
    return 1;
}

static int regex_match(lua_State *L)
{
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    uint32_t options = check_how(L, 3);
    int pushed = push_cached(L);
    if (pushed != 1)
        return pushed;
    return match(L, lua_touserdata(L, -1), 2, options);
}

static const luaL_Reg methods[] = {
    {"match", regex_method_match},
    {"__gc", regex_free},
    {NULL, NULL},
};

int luaopen_native_regex(lua_State *L)
{
    luaL_newmetatable(L, REGEX);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, regex_compile);
    lua_setfield(L, -2, "compile");
    lua_newtable(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, regex_match, 2);
    lua_setfield(L, -2, "match");
    return 1;
}
