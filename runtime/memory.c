/* memory.c -- Lua's allocator: it counts, it can refuse, and it has its own memory for what is
 * small. Lua makes tables and strings by the hundred thousand, and says the size of each again
 * when it gives it back, so nothing need be kept beside a block. Blocks of one size are cut from
 * slabs, which the process keeps.
 */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#ifdef MRUN_STRESS
#include "../spec/support/stress.h"
#define STRESSED 1
#else
#define STRESSED 0
#define stress_refuses(kind, old, size) ((void)(kind), 0)
#endif

/* With a sanitizer, and for valgrind, all is the C library's, which then sees each block. */
#ifdef MRUN_EACH_BLOCK
#define SMALL_MAX 0
#else
#define SMALL_MAX 512
#endif
#define STEP 8 /* sizes are multiples of it, and blocks are aligned to it */
#define SLAB_BYTES ((size_t)32 * 1024)
#define SELDOM __attribute__((noinline)) /* so that what is done all the time stays short */

static size_t used_bytes;
static size_t limit_bytes; /* 0: none */

struct block {
    struct block *next;
};
static struct block *spare[SMALL_MAX / STEP + 1]; /* by size: what was given back */
static char *slab;
static size_t slab_left;

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

static inline int is_small(size_t size)
{
    return size > 0 && size <= SMALL_MAX;
}

static inline size_t steps(size_t size)
{
    return (size + STEP - 1) / STEP;
}

static inline void give_back(void *memory, size_t size)
{
    struct block *block = memory;
    if (!is_small(size)) {
        free(memory);
        return;
    }
    block->next = spare[steps(size)];
    spare[steps(size)] = block;
}

/* From the slab. What is left of the last one is a block of its own size. */
static void *cut(size_t bytes)
{
    if (slab_left < bytes) {
        char *more = malloc(SLAB_BYTES);
        if (!more)
            return NULL;
        if (slab_left)
            give_back(slab, slab_left);
        slab = more;
        slab_left = SLAB_BYTES;
    }
    void *block = slab;
    slab += bytes;
    slab_left -= bytes;
    return block;
}

static void *take(size_t size)
{
    if (!is_small(size))
        return malloc(size);
    struct block *block = spare[steps(size)];
    if (!block)
        return cut(steps(size) * STEP);
    spare[steps(size)] = block->next;
    return block;
}

/* Lua counts on it that a block can always become smaller: where there is no memory the same
 * one does, and from then on it is one of that size. */
static void *resize(void *block, size_t old, size_t size)
{
    if (!is_small(old) && !is_small(size))
        return realloc(block, size);
    if (is_small(old) && is_small(size) && steps(old) == steps(size))
        return block;
    void *moved = take(size);
    if (!moved)
        return size < old ? block : NULL;
    memcpy(moved, block, old < size ? old : size);
    give_back(block, old);
    return moved;
}

SELDOM static void *grow(void *block, size_t old, size_t size)
{
    if (stress_refuses(0, old, size) || refuses(old, size))
        return NULL;
    void *grown = resize(block, old, size);
    if (grown)
        used_bytes += size - old; /* wraps to the right sum when it shrinks */
    return grown;
}

/* `kind`: what it is for. */
SELDOM static void *make(size_t kind, size_t size)
{
    (void)kind;
    if (stress_refuses(kind, 0, size) || refuses(0, size))
        return NULL;
    void *block = take(size);
    if (block)
        used_bytes += size;
    return block;
}

/* Of a table Lua also gives back, and asks for, the array that it does not have: nothing. */
void *memory_allocate(void *user, void *block, size_t old, size_t size)
{
    (void)user;
    if (block) {
        if (size)
            return grow(block, old, size);
        give_back(block, old);
        used_bytes -= old;
        return NULL;
    }
    if (!size)
        return NULL;
    struct block *ready = is_small(size) ? spare[steps(size)] : NULL;
    if (!ready || limit_bytes || STRESSED)
        return make(old, size); /* for a new block `old` tells what it is for */
    spare[steps(size)] = ready->next;
    used_bytes += size;
    return ready;
}
