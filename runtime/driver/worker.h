// SPDX-License-Identifier: MIT
/*
 * Threads that run groups: their memory, and the share of a launch's groups that each has.
 * The scheduler gives shares and cuts them; a driver's run_groups asks before each group
 * whether that is still its own.
 */
#ifndef TANDEM_DRIVER_WORKER_H
#define TANDEM_DRIVER_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A thread's own memory for running groups: grows as kernels need it. */
struct tandem_worker {
	void *scratch; /* aligned to a page; a driver's ensure_scratch makes it larger */
	size_t scratch_bytes;
	void *core; /* the driver's; NULL at first */
	/* The group that the thread runs, or is about to, and where its share ends. */
	_Atomic uint64_t group;
	_Atomic uint64_t end;
	_Atomic bool halted; /* it shall not begin a group: the share is being cut */
};

/* tandem_worker_begins() where the worker is halted. */
bool tandem_worker_begins_after_halt(struct tandem_worker *worker, uint64_t group)
	__attribute__((cold));

/*
 * What run_groups asks before it begins @group: whether that is still its own. It costs a
 * store and two loads; who cuts the share has the rest of the order made by the kernel
 * (membarrier(2)).
 */
static inline bool tandem_worker_begins(struct tandem_worker *worker, uint64_t group)
{
	atomic_store_explicit(&worker->group, group, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
	if (__builtin_expect(atomic_load_explicit(&worker->halted, memory_order_acquire), 0))
		return tandem_worker_begins_after_halt(worker, group);
	return group < atomic_load_explicit(&worker->end, memory_order_relaxed);
}

/* The worker's next share: @count groups from @first on. */
static inline void tandem_worker_set_share(struct tandem_worker *worker, uint64_t first,
					   uint64_t count)
{
	/* In this order: see tandem_worker_cut(). */
	atomic_store_explicit(&worker->group, first, memory_order_release);
	atomic_store_explicit(&worker->end, first + count, memory_order_release);
}

/* Groups of the worker's share that it has not begun; by the time of the return it may have. */
static inline uint64_t tandem_worker_groups_left(struct tandem_worker *worker)
{
	uint64_t end = atomic_load_explicit(&worker->end, memory_order_acquire);
	uint64_t group = atomic_load_explicit(&worker->group, memory_order_acquire);

	return end > group + 1 ? end - group - 1 : 0;
}

/*
 * Takes the second half of what the worker has not begun: @count groups from @first on.
 * Any thread may call it, one at a time. False where nothing is left, or the kernel
 * lacks membarrier(2).
 */
bool tandem_worker_cut(struct tandem_worker *worker, uint64_t *first, uint64_t *count);

/*
 * Makes the worker's scratch memory at least @bytes large; its contents are lost
 * where it grows. -ENOMEM.
 */
int tandem_worker_ensure_scratch(struct tandem_worker *worker, size_t bytes);
void tandem_worker_finish(struct tandem_worker *worker);

#endif
