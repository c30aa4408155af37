// SPDX-License-Identifier: MIT
#include "worker.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util/alloc.h"

int tandem_worker_ensure_scratch(struct tandem_worker *worker, size_t bytes)
{
	size_t rounded;
	void *scratch;

	if (worker->scratch_bytes >= bytes)
		return 0;
	rounded = tandem_align_up(bytes, 65536);
	scratch = aligned_alloc(4096, rounded);
	if (!scratch)
		return -ENOMEM;
	free(worker->scratch);
	worker->scratch = scratch;
	worker->scratch_bytes = rounded;
	return 0;
}

bool tandem_worker_begins_after_halt(struct tandem_worker *worker, uint64_t group)
{
	while (atomic_load_explicit(&worker->halted, memory_order_acquire))
		sched_yield();
	return group < atomic_load_explicit(&worker->end, memory_order_acquire);
}

/* Lets all threads of the process see what this one has written. False without the call. */
static bool order_all_threads(void)
{
	return !syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) &&
	       !syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

bool tandem_worker_cut(struct tandem_worker *worker, uint64_t *first, uint64_t *count)
{
	uint64_t left = 0;

	atomic_store(&worker->halted, true);
	/*
	 * From here on the worker begins no group: it sees that it is halted, or what it has
	 * begun is seen below. A share that it sets now has its first group seen before its
	 * end, so that the group is never taken from it.
	 */
	if (order_all_threads())
		left = tandem_worker_groups_left(worker);
	if (left) {
		uint64_t end = atomic_load(&worker->end);

		*count = (left + 1) / 2;
		*first = end - *count;
		atomic_store(&worker->end, *first);
	}
	atomic_store(&worker->halted, false);
	return left;
}

void tandem_worker_finish(struct tandem_worker *worker)
{
	free(worker->scratch);
	*worker = (struct tandem_worker){ 0 };
}
