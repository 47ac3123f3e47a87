/* file.c -- bodies that are files: read as they are sent, written as they arrive. What goes wrong
 * is kept in the transfer, since libcurl only hears that it has to stop.
 */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0666 /* and the user's umask */

static struct failure open_source(struct http_file *file, const struct http_request *r)
{
    struct stat about;
    file->at = r->body_offset;
    file->fd = open(r->body_file, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &about) < 0)
        return OS_FAILURE("read", r->body_file);
    if (!S_ISREG(about.st_mode))
        return FAILURE("read", r->body_file, "not a file");
    if (r->body_offset > about.st_size ||
        (r->body_bytes >= 0 && r->body_bytes > about.st_size - r->body_offset))
        return FAILURE("read", r->body_file, "shorter than what is to be sent of it");
    file->len = r->body_bytes >= 0 ? r->body_bytes : about.st_size - r->body_offset;
    return (struct failure){0};
}

static struct failure open_target(struct http_file *file, const struct http_request *r)
{
    bool inside = r->to_offset >= 0;
    file->at = inside ? r->to_offset : 0;
    file->fd =
        open(r->to_file, O_WRONLY | O_CREAT | O_CLOEXEC | (inside ? 0 : O_EXCL), NEW_FILE_MODE);
    if (file->fd < 0)
        return OS_FAILURE("write", r->to_file);
    file->made = !inside;
    return (struct failure){0};
}

/* Failures name the path as the request has it, so that they outlive the transfer. */
struct failure http_files_open(struct http_transfer *t, const struct http_request *r)
{
    struct failure why = {0};
    if (r->body_file) {
        t->from.path = strdup(r->body_file);
        why = t->from.path ? open_source(&t->from, r) : FAILURE("send", NULL, "out of memory");
    }
    if (r->to_file && !why.op) {
        t->to.path = strdup(r->to_file);
        why = t->to.path ? open_target(&t->to, r) : FAILURE("receive", NULL, "out of memory");
    }
    return why;
}

size_t http_file_read(struct http_transfer *t, char *to, size_t len)
{
    struct http_file *file = &t->from;
    size_t left = (size_t)file->len - t->sent;
    ssize_t count;
    len = len < left ? len : left;
    if (len == 0)
        return 0;
    do
        count = pread(file->fd, to, len, file->at + (off_t)t->sent);
    while (count < 0 && errno == EINTR);
    if (count > 0) {
        t->sent += (size_t)count;
        return (size_t)count;
    }
    t->file_failure = count < 0 ? OS_FAILURE("read", file->path)
                                : FAILURE("read", file->path, "it became shorter as it was sent");
    return CURL_READFUNC_ABORT;
}

bool http_file_write(struct http_transfer *t, const char *bytes, size_t len)
{
    struct http_file *file = &t->to;
    if (len > t->body.max - (size_t)file->len) {
        t->too_large = true;
        return false;
    }
    while (len > 0) {
        ssize_t count = pwrite(file->fd, bytes, len, file->at + file->len);
        if (count < 0 && errno != EINTR) {
            t->file_failure = OS_FAILURE("write", file->path);
            return false;
        }
        if (count > 0) {
            file->len += count;
            bytes += count;
            len -= (size_t)count;
        }
    }
    return true;
}

bool http_takes_file(const struct http_transfer *t)
{
    long status = 0;
    t->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return t->to.fd >= 0 && status >= 200 && status < 300;
}

bool http_file_keep(struct http_transfer *t)
{
    if (!http_takes_file(t))
        return true;
    t->to.kept = true;
    if (close(t->to.fd) < 0) {
        t->file_failure = OS_FAILURE("write", t->to.path);
        t->to.kept = false;
    }
    t->to.fd = -1;
    return t->to.kept;
}

void http_files_close(struct http_transfer *t)
{
    if (t->from.fd >= 0)
        close(t->from.fd);
    if (t->to.fd >= 0)
        close(t->to.fd);
    if (t->to.made && !t->to.kept)
        unlink(t->to.path);
    free(t->from.path);
    free(t->to.path);
}
