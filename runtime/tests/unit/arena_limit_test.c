// SPDX-License-Identifier: MIT
/*
 * The arena under a limit of the address space (ulimit -v): it leaves most of the rest,
 * and grows by what is asked of it.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "check.h"
#include "svm/arena.h"

#define SPACE_BYTES ((size_t)2 << 30)
#define MIB	    ((size_t)1 << 20)
#define PAGE_BYTES  4096
#define SMALL_COUNT 40000

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
int main(void)
{
	check_skip("sanitizers take more address space than the limit");
}
#else
static bool is_in_stretch(const void *address)
{
	return (size_t)((const char *)address - (char *)tandem_arena_base()) < tandem_arena_bytes();
}

static void test_share(void)
{
	void *others;
	char *memory;

	check(tandem_arena_bytes() + 2 * tandem_arena_guard_bytes() <= SPACE_BYTES / 4,
	      "an arena of %zu bytes", tandem_arena_bytes());
	memory = tandem_arena_allocate(TANDEM_ARENA_PACKED, 50 * MIB, NULL);
	check_fatal(memory, "no memory in the arena");
	check(is_in_stretch(memory), "%p", (void *)memory);
	memset(memory, 1, 50 * MIB);
	others = malloc(SPACE_BYTES / 2);
	check(others, "no memory for the application");
	free(others);
	tandem_arena_free(memory, 50 * MIB);
}

/* As with a device that knows the one stretch only. */
static void test_no_growth(void)
{
	check(!tandem_arena_allocate(TANDEM_ARENA_PACKED, SPACE_BYTES / 2, NULL),
	      "more than the stretch");
	check_equal(0, tandem_arena_allocated_bytes());
}

/* What fits in what is left of the limit, for which the stretch has no room. */
static void test_large(enum tandem_arena_zone_kind kind)
{
	const size_t bytes = SPACE_BYTES / 2 + 100 * MIB + 5;
	void *others;
	int mark;

	for (int i = 0; i < 3; i++) {
		char *memory = tandem_arena_allocate(kind, bytes, &mark);

		check_fatal(memory, "no memory");
		check(!is_in_stretch(memory), "%p", (void *)memory);
		check_equal(0, (uintptr_t)memory % PAGE_BYTES);
		memory[0] = memory[bytes / 2] = memory[bytes - 1] = 1;
		check(tandem_arena_owner(memory) == &mark, "the first byte");
		check(tandem_arena_owner(memory + bytes - 1) == &mark, "the last byte");
		check(!tandem_arena_owner(memory - 1), "in front of it");
		check(!tandem_arena_owner(memory + bytes + PAGE_BYTES), "behind it");
		check(!tandem_arena_allocate(kind, bytes, NULL), "more than the limit");
		tandem_arena_free(memory, bytes);
		check(!tandem_arena_owner(memory), "what was freed has no owner");
	}
	/* It is the application's again. */
	others = malloc(SPACE_BYTES / 2);
	check(others, "no memory for the application");
	free(others);
	check_equal(0, tandem_arena_allocated_bytes());
}

struct slot {
	unsigned char *address;
	size_t bytes;
	enum tandem_arena_zone_kind kind;
};

static void take(struct slot *slot, size_t bytes, enum tandem_arena_zone_kind kind)
{
	slot->bytes = bytes;
	slot->kind = kind;
	slot->address = tandem_arena_allocate(kind, bytes, slot);
	if (!check(slot->address, "no memory for %zu bytes", bytes))
		return;
	slot->address[0] = slot->address[bytes - 1] = (unsigned char)bytes;
}

static void give(struct slot *slot)
{
	if (!slot->address)
		return;
	check(slot->address[0] == (unsigned char)slot->bytes &&
		      slot->address[slot->bytes - 1] == (unsigned char)slot->bytes,
	      "%zu bytes at %p have changed", slot->bytes, (void *)slot->address);
	check(tandem_arena_owner(slot->address + slot->bytes / 2) == slot,
	      "%zu bytes at %p are not found", slot->bytes, (void *)slot->address);
	tandem_arena_free(slot->address, slot->bytes);
	slot->address = NULL;
}

/* Small allocations go on in pieces that they share. */
static void test_small(enum tandem_arena_zone_kind kind, size_t bytes)
{
	static struct slot slots[SMALL_COUNT];
	size_t outside = 0;

	for (size_t i = 0; i < SMALL_COUNT; i++) {
		take(&slots[i], bytes, kind);
		outside += slots[i].address && !is_in_stretch(slots[i].address);
		check(kind == TANDEM_ARENA_PACKED || !((uintptr_t)slots[i].address % PAGE_BYTES),
		      "shares a page");
	}
	check(outside > SMALL_COUNT / 10 && outside < SMALL_COUNT, "%zu in pieces", outside);
	for (size_t i = 0; i < SMALL_COUNT; i++)
		give(&slots[i]);
	check_equal(0, tandem_arena_allocated_bytes());
}

int main(void)
{
	const struct rlimit limit = { SPACE_BYTES, SPACE_BYTES };

	check_fatal(!setrlimit(RLIMIT_AS, &limit), "no limit can be set");
	check_fatal(!tandem_arena_init((uint64_t)64 << 30), "tandem_arena_init");
	test_share();
	test_no_growth();
	tandem_arena_let_grow();
	test_large(TANDEM_ARENA_PACKED);
	test_large(TANDEM_ARENA_EXCLUSIVE);
	test_small(TANDEM_ARENA_PACKED, 8 * PAGE_BYTES);
	test_small(TANDEM_ARENA_EXCLUSIVE, PAGE_BYTES + 1);
	return check_result();
}
#endif
