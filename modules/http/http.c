/* http.c -- many HTTP requests at once over libcurl, asked for and collected from one thread.
 *
 *   local http = require "native.http".new { user_agent = "mrun" }
 *   local id = assert(http:add { method = "GET", url = "https://example.com/" })
 *   repeat local done = http:poll(1000) until done[id]
 *   print(done[id].status, done[id].headers["content-type"], #done[id].body)
 *
 * Connections are kept and used again; TLS is verified, always; no redirect is followed, no
 * cookie kept, no variable of the environment read. Failures have a `code`: "dns", "refused",
 * "timeout", "tls", "proxy", "reset", "too_large", "malformed", "url", "memory", "file" or
 * "failed", and `sent`, which is false when not a byte of the request can have reached the server.
 *
 * A body may be a file, or a part of one, which is read while it is sent; and the body of an answer
 * with a status of 2xx may go to a file, in the memory of one buffer. A file that was made and is
 * not complete is removed.
 *
 * ---@class http.Options
 * ---@field user_agent string?
 * ---@field max_connections_per_host integer?  the others wait; 0, as many as there are requests
 * ---@field max_connections integer?
 *
 * ---@class http.Request
 * ---@field url string                   http or https
 * ---@field method string?               GET
 * ---@field headers table<string, string>?
 * ---@field body string?
 * ---@field body_file string?          a file instead
 * ---@field body_offset integer?       0
 * ---@field body_bytes integer?        to the file's end
 * ---@field to_file string?            a new file for the body of the answer
 * ---@field to_offset integer?         where it goes in a file that may be there, and stays
 * ---@field timeout_ms integer?          the whole of it; 300,000
 * ---@field connect_timeout_ms integer?  10,000
 * ---@field idle_timeout_ms integer?     without a byte, in whole seconds; 60,000
 * ---@field max_body_bytes integer?      after decompression; 128 MiB
 * ---@field max_header_bytes integer?    256 KiB
 * ---@field compressed boolean?          whether to ask for gzip or deflate; true, unless the
 *                                        headers say accept-encoding themselves
 * ---@field proxy string?                its URL
 * ---@field ca_file string?              certificates to trust in place of the system's
 * ---@field in_parts boolean?            whether a successful answer is given as it comes
 * ---@field resend boolean?              whether a connection used again and found dead may
 *                                        be replaced without a word; false for POST and PATCH
 *
 * ---@class http.Response
 * ---@field status integer?
 * ---@field headers table<string, string>?  small letters; several of one name are joined with ", "
 * ---@field body string?              none where it went to a file
 * ---@field body_bytes integer?        and then how many there were
 * ---@field more integer?                of a part that is not the last: what asks for the next
 * ---@field http_version string?         "1.1" or "2"
 * ---@field resends integer              how often libcurl sent it again (see resend)
 * ---@field connect_ms number            0 on a connection that was there
 * ---@field total_ms number
 * ---@field failure native.failure?      and then no status
 *
 * ---@param options http.Options?
 * ---@return http? http, native.failure? failure
 * function http.new(options) end
 * ---@param request http.Request
 * ---@return integer? id, native.failure? failure
 * function http:add(request) end
 * ---@param timeout_ms number  returns earlier with what is done, on a signal, or to no purpose
 * ---@return table<integer, http.Response> done
 * function http:poll(timeout_ms) end
 * ---@param id integer  of an answer in parts: the next one comes from a poll
 * ---@return boolean was_there
 * function http:more(id) end
 * ---@param id integer
 * ---@return boolean was_there
 * function http:cancel(id) end
 * ---@return integer count  requests that are under way
 * function http:pending() end
 * function http:close() end
 */
#include "http.h"

#include <math.h>
#include <string.h>

#define HTTP "native.http"
#define POLL_MAX_MS 3600000
#define SPARE_MAX 16 /* handles that are kept: to make one takes as long as to use it */

struct http {
    struct http_loop loop;
    struct http_transfer *under_way, *in_parts, *done;
    lua_Integer last_id, count; /* count: of all lists */
    CURL *spare[SPARE_MAX];
    size_t spare_count;
    bool usual_trust;
    char user_agent[]; /* empty: none */
};

static struct http *check_open(lua_State *L)
{
    struct http *http = luaL_checkudata(L, 1, HTTP);
    luaL_argcheck(L, http->loop.multi, 1, "closed");
    return http;
}

static void put_in(struct http_transfer **list, struct http_transfer *transfer)
{
    transfer->next = *list;
    transfer->link = list;
    if (transfer->next)
        transfer->next->link = &transfer->next;
    *list = transfer;
}

static void take_out(struct http_transfer *transfer)
{
    *transfer->link = transfer->next;
    if (transfer->next)
        transfer->next->link = transfer->link;
}

static void drop(struct http *http, struct http_transfer *transfer)
{
    take_out(transfer);
    http->count--;
    if (transfer->easy)
        http->loop.curl->multi_remove_handle(http->loop.multi, transfer->easy);
    http_transfer_free(transfer);
}

static int http_close(lua_State *L) /* close, __gc and __close */
{
    struct http *http = luaL_checkudata(L, 1, HTTP);
    while (http->under_way)
        drop(http, http->under_way);
    while (http->in_parts)
        drop(http, http->in_parts);
    while (http->done)
        drop(http, http->done);
    while (http->spare_count)
        http->loop.curl->easy_cleanup(http->spare[--http->spare_count]);
    http_loop_close(&http->loop);
    return 0;
}

static long check_option(lua_State *L, const char *name)
{
    lua_Integer number = 0;
    int is_integer = 1;
    if (lua_istable(L, 1) && lua_getfield(L, 1, name) != LUA_TNIL)
        number = lua_tointegerx(L, -1, &is_integer);
    if (!is_integer || number < 0 || number > 65535)
        luaL_error(L, "http: %s is no number of connections", name);
    return (long)number;
}

static int http_new(lua_State *L)
{
    const char *user_agent = "";
    if (!lua_isnoneornil(L, 1))
        luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    long per_host = check_option(L, "max_connections_per_host");
    long in_all = check_option(L, "max_connections");
    if (lua_istable(L, 1) && lua_getfield(L, 1, "user_agent") != LUA_TNIL)
        user_agent = luaL_checkstring(L, -1);
    size_t len = strlen(user_agent);
    struct http *http = lua_newuserdatauv(L, sizeof *http + len + 1, 0);
    memset(http, 0, sizeof *http);
    memcpy(http->user_agent, user_agent, len + 1);
    http->loop.fd = -1;
    luaL_setmetatable(L, HTTP);
    const struct http_library *curl = NULL;
    struct failure why = http_library_open(L, &curl);
    if (why.op)
        return failure_return(L, why);
    http->usual_trust = http_usual_trust(curl);
    if (!http_loop_open(&http->loop, curl))
        return failure_return(L, FAILURE("open http", NULL, "out of memory, or of open files"));
    curl->multi_setopt(http->loop.multi, CURLMOPT_MAX_HOST_CONNECTIONS, per_host);
    curl->multi_setopt(http->loop.multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, in_all);
    return 1;
}

static void end(struct http *http, struct http_transfer *transfer, CURLcode result)
{
    http->loop.curl->multi_remove_handle(http->loop.multi, transfer->easy);
    CURL *easy = http_transfer_end(transfer, result);
    if (http->spare_count < SPARE_MAX)
        http->spare[http->spare_count++] = easy;
    else
        http->loop.curl->easy_cleanup(easy);
    if (transfer->in_parts && (!transfer->asked || http_part_is_there(transfer)))
        return; /* what came of it waits to be asked for */
    take_out(transfer);
    put_in(&http->done, transfer);
}

/* Whether a transfer is done, or a part of one is there. */
static bool collect(struct http *http)
{
    int left;
    CURLMsg *message;
    while ((message = http->loop.curl->multi_info_read(http->loop.multi, &left)) != NULL) {
        char *private = NULL;
        CURLcode result = message->data.result; /* the message goes with its handle */
        if (message->msg == CURLMSG_DONE)
            http->loop.curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
        if (private)
            end(http, (void *)private, result);
    }
    bool any = http->done != NULL;
    for (struct http_transfer *t = http->in_parts; t && !any; t = t->next)
        any = http_part_is_there(t);
    return any;
}

static int http_failure(lua_State *L, struct failure why, const char *code)
{
    failure_return(L, why);
    lua_pushstring(L, code);
    lua_setfield(L, -2, "code");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "sent");
    return 2;
}

static int http_add(lua_State *L)
{
    struct http_request request = {0};
    struct http *http = check_open(L);
    http_check_request(L, 2, &request);
    request.usual_trust = http->usual_trust;
    request.user_agent = *http->user_agent ? http->user_agent : NULL;

    /* What has come while the request was made may leave it a connection. */
    http_loop_turn(&http->loop, 0); /* where this fails, poll fails */
    collect(http);

    struct http_transfer *transfer = NULL;
    CURL *easy = http->spare_count ? http->spare[--http->spare_count] : NULL;
    struct failure why = http_transfer_new(&transfer, http->loop.curl, &request, easy);
    if (why.op)
        return http_failure(L, why, why.subject ? "file" : "memory");
    if (http->loop.curl->multi_add_handle(http->loop.multi, transfer->easy) != CURLM_OK) {
        http_transfer_free(transfer);
        return failure_return(L, FAILURE("add a request", NULL, "libcurl refuses"));
    }
    transfer->id = ++http->last_id;
    put_in(request.in_parts ? &http->in_parts : &http->under_way, transfer);
    http->count++;
    http_loop_due(&http->loop); /* on its way while the next is being made */

    lua_pushinteger(L, transfer->id);
    return 1;
}

static CURLMcode advance(struct http *http, int timeout_ms)
{
    CURLMcode code = http_loop_turn(&http->loop, 0);
    if (code != CURLM_OK || collect(http) || timeout_ms == 0)
        return code;
    code = http_loop_turn(&http->loop, timeout_ms);
    collect(http);
    return code;
}

static void push_answer(lua_State *L, const struct http_transfer *transfer, bool is_part)
{
    http_push_response(L, transfer, is_part);
    lua_rawseti(L, -2, transfer->id);
}

static int http_poll(lua_State *L)
{
    struct http *http = check_open(L);
    lua_Number timeout_ms = luaL_checknumber(L, 2);
    luaL_argcheck(L, timeout_ms >= 0, 2, "a time in ms");

    /* Rounded up: a wait for the rest of a millisecond must not become none. */
    CURLMcode code = advance(http, timeout_ms < POLL_MAX_MS ? (int)ceil(timeout_ms) : POLL_MAX_MS);

    if (code != CURLM_OK)
        return failure_return(L, FAILURE("poll", NULL, http->loop.curl->multi_strerror(code)));
    lua_newtable(L);
    for (struct http_transfer *t = http->done; t; t = t->next)
        push_answer(L, t, false);
    for (struct http_transfer *t = http->in_parts; t; t = t->next)
        if (http_part_is_there(t)) {
            if (t->easy)
                t->facts = http_facts_of(t);
            push_answer(L, t, true);
        }
    while (http->done) /* Lua has them all now */
        drop(http, http->done);
    for (struct http_transfer *t = http->in_parts; t; t = t->next)
        if (http_part_is_there(t))
            http_part_given(t);
    return 1;
}

static struct http_transfer *find(struct http_transfer *list, lua_Integer id)
{
    while (list && list->id != id)
        list = list->next;
    return list;
}

static int http_more(lua_State *L)
{
    struct http *http = check_open(L);
    struct http_transfer *found = find(http->in_parts, luaL_checkinteger(L, 2));
    if (found && found->easy) {
        http_part_ask(found);
    } else if (found) {
        take_out(found);
        put_in(&http->done, found);
    }
    lua_pushboolean(L, found != NULL);
    return 1;
}

static int http_cancel(lua_State *L)
{
    struct http *http = check_open(L);
    lua_Integer id = luaL_checkinteger(L, 2);
    struct http_transfer *found = find(http->under_way, id);
    if (!found)
        found = find(http->in_parts, id);
    if (!found)
        found = find(http->done, id);
    if (found)
        drop(http, found);
    lua_pushboolean(L, found != NULL);
    return 1;
}

static int http_pending(lua_State *L)
{
    struct http *http = luaL_checkudata(L, 1, HTTP);
    lua_pushinteger(L, http->count);
    return 1;
}

static const luaL_Reg methods[] = {
    {"add", http_add},       {"poll", http_poll},       {"more", http_more},
    {"cancel", http_cancel}, {"pending", http_pending}, {"close", http_close},
    {"__gc", http_close},    {"__close", http_close},   {NULL, NULL},
};
static const luaL_Reg functions[] = {{"new", http_new}, {NULL, NULL}};

int luaopen_native_http(lua_State *L)
{
    http_library_new(L);
    luaL_newmetatable(L, HTTP);
    luaL_setfuncs(L, methods, 0);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "__index");
    luaL_newlib(L, functions);
    return 1;
}
