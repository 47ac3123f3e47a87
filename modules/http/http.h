/* http.h -- what the files of native.http share: a transfer, the request it comes from, and the
 * loop that moves it. */
#ifndef MRUN_HTTP_H
#define MRUN_HTTP_H

#include "../support.h"

#include <curl/curl.h>
#include <sys/types.h>

/* What is used of libcurl: the functions of its names, without their "curl_". */
struct http_library {
    bool is_open;
    CURLcode (*global_init)(long flags);
    void (*global_cleanup)(void);
    curl_version_info_data *(*version_info)(CURLversion age);
    CURL *(*easy_init)(void);
    void (*easy_cleanup)(CURL *easy);
    void (*easy_reset)(CURL *easy);
    CURLcode (*easy_setopt)(CURL *easy, CURLoption option, ...);
    CURLcode (*easy_getinfo)(CURL *easy, CURLINFO info, ...);
    CURLcode (*easy_pause)(CURL *easy, int what);
    const char *(*easy_strerror)(CURLcode code);
    CURLM *(*multi_init)(void);
    CURLMcode (*multi_cleanup)(CURLM *multi);
    CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
    CURLMcode (*multi_add_handle)(CURLM *multi, CURL *easy);
    CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *easy);
    CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
    CURLMcode (*multi_assign)(CURLM *multi, curl_socket_t fd, void *known);
    CURLMcode (*multi_socket_action)(CURLM *multi, curl_socket_t fd, int what, int *running);
    CURLMcode (*multi_timeout)(CURLM *multi, long *left_ms);
    const char *(*multi_strerror)(CURLMcode code);
    struct curl_slist *(*slist_append)(struct curl_slist *list, const char *line);
    void (*slist_free_all)(struct curl_slist *list);
};

struct http_header { /* Lua keeps the text */
    const char *name, *value;
};

/* A request as Lua has it; nothing here is ours. */
struct http_request {
    const char *method, *url, *body, *proxy, *ca_file, *user_agent;
    const char *body_file, *to_file; /* NULL: the body is in memory */
    int64_t body_offset, body_bytes; /* bytes: -1, to the end */
    int64_t to_offset;               /* -1: a new file */
    size_t body_len, header_count;
    struct http_header *headers;
    long timeout_ms, connect_timeout_ms, idle_timeout_s;
    size_t max_body_bytes, max_header_bytes;
    bool compressed, resend, in_parts;
    bool usual_trust; /* see http_usual_trust */
};

struct http_buffer {
    char *bytes;
    size_t len, size, max;
};

struct http_file {
    int fd; /* -1: none, or closed */
    char *path;
    off_t at, len;   /* where its part begins; how long that is, or is by now */
    bool made, kept; /* made by us, and complete */
};

/* What libcurl knows of a transfer that is done. */
struct http_facts {
    long status, version, written, os_errno;
    double connect_s, total_s;
};

struct http_transfer {
    struct http_transfer *next, **link; /* link: what points at it */
    const struct http_library *curl;
    lua_Integer id;
    CURL *easy; /* NULL once done: another may have it */
    struct http_facts facts;
    struct curl_slist *headers;
    char *method, *subject; /* for failures: the URL without its query */
    struct http_buffer request, head, body;
    struct http_file from, to;
    struct failure file_failure;
    size_t sent;
    unsigned sendings, resends; /* by libcurl; again, since a kept connection gave no answer */
    long written;               /* before the last sending */
    bool head_whole, too_large, no_memory, resend, may_not_resend;
    bool in_parts, asked, paused; /* asked: for a part; paused: until then */
    CURLcode result;
    char error[CURL_ERROR_SIZE];
};

struct http_loop {
    const struct http_library *curl;
    CURLM *multi;   /* NULL once closed */
    int fd;         /* of epoll; -1 once closed */
    int64_t due_ms; /* when libcurl wants to be called even if nothing happens; 0: at once */
};

/* At the start, before anything that uses it, so that the collector closes it after that. */
void http_library_new(lua_State *L);
/* Loads it, the first time. */
struct failure http_library_open(lua_State *L, const struct http_library **to);

/* False where the system has no room for one; the loop is to be closed then, too. */
bool http_loop_open(struct http_loop *loop, const struct http_library *curl);
void http_loop_close(struct http_loop *loop);
/* Does what time has come for, as the first steps of a new transfer. */
CURLMcode http_loop_due(struct http_loop *loop);
/* Does that and what there is to read and to write, waiting so long for something to do. */
CURLMcode http_loop_turn(struct http_loop *loop, int timeout_ms);

/* Whether the file of certificates that libcurl was built for is there. */
bool http_usual_trust(const struct http_library *curl);
/* `easy` is one of before, or NULL for a new one; it is the transfer's. With a failure nothing is
 * kept and `to` stays as it is. */
struct failure http_transfer_new(struct http_transfer **to, const struct http_library *curl,
                                 const struct http_request *request, CURL *easy);
/* Notes what came of it and gives the handle back, as if it were new. */
CURL *http_transfer_end(struct http_transfer *transfer, CURLcode result);
void http_transfer_free(struct http_transfer *transfer);

/* Bodies in files. Write and keep are false when the transfer has failed by it. */
struct failure http_files_open(struct http_transfer *t, const struct http_request *r);
size_t http_file_read(struct http_transfer *t, char *to, size_t len);
bool http_file_write(struct http_transfer *t, const char *bytes, size_t len);
bool http_takes_file(const struct http_transfer *t); /* errors go to memory */
bool http_file_keep(struct http_transfer *t);
void http_files_close(struct http_transfer *t); /* and removes what is not complete */

/* Parts of an answer. Whether it is time to pause; whether one can be given; what follows. */
bool http_part_is_full(struct http_transfer *transfer);
bool http_part_is_there(const struct http_transfer *transfer);
void http_part_given(struct http_transfer *transfer);
void http_part_ask(struct http_transfer *transfer);

/* What libcurl knows by now. */
struct http_facts http_facts_of(const struct http_transfer *transfer);
/* Pushes what came of a transfer that is done, or a part of it. */
void http_push_response(lua_State *L, const struct http_transfer *transfer, bool is_part);

/* Reads the request at `index`; raises on what is no request. */
void http_check_request(lua_State *L, int index, struct http_request *request);

#endif
