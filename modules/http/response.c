/* response.c -- what came of a transfer, as a Lua table. The transfer stays its owner's, so
 * whatever raises here loses nothing.
 */
#include "http.h"

#include <string.h>

static const char *code_of(const struct http_transfer *t, bool sent)
{
    if (t->too_large)
        return "too_large";
    if (t->no_memory)
        return "memory";
    if (t->file_failure.op)
        return "file";
    if (t->may_not_resend)
        return "reset";
    switch ((int)t->result) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return "dns";
    case CURLE_COULDNT_CONNECT:
        return "refused";
    case CURLE_OPERATION_TIMEDOUT:
        return "timeout";
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_PROXY:
        return "proxy";
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_USE_SSL_FAILED:
        return "tls";
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_FAIL_REWIND:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return "reset";
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_BAD_CONTENT_ENCODING:
        return "malformed";
    case CURLE_URL_MALFORMAT:
    case CURLE_LOGIN_DENIED:
        return "url";
    case CURLE_UNSUPPORTED_PROTOCOL: /* of the URL, or HTTP/0.9 from the other end */
        return sent ? "malformed" : "url";
    case CURLE_OUT_OF_MEMORY:
        return "memory";
    default:
        return "failed";
    }
}

static void push_failure(lua_State *L, const struct http_transfer *t)
{
    bool sent = t->facts.written > 0;
    const char *reason = *t->error ? t->error : t->curl->easy_strerror(t->result);
    if (t->too_large)
        reason = "the answer is larger than the limit";
    if (t->may_not_resend)
        reason = "the connection ended without an answer";
    struct failure why = FAILURE(t->method, t->subject, reason);
    why.err = t->result == CURLE_COULDNT_CONNECT ? (int)t->facts.os_errno : 0;
    if (t->file_failure.op)
        why = t->file_failure;
    failure_return(L, why);
    lua_remove(L, -2); /* the nil below it */
    lua_pushstring(L, code_of(t, sent));
    lua_setfield(L, -2, "code");
    lua_pushboolean(L, sent);
    lua_setfield(L, -2, "sent");
}

/* The name, in small letters, and the value; false for a line that is no header. */
static bool push_header(lua_State *L, const char *line, size_t len)
{
    luaL_Buffer name;
    const char *colon = memchr(line, ':', len);
    if (!colon || colon == line)
        return false;
    const char *value = colon + 1, *end = line + len;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (end > value && strchr(" \t\r\n", end[-1]))
        end--;
    luaL_buffinit(L, &name);
    for (const char *c = line; c < colon; c++)
        luaL_addchar(&name, *c >= 'A' && *c <= 'Z' ? (char)(*c + 'a' - 'A') : *c);
    luaL_pushresult(&name);
    lua_pushlstring(L, value, (size_t)(end - value));
    return true;
}

static void add_header(lua_State *L, int headers)
{
    lua_pushvalue(L, -2);
    if (lua_rawget(L, headers) == LUA_TNIL) {
        lua_pop(L, 1);
    } else { /* name, value, what is there */
        lua_insert(L, -2);
        lua_pushliteral(L, ", ");
        lua_insert(L, -2);
        lua_concat(L, 3);
    }
    lua_rawset(L, headers);
}

static void push_headers(lua_State *L, const struct http_buffer *head)
{
    lua_newtable(L);
    int headers = lua_gettop(L);
    const char *line = head->bytes, *end = line ? line + head->len : NULL;
    while (line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *next = newline ? newline + 1 : end;
        if (push_header(L, line, (size_t)(next - line)))
            add_header(L, headers);
        line = next;
    }
}

static const char *version_name(long version)
{
    switch (version) {
    case CURL_HTTP_VERSION_1_0:
        return "1.0";
    case CURL_HTTP_VERSION_2_0:
        return "2";
    case CURL_HTTP_VERSION_3:
        return "3";
    default:
        return "1.1";
    }
}

static void set_ms(lua_State *L, const char *name, double seconds)
{
    lua_pushnumber(L, seconds * 1000);
    lua_setfield(L, -2, name);
}

void http_push_response(lua_State *L, const struct http_transfer *t, bool is_part)
{
    luaL_checkstack(L, 12, "response");
    lua_createtable(L, 0, 8);
    lua_pushinteger(L, t->resends);
    lua_setfield(L, -2, "resends");
    set_ms(L, "connect_ms", t->facts.connect_s);
    set_ms(L, "total_ms", t->facts.total_s);
    if (t->result != CURLE_OK && !is_part) {
        push_failure(L, t);
        lua_setfield(L, -2, "failure");
        return;
    }
    lua_pushinteger(L, t->facts.status);
    lua_setfield(L, -2, "status");
    lua_pushstring(L, version_name(t->facts.version));
    lua_setfield(L, -2, "http_version");
    push_headers(L, &t->head);
    lua_setfield(L, -2, "headers");
    if (is_part) {
        lua_pushinteger(L, t->id);
        lua_setfield(L, -2, "more");
    }
    if (t->to.kept) {
        lua_pushinteger(L, t->to.len);
        lua_setfield(L, -2, "body_bytes");
        return;
    }
    lua_pushlstring(L, t->body.bytes ? t->body.bytes : "", t->body.len);
    lua_setfield(L, -2, "body");
}
