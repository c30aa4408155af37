// SPDX-License-Identifier: MIT
/* The compile server's malloc and its family, which are this program's, too. */
#include "compiler/clang_server/memory.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

#define THREADS	     4
#define STEPS	     4000
#define SLOTS	     300
#define MOST_BYTES   ((size_t)3 << 20)
#define PARENT_BYTES 3000
#define REUSED_BYTES ((size_t)1 << 30)

struct slot {
	unsigned char *bytes;
	size_t length;
	unsigned char value;
};

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void check_slot(const struct slot *slot, size_t length)
{
	size_t wrong = 0;

	for (size_t i = 0; i < length; i++)
		wrong += slot->bytes[i] != slot->value;
	check(!wrong, "%zu of %zu bytes at %p have changed", wrong, length, (void *)slot->bytes);
}

static void fill(struct slot *slot, size_t length, unsigned char value)
{
	slot->length = length;
	slot->value = value;
	memset(slot->bytes, value, length);
	check(malloc_usable_size(slot->bytes) >= length, "%zu bytes are not usable", length);
}

/* Of all magnitudes up to MOST_BYTES, the small ones most. */
static size_t random_length(uint64_t random)
{
	return (random >> 8) % ((size_t)2 << random % 21) % MOST_BYTES;
}

static void allocate(struct slot *slot, uint64_t random)
{
	size_t length = random_length(random), alignment = (size_t)8 << (random >> 40) % 14;
	void *bytes = NULL;

	switch (random >> 60 & 3) {
	case 0:
		bytes = malloc(length);
		alignment = 16;
		break;
	case 1:
		bytes = calloc(length / 4 + 1, 4);
		alignment = 16;
		*slot = (struct slot){ bytes, length, 0 };
		if (bytes)
			check_slot(slot, length);
		break;
	case 2:
		bytes = aligned_alloc(alignment, length);
		break;
	default:
		check(!posix_memalign(&bytes, alignment, length), "%zu bytes by %zu", length,
		      alignment);
	}
	slot->bytes = bytes;
	if (!check(bytes, "no memory for %zu bytes by %zu", length, alignment))
		return;
	check((uintptr_t)bytes % alignment == 0, "%zu bytes by %zu at %p", length, alignment,
	      bytes);
	fill(slot, length, (unsigned char)(random >> 50));
}

static void resize(struct slot *slot, uint64_t random)
{
	size_t length = random_length(random) + 1;
	size_t kept = length < slot->length ? length : slot->length;
	unsigned char *bytes = realloc(slot->bytes, length);

	if (!check(bytes, "no memory for %zu bytes", length))
		return;
	slot->bytes = bytes;
	check_slot(slot, kept);
	fill(slot, length, (unsigned char)(random >> 50));
}

static void release(struct slot *slot)
{
	check_slot(slot, slot->length);
	free(slot->bytes);
	slot->bytes = NULL;
}

static void *run(void *seed)
{
	uint64_t state = 88172645463325252ull + (uintptr_t)seed;
	struct slot slots[SLOTS] = { 0 };

	for (int i = 0; i < STEPS; i++) {
		uint64_t random = next_random(&state);
		struct slot *slot = &slots[(random >> 24) % SLOTS];

		if (!slot->bytes)
			allocate(slot, random);
		else if (random & 1)
			release(slot);
		else
			resize(slot, random);
	}
	for (int i = 0; i < SLOTS; i++) {
		if (slots[i].bytes)
			release(&slots[i]);
	}
	return NULL;
}

static void test_threads(void)
{
	pthread_t threads[THREADS];

	run(NULL);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, run, (void *)(i + 1));
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void test_errors(void)
{
	volatile size_t much = SIZE_MAX - 100, half = SIZE_MAX / 2 + 2;
	void *volatile small = malloc(1);
	void *block = NULL;

	errno = 0;
	check(!malloc(much) && errno == ENOMEM, "malloc of all: %d", errno);
	errno = 0;
	check(!calloc(half, 2) && errno == ENOMEM, "calloc of more than all: %d", errno);
	errno = 0;
	check(!reallocarray(NULL, half, 2) && errno == ENOMEM, "reallocarray: %d", errno);
	errno = 0;
	check(!realloc(small, much) && errno == ENOMEM, "realloc to all: %d", errno);
	check(!pvalloc(much), "pvalloc of all");
	check(posix_memalign(&block, 3, 8) == EINVAL && !block, "an alignment of 3");
	check(posix_memalign(&block, 64, much) == ENOMEM && !block, "posix_memalign of all");
	free(small);
	free(NULL);
}

static bool uses_again(size_t length)
{
	for (size_t total = 0; total < REUSED_BYTES; total += length) {
		volatile unsigned char *bytes = malloc(length);

		if (!bytes)
			return false;
		bytes[length / 2] = 1;
		free((void *)bytes);
	}
	return true;
}

/* Aligned blocks, while others of their size are free; and what is cut off large ones. */
static bool uses_aligned_again(void)
{
	for (size_t total = 0; total < REUSED_BYTES; total += 48) {
		void *aligned = aligned_alloc(64, 48), *plain = malloc(48);

		if (!aligned || !plain)
			return false;
		free(aligned);
		free(plain);
	}
	for (size_t total = 0; total < REUSED_BYTES; total += 16 << 20) {
		if (!realloc(malloc(16 << 20), 100))
			return false;
	}
	return true;
}

/* What is freed is used again: there is not memory for all of it. */
static void test_reuse(void)
{
	static const size_t lengths[] = { 24, 1000, 1025, 70000, 1 << 20, 64 << 20 };
	const struct rlimit limit = { REUSED_BYTES / 2, REUSED_BYTES / 2 };

	for (unsigned int i = 0; i <= sizeof(lengths) / sizeof(*lengths); i++) {
		size_t length = i < sizeof(lengths) / sizeof(*lengths) ? lengths[i] : 0;
		int status = -1;
		pid_t pid = fork();

		if (!pid)
			_exit(setrlimit(RLIMIT_AS, &limit) ||
			      !(length ? uses_again(length) : uses_aligned_again()));
		check(pid > 0 && waitpid(pid, &status, 0) == pid && !status,
		      "blocks of %zu bytes: status %#x", length, status);
	}
}

/* A process that begins anew takes nothing of what was free before, nor frees it. */
static bool keeps_apart(struct slot *slots)
{
	unsigned char *block;

	tandem_memory_begin_anew();
	for (int i = 0; i < SLOTS; i += 3)
		free(slots[i].bytes);
	for (int i = 0; i < 4 * SLOTS; i++) {
		block = malloc(PARENT_BYTES);
		if (!block)
			return false;
		memset(block, 1, PARENT_BYTES);
		for (int j = 0; j < SLOTS; j++) {
			if (block < slots[j].bytes + PARENT_BYTES &&
			    slots[j].bytes < block + PARENT_BYTES)
				return false;
		}
		if (i % 2)
			free(block);
	}
	for (int i = 1; i < SLOTS; i += 3)
		check_slot(&slots[i], PARENT_BYTES);
	return !check_failures;
}

static void test_fork(void)
{
	static struct slot slots[SLOTS];
	int status = -1;
	pid_t pid;

	for (int i = 0; i < SLOTS; i++) {
		slots[i].bytes = malloc(PARENT_BYTES);
		fill(&slots[i], PARENT_BYTES, (unsigned char)i);
	}
	for (int i = 2; i < SLOTS; i += 3)
		free(slots[i].bytes);
	pid = fork();
	if (!pid)
		_exit(!keeps_apart(slots));
	check(pid > 0 && waitpid(pid, &status, 0) == pid && !status,
	      "memory of the forked process: status %#x", status);
	for (int i = 0; i < SLOTS; i++) {
		if (i % 3 != 2)
			release(&slots[i]);
	}
}

int main(void)
{
	test_errors();
	test_reuse();
	test_fork();
	test_threads();
	test_fork();
	return check_result();
}
