/* parts.c -- answers that are given in parts, as they come: each to whoever asks for it, and while
 * nobody asks no more is read than one of them. What came before a failure is given before it. An
 * answer that is no success comes whole.
 */
#include "http.h"

#define PART_BYTES 262144

static bool is_success(const struct http_transfer *t)
{
    long status = t->facts.status;
    if (t->easy)
        t->curl->easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

bool http_part_is_full(struct http_transfer *t)
{
    t->paused = t->in_parts && t->body.len >= PART_BYTES && is_success(t);
    return t->paused;
}

bool http_part_is_there(const struct http_transfer *t)
{
    bool is_last = !t->easy && t->result == CURLE_OK;
    return t->asked && !is_last && t->head_whole && t->body.len > 0 && is_success(t);
}

void http_part_given(struct http_transfer *t)
{
    t->asked = false;
    t->body.len = 0;
}

void http_part_ask(struct http_transfer *t)
{
    t->asked = true;
    if (t->paused)
        t->curl->easy_pause(t->easy, CURLPAUSE_CONT); /* which may fill it again */
}
