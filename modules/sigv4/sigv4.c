/* sigv4.c -- AWS Signature Version 4, each step of it visible.
 *
 *   local signed = assert(sigv4.sign {
 *     method = "POST", url = "https://ec2.us-east-1.amazonaws.com/", headers = headers, body = "",
 *     service = "ec2", region = "us-east-1", access_key = id, secret_key = secret, time = now_s })
 *   for name, value in pairs(signed.headers) do headers[name] = value end
 *
 * It changes nothing that it is handed and adds nothing but what the signature itself consists
 * of: the headers authorization, x-amz-date and x-amz-security-token (with style = "query", the
 * parameters X-Amz-...). All of the caller's headers are signed but those that belong to one hop,
 * and User-Agent. The body counts by `payload_hash`, else by the header x-amz-content-sha256,
 * else by its own hash.
 *
 * ---@class sigv4.Request
 * ---@field method string
 * ---@field url string                with path and query as they are sent
 * ---@field headers table<string, string|string[]>?  host is taken from the URL when it is not here
 * ---@field body string?
 * ---@field payload_hash string?      hex, or UNSIGNED-PAYLOAD, or STREAMING-...
 * ---@field service string
 * ---@field region string
 * ---@field access_key string
 * ---@field secret_key string
 * ---@field token string?
 * ---@field time number               seconds since 1970
 * ---@field style "header"|"query"|nil
 * ---@field expires_s integer?        with style = "query"; an hour
 * ---@field normalize_path boolean?   true; false for S3
 * ---@field double_encode boolean?    true; false for S3
 * ---@field omit_token boolean?       the token is sent, and not signed
 * ---@field steps boolean?            true; false: headers and url alone, not what led to them
 *
 * ---@class sigv4.Signed
 * ---@field headers table<string, string>  to be set on the request
 * ---@field url string                to be called
 * ---@field canonical_request string
 * ---@field string_to_sign string
 * ---@field signature string
 * ---@field signed_headers string
 *
 * ---@param request sigv4.Request
 * ---@return sigv4.Signed? signed, native.failure? failure
 * function sigv4.sign(request) end
 *
 * The same for a request of the client's, all in one: its own headers, with host, the hash
 * of the payload where it has one, and what signing adds. `double_encode` is normalize_path too.
 * ---@param request { method: string, url: string, headers: table, body: string?,
 *   payload_hash: string? }
 * ---@param credentials { access_key: string, secret_key: string, token: string? }
 * ---@param auth { name: string, region: string, double_encode: boolean }
 * ---@param time number  seconds since 1970
 * ---@return table<string, string|string[]>? headers, native.failure? failure
 * function sigv4.headers(request, credentials, auth, time) end
 *
 * The last step alone, for chunks and events, which are signed in a chain:
 * ---@param last sigv4.Request  its secret_key, region, service and time, and the `text` to sign
 * ---@return string? signature, native.failure? failure
 * function sigv4.signature(last) end
 */
#include "sigv4.h"

#define HASH_HEX (HEX_SIZE(SIGV4_HASH_BYTES) + 1)
#define SPARE_MAX_BYTES 65536
#define OWN_PAIRS 6 /* at most: X-Amz-Algorithm, -Credential and so on */

struct signed_request {
    struct span canonical, to_sign, signed_headers, url, host, authorization;
    char signature[HASH_HEX];
};

static bool is(struct span name, struct span word)
{
    return name.len == word.len && strncasecmp(name.at, word.at, word.len) == 0;
}

static struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

/* Leaves out what is not signed or is ours to write, and adds what the signature needs. Gives
 * back the host. */
static struct span prepare_headers(struct sigv4_request *r, const struct sigv4_url *url)
{
    size_t kept = 0;
    struct span host = {NULL, 0};
    for (size_t i = 0; i < r->header_count; i++) {
        struct span name = r->headers[i].name;
        if (is(name, SPAN("x-amz-content-sha256")) && r->payload_hash.len == 0)
            r->payload_hash = r->headers[i].value;
        if (!sigv4_is_signed(name) || is(name, SPAN("x-amz-date")) ||
            (r->token.len && is(name, SPAN("x-amz-security-token"))))
            continue;
        if (is(name, SPAN("host")))
            host = r->headers[i].value;
        r->headers[kept] = r->headers[i];
        r->headers[kept++].name = sigv4_small_letters(&r->memory, name);
    }
    if (!host.at) {
        size_t start = r->memory.len;
        sigv4_add_host(&r->memory, url);
        host = sigv4_since(&r->memory, start);
        r->headers[kept++] = (struct sigv4_header){SPAN("host"), host, 0};
    }
    if (!r->query_style)
        r->headers[kept++] = (struct sigv4_header){SPAN("x-amz-date"), span_of(r->time), 0};
    if (!r->query_style && r->token.len && !r->omit_token)
        r->headers[kept++] = (struct sigv4_header){SPAN("x-amz-security-token"), r->token, 0};
    r->header_count = kept;
    sigv4_sort_headers(r->headers, kept);
    return host;
}

/* 20150830/us-east-1/iam/aws4_request */
static void add_scope(struct text *to, const struct sigv4_scope *scope)
{
    const struct span parts[] = {scope->date, scope->region, scope->service};
    for (size_t i = 0; i < 3; i++) {
        sigv4_add(to, parts[i]);
        sigv4_add(to, SPAN("/"));
    }
    sigv4_add(to, SPAN(SIGV4_SCOPE_END));
}

static struct span credential(struct sigv4_request *r)
{
    size_t start = r->memory.len;
    sigv4_add(&r->memory, r->access_key);
    sigv4_add(&r->memory, SPAN("/"));
    add_scope(&r->memory, &r->scope);
    return sigv4_since(&r->memory, start);
}

/* The signature's own parameters, in the order in which they stand in the URL. */
static size_t own_pairs(struct sigv4_request *r, struct sigv4_pair *to, struct span signed_headers)
{
    const struct sigv4_pair raw[OWN_PAIRS] = {
        {SPAN("X-Amz-Algorithm"), SPAN(SIGV4_ALGORITHM)},
        {SPAN("X-Amz-Credential"), credential(r)},
        {SPAN("X-Amz-Date"), span_of(r->time)},
        {SPAN("X-Amz-Expires"), span_of(r->expires)},
        {SPAN("X-Amz-SignedHeaders"), signed_headers},
        {SPAN("X-Amz-Security-Token"), r->token},
    };
    size_t count = r->token.len ? OWN_PAIRS : OWN_PAIRS - 1;
    for (size_t i = 0; i < count; i++) {
        size_t start = r->memory.len;
        sigv4_add_encoded(&r->memory, raw[i].value);
        to[i] = (struct sigv4_pair){raw[i].name, sigv4_since(&r->memory, start)};
    }
    return count;
}

static struct span canonical_request(struct sigv4_request *r, const struct sigv4_url *url,
                                     size_t pair_count, struct span signed_headers)
{
    struct text *to = &r->memory;
    size_t start = to->len;
    sigv4_add(to, r->method);
    sigv4_add(to, SPAN("\n"));
    sigv4_add_path(to, url->path, r->normalize, r->double_encode);
    sigv4_add(to, SPAN("\n"));
    sigv4_add_query(to, r->pairs, pair_count);
    sigv4_add(to, SPAN("\n"));
    sigv4_add_headers(to, r->headers, r->header_count);
    sigv4_add(to, SPAN("\n"));
    sigv4_add(to, signed_headers);
    sigv4_add(to, SPAN("\n"));
    sigv4_add(to, r->payload_hash);
    return sigv4_since(to, start);
}

static struct span string_to_sign(struct sigv4_request *r, const char *canonical_hash)
{
    struct text *to = &r->memory;
    size_t start = to->len;
    sigv4_add(to, SPAN(SIGV4_ALGORITHM "\n"));
    sigv4_add(to, span_of(r->time));
    sigv4_add(to, SPAN("\n"));
    add_scope(to, &r->scope);
    sigv4_add(to, SPAN("\n"));
    sigv4_add(to, span_of(canonical_hash));
    return sigv4_since(to, start);
}

static struct span authorization(struct sigv4_request *r, const struct signed_request *s)
{
    struct text *to = &r->memory;
    struct span who = credential(r);
    size_t start = to->len;
    sigv4_add(to, SPAN(SIGV4_ALGORITHM " Credential="));
    sigv4_add(to, who);
    sigv4_add(to, SPAN(", SignedHeaders="));
    sigv4_add(to, s->signed_headers);
    sigv4_add(to, SPAN(", Signature="));
    sigv4_add(to, span_of(s->signature));
    return sigv4_since(to, start);
}

static void add_parameter(struct text *to, struct span name, struct span value)
{
    sigv4_add(to, SPAN("&"));
    sigv4_add(to, name);
    sigv4_add(to, SPAN("="));
    sigv4_add(to, value);
}

static struct span signed_url(struct text *to, const struct sigv4_url *url,
                              const struct sigv4_pair *own, size_t own_count, const char *signature)
{
    size_t start = to->len;
    sigv4_add(to, url->before_query);
    sigv4_add(to, SPAN("?"));
    sigv4_add(to, url->query);
    size_t first = to->len;
    for (size_t i = 0; i < own_count; i++)
        add_parameter(to, own[i].name, own[i].value);
    add_parameter(to, SPAN("X-Amz-Signature"), span_of(signature));
    if (url->query.len == 0 && !to->full) { /* no & before the first */
        memmove(to->bytes + first, to->bytes + first + 1, to->len - first - 1);
        to->len--;
    }
    return sigv4_since(to, start);
}

static struct failure sign(struct sigv4_request *r, struct sigv4_keys *keys,
                           struct signed_request *out)
{
    struct sigv4_url url;
    struct sigv4_pair own[OWN_PAIRS];
    size_t own_count = 0, signed_own = 0;
    char hash[HASH_HEX], body_hash[HASH_HEX];
    if (!sigv4_split(&url, r->url))
        return FAILURE("sign", NULL, "the URL is not scheme://host/path?query");
    out->host = prepare_headers(r, &url);
    if (r->payload_hash.len == 0) {
        if (!sigv4_hash(keys, r->body, body_hash))
            return FAILURE("sign", NULL, "OpenSSL has no SHA-256");
        r->payload_hash = span_of(body_hash);
    }
    size_t names = r->memory.len;
    sigv4_add_header_names(&r->memory, r->headers, r->header_count);
    out->signed_headers = sigv4_since(&r->memory, names);

    size_t pair_count = sigv4_pairs(&r->memory, r->pairs, url.query);
    if (r->query_style) {
        own_count = own_pairs(r, own, out->signed_headers);
        signed_own = own_count - (r->token.len && r->omit_token); /* the token comes last */
        memcpy(r->pairs + pair_count, own, signed_own * sizeof *own);
    }
    out->canonical = canonical_request(r, &url, pair_count + signed_own, out->signed_headers);
    if (!sigv4_hash(keys, out->canonical, hash))
        return FAILURE("sign", NULL, "OpenSSL has no SHA-256");
    out->to_sign = string_to_sign(r, hash);
    if (!sigv4_signature(keys, &r->scope, out->to_sign, out->signature))
        return FAILURE("sign", NULL, "OpenSSL has no HMAC of SHA-256");
    out->url = r->url;
    if (r->query_style)
        out->url = signed_url(&r->memory, &url, own, own_count, out->signature);
    else
        out->authorization = authorization(r, out);
    return r->memory.full ? FAILURE("sign", NULL, "the request is too long") : (struct failure){0};
}

static void set(lua_State *L, const char *name, struct span text)
{
    lua_pushlstring(L, text.at, text.len);
    lua_setfield(L, -2, name);
}

static void push_signed(lua_State *L, const struct sigv4_request *r, const struct signed_request *s)
{
    lua_createtable(L, 0, r->steps ? 6 : 2);
    if (r->steps) {
        set(L, "canonical_request", s->canonical);
        set(L, "string_to_sign", s->to_sign);
        set(L, "signature", span_of(s->signature));
        set(L, "signed_headers", s->signed_headers);
    }
    set(L, "url", s->url);
    lua_createtable(L, 0, 3);
    if (!r->query_style) {
        set(L, "authorization", s->authorization);
        set(L, "x-amz-date", span_of(r->time));
        if (r->token.len)
            set(L, "x-amz-security-token", r->token);
    }
    lua_setfield(L, -2, "headers");
}

/* For the next request. */
static void keep_memory(lua_State *L, const struct sigv4_request *r)
{
    if (lua_rawlen(L, r->memory_slot) > SPARE_MAX_BYTES)
        return;
    lua_pushvalue(L, r->memory_slot);
    lua_replace(L, SIGV4_SPARE);
}

static int sigv4_sign(lua_State *L)
{
    struct sigv4_request request = {0};
    struct signed_request out = {0};
    struct sigv4_keys *keys = lua_touserdata(L, lua_upvalueindex(1));
    sigv4_check(L, &request);
    struct failure why = sign(&request, keys, &out);
    if (why.op)
        return failure_return(L, why);
    push_signed(L, &request, &out);
    keep_memory(L, &request);
    return 1;
}

static int sigv4_headers(lua_State *L)
{
    struct sigv4_request request = {0};
    struct signed_request out = {0};
    struct sigv4_keys *keys = lua_touserdata(L, lua_upvalueindex(1));
    sigv4_check_parts(L, &request);
    struct failure why = sign(&request, keys, &out);
    if (why.op)
        return failure_return(L, why);
    lua_pushvalue(L, request.headers_slot);
    set(L, "host", out.host);
    set(L, "authorization", out.authorization);
    set(L, "x-amz-date", span_of(request.time));
    if (request.token.len) {
        lua_getfield(L, 2, "token");
        lua_setfield(L, -2, "x-amz-security-token");
    }
    keep_memory(L, &request);
    return 1;
}

static int sigv4_last_step(lua_State *L)
{
    char time[TIMESTAMP_SIZE], hex[HASH_HEX];
    struct sigv4_keys *keys = lua_touserdata(L, lua_upvalueindex(1));
    luaL_checktype(L, 1, LUA_TTABLE);
    sigv4_check_time(L, time);
    struct sigv4_scope scope = sigv4_check_scope(L, time);
    struct span text = sigv4_check_text(L, "text", NULL);
    if (!sigv4_signature(keys, &scope, text, hex))
        return failure_return(L, FAILURE("sign", NULL, "OpenSSL has no HMAC of SHA-256"));
    lua_pushstring(L, hex);
    return 1;
}

static const luaL_Reg functions[] = {
    {"sign", sigv4_sign},
    {"headers", sigv4_headers},
    {"signature", sigv4_last_step},
    {NULL, NULL},
};

int luaopen_native_sigv4(lua_State *L)
{
    luaL_newlibtable(L, functions);
    sigv4_keys_new(L);
    lua_pushnil(L);
    luaL_setfuncs(L, functions, 2);
    return 1;
}
