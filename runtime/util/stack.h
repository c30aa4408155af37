// SPDX-License-Identifier: MIT
/* Whether the calling thread has room on its stack. */
#ifndef TANDEM_UTIL_STACK_H
#define TANDEM_UTIL_STACK_H

#include <stdbool.h>
#include <stdint.h>

/* The stack of each of the runtime's threads. */
#define TANDEM_WORKER_STACK_BYTES (16u << 20)
/* What a thread needs besides the kernel it runs: the runtime's own frames. */
#define TANDEM_STACK_RESERVE_BYTES (64u << 10)

/* True where the calling thread has @bytes of stack left, and the reserve besides. */
bool tandem_stack_has(uint64_t bytes);

#endif
