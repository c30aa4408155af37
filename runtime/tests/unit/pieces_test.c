// SPDX-License-Identifier: MIT
/* What the arena grows by, alone: allocations of all sizes and both kinds, by several threads. */
#include "svm/pieces.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include "check.h"

#define THREADS	   4
#define STEPS	   6000
#define SLOTS	   60
#define PAGE_BYTES 4096

struct slot {
	unsigned char *address;
	size_t bytes;
};

static void check_place(const struct slot *slot, enum tandem_arena_zone_kind kind)
{
	uintptr_t unit = kind == TANDEM_ARENA_EXCLUSIVE ? PAGE_BYTES : TANDEM_ARENA_ALIGNMENT;

	check(!((uintptr_t)slot->address % unit), "%zu bytes at %p", slot->bytes,
	      (void *)slot->address);
}

static void take(struct slot *slot, uint64_t random)
{
	/* Of all magnitudes, up to 64 MiB; from 16 MiB on each has a piece of its own. */
	const size_t magnitude = (size_t)1 << random % 26;
	enum tandem_arena_zone_kind kind = random >> 8 & 1 ? TANDEM_ARENA_PACKED :
							     TANDEM_ARENA_EXCLUSIVE;

	slot->bytes = magnitude + (random >> 9) % magnitude;
	slot->address = tandem_pieces_allocate(kind, slot->bytes, slot);
	if (!check(slot->address, "no memory for %zu bytes", slot->bytes))
		return;
	check_place(slot, kind);
	slot->address[0] = slot->address[slot->bytes - 1] = (unsigned char)slot->bytes;
}

static void give(struct slot *slot)
{
	if (!slot->address)
		return;
	check(slot->address[0] == (unsigned char)slot->bytes &&
		      slot->address[slot->bytes - 1] == (unsigned char)slot->bytes,
	      "%zu bytes at %p have changed", slot->bytes, (void *)slot->address);
	check(tandem_pieces_owner(slot->address) == slot &&
		      tandem_pieces_owner(slot->address + slot->bytes - 1) == slot,
	      "%zu bytes at %p are not found", slot->bytes, (void *)slot->address);
	check(tandem_pieces_free(slot->address), "%zu bytes at %p are not there", slot->bytes,
	      (void *)slot->address);
	slot->address = NULL;
}

static void *run(void *seed)
{
	struct slot slots[SLOTS] = { 0 };
	uint64_t state = *(uint64_t *)seed;

	for (int step = 0; step < STEPS; step++) {
		struct slot *slot;

		state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		slot = &slots[(state >> 25) % SLOTS];
		if (slot->address)
			give(slot);
		else
			take(slot, state >> 32);
	}
	for (int i = 0; i < SLOTS; i++)
		give(&slots[i]);
	return NULL;
}

static void test_random(void)
{
	pthread_t threads[THREADS];
	uint64_t seeds[THREADS];

	for (int i = 0; i < THREADS; i++) {
		seeds[i] = 11 + (uint64_t)i;
		check_fatal(!pthread_create(&threads[i], NULL, run, &seeds[i]), "no thread");
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void test_foreign(void)
{
	int mark = 0;

	check(!tandem_pieces_owner(&mark), "the stack is in no piece");
	check(!tandem_pieces_free(&mark), "nor can it be freed");
	check(!tandem_pieces_owner(NULL), "nor is NULL");
	check(!tandem_pieces_free(NULL), "nor can that be freed");
}

int main(void)
{
	test_foreign();
	test_random();
	test_foreign();
	return check_result();
}
