/* stress.h -- what the allocator of a stress build asks before it grows a block. */
#ifndef MRUN_STRESS_H
#define MRUN_STRESS_H

#include <stddef.h>

/* `kind`: of the object that a new block is for; 0 for anything else. */
int stress_refuses(size_t kind, size_t old, size_t size);

#endif
