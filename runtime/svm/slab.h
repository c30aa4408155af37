// SPDX-License-Identifier: MIT
/*
 * Blocks divided into equal slots, for allocations smaller than a page. The
 * caller provides the locking.
 */
#ifndef TANDEM_SVM_SLAB_H
#define TANDEM_SVM_SLAB_H

#include <stdint.h>
#include <sys/queue.h>

#include "buddy.h"

#define TANDEM_SLAB_ORDER	2 /* 16 KiB */
#define TANDEM_SLAB_LEAST_BYTES 128
#define TANDEM_SLAB_MOST_BYTES	2048
#define TANDEM_SLAB_CLASSES	5
#define TANDEM_SLAB_MOST_SLOTS	128

struct tandem_slab {
	uint32_t page;
	unsigned int class; /* of slots of 128 << class bytes */
	unsigned int slots;
	unsigned int used;
	uint64_t free_slots[TANDEM_SLAB_MOST_SLOTS / 64]; /* bit set where free */
	TAILQ_ENTRY(tandem_slab) link; /* in the zone's list of slabs with free slots */
	void *owners[]; /* slots of them */
};

TAILQ_HEAD(tandem_slab_list, tandem_slab);

/* Zero bytes to TANDEM_SLAB_MOST_BYTES: the class whose slots hold them. */
unsigned int tandem_slab_class(size_t bytes);

static inline size_t tandem_slab_slot_bytes(unsigned int class)
{
	return (size_t)TANDEM_SLAB_LEAST_BYTES << class;
}

/* A slab with all slots free, over the block at @page. NULL without memory. */
struct tandem_slab *tandem_slab_create(uint32_t page, unsigned int class);

/* Takes a free slot; there must be one. */
unsigned int tandem_slab_take(struct tandem_slab *slab, void *owner);
void tandem_slab_give(struct tandem_slab *slab, unsigned int slot);

#endif
