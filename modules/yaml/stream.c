/* stream.c -- a text to its documents: libyaml's parser, the limits, and where it failed.
 */
#include "yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SOURCE "native.yaml.source"
#define DEPTH_MAX 1000
#define DIRECTIVES_MAX 1000

static void source_free(struct yaml_source *source)
{
    if (source->has_event)
        yaml_event_delete(&source->event);
    if (source->open)
        yaml_parser_delete(&source->parser);
    source->has_event = source->open = false;
}

static int source_close(lua_State *L)
{
    source_free(luaL_checkudata(L, 1, SOURCE));
    return 0;
}

void yaml_open_reader(lua_State *L)
{
    luaL_newmetatable(L, SOURCE);
    lua_pushcfunction(L, source_close);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newmetatable(L, YAML_LIST);
    lua_pop(L, 1);
}

bool yaml_fail(struct yaml_reader *r, yaml_mark_t at, const char *format, ...)
{
    if (r->failed)
        return false;
    va_list arguments;
    va_start(arguments, format);
    /* the checker takes va_start for nothing where it has read another file before this one */
    vsnprintf(r->reason, sizeof r->reason, format, arguments); /* NOLINT(clang-analyzer-valist*) */
    va_end(arguments);
    r->failed = true;
    r->line = at.line + 1;
    r->column = at.column + 1;
    return false;
}

bool yaml_next(struct yaml_reader *r)
{
    struct yaml_source *source = r->source;
    if (source->has_event)
        yaml_event_delete(&source->event);
    source->has_event = yaml_parser_parse(&source->parser, &source->event) == 1;
    if (source->has_event)
        return true;
    const char *problem = source->parser.problem ? source->parser.problem : "out of memory";
    if (source->parser.error != YAML_READER_ERROR)
        return yaml_fail(r, source->parser.problem_mark, "%s", problem);
    return yaml_fail(r, source->parser.mark, "%s at byte %zu", problem,
                     source->parser.problem_offset);
}

static lua_Integer limit(lua_State *L, const char *name, lua_Integer otherwise, lua_Integer max)
{
    lua_Integer number = option_integer(L, 2, name, otherwise);
    if (number < 1 || number > max)
        luaL_error(L, "yaml: %s is not between 1 and %I", name, (LUAI_UACINT)max);
    return number;
}

static void open_parser(lua_State *L, struct yaml_reader *r, const char *text, size_t len)
{
    r->L = L;
    r->max_depth = limit(L, "max_depth", 100, DEPTH_MAX);
    r->max_nodes = limit(L, "max_nodes", 1000000, INT32_MAX);
    r->source = lua_newuserdatauv(L, sizeof *r->source, 0);
    memset(r->source, 0, sizeof *r->source);
    luaL_setmetatable(L, SOURCE);
    r->source->open = yaml_parser_initialize(&r->source->parser) == 1;
    if (!r->source->open) {
        luaL_error(L, "out of memory");
        return;
    }
    yaml_parser_set_encoding(&r->source->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r->source->parser, (const unsigned char *)text, len);
}

static int return_failure(lua_State *L, const struct yaml_reader *r)
{
    const char *reason =
        lua_pushfstring(L, "line %d, column %d: %s", (int)r->line, (int)r->column, r->reason);
    failure_return(L, FAILURE("read YAML", NULL, reason));
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, (lua_Integer)r->line);
    lua_setfield(L, -2, "line");
    lua_pushinteger(L, (lua_Integer)r->column);
    lua_setfield(L, -2, "column");
    lua_setfield(L, -2, "at");
    return 2;
}

/* All documents into the list on top of the stack. */
static bool read_documents(struct yaml_reader *r, lua_Integer max_count)
{
    lua_State *L = r->L;
    int documents = lua_gettop(L);
    lua_Integer count = 0;
    while (yaml_next(r) && r->source->event.type != YAML_STREAM_END_EVENT) {
        if (r->source->event.type != YAML_DOCUMENT_START_EVENT)
            continue;
        if (count == max_count)
            return yaml_fail(r, r->source->event.start_mark, "a second document");
        lua_newtable(L);
        r->anchors = lua_gettop(L);
        lua_newtable(L);
        r->sizes = lua_gettop(L);
        if (!yaml_next(r) || !yaml_read_node(r))
            return false;
        lua_rawseti(L, documents, ++count);
        lua_settop(L, documents);
    }
    return !r->failed;
}

/* libyaml compares each with all before it. */
static bool has_many_directives(const char *text, size_t len)
{
    const char *end = text + len;
    size_t count = 0;
    for (const char *line = text; line < end;) {
        count += *line == '%';
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        line = newline ? newline + 1 : end;
    }
    return count > DIRECTIVES_MAX;
}

enum form { FORM_NODES, FORM_VALUE, FORM_EVENTS };

static int read_stream(lua_State *L, enum form form)
{
    size_t len;
    struct yaml_reader r = {.plain = form == FORM_VALUE};
    const char *text = luaL_checklstring(L, 1, &len);
    if (!lua_isnoneornil(L, 2))
        luaL_checktype(L, 2, LUA_TTABLE);
    lua_settop(L, 2);
    if (len > (size_t)limit(L, "max_bytes", 16777216, INT32_MAX))
        return failure_return(L, FAILURE("read YAML", NULL, "larger than the limit"));
    if (has_many_directives(text, len))
        return failure_return(L, FAILURE("read YAML", NULL, "too many lines that begin with %"));
    open_parser(L, &r, text, len);
    lua_newtable(L);
    int documents = lua_gettop(L);
    bool ok = form == FORM_EVENTS ? yaml_read_events(&r)
                                  : read_documents(&r, form == FORM_VALUE ? 1 : INT32_MAX);
    source_free(r.source); /* not to wait for the collector */
    if (!ok)
        return return_failure(L, &r);
    lua_settop(L, documents);
    return 1;
}

int yaml_decode(lua_State *L)
{
    return read_stream(L, FORM_NODES);
}

int yaml_events(lua_State *L)
{
    return read_stream(L, FORM_EVENTS);
}

int yaml_load(lua_State *L)
{
    int count = read_stream(L, FORM_VALUE);
    if (count == 2)
        return 2;
    if (lua_rawgeti(L, -1, 1) == LUA_TNIL)
        return failure_return(L, FAILURE("read YAML", NULL, "there is nothing in it"));
    return 1;
}
