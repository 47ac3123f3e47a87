/* loop.c -- what libcurl waits for: sockets, in one epoll, and one time. A turn costs what has
 * happened, however many transfers are under way. Its callbacks fill C memory and nothing more.
 */
#define _POSIX_C_SOURCE 200809L
#include "http.h"

#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#define EVENTS 256
#define NEVER INT64_MAX
#define KEPT_CONNECTIONS 256L /* that nobody uses: files that are open, after very many at once */

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* `known` is what the loop has said of a socket before: NULL for one that is new. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *known)
{
    struct http_loop *loop = context;
    struct epoll_event event = {.events = 0, .data.fd = fd};
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(loop->fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    event.events |= what & CURL_POLL_IN ? EPOLLIN : 0;
    event.events |= what & CURL_POLL_OUT ? EPOLLOUT : 0;
    if (epoll_ctl(loop->fd, known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) < 0)
        return -1;
    if (!known)
        loop->curl->multi_assign(loop->multi, fd, loop);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct http_loop *loop = context;
    (void)multi;
    loop->due_ms = timeout_ms < 0 ? NEVER : timeout_ms ? now_ms() + timeout_ms : 0;
    return 0;
}

bool http_loop_open(struct http_loop *loop, const struct http_library *curl)
{
    loop->curl = curl;
    loop->due_ms = NEVER;
    loop->fd = epoll_create1(EPOLL_CLOEXEC);
    loop->multi = loop->fd < 0 ? NULL : curl->multi_init();
    if (!loop->multi)
        return false;
    curl->multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl->multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
    curl->multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    curl->multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
    curl->multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, KEPT_CONNECTIONS);
    return true;
}

void http_loop_close(struct http_loop *loop)
{
    if (loop->multi)
        loop->curl->multi_cleanup(loop->multi); /* which still speaks of its sockets */
    if (loop->fd >= 0)
        close(loop->fd);
    loop->multi = NULL;
    loop->fd = -1;
}

static bool is_due(const struct http_loop *loop)
{
    return loop->due_ms == 0 || (loop->due_ms != NEVER && loop->due_ms <= now_ms());
}

CURLMcode http_loop_due(struct http_loop *loop)
{
    int running;
    long left_ms = -1;
    if (!is_due(loop))
        return CURLM_OK;
    CURLMcode code = loop->curl->multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    loop->curl->multi_timeout(loop->multi, &left_ms); /* it does not say again what it has said */
    on_timer(loop->multi, left_ms, loop);
    return code;
}

static int until_due(const struct http_loop *loop, int timeout_ms)
{
    if (timeout_ms == 0 || loop->due_ms == NEVER)
        return timeout_ms;
    int64_t left = loop->due_ms ? loop->due_ms - now_ms() : 0;
    return left < 0 ? 0 : left < timeout_ms ? (int)left : timeout_ms;
}

CURLMcode http_loop_turn(struct http_loop *loop, int timeout_ms)
{
    struct epoll_event events[EVENTS];
    CURLMcode code = http_loop_due(loop);
    if (code != CURLM_OK)
        return code;
    /* A signal ends the wait as if nothing had happened. */
    int count = epoll_wait(loop->fd, events, EVENTS, until_due(loop, timeout_ms));
    for (int i = 0; i < count && code == CURLM_OK; i++) {
        int running, what = 0;
        if (!(events[i].events & (EPOLLERR | EPOLLHUP))) { /* else libcurl looks for itself */
            what |= events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0;
            what |= events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0;
        }
        code = loop->curl->multi_socket_action(loop->multi, events[i].data.fd, what, &running);
    }
    return code == CURLM_OK ? http_loop_due(loop) : code;
}
