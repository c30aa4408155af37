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

#include "pieces.h"
#include "util/log.h"
#include "zone.h"

/* A zone of 2^32 pages is the most that the page numbers allow; this is a quarter. */
#define MOST_ORDER  30
#define LEAST_ORDER 14
/* A 32-bit index into an array of OpenCL's largest type does not lead farther, twice over. */
#define GUARD_BYTES ((size_t)512 << 30)

static struct {
	char *base;
	size_t bytes;
	size_t guard_bytes;
	uint64_t limit_bytes;
	_Atomic uint64_t allocated_bytes;
	bool may_grow;
	struct tandem_zone zones[TANDEM_ARENA_ZONE_COUNT];
} arena;

/* Zones of 2^@order pages each between guards of @guard_bytes, or NULL. */
static char *reserve(unsigned int order, size_t guard_bytes)
{
	const size_t bytes = TANDEM_ARENA_ZONE_COUNT * tandem_block_bytes(order) + 2 * guard_bytes;
	/* with room to align the zones to a commit step */
	char *base = mmap(NULL, bytes + TANDEM_ZONE_STEP_BYTES, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		return NULL;
	return (char *)(((uintptr_t)base + guard_bytes + TANDEM_ZONE_STEP_BYTES - 1) &
			~(uintptr_t)(TANDEM_ZONE_STEP_BYTES - 1));
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
		int error = tandem_zone_init(&arena.zones[i], (enum tandem_arena_zone_kind)i,
					     arena.base + i * tandem_block_bytes(order),
					     tandem_block_bytes(order));

		if (error)
			return error;
	}
	tandem_log(TANDEM_LOG_SVM, "arena of %zu MiB at %p", arena.bytes >> 20, (void *)arena.base);
	return 0;
}

static int charge_limit(uint64_t bytes)
{
	if (atomic_fetch_add(&arena.allocated_bytes, bytes) + bytes <= arena.limit_bytes)
		return 0;
	atomic_fetch_sub(&arena.allocated_bytes, bytes);
	return -ENOMEM;
}

void tandem_arena_let_grow(void)
{
	arena.may_grow = true;
}

void *tandem_arena_allocate(enum tandem_arena_zone_kind kind, size_t bytes, void *owner)
{
	struct tandem_zone *zone = &arena.zones[kind];
	void *address;

	if (bytes > arena.limit_bytes)
		return NULL;
	if (charge_limit(bytes))
		return NULL;
	pthread_mutex_lock(&zone->lock);
	address = tandem_zone_allocate_locked(zone, bytes, owner);
	pthread_mutex_unlock(&zone->lock);
	if (!address && arena.may_grow)
		address = tandem_pieces_allocate(kind, bytes, owner);
	if (!address)
		atomic_fetch_sub(&arena.allocated_bytes, bytes);
	return address;
}

static struct tandem_zone *zone_of(const void *address)
{
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++) {
		if (tandem_zone_contains(&arena.zones[i], address))
			return &arena.zones[i];
	}
	return NULL;
}

void tandem_arena_free(void *address, size_t bytes)
{
	struct tandem_zone *zone = zone_of(address);
	bool was_there;

	if (zone) {
		pthread_mutex_lock(&zone->lock);
		was_there = tandem_zone_free_locked(zone, address);
		pthread_mutex_unlock(&zone->lock);
	} else {
		was_there = tandem_pieces_free(address);
	}
	if (was_there)
		atomic_fetch_sub(&arena.allocated_bytes, bytes);
}

void *tandem_arena_owner(const void *address)
{
	struct tandem_zone *zone = zone_of(address);
	void *owner;

	if (!zone)
		return tandem_pieces_owner(address);
	pthread_mutex_lock(&zone->lock);
	owner = tandem_zone_owner_locked(zone, address);
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
	tandem_pieces_lock();
}

void tandem_arena_after_fork(void)
{
	tandem_pieces_unlock();
	for (int i = 0; i < TANDEM_ARENA_ZONE_COUNT; i++)
		pthread_mutex_unlock(&arena.zones[i].lock);
}
