// SPDX-License-Identifier: MIT
/* The SVM arena: random allocations by several threads, against a model. */
#include "svm/arena.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "check.h"

#define LIMIT_BYTES (UINT64_C(1) << 30)
#define SLOTS	    300
/* ThreadSanitizer sees what is not ordered, whether it meets or not, and is slow. */
#ifdef __SANITIZE_THREAD__
#define STEPS 4000
#else
#define STEPS 20000
#endif
#define THREADS	   4
#define PAGE_BYTES 4096

struct allocation {
	unsigned char *address;
	size_t bytes;
	enum tandem_arena_zone_kind kind;
	unsigned char mark;
};

struct worker {
	pthread_t thread;
	uint64_t state; /* of the random numbers */
	struct allocation slots[SLOTS];
	unsigned int failures;
};

static uint64_t next_random(struct worker *worker)
{
	worker->state ^= worker->state << 13;
	worker->state ^= worker->state >> 7;
	worker->state ^= worker->state << 17;
	return worker->state;
}

/* Sizes of all magnitudes: small ones often, some of several megabytes. */
static size_t random_size(struct worker *worker)
{
	unsigned int bits = (unsigned int)(next_random(worker) % 23);

	return 1 + next_random(worker) % ((UINT64_C(1) << bits) + 1);
}

static bool is_intact(const struct allocation *allocation)
{
	return allocation->address[0] == allocation->mark &&
	       allocation->address[allocation->bytes - 1] == allocation->mark &&
	       allocation->address[allocation->bytes / 2] == allocation->mark;
}

static void fail(struct worker *worker, const struct allocation *allocation, const char *what)
{
	worker->failures++;
	printf("%p, %zu bytes, zone %d: %s\n", (void *)allocation->address, allocation->bytes,
	       allocation->kind, what);
}

static void allocate(struct worker *worker, struct allocation *allocation)
{
	allocation->bytes = random_size(worker);
	allocation->kind = next_random(worker) % 2 ? TANDEM_ARENA_EXCLUSIVE : TANDEM_ARENA_PACKED;
	allocation->mark = (unsigned char)next_random(worker);
	allocation->address =
		tandem_arena_allocate(allocation->kind, allocation->bytes, allocation);
	if (!allocation->address) {
		fail(worker, allocation, "no memory");
		return;
	}
	if ((uintptr_t)allocation->address % TANDEM_ARENA_ALIGNMENT)
		fail(worker, allocation, "not aligned");
	if (allocation->kind == TANDEM_ARENA_EXCLUSIVE &&
	    (uintptr_t)allocation->address % PAGE_BYTES)
		fail(worker, allocation, "shares its first page");
	if (allocation->address < (unsigned char *)tandem_arena_base() ||
	    allocation->address + allocation->bytes >
		    (unsigned char *)tandem_arena_base() + tandem_arena_bytes())
		fail(worker, allocation, "outside the arena");
	memset(allocation->address, allocation->mark, allocation->bytes);
}

static void examine(struct worker *worker, const struct allocation *allocation)
{
	const size_t inside = next_random(worker) % allocation->bytes;

	if (!is_intact(allocation))
		fail(worker, allocation, "its contents have changed");
	if (tandem_arena_owner(allocation->address + inside) != allocation)
		fail(worker, allocation, "it is not found by an address inside");
}

static void release(struct worker *worker, struct allocation *allocation)
{
	examine(worker, allocation);
	tandem_arena_free(allocation->address, allocation->bytes);
	allocation->address = NULL;
}

static void *run(void *argument)
{
	struct worker *worker = argument;

	for (int step = 0; step < STEPS && worker->failures < 10; step++) {
		struct allocation *allocation = &worker->slots[next_random(worker) % SLOTS];

		if (!allocation->address)
			allocate(worker, allocation);
		else if (next_random(worker) % 3)
			release(worker, allocation);
		else
			examine(worker, allocation);
	}
	for (int i = 0; i < SLOTS; i++) {
		if (worker->slots[i].address)
			release(worker, &worker->slots[i]);
	}
	return NULL;
}

static void test_random(uint64_t seed)
{
	struct worker *workers = calloc(THREADS, sizeof(*workers));

	check_fatal(workers, "no memory");
	for (int i = 0; i < THREADS; i++) {
		workers[i].state = seed + 77 * (uint64_t)i;
		check_fatal(!pthread_create(&workers[i].thread, NULL, run, &workers[i]), "thread");
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		check(!workers[i].failures, "seed %llu, thread %d", (unsigned long long)seed, i);
	}
	check_equal(0, tandem_arena_allocated_bytes());
	free(workers);
}

/* Two allocations with atomics have no page in common, however small they are. */
static void test_exclusive_pages(void)
{
	void *one = tandem_arena_allocate(TANDEM_ARENA_EXCLUSIVE, 4, NULL);
	void *other = tandem_arena_allocate(TANDEM_ARENA_EXCLUSIVE, 4, NULL);

	check((uintptr_t)one / PAGE_BYTES != (uintptr_t)other / PAGE_BYTES, "%p and %p", one,
	      other);
	tandem_arena_free(one, 4);
	tandem_arena_free(other, 4);
}

static void test_packed(void)
{
	char *one = tandem_arena_allocate(TANDEM_ARENA_PACKED, 4, NULL);
	char *other = tandem_arena_allocate(TANDEM_ARENA_PACKED, 4, NULL);

	check((uintptr_t)one / PAGE_BYTES == (uintptr_t)other / PAGE_BYTES, "%p and %p",
	      (void *)one, (void *)other);
	tandem_arena_free(one, 4);
	tandem_arena_free(other, 4);
}

static void test_limit(void)
{
	void *most = tandem_arena_allocate(TANDEM_ARENA_PACKED, LIMIT_BYTES, NULL);

	check(most, "all of the limit");
	check(!tandem_arena_allocate(TANDEM_ARENA_EXCLUSIVE, 1, NULL), "more than the limit");
	tandem_arena_free(most, LIMIT_BYTES);
	check(!tandem_arena_allocate(TANDEM_ARENA_PACKED, LIMIT_BYTES + 1, NULL), "at once");
	check(!tandem_arena_allocate(TANDEM_ARENA_PACKED, SIZE_MAX, NULL), "as much as there is");
	check_equal(0, tandem_arena_allocated_bytes());
}

static void test_owners(void)
{
	int mark;
	char *address = tandem_arena_allocate(TANDEM_ARENA_PACKED, 10 << 20, &mark);

	check(!tandem_arena_owner(&mark), "the stack is not in the arena");
	check(!tandem_arena_owner(NULL), "nor is NULL");
	check(tandem_arena_owner(address + (10 << 20) - 1) == &mark, "the last byte");
	tandem_arena_free(address, 10 << 20);
	check(!tandem_arena_owner(address), "what was freed has no owner");
	tandem_arena_free(NULL, 0);
}

int main(void)
{
	check_fatal(!tandem_arena_init(LIMIT_BYTES), "tandem_arena_init");
	test_exclusive_pages();
	test_packed();
	test_limit();
	test_owners();
	for (uint64_t seed = 1; seed <= 5; seed++)
		test_random(seed * 0x9e3779b97f4a7c15);
	return check_result();
}
