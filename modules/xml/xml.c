/* xml.c -- XML as AWS's services speak it: answers of ec2, query and rest-xml, bodies
 * of rest-xml.
 *
 *   local xml = require "native.xml"
 *   local vpcs, request_id = xml.decode(operation.output, body, { flavor = "ec2" })
 *   xml.decode(output, body, { flavor = "query", wrapper = "GetUserResult" })
 *   xml.decode(nil, body)   -- { name, text, attributes, children... }, as errors are read
 *   xml.encode(shape, value, { root = "Tagging", namespace = "http://..." })
 *
 * ---@param shape native.Shape?
 * ---@param options { flavor: string?, wrapper: string?, max_bytes: integer? }?
 * ---@return table? value, string|native.failure|nil request_id_or_failure
 * function xml.decode(shape, bytes, options) end
 * ---@param options { root: string?, namespace: string? }?
 * ---@return string? text, native.failure? failure  its `faults` list { path, what }
 * function xml.encode(shape, value, options) end
 */
#include "xml.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_FACTOR 2 /* by which values are larger than their text, mostly */

static int document_free(lua_State *L)
{
    struct document *document = luaL_checkudata(L, 1, DOCUMENT_TYPE);
    free(document->nodes);
    free(document->chars);
    memset(document, 0, sizeof *document);
    return 0;
}

static struct document *document_new(lua_State *L)
{
    struct document *document = lua_newuserdatauv(L, sizeof *document, 0);
    memset(document, 0, sizeof *document);
    luaL_setmetatable(L, DOCUMENT_TYPE);
    return document;
}

static const char *option(lua_State *L, int index, const char *name)
{
    const char *text = NULL;
    if (lua_istable(L, index)) {
        lua_getfield(L, index, name);
        text = lua_tostring(L, -1);
        lua_pop(L, 1); /* the options keep it */
    }
    return text;
}

/* Where the request's id stands depends on the protocol. */
static void push_request_id(lua_State *L, const struct document *d)
{
    static const char *const names[] = {"requestId", "RequestId", "RequestID"};
    uint32_t metadata = child_named(d, 0, "ResponseMetadata"), found = NONE;
    for (size_t i = 0; i < 3 && found == NONE; i++)
        found = child_named(d, metadata == NONE ? 0 : metadata, names[i]);
    if (found == NONE) {
        lua_pushnil(L);
        return;
    }
    struct text text = node_text(d, found);
    lua_pushlstring(L, text.at, text.len);
}

static uint32_t find_result(const struct document *d)
{
    uint32_t child = first_child(d, 0);
    while (child != NONE && !is_result_name(node_name(d, 0), node_name(d, child)))
        child = d->nodes[child].next;
    return child == NONE ? 0 : child;
}

/* What is to be read. */
static struct xml_answer answer_of(lua_State *L, struct shape shape, int options)
{
    struct shape_reader reader;
    struct traits traits = {0};
    if (!shape_open(&reader, shape) || !traits_read(&traits, shape.pack, reader.traits))
        shape_damaged(L);
    const char *flavor = option(L, options, "flavor");
    return (struct xml_answer){.shape = shape,
                               .wrapper = option(L, options, "wrapper"),
                               .query = flavor && strcmp(flavor, "query") == 0,
                               .is_error = traits.set & TRAIT_BIT(TRAIT_EXCEPTION),
                               .is_empty = reader.count == 0};
}

/* The element that the shape describes: the root, its wrapper, or the error inside. */
static uint32_t find_start(const struct document *d, const struct xml_answer *answer)
{
    if (answer->is_error) {
        uint32_t errors = child_named(d, 0, "Errors");
        uint32_t error = child_named(d, errors == NONE ? 0 : errors, "Error");
        return error == NONE ? 0 : error;
    }
    if (!answer->wrapper)
        return answer->query ? find_result(d) : 0;
    uint32_t start = child_named(d, 0, answer->wrapper);
    bool is_root = answer->is_empty || text_is(node_name(d, 0), answer->wrapper);
    return start == NONE && is_root ? 0 : start;
}

/* The results of a failure, or 0. */
static int parse_document(lua_State *L, struct document *document, struct text body)
{
    struct failure why = document_parse(document, body);
    if (!why.op && is_page(document))
        why = FAILURE("decode", "XML", "the answer is an HTML page");
    return why.op ? failure_return(L, why) : 0;
}

static int read_failure(lua_State *L, const struct xml_reader *r)
{
    struct text name = node_name(r->document, r->at);
    lua_pushlstring(L, name.at, name.len);
    lua_pushfstring(L, "XML at <%s>", lua_tostring(L, -1));
    return failure_return(L, FAILURE("decode", lua_tostring(L, -1), r->why));
}

/* Pushes what the shape says; a number of results. */
static int read_answer(struct xml_reader *r, struct document *document, struct text body,
                       const struct xml_answer *answer)
{
    lua_State *L = r->L;
    int top = lua_gettop(L);
    if (!answer->is_error && xml_stream(r, document, body, answer)) {
        push_request_id(L, document);
        return 2;
    }
    lua_settop(L, top);
    r->why = NULL;
    document->count = document->len = 0;
    int failed = parse_document(L, document, body);
    if (failed)
        return failed;
    uint32_t start = find_start(document, answer);
    if (start == NONE)
        return failure_return(L, FAILURE("decode", "XML", "the result's element is missing"));
    if (!xml_read(r, answer->shape, start))
        return read_failure(L, r);
    push_request_id(L, document);
    return 2;
}

static int xml_decode(lua_State *L)
{
    struct text body;
    bool shaped = !lua_isnil(L, 1);
    struct xml_answer answer = {0};
    if (shaped)
        answer.shape = shape_check(L, 1);
    body.at = luaL_checklstring(L, 2, &body.len);
    lua_settop(L, 3);
    if (body.len > INT_MAX || option_exceeded(L, 3, body.len)) /* expat counts in int */
        return failure_return(L, FAILURE("decode", "XML", "longer than the limit"));
    struct document *document = document_new(L);
    if (!shaped) {
        int failed = parse_document(L, document, body);
        if (!failed)
            xml_push_tree(L, document, 0);
        return failed ? failed : 1;
    }
    answer = answer_of(L, answer.shape, 3);
    struct xml_reader r = {.L = L, .document = document, .cache = wires_cache(L, 1)};
    memory_expect(L, body.len * VALUES_FACTOR);
    return read_answer(&r, document, body, &answer);
}

static int xml_encode(lua_State *L)
{
    struct shape_reader reader;
    struct xml_writer w = {.L = L};
    struct member whole = {.shape = shape_check(L, 1)};
    luaL_checkany(L, 2);
    lua_settop(L, 3);
    if (!shape_accepts(L, 1, 2, "encode"))
        return 2;
    if (!shape_open(&reader, whole.shape))
        return shape_damaged(L);
    const char *root = option(L, 3, "root");
    struct text name = reader.name;
    if (root)
        name = (struct text){root, strlen(root)};
    sink_open(&w.out, L);
    w.namespace = option(L, 3, "namespace");
    xml_write(&w, &whole, name, 2);
    sink_push(&w.out);
    return 1;
}

static const luaL_Reg functions[] = {{"decode", xml_decode}, {"encode", xml_encode}, {NULL, NULL}};

int luaopen_native_xml(lua_State *L)
{
    luaL_newmetatable(L, DOCUMENT_TYPE);
    lua_pushcfunction(L, document_free);
    lua_setfield(L, -2, "__gc");
    lua_pop(L, 1);
    luaL_newlib(L, functions);
    return 1;
}
