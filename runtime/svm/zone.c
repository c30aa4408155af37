// SPDX-License-Identifier: MIT
#include "zone.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "util/alloc.h"

#define CACHE_LIMIT_BYTES (64u << 20)
/* Allocations from this size on ask for huge pages. */
#define HUGE_PAGE_BYTES (8u << 20)

int tandem_zone_init_usable(struct tandem_zone *zone, enum tandem_arena_zone_kind kind, char *base,
			    size_t bytes)
{
	int error = tandem_buddy_init(&zone->buddy, tandem_buddy_order(bytes));

	if (error)
		return error;
	zone->kind = kind;
	zone->base = base;
	zone->bytes = bytes;
	zone->cache_limit_bytes = tandem_min_u64(CACHE_LIMIT_BYTES, bytes / 4);
	zone->committed = NULL;
	pthread_mutex_init(&zone->lock, NULL);
	for (int i = 0; i < TANDEM_SLAB_CLASSES; i++)
		TAILQ_INIT(&zone->slabs[i]);
	/* Not every kernel knows of these; then there is nothing to switch off. */
	if (kind == TANDEM_ARENA_EXCLUSIVE) {
		madvise(base, bytes, MADV_NOHUGEPAGE);
		madvise(base, bytes, MADV_UNMERGEABLE);
	}
	return 0;
}

int tandem_zone_init(struct tandem_zone *zone, enum tandem_arena_zone_kind kind, char *base,
		     size_t bytes)
{
	int error = tandem_zone_init_usable(zone, kind, base, bytes);

	if (error)
		return error;
	zone->committed = calloc(bytes / TANDEM_ZONE_STEP_BYTES / 64 + 1, sizeof(uint64_t));
	if (zone->committed)
		return 0;
	tandem_zone_finish(zone);
	return -ENOMEM;
}

void tandem_zone_finish(struct tandem_zone *zone)
{
	pthread_mutex_destroy(&zone->lock);
	tandem_buddy_finish(&zone->buddy);
	free(zone->committed);
}

static bool is_small(enum tandem_arena_zone_kind kind, size_t bytes)
{
	return kind == TANDEM_ARENA_PACKED && bytes <= TANDEM_SLAB_MOST_BYTES;
}

unsigned int tandem_zone_order(enum tandem_arena_zone_kind kind, size_t bytes)
{
	return is_small(kind, bytes) ? TANDEM_SLAB_ORDER : tandem_buddy_order(bytes);
}

/* Makes the memory of a block usable, where no block there was before. */
static int commit_locked(struct tandem_zone *zone, uint32_t page, unsigned int order)
{
	size_t first = (size_t)page * TANDEM_PAGE_BYTES / TANDEM_ZONE_STEP_BYTES;
	size_t last = ((size_t)page * TANDEM_PAGE_BYTES + tandem_block_bytes(order) - 1) /
		      TANDEM_ZONE_STEP_BYTES;

	if (!zone->committed)
		return 0;
	for (size_t step = first; step <= last; step++) {
		size_t end = step;

		while (end <= last && !(zone->committed[end / 64] >> (end % 64) & 1))
			end++;
		if (end == step)
			continue;
		if (mprotect(zone->base + step * TANDEM_ZONE_STEP_BYTES,
			     (end - step) * TANDEM_ZONE_STEP_BYTES, PROT_READ | PROT_WRITE))
			return -ENOMEM;
		for (; step < end; step++)
			zone->committed[step / 64] |= (uint64_t)1 << (step % 64);
	}
	return 0;
}

static void shrink_cache_locked(struct tandem_zone *zone, uint64_t limit_bytes)
{
	while (zone->buddy.cached_bytes > limit_bytes) {
		uint32_t page = tandem_buddy_uncache(&zone->buddy);
		size_t bytes = tandem_block_bytes(zone->buddy.blocks[page].order);

		madvise(zone->base + (size_t)page * TANDEM_PAGE_BYTES, bytes, MADV_DONTNEED);
		tandem_buddy_merge(&zone->buddy, page);
	}
}

/* Returns the block's first page, or UINT32_MAX. */
static uint32_t take_block_locked(struct tandem_zone *zone, unsigned int order)
{
	uint32_t page = tandem_buddy_take(&zone->buddy, order);

	if (page == UINT32_MAX) {
		shrink_cache_locked(zone, 0);
		page = tandem_buddy_take(&zone->buddy, order);
	}
	if (page != UINT32_MAX && commit_locked(zone, page, order)) {
		tandem_buddy_merge(&zone->buddy, page);
		page = UINT32_MAX;
	}
	return page;
}

static void give_block_locked(struct tandem_zone *zone, uint32_t page)
{
	tandem_buddy_give(&zone->buddy, page);
	shrink_cache_locked(zone, zone->cache_limit_bytes);
}

static struct tandem_slab *add_slab_locked(struct tandem_zone *zone, unsigned int class)
{
	uint32_t page = take_block_locked(zone, TANDEM_SLAB_ORDER);
	struct tandem_slab *slab;

	if (page == UINT32_MAX)
		return NULL;
	slab = tandem_slab_create(page, class);
	if (!slab) {
		give_block_locked(zone, page);
		return NULL;
	}
	zone->buddy.blocks[page].is_slab = true;
	zone->buddy.blocks[page].owner = slab;
	TAILQ_INSERT_HEAD(&zone->slabs[class], slab, link);
	return slab;
}

static void *allocate_small_locked(struct tandem_zone *zone, size_t bytes, void *owner)
{
	unsigned int class = tandem_slab_class(bytes);
	struct tandem_slab *slab = TAILQ_FIRST(&zone->slabs[class]);
	unsigned int slot;

	if (!slab)
		slab = add_slab_locked(zone, class);
	if (!slab)
		return NULL;
	slot = tandem_slab_take(slab, owner);
	if (slab->used == slab->slots)
		TAILQ_REMOVE(&zone->slabs[class], slab, link);
	return zone->base + (size_t)slab->page * TANDEM_PAGE_BYTES +
	       slot * tandem_slab_slot_bytes(class);
}

static void *allocate_block_locked(struct tandem_zone *zone, size_t bytes, void *owner)
{
	uint32_t page = take_block_locked(zone, tandem_buddy_order(bytes));
	char *address;

	if (page == UINT32_MAX)
		return NULL;
	zone->buddy.blocks[page].owner = owner;
	address = zone->base + (size_t)page * TANDEM_PAGE_BYTES;
	if (bytes >= HUGE_PAGE_BYTES && zone->kind == TANDEM_ARENA_PACKED)
		madvise(address, bytes, MADV_HUGEPAGE);
	return address;
}

void *tandem_zone_allocate_locked(struct tandem_zone *zone, size_t bytes, void *owner)
{
	if (is_small(zone->kind, bytes))
		return allocate_small_locked(zone, bytes, owner);
	return allocate_block_locked(zone, bytes, owner);
}

static unsigned int slot_of(const struct tandem_zone *zone, const struct tandem_slab *slab,
			    const void *address)
{
	size_t offset = (const char *)address - zone->base - (size_t)slab->page * TANDEM_PAGE_BYTES;

	return (unsigned int)(offset / tandem_slab_slot_bytes(slab->class));
}

static void free_small_locked(struct tandem_zone *zone, struct tandem_slab *slab,
			      const void *address)
{
	struct tandem_slab_list *list = &zone->slabs[slab->class];
	bool was_full = slab->used == slab->slots;

	tandem_slab_give(slab, slot_of(zone, slab, address));
	if (was_full)
		TAILQ_INSERT_HEAD(list, slab, link);
	/* The last slab of a class stays, so that a single allocation doesn't make and end one. */
	if (slab->used || (TAILQ_FIRST(list) == slab && !TAILQ_NEXT(slab, link)))
		return;
	TAILQ_REMOVE(list, slab, link);
	zone->buddy.blocks[slab->page].is_slab = false;
	give_block_locked(zone, slab->page);
	free(slab);
}

/* The block that @address lies in, or NULL. */
static struct tandem_block *find_block_locked(struct tandem_zone *zone, const void *address)
{
	size_t offset = (size_t)((const char *)address - zone->base);

	return tandem_buddy_find(&zone->buddy, (uint32_t)(offset / TANDEM_PAGE_BYTES));
}

bool tandem_zone_free_locked(struct tandem_zone *zone, const void *address)
{
	struct tandem_block *block = find_block_locked(zone, address);

	if (!block)
		return false;
	if (block->is_slab)
		free_small_locked(zone, block->owner, address);
	else
		give_block_locked(zone, (uint32_t)(block - zone->buddy.blocks));
	return true;
}

void *tandem_zone_owner_locked(struct tandem_zone *zone, const void *address)
{
	struct tandem_block *block = find_block_locked(zone, address);
	const struct tandem_slab *slab;

	if (!block)
		return NULL;
	if (!block->is_slab)
		return block->owner;
	slab = block->owner;
	return slab->owners[slot_of(zone, slab, address)];
}
