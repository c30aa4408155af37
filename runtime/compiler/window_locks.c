// SPDX-License-Identifier: MIT
#include "window_locks.h"

#include <sched.h>
#include <stdatomic.h>

/* A core that waits longer lets others run: the holder may wait for a page. */
#define SPINS 200

struct tandem_window_lock tandem_window_locks[TANDEM_WINDOW_LOCKS];

void tandem_window_wait(const struct tandem_window_lock *lock)
{
	for (int spins = 0; atomic_load_explicit(&lock->holder, memory_order_relaxed); spins++) {
		if (spins < SPINS)
			__builtin_ia32_pause();
		else
			sched_yield();
	}
}

void tandem_window_release(uint32_t holder)
{
	for (int i = 0; i < TANDEM_WINDOW_LOCKS; i++) {
		uint32_t expected = holder;

		atomic_compare_exchange_strong(&tandem_window_locks[i].holder, &expected, 0);
	}
}
