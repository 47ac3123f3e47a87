/* http.h -- what the files of native.http share: a transfer and the request it comes from. */
#ifndef MRUN_HTTP_H
#define MRUN_HTTP_H

#include "../support.h"

#include <curl/curl.h>

struct http_header { /* Lua keeps the text */
    const char *name, *value;
};

/* A request as Lua has it; nothing here is ours. */
struct http_request {
    const char *method, *url, *body, *proxy, *ca_file, *user_agent;
    size_t body_len, header_count;
    struct http_header *headers;
    long timeout_ms, connect_timeout_ms, idle_timeout_s;
    size_t max_body_bytes, max_header_bytes;
    bool compressed, resend;
};

struct http_buffer {
    char *bytes;
    size_t len, size, max;
};

struct http_transfer {
    struct http_transfer *next;
    lua_Integer id;
    CURL *easy;
    struct curl_slist *headers;
    char *method, *subject; /* for failures: the URL without its query */
    struct http_buffer request, head, body;
    size_t sent;
    bool head_whole, too_large, no_memory, done;
    CURLcode result;
    char error[CURL_ERROR_SIZE];
};

/* NULL when there is no memory, with nothing kept. */
struct http_transfer *http_transfer_new(const struct http_request *request);
void http_transfer_free(struct http_transfer *transfer);

/* Pushes what came of a transfer that is done. */
void http_push_response(lua_State *L, const struct http_transfer *transfer);

/* Reads the request at `index`; raises on what is no request. */
void http_check_request(lua_State *L, int index, struct http_request *request);

#endif
