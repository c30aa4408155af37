// SPDX-License-Identifier: MIT
/*
 * The allocator of a process, of which one allocation can be made to fail. It is not for
 * builds with sanitizers, which have an allocator of their own.
 */
#ifndef TANDEM_TESTS_API_FAILING_ALLOCATOR_H
#define TANDEM_TESTS_API_FAILING_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>

/* From here on the allocation that is the @round-th, whichever thread makes it, fails. */
void failing_allocator_arm(long round);

/* Until here. Whether one has failed. */
bool failing_allocator_disarm(void);

/* How many allocations have not been freed. */
long failing_allocator_live(void);

#endif
