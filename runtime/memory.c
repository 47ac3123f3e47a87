/* memory.c -- Lua's allocator: it counts, and it can refuse. */
#include "host.h"

#include <stdlib.h>

#ifdef MRUN_STRESS
#include "../spec/support/stress.h"
#else
#define stress_refuses(kind, old, size) ((void)(kind), 0)
#endif

static size_t used_bytes;
static size_t limit_bytes; /* 0: none */

size_t memory_used(void)
{
    return used_bytes;
}

void memory_limit(size_t bytes)
{
    limit_bytes = bytes;
}

/* Lua answers a refusal with a full collection and asks once more, so only what
 * is truly held counts against the limit. */
static int refuses(size_t old, size_t size)
{
    if (!limit_bytes || size <= old)
        return 0;
    return used_bytes >= limit_bytes || size - old > limit_bytes - used_bytes;
}

void *memory_allocate(void *user, void *block, size_t old, size_t size)
{
    (void)user;
    size_t kind = block ? 0 : old; /* for a new block that is what `old` tells */
    old -= kind;
    if (size == 0) {
        free(block);
        used_bytes -= old;
        return NULL;
    }
    if (stress_refuses(kind, old, size) || refuses(old, size))
        return NULL;
    void *grown = realloc(block, size);
    if (grown)
        used_bytes += size - old; /* wraps to the right sum when it shrinks */
    return grown;
}
