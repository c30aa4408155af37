// SPDX-License-Identifier: MIT
/*
 * SVM allocations: what clSVMAlloc, clSVMAllocWithPropertiesKHR, or clHostMemAllocINTEL and the
 * like, gave out, found again by address.
 *
 * An allocation with atomics is made known to the devices of its context, so
 * that they can hold its pages exclusively (driver.h, attach_svm_atomics).
 */
#ifndef TANDEM_SVM_SVM_H
#define TANDEM_SVM_SVM_H

#include <stdint.h>
#include <sys/queue.h>

#include "driver/driver.h"

TAILQ_HEAD(tandem_svm_list, tandem_svm_allocation);

/* The SVM allocations of one context, and the devices they are for. */
struct tandem_svm_space {
	struct tandem_device_core **devices; /* the context's, root devices only */
	unsigned int device_count;
	/* The short lock guards both lists. */
	struct tandem_svm_list allocations;
	struct tandem_svm_list spare; /* records of freed ones, for the next */
};

/* Of what clHostMemAllocINTEL and the like gave out; of other allocations all is 0. */
struct tandem_unified_memory {
	uint32_t type; /* CL_MEM_TYPE_*_INTEL */
	uint64_t flags; /* CL_MEM_ALLOC_*_INTEL */
	void *device; /* the API's, or NULL */
};

/* Of what clSVMAllocWithPropertiesKHR gave out; of other allocations all is 0. */
struct tandem_typed_svm {
	bool is_typed;
	unsigned int type; /* enum tandem_svm_type, of types.h */
	void *device; /* the API's, or NULL */
	uint64_t access; /* CL_SVM_ALLOC_ACCESS_*_KHR */
	uint64_t properties[7]; /* as given: three pairs at most, and a zero */
	unsigned int property_count; /* with the zero; none where no list was given */
};

struct tandem_svm_allocation {
	char *address;
	size_t bytes;
	size_t reserved; /* bytes of the arena, more where that is what aligns it */
	struct tandem_unified_memory unified;
	struct tandem_typed_svm typed;
	uint64_t flags; /* CL_MEM_SVM_* and access flags, as clSVMAlloc was given them */
	struct tandem_svm_space *space;
	TAILQ_ENTRY(tandem_svm_allocation) link;
};

/* @devices must live as long as the space. */
void tandem_svm_space_init(struct tandem_svm_space *space, struct tandem_device_core **devices,
			   unsigned int device_count);

/* Frees what is left, and says so in the log. */
void tandem_svm_space_finish(struct tandem_svm_space *space);

/* Of an allocation: a page. TANDEM_ARENA_ALIGNMENT is the least. */
#define TANDEM_SVM_MOST_ALIGNMENT 4096

/*
 * @alignment: a power of two up to TANDEM_SVM_MOST_ALIGNMENT, or 0. -ENOMEM, or what a device says
 * that has SVM atomics, and cannot take a range with them.
 */
int tandem_svm_allocate(struct tandem_svm_space *space, size_t bytes, size_t alignment,
			uint64_t flags, struct tandem_svm_allocation **allocation);

/* Frees the allocation that begins at @address; nothing where there is none in the space. */
void tandem_svm_free(struct tandem_svm_space *space, void *address);

/*
 * The allocation of @space that @address points into, or NULL. It stays valid
 * until the application frees it.
 */
struct tandem_svm_allocation *tandem_svm_find(struct tandem_svm_space *space, const void *address);

/* Whether @bytes from @address on, in @allocation, end inside it. */
static inline bool tandem_svm_contains(const struct tandem_svm_allocation *allocation,
				       const void *address, size_t bytes)
{
	size_t offset = (size_t)((const char *)address - allocation->address);

	return offset <= allocation->bytes && bytes <= allocation->bytes - offset;
}

#endif
