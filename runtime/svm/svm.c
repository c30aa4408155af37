// SPDX-License-Identifier: MIT
#include "svm.h"

#include <CL/cl.h>
#include <errno.h>

#include "arena.h"
#include "driver/features.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/short_locks.h"

void tandem_svm_space_init(struct tandem_svm_space *space, struct tandem_device_core **devices,
			   unsigned int device_count)
{
	space->devices = devices;
	space->device_count = device_count;
	TAILQ_INIT(&space->allocations);
	TAILQ_INIT(&space->spare);
}

/* A record in the list of @space, all else of it 0; NULL where memory is short. */
static struct tandem_svm_allocation *add_record(struct tandem_svm_space *space)
{
	struct tandem_svm_allocation *allocation;

	tandem_short_lock(space);
	allocation = TAILQ_FIRST(&space->spare);
	if (allocation) {
		TAILQ_REMOVE(&space->spare, allocation, link);
		*allocation = (struct tandem_svm_allocation){ .space = space };
		TAILQ_INSERT_TAIL(&space->allocations, allocation, link);
	}
	tandem_short_unlock(space);
	if (allocation)
		return allocation;
	allocation = tandem_new(allocation);
	if (!allocation)
		return NULL;
	allocation->space = space;
	tandem_short_lock(space);
	TAILQ_INSERT_TAIL(&space->allocations, allocation, link);
	tandem_short_unlock(space);
	return allocation;
}

/* Nothing may lead to it any more. */
static void remove_record(struct tandem_svm_allocation *allocation)
{
	struct tandem_svm_space *space = allocation->space;

	tandem_short_lock(space);
	TAILQ_REMOVE(&space->allocations, allocation, link);
	TAILQ_INSERT_HEAD(&space->spare, allocation, link);
	tandem_short_unlock(space);
}

static void detach(struct tandem_svm_allocation *allocation, unsigned int count)
{
	struct tandem_svm_space *space = allocation->space;

	while (count--) {
		struct tandem_device_core *device = space->devices[count];

		if (device->ops->detach_svm_atomics && tandem_has_svm_atomics(&device->properties))
			device->ops->detach_svm_atomics(device, allocation->address,
							allocation->bytes);
	}
}

static int attach(struct tandem_svm_allocation *allocation)
{
	struct tandem_svm_space *space = allocation->space;

	for (unsigned int i = 0; i < space->device_count; i++) {
		struct tandem_device_core *device = space->devices[i];
		int error = 0;

		if (device->ops->attach_svm_atomics && tandem_has_svm_atomics(&device->properties))
			error = device->ops->attach_svm_atomics(device, allocation->address,
								allocation->bytes);
		if (error) {
			tandem_log(TANDEM_LOG_SVM, "%s takes no range with atomics: error %d",
				   device->properties.name, -error);
			detach(allocation, i);
			return error;
		}
	}
	return 0;
}

static void free_allocation(struct tandem_svm_allocation *allocation)
{
	if (allocation->flags & CL_MEM_SVM_ATOMICS)
		detach(allocation, allocation->space->device_count);
	tandem_arena_free(allocation->address, allocation->reserved);
	remove_record(allocation);
}

void tandem_svm_space_finish(struct tandem_svm_space *space)
{
	struct tandem_svm_allocation *allocation;

	while ((allocation = TAILQ_FIRST(&space->allocations))) {
		tandem_log(TANDEM_LOG_LEAKS, "SVM allocation of %zu bytes at %p was not freed",
			   allocation->bytes, (void *)allocation->address);
		free_allocation(allocation);
	}
	while ((allocation = TAILQ_FIRST(&space->spare))) {
		TAILQ_REMOVE(&space->spare, allocation, link);
		free(allocation);
	}
}

int tandem_svm_allocate(struct tandem_svm_space *space, size_t bytes, size_t alignment,
			uint64_t flags, struct tandem_svm_allocation **out)
{
	bool atomics = flags & CL_MEM_SVM_ATOMICS;
	struct tandem_svm_allocation *allocation = add_record(space);
	int error = -ENOMEM;

	if (!allocation)
		return -ENOMEM;
	allocation->bytes = bytes;
	allocation->flags = flags;
	/* What the arena gives is aligned to its size, up to a page. */
	allocation->reserved = alignment > bytes ? alignment : bytes;
	allocation->address =
		tandem_arena_allocate(atomics ? TANDEM_ARENA_EXCLUSIVE : TANDEM_ARENA_PACKED,
				      allocation->reserved, allocation);
	if (!allocation->address)
		goto remove_record;
	error = atomics ? attach(allocation) : 0;
	if (error)
		goto free_memory;
	*out = allocation;
	return 0;

free_memory:
	tandem_arena_free(allocation->address, allocation->reserved);
remove_record:
	remove_record(allocation);
	return error;
}

struct tandem_svm_allocation *tandem_svm_find(struct tandem_svm_space *space, const void *address)
{
	struct tandem_svm_allocation *allocation = tandem_arena_owner(address);

	if (!allocation || allocation->space != space)
		return NULL;
	/* The allocation's block may be larger than the allocation. */
	return tandem_svm_contains(allocation, address, 1) ? allocation : NULL;
}

void tandem_svm_free(struct tandem_svm_space *space, void *address)
{
	struct tandem_svm_allocation *allocation = tandem_svm_find(space, address);

	if (!address)
		return;
	if (!allocation || allocation->address != address) {
		tandem_log(TANDEM_LOG_SVM,
			   "free of %p: no SVM allocation of this context begins there", address);
		return;
	}
	free_allocation(allocation);
}
