/* transfer.c -- one request as libcurl has it. Its callbacks fill C memory and nothing more. */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define FILE_BUFFER_BYTES 262144L

static bool buffer_add(struct http_transfer *t, struct http_buffer *to, const char *bytes,
                       size_t len)
{
    if (len > to->max - to->len) {
        t->too_large = true;
        return false;
    }
    if (to->len + len > to->size) {
        size_t size = to->size ? to->size * 2 : 512;
        while (size < to->len + len)
            size *= 2;
        char *grown = realloc(to->bytes, size);
        if (!grown) {
            t->no_memory = true;
            return false;
        }
        to->bytes = grown;
        to->size = size;
    }
    memcpy(to->bytes + to->len, bytes, len);
    to->len += len;
    return true;
}

static size_t on_body(char *bytes, size_t one, size_t len, void *context)
{
    struct http_transfer *t = context;
    len *= one;
    if (http_part_is_full(t))
        return CURL_WRITEFUNC_PAUSE;
    bool taken =
        http_takes_file(t) ? http_file_write(t, bytes, len) : buffer_add(t, &t->body, bytes, len);
    return taken ? len : 0;
}

/* Each line of a header; a new status line means that what came before was not the answer. */
static size_t on_header(char *bytes, size_t one, size_t len, void *context)
{
    struct http_transfer *t = context;
    len *= one;
    if (len >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        t->head.len = 0;
        t->head_whole = false;
    }
    t->head_whole = t->head_whole || (len > 0 && (*bytes == '\r' || *bytes == '\n'));
    return buffer_add(t, &t->head, bytes, len) ? len : 0;
}

static size_t on_file_read(char *to, size_t one, size_t len, void *context)
{
    return http_file_read(context, to, one * len);
}

static int on_file_seek(void *context, curl_off_t offset, int origin)
{
    struct http_transfer *t = context;
    if (origin != SEEK_SET || offset < 0 || offset > t->from.len)
        return CURL_SEEKFUNC_FAIL;
    t->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

/* Before each sending. libcurl sends a request again, without a word, when a connection that it
 * used again ends without an answer; what was written to that one may have been carried out. */
static int on_sending(void *context, char *to, char *from, int to_port, int from_port)
{
    struct http_transfer *t = context;
    long written = 0; /* to a proxy, before the first sending */
    (void)to, (void)from, (void)to_port, (void)from_port;
    t->curl->easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &written);
    bool again = t->sendings++ > 0 && written > t->written && t->head.len == 0;
    t->written = written;
    if (!again)
        return CURL_PREREQFUNC_OK;
    t->resends += t->resend;
    t->may_not_resend = !t->resend;
    return t->resend ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* What libcurl's own header checks of an option's type: whole numbers are long to it. */
static CURLcode set_number(struct http_transfer *t, CURLoption option, long number)
{
    return t->curl->easy_setopt(t->easy, option, number);
}

static CURLcode set_data(struct http_transfer *t, CURLoption option, const void *data)
{
    return t->curl->easy_setopt(t->easy, option, data);
}

static bool add_line(struct http_transfer *t, const char *line)
{
    struct curl_slist *more = t->curl->slist_append(t->headers, line);
    if (more)
        t->headers = more;
    return more != NULL;
}

static bool add_header(struct http_transfer *t, const struct http_header *header)
{
    /* "Name;" is how libcurl is told to send a header without a value */
    size_t name_len = strlen(header->name), value_len = strlen(header->value);
    char usual[256];
    bool fits = name_len + value_len + 3 <= sizeof usual;
    char *line = fits ? usual : malloc(name_len + value_len + 3);
    if (!line)
        return false;
    concat(line, header->name, value_len ? ": " : ";");
    concat(line + strlen(line), header->value, "");
    bool added = add_line(t, line);
    if (!fits)
        free(line);
    return added;
}

static bool add_headers(struct http_transfer *t, const struct http_request *r)
{
    /* Those that libcurl would write by itself come first, as none; the caller's own win. */
    static const char *const none[] = {"Accept", "Content-Type", "Expect"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        bool given = false;
        char line[32];
        for (size_t h = 0; h < r->header_count; h++)
            given = given || strcasecmp(r->headers[h].name, none[i]) == 0;
        concat(line, none[i], ":");
        if (!given && !add_line(t, line))
            return false;
    }
    for (size_t h = 0; h < r->header_count; h++) {
        if (strcasecmp(r->headers[h].name, "content-length") == 0)
            continue; /* libcurl counts */
        if (!add_header(t, &r->headers[h]))
            return false;
    }
    return true;
}

static bool set_file_body(struct http_transfer *t)
{
    CURLcode code = CURLE_OK;
    code |= t->curl->easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->from.len);
    code |= t->curl->easy_setopt(t->easy, CURLOPT_READFUNCTION, on_file_read);
    code |= set_data(t, CURLOPT_READDATA, t);
    code |= t->curl->easy_setopt(t->easy, CURLOPT_SEEKFUNCTION, on_file_seek);
    code |= set_data(t, CURLOPT_SEEKDATA, t);
    code |= set_number(t, CURLOPT_UPLOAD_BUFFERSIZE, FILE_BUFFER_BYTES);
    return code == CURLE_OK;
}

/* From memory libcurl sends a small body in one piece with the header. */
static bool set_body(struct http_transfer *t, const struct http_request *r)
{
    CURLcode code = CURLE_OK;
    if (t->from.fd >= 0)
        return set_file_body(t);
    t->request.max = r->body_len;
    if (r->body_len && !buffer_add(t, &t->request, r->body, r->body_len))
        return false;
    const char *body = t->request.bytes ? t->request.bytes : "";
    code |= t->curl->easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    code |= set_data(t, CURLOPT_POSTFIELDS, body);
    return code == CURLE_OK;
}

static bool set_method(struct http_transfer *t, const struct http_request *r)
{
    bool head = strcmp(r->method, "HEAD") == 0;
    bool body = r->body_len > 0 || r->body_file || strcmp(r->method, "POST") == 0 ||
                strcmp(r->method, "PUT") == 0 || strcmp(r->method, "PATCH") == 0;
    CURLcode code = CURLE_OK;
    if (head)
        code |= set_number(t, CURLOPT_NOBODY, 1);
    else if (body)
        code |= set_number(t, CURLOPT_POST, 1);
    if (!head)
        code |= set_data(t, CURLOPT_CUSTOMREQUEST, r->method);
    if (code != CURLE_OK)
        return false;
    return !body || head || set_body(t, r);
}

/* libcurl keeps the certificates that it read for the next connection, but not when it was told
 * of a folder beside the file; reading them takes longer than the rest of a handshake. */
bool http_usual_trust(const struct http_library *curl)
{
#if LIBCURL_VERSION_NUM >= 0x074600
    const char *file = curl->version_info(CURLVERSION_NOW)->cainfo;
    return file && access(file, R_OK) == 0;
#else
    (void)curl;
    return false;
#endif
}

static bool set_trust(struct http_transfer *t, const struct http_request *r)
{
    CURLcode code = CURLE_OK;
#if LIBCURL_VERSION_NUM >= 0x075500
    code |= set_data(t, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    code |= set_number(t, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    code |= set_number(t, CURLOPT_SSL_VERIFYPEER, 1);
    code |= set_number(t, CURLOPT_SSL_VERIFYHOST, 2);
    code |= set_number(t, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    code |= set_number(t, CURLOPT_FOLLOWLOCATION, 0);
    code |= set_number(t, CURLOPT_DISALLOW_USERNAME_IN_URL, 1);
    if (r->ca_file) {
        code |= set_data(t, CURLOPT_CAINFO, r->ca_file);
        code |= set_data(t, CURLOPT_PROXY_CAINFO, r->ca_file);
    }
    if (r->ca_file || r->usual_trust) {
        code |= set_data(t, CURLOPT_CAPATH, NULL);
        code |= set_data(t, CURLOPT_PROXY_CAPATH, NULL);
    }
    /* Said outright, so that libcurl does not ask the environment. */
    code |= set_data(t, CURLOPT_PROXY, r->proxy ? r->proxy : "");
    code |= set_data(t, CURLOPT_NOPROXY, "");
    code |= set_number(t, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1);
    return code == CURLE_OK;
}

static bool set_limits(struct http_transfer *t, const struct http_request *r)
{
    CURLcode code = CURLE_OK;
    t->head.max = r->max_header_bytes;
    t->body.max = r->max_body_bytes;
    code |= set_number(t, CURLOPT_NOSIGNAL, 1);
    code |= set_number(t, CURLOPT_TIMEOUT_MS, r->timeout_ms);
    code |= set_number(t, CURLOPT_CONNECTTIMEOUT_MS, r->connect_timeout_ms);
    code |= set_number(t, CURLOPT_LOW_SPEED_LIMIT, r->idle_timeout_s ? 1 : 0);
    code |= set_number(t, CURLOPT_LOW_SPEED_TIME, r->idle_timeout_s);
    code |= set_number(t, CURLOPT_TCP_KEEPALIVE, 1);
    if (r->to_file)
        code |= set_number(t, CURLOPT_BUFFERSIZE, FILE_BUFFER_BYTES);
    if (r->compressed)
        code |= set_data(t, CURLOPT_ACCEPT_ENCODING, "gzip, deflate");
    return code == CURLE_OK;
}

static bool set_callbacks(struct http_transfer *t, const struct http_request *r)
{
    CURLcode code = CURLE_OK;
    code |= set_data(t, CURLOPT_URL, r->url);
    code |= set_number(t, CURLOPT_PATH_AS_IS, 1); /* the key of an object has dots */
    code |= set_data(t, CURLOPT_HTTPHEADER, t->headers);
    code |= set_data(t, CURLOPT_USERAGENT, r->user_agent);
    code |= set_data(t, CURLOPT_PRIVATE, t);
    code |= set_data(t, CURLOPT_ERRORBUFFER, t->error);
    code |= t->curl->easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
    code |= set_data(t, CURLOPT_WRITEDATA, t);
    code |= t->curl->easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, on_header);
    code |= set_data(t, CURLOPT_HEADERDATA, t);
    code |= t->curl->easy_setopt(t->easy, CURLOPT_PREREQFUNCTION, on_sending);
    code |= set_data(t, CURLOPT_PREREQDATA, t);
    return code == CURLE_OK;
}

static bool fill(struct http_transfer *t, const struct http_request *r)
{
    t->resend = r->resend;
    t->in_parts = t->asked = r->in_parts;
    t->method = strdup(r->method);
    t->subject = strndup(r->url, strcspn(r->url, "?#"));
    if (!t->easy)
        t->easy = t->curl->easy_init();
    return t->method && t->subject && t->easy && add_headers(t, r) && set_callbacks(t, r) &&
           set_method(t, r) && set_limits(t, r) && set_trust(t, r);
}

struct failure http_transfer_new(struct http_transfer **to, const struct http_library *curl,
                                 const struct http_request *request, CURL *easy)
{
    struct http_transfer *transfer = calloc(1, sizeof *transfer);
    if (!transfer) {
        curl->easy_cleanup(easy);
        return FAILURE("add a request", NULL, "out of memory");
    }
    transfer->curl = curl;
    transfer->easy = easy;
    transfer->from.fd = transfer->to.fd = -1;
    struct failure why = http_files_open(transfer, request);
    if (!why.op && !fill(transfer, request))
        why = FAILURE("add a request", NULL, "out of memory");
    if (why.op)
        http_transfer_free(transfer);
    else
        *to = transfer;
    return why;
}

struct http_facts http_facts_of(const struct http_transfer *t)
{
    struct http_facts facts = {0};
    t->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &facts.status);
    t->curl->easy_getinfo(t->easy, CURLINFO_HTTP_VERSION, &facts.version);
    t->curl->easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &facts.written);
    t->curl->easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &facts.os_errno);
    t->curl->easy_getinfo(t->easy, CURLINFO_CONNECT_TIME, &facts.connect_s);
    t->curl->easy_getinfo(t->easy, CURLINFO_TOTAL_TIME, &facts.total_s);
    return facts;
}

CURL *http_transfer_end(struct http_transfer *t, CURLcode result)
{
    CURL *easy = t->easy;
    t->result = result;
    if (t->result == CURLE_OK && !t->head_whole)
        t->result = CURLE_PARTIAL_FILE; /* libcurl takes it for an answer */
    if (t->result == CURLE_OK && !http_file_keep(t))
        t->result = CURLE_WRITE_ERROR;
    t->facts = http_facts_of(t);
    t->easy = NULL;
    t->curl->easy_reset(easy); /* it points no longer to what is the transfer's */
    return easy;
}

void http_transfer_free(struct http_transfer *transfer)
{
    transfer->curl->easy_cleanup(transfer->easy);
    transfer->curl->slist_free_all(transfer->headers);
    http_files_close(transfer);
    free(transfer->method);
    free(transfer->subject);
    free(transfer->request.bytes);
    free(transfer->head.bytes);
    free(transfer->body.bytes);
    free(transfer);
}
