// SPDX-License-Identifier: MIT
#include "driver.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/host.h"
#include "mesa/mesa.h"
#include "util/alloc.h"
#include "vsvm/vsvm.h"

const struct tandem_driver *const tandem_drivers[] = { &tandem_host_driver, &tandem_vsvm_driver,
						       &tandem_mesa_driver };
const unsigned int tandem_driver_count = TANDEM_ARRAY_SIZE(tandem_drivers);

int tandem_loaded_program_find(const struct tandem_loaded_program *program, const char *name)
{
	for (uint32_t i = 0; i < program->kernel_count; i++) {
		if (!strcmp(program->kernels[i].name, name))
			return (int)i;
	}
	return -1;
}

void tandem_binary_finish(struct tandem_binary *binary)
{
	free(binary->bytes);
	*binary = (struct tandem_binary){ 0 };
}

int tandem_binary_copy(const struct tandem_binary *binary, struct tandem_binary *copy)
{
	copy->bytes = malloc(binary->length ? binary->length : 1);
	if (!copy->bytes)
		return -ENOMEM;
	memcpy(copy->bytes, binary->bytes, binary->length);
	copy->length = binary->length;
	return 0;
}

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
