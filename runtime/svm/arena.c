// SPDX-License-Identifier: MIT
#include "arena.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "buddy.h"
#include "slab.h"
#include "util/log.h"

/* Address space is made usable in steps of this size. */
#define COMMIT_BYTES (2u << 20)
/* Freed blocks keep their memory up to this much, in each zone. */
#define CACHE_LIMIT_BYTES (64u << 20)
/* Allocations from this size on ask for huge pages. */
#define HUGE_PAGE_BYTES (8u << 20)
/* A zone of 2^32 pages is the most that the page numbers allow; this is a quarter. */
#define MOST_ORDER  30
#define LEAST_ORDER 14
/* A 32-bit index into an array of OpenCL's largest type does not lead farther, twice over. */
#define GUARD_BYTES ((size_t)512 << 30)

struct tandem_arena_zone {
	char *base;
	size_t bytes;
	pthread_mutex_t lock; /* guards all below, and what it points to */
	struct tandem_buddy buddy;
	struct tandem_slab_list slabs[TANDEM_SLAB_CLASSES]; /* those with free slots */
	uint64_t *committed; /* a bit for each COMMIT_BYTES */
};

static struct {
	char *base;
	size_t bytes;
	size_t guard_bytes;
	uint64_t limit_bytes;
	_Atomic uint64_t allocated_bytes;
	struct tandem_arena_zone zones[TANDEM_ARENA_ZONE_COUNT];
} arena;

static int init_zone(struct tandem_arena_zone *zone, char *base, unsigned int order)
{
	int error = tandem_buddy_init(&zone->buddy, order);

	if (error)
		return error;
	zone->base = base;
	zone->bytes = tandem_block_bytes(order);
	zone->committed = calloc(zone->bytes / COMMIT_BYTES / 64 + 1, sizeof(uint64_t));
	if (!zone->committed)
		return -ENOMEM;
	pthread_mutex_init(&zone->lock, NULL);
	for (int i = 0; i < TANDEM_SLAB_CLASSES; i++)
		TAILQ_INIT(&zone->slabs[i]);
	return 0;
}

/* Zones of 2^@order pages each between guards of @guard_bytes, or NULL. */
static char *reserve(unsigned int order, size_t guard_bytes)
{
	const size_t bytes = TANDEM_ARENA_ZONE_COUNT * tandem_block_bytes(order) + 2 * guard_bytes;
	/* with room to align the zones to a commit step */
	char *base = mmap(NULL, bytes + COMMIT_BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	return (char *)(((uintptr_t)base + guard_bytes + COMMIT_BYTES - 1) &
			~(uintptr_t)(COMMIT_BYTES - 1));
}

/*
 * The most that the arena takes of the process's address space. Under a limit it is a
 * quarter of what is left: programs, stacks and the application need the rest.
 */
static uint64_t address_space_share(void)
{
	unsigned long long used_pages = 0;
	struct rlimit limit;
	uint64_t used_bytes;
	FILE *file;

	if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
		return UINT64_MAX;
	file = fopen("/proc/self/statm", "re");
	if (file) {
		if (fscanf(file, "%llu", &used_pages) != 1)
			used_pages = 0;
		fclose(file);
	}
	used_bytes = used_pages * TANDEM_PAGE_BYTES;
	return limit.rlim_cur > used_bytes ? (limit.rlim_cur - used_bytes) / 4 : 0;
}

static bool fits(unsigned int order, size_t guard_bytes, uint64_t share)
{
	/* The smallest is tried in any case. */
	return (order == LEAST_ORDER && guard_bytes == TANDEM_PAGE_BYTES) ||
	       TANDEM_ARENA_ZONE_COUNT * tandem_block_bytes(order) + 2 * guard_bytes <= share;
}

/*
 * Reserves the arena at the largest size up to 2^@order pages a zone that can be had,
 * with small guards where address space is short. Returns the zones' order, 0 for none.
 */
static unsigned int reserve_most(unsigned int order)
{
	const uint64_t share = address_space_share();

	for (; order >= LEAST_ORDER; order--) {
		for (int small = 0; small < 2; small++) {
			arena.guard_bytes = small ? TANDEM_PAGE_BYTES : GUARD_BYTES;
			if (!fits(order, arena.guard_bytes, share))
				continue;
			arena.base = reserve(order, arena.guard_bytes);
			if (arena.base)
				return order;
		}
	}
	return 0;
}

int tandem_arena_init(uint64_t limit_bytes)
{
	/* Four times what is ever allocated: the buddy system leaves gaps. */
	unsigned int order = tandem_buddy_order(4 * limit_bytes);

	if (order > MOST_ORDER)
		order = MOST_ORDER;
	if (order < LEAST_ORDER)
		order = LEAST_ORDER;
	order = reserve_most(order);
	if (!order)
		return -ENOMEM;
	arena.bytes = TANDEM_ARENA_ZONE_COUNT * tandem_block_bytes(order);
	arena.limit_bytes = limit_bytes;
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++) {
		int error = init_zone(&arena.zones[i], arena.base + i * tandem_block_bytes(order),
				      order);

		if (error)
			return error;
	}
	/* Not every kernel knows of these; then there is nothing to switch off. */
	madvise(arena.zones[TANDEM_ARENA_EXCLUSIVE].base, arena.zones[TANDEM_ARENA_EXCLUSIVE].bytes,
		MADV_NOHUGEPAGE);
	madvise(arena.zones[TANDEM_ARENA_EXCLUSIVE].base, arena.zones[TANDEM_ARENA_EXCLUSIVE].bytes,
		MADV_UNMERGEABLE);
	tandem_log(TANDEM_LOG_SVM, "arena of %zu MiB at %p", arena.bytes >> 20, (void *)arena.base);
	return 0;
}

/* Makes the memory of a block usable, where no block there was before. */
static int commit_locked(struct tandem_arena_zone *zone, uint32_t page, unsigned int order)
{
	size_t first = (size_t)page * TANDEM_PAGE_BYTES / COMMIT_BYTES;
	size_t last =
		((size_t)page * TANDEM_PAGE_BYTES + tandem_block_bytes(order) - 1) / COMMIT_BYTES;

	for (size_t step = first; step <= last; step++) {
		size_t end = step;

		while (end <= last && !(zone->committed[end / 64] >> (end % 64) & 1))
			end++;
		if (end == step)
			continue;
		if (mprotect(zone->base + step * COMMIT_BYTES, (end - step) * COMMIT_BYTES,
			     PROT_READ | PROT_WRITE))
			return -ENOMEM;
		for (; step < end; step++)
			zone->committed[step / 64] |= (uint64_t)1 << (step % 64);
	}
	return 0;
}

static void shrink_cache_locked(struct tandem_arena_zone *zone, uint64_t limit_bytes)
{
	while (zone->buddy.cached_bytes > limit_bytes) {
		uint32_t page = tandem_buddy_uncache(&zone->buddy);
		size_t bytes = tandem_block_bytes(zone->buddy.blocks[page].order);

		madvise(zone->base + (size_t)page * TANDEM_PAGE_BYTES, bytes, MADV_DONTNEED);
		tandem_buddy_merge(&zone->buddy, page);
	}
}

/* Returns the block's first page, or UINT32_MAX. */
static uint32_t take_block_locked(struct tandem_arena_zone *zone, unsigned int order)
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

static void give_block_locked(struct tandem_arena_zone *zone, uint32_t page)
{
	tandem_buddy_give(&zone->buddy, page);
	shrink_cache_locked(zone, CACHE_LIMIT_BYTES);
}

static struct tandem_slab *add_slab_locked(struct tandem_arena_zone *zone, unsigned int class)
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

static void *allocate_small_locked(struct tandem_arena_zone *zone, size_t bytes, void *owner)
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

static void *allocate_block_locked(struct tandem_arena_zone *zone, size_t bytes, void *owner)
{
	uint32_t page = take_block_locked(zone, tandem_buddy_order(bytes));
	char *address;

	if (page == UINT32_MAX)
		return NULL;
	zone->buddy.blocks[page].owner = owner;
	address = zone->base + (size_t)page * TANDEM_PAGE_BYTES;
	if (bytes >= HUGE_PAGE_BYTES && zone == &arena.zones[TANDEM_ARENA_PACKED])
		madvise(address, bytes, MADV_HUGEPAGE);
	return address;
}

static int charge_limit(uint64_t bytes)
{
	if (atomic_fetch_add(&arena.allocated_bytes, bytes) + bytes <= arena.limit_bytes)
		return 0;
	atomic_fetch_sub(&arena.allocated_bytes, bytes);
	return -ENOMEM;
}

static bool is_small(const struct tandem_arena_zone *zone, size_t bytes)
{
	return zone == &arena.zones[TANDEM_ARENA_PACKED] && bytes <= TANDEM_SLAB_MOST_BYTES;
}

void *tandem_arena_allocate(enum tandem_arena_zone_kind kind, size_t bytes, void *owner)
{
	struct tandem_arena_zone *zone = &arena.zones[kind];
	void *address;

	if (bytes > arena.limit_bytes)
		return NULL;
	if (charge_limit(bytes))
		return NULL;
	pthread_mutex_lock(&zone->lock);
	if (is_small(zone, bytes))
		address = allocate_small_locked(zone, bytes, owner);
	else
		address = allocate_block_locked(zone, bytes, owner);
	pthread_mutex_unlock(&zone->lock);
	if (!address)
		atomic_fetch_sub(&arena.allocated_bytes, bytes);
	return address;
}

static struct tandem_arena_zone *zone_of(const void *address)
{
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++) {
		struct tandem_arena_zone *zone = &arena.zones[i];

		if ((const char *)address >= zone->base &&
		    (const char *)address < zone->base + zone->bytes)
			return zone;
	}
	return NULL;
}

static unsigned int slot_of(const struct tandem_arena_zone *zone, const struct tandem_slab *slab,
			    const void *address)
{
	size_t offset = (const char *)address - zone->base - (size_t)slab->page * TANDEM_PAGE_BYTES;

	return (unsigned int)(offset / tandem_slab_slot_bytes(slab->class));
}

static void free_small_locked(struct tandem_arena_zone *zone, struct tandem_slab *slab,
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

void tandem_arena_free(void *address, size_t bytes)
{
	struct tandem_arena_zone *zone = zone_of(address);
	struct tandem_block *block;
	uint32_t page;

	if (!zone)
		return;
	page = (uint32_t)(((char *)address - zone->base) / TANDEM_PAGE_BYTES);
	pthread_mutex_lock(&zone->lock);
	block = tandem_buddy_find(&zone->buddy, page);
	if (block && block->is_slab)
		free_small_locked(zone, block->owner, address);
	else if (block)
		give_block_locked(zone, (uint32_t)(block - zone->buddy.blocks));
	pthread_mutex_unlock(&zone->lock);
	if (block)
		atomic_fetch_sub(&arena.allocated_bytes, bytes);
}

void *tandem_arena_owner(const void *address)
{
	struct tandem_arena_zone *zone = zone_of(address);
	struct tandem_block *block;
	void *owner = NULL;
	uint32_t page;

	if (!zone)
		return NULL;
	page = (uint32_t)(((const char *)address - zone->base) / TANDEM_PAGE_BYTES);
	pthread_mutex_lock(&zone->lock);
	block = tandem_buddy_find(&zone->buddy, page);
	if (block && block->is_slab) {
		struct tandem_slab *slab = block->owner;

		owner = slab->owners[slot_of(zone, slab, address)];
	} else if (block) {
		owner = block->owner;
	}
	pthread_mutex_unlock(&zone->lock);
	return owner;
}

void *tandem_arena_base(void)
{
	return arena.base;
}

size_t tandem_arena_bytes(void)
{
	return arena.bytes;
}

size_t tandem_arena_guard_bytes(void)
{
	return arena.guard_bytes;
}

void *tandem_arena_zone_base(enum tandem_arena_zone_kind kind)
{
	return arena.zones[kind].base;
}

size_t tandem_arena_zone_bytes(enum tandem_arena_zone_kind kind)
{
	return arena.zones[kind].bytes;
}

uint64_t tandem_arena_allocated_bytes(void)
{
	return atomic_load(&arena.allocated_bytes);
}

void tandem_arena_before_fork(void)
{
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++)
		pthread_mutex_lock(&arena.zones[i].lock);
}

void tandem_arena_after_fork(void)
{
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++)
		pthread_mutex_unlock(&arena.zones[i].lock);
}
