/* eventstream.h -- what the files of native.eventstream share. */
#ifndef MRUN_EVENTSTREAM_H
#define MRUN_EVENTSTREAM_H

#include "support.h"

/* A message: length, length of its headers, checksum of the two; headers; payload;
 * checksum of all that stands before it. */
#define PRELUDE 12
#define CHECKSUM 4
#define HEADERS_MAX (128 * 1024)
#define MESSAGE_MAX (24 * 1024 * 1024)
#define NAME_MAX_BYTES 127
#define VALUE_MAX_BYTES 32767

enum header_type {
    HEADER_TRUE,
    HEADER_FALSE,
    HEADER_BYTE,
    HEADER_SHORT,
    HEADER_INTEGER,
    HEADER_LONG,
    HEADER_BYTES,
    HEADER_STRING,
    HEADER_TIMESTAMP,
    HEADER_UUID,
    HEADER_TYPES
};
extern const char *const header_type_names[HEADER_TYPES + 1];
extern const unsigned char header_sizes[HEADER_TYPES]; /* 0: none, or told */

struct frame {
    const unsigned char *at;
    uint32_t len, headers;
};

uint32_t frame_number(const unsigned char *at);
uint32_t frame_checksum(const unsigned char *at, size_t len);

/* read.c: a frame's lengths, once its prelude is there; then its checksum; both are NULL
 * or what is wrong. frame_push pushes the message, or returns what is wrong. */
const char *frame_open(struct frame *frame, const unsigned char *at);
const char *frame_check(const struct frame *frame);
const char *frame_push(lua_State *L, const struct frame *frame);

/* write.c */
int frame_encode(lua_State *L);

#endif
