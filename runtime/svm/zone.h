// SPDX-License-Identifier: MIT
/*
 * Zones: stretches of address space in which memory is allocated. A zone is divided
 * by the buddy system into blocks; in a packed zone blocks for small allocations are
 * divided again (slab.h). The caller takes the lock.
 */
#ifndef TANDEM_SVM_ZONE_H
#define TANDEM_SVM_ZONE_H

#include <pthread.h>
#include <stdbool.h>

#include "arena.h"
#include "buddy.h"
#include "slab.h"

/* Address space is made usable in steps of this size. */
#define TANDEM_ZONE_STEP_BYTES (2u << 20)

struct tandem_zone {
	enum tandem_arena_zone_kind kind;
	char *base;
	size_t bytes;
	pthread_mutex_t lock; /* guards all below, and what it points to */
	struct tandem_buddy buddy;
	struct tandem_slab_list slabs[TANDEM_SLAB_CLASSES]; /* those with free slots */
	uint64_t cache_limit_bytes; /* freed blocks keep their memory up to this much */
	uint64_t *committed; /* a bit for each step that is usable; NULL where all are */
};

/*
 * A zone over @bytes of address space at @base, whole pages, of which nothing is
 * usable yet. Where they are no power of two of pages, the zone is for one block of all
 * of them. -ENOMEM.
 */
int tandem_zone_init(struct tandem_zone *zone, enum tandem_arena_zone_kind kind, char *base,
		     size_t bytes);
/* The same, over memory that is usable. */
int tandem_zone_init_usable(struct tandem_zone *zone, enum tandem_arena_zone_kind kind, char *base,
			    size_t bytes);
/* The address space stays. There must be no allocation. */
void tandem_zone_finish(struct tandem_zone *zone);

static inline bool tandem_zone_contains(const struct tandem_zone *zone, const void *address)
{
	return (size_t)((const char *)address - zone->base) < zone->bytes;
}

/* The order of the block that an allocation of @bytes is made in. */
unsigned int tandem_zone_order(enum tandem_arena_zone_kind kind, size_t bytes);

/* See tandem_arena_allocate. */
void *tandem_zone_allocate_locked(struct tandem_zone *zone, size_t bytes, void *owner);

/* False where there is no allocation at @address, which is in the zone. */
bool tandem_zone_free_locked(struct tandem_zone *zone, const void *address);

/* See tandem_arena_owner. */
void *tandem_zone_owner_locked(struct tandem_zone *zone, const void *address);

#endif
