// SPDX-License-Identifier: MIT
#include "window_locks.h"

#include <sched.h>
#include <stdatomic.h>

/* A core that waits longer lets others run: the holder may wait for a page. */
#define SPINS 200

struct tandem_window_lock tandem_window_locks[TANDEM_WINDOW_LOCKS];

void tandem_window_wait(const struct tandem_window_lock *lock)
{
	for (int spins = 0; atomic_load_explicit(&lock->is_held, memory_order_relaxed); spins++) {
		if (spins < SPINS)
			__builtin_ia32_pause();
		else
			sched_yield();
	}
}

void tandem_window_release(const void *address)
{
	const uint64_t word = (uintptr_t)address / 8;
	const uint64_t index = (word * TANDEM_WINDOW_LOCK_MULTIPLIER) >> TANDEM_WINDOW_LOCK_SHIFT;

	atomic_store_explicit(&tandem_window_locks[index].is_held, 0, memory_order_release);
}
