// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain windows with entries of 2 MiB, and what takes a part of one away
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define HUGE_PAGES	3ul
#define ARENA_BYTES	(HUGE_PAGES * HUGE_BYTES)
#define ARENA_PAGES	(ARENA_BYTES / PAGE_BYTES)
#define PAGES_OF_HUGE	(HUGE_BYTES / PAGE_BYTES)
#define PARAMETER	"/sys/module/vsvm/parameters/huge_pages"
#define ROUNDS		25u
/* <numaif.h> and <sys/mman.h> may not have them */
#define MPOL_MF_MOVE	2
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/*
 * Each test starts with an arena of huge pages in which each page begins with its
 * number, and with windows that show it.
 */
FIXTURE(huge)
{
	struct vsvm_gpu gpu;
	char *arena;
	char *plain;
};

FIXTURE_SETUP(huge)
{
	unsigned long i;

	self->arena = vsvm_huge_memory(ARENA_BYTES);
	ASSERT_NE(NULL, self->arena);
	for (i = 0; i < ARENA_PAGES; i++)
		vsvm_store(self->arena + i * PAGE_BYTES, i);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->arena, ARENA_BYTES));
	self->plain = self->gpu.plain;
	ASSERT_EQ(0, vsvm_register(&self->gpu, self->arena, ARENA_BYTES));
	if (vsvm_huge_bytes(self->arena, ARENA_BYTES) < ARENA_BYTES)
		SKIP(return, "no huge pages could be had");
}

FIXTURE_TEARDOWN(huge)
{
	vsvm_close(&self->gpu);
	munmap(self->arena, ARENA_BYTES);
}

static long plain_faults(struct vsvm_gpu *gpu)
{
	return vsvm_count(gpu, "plain-faults");
}

static long huge_faults(struct vsvm_gpu *gpu)
{
	return vsvm_count(gpu, "huge-faults");
}

/* How many pages does the device see, from @first on, that do not begin with their number? */
static unsigned long wrong_pages(const char *window, unsigned long first,
				 unsigned long count)
{
	unsigned long i, wrong = 0;

	for (i = first; i < first + count; i++)
		wrong += vsvm_load(window + i * PAGE_BYTES) != i;
	return wrong;
}

TEST_F(huge, one_fault_maps_all)
{
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	EXPECT_EQ(HUGE_PAGES, huge_faults(&self->gpu));
	EXPECT_EQ(HUGE_PAGES, plain_faults(&self->gpu));
	/* writable at once, as the CPU's are */
	vsvm_store(self->plain + PAGE_BYTES, 77);
	EXPECT_EQ(77, vsvm_load(self->arena + PAGE_BYTES));
	EXPECT_EQ(HUGE_PAGES, plain_faults(&self->gpu));
}

TEST(memory_comes_later)
{
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup_empty(&gpu, ARENA_BYTES));
	ASSERT_EQ(gpu.arena, mmap(gpu.arena, ARENA_BYTES, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	ASSERT_EQ(0, madvise(gpu.arena, ARENA_BYTES, MADV_HUGEPAGE));
	memset(gpu.arena, 1, ARENA_BYTES);
	if (vsvm_huge_bytes(gpu.arena, ARENA_BYTES) < ARENA_BYTES)
		SKIP(return, "no huge pages could be had");
	EXPECT_EQ(0x01010101, vsvm_load(gpu.plain));
	EXPECT_EQ(1, huge_faults(&gpu));
	vsvm_close(&gpu);
	munmap(gpu.arena, ARENA_BYTES);
}

TEST_F(huge, a_first_touch_of_the_device)
{
	ASSERT_EQ(0, madvise(self->arena, ARENA_BYTES, MADV_DONTNEED));
	vsvm_store(self->plain + HUGE_BYTES + 9 * PAGE_BYTES, 9);
	vsvm_store(self->plain + 2 * HUGE_BYTES - PAGE_BYTES, 10);
	EXPECT_EQ(1, huge_faults(&self->gpu));
	EXPECT_EQ(1, plain_faults(&self->gpu));
	EXPECT_EQ(HUGE_BYTES, vsvm_huge_bytes(self->arena, ARENA_BYTES));
	EXPECT_EQ(9, vsvm_load(self->arena + HUGE_BYTES + 9 * PAGE_BYTES));
	EXPECT_EQ(10, vsvm_load(self->arena + 2 * HUGE_BYTES - PAGE_BYTES));
}

TEST_F(huge, not_where_the_cpu_has_small_pages)
{
	ASSERT_EQ(0, mprotect(self->arena, PAGE_BYTES, PROT_READ));
	EXPECT_EQ(0, wrong_pages(self->plain, 0, PAGES_OF_HUGE));
	EXPECT_EQ(0, huge_faults(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE, plain_faults(&self->gpu));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain));
	EXPECT_FALSE(vsvm_faults(vsvm_device_store, self->plain + PAGE_BYTES));
}

TEST_F(huge, not_where_the_window_lies_otherwise)
{
	char *place = mmap(NULL, ARENA_BYTES + HUGE_BYTES, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *window;

	ASSERT_NE(MAP_FAILED, place);
	place = (char *)(((uintptr_t)place & -HUGE_BYTES) + HUGE_BYTES) - PAGE_BYTES;
	window = mmap(place, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED,
		      self->gpu.context_fd, 0);
	ASSERT_EQ(place, window);
	EXPECT_EQ(0, wrong_pages(window, 0, PAGES_OF_HUGE));
	EXPECT_EQ(0, huge_faults(&self->gpu));
	munmap(window, ARENA_BYTES);
}

TEST_F(huge, not_beyond_a_window)
{
	/* half of one, one, and the half of another */
	char *window = mmap(NULL, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			    self->gpu.context_fd, HUGE_BYTES / 2);
	unsigned long i, wrong = 0;

	ASSERT_NE(MAP_FAILED, window);
	for (i = 0; i < 2 * PAGES_OF_HUGE; i++)
		wrong += vsvm_load(window + i * PAGE_BYTES) != i + PAGES_OF_HUGE / 2;
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(1, huge_faults(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE + 1, plain_faults(&self->gpu));
	munmap(window, 2 * HUGE_BYTES);
}

TEST_F(huge, not_if_switched_off)
{
	ASSERT_EQ(0, vsvm_write_text(PARAMETER, "N"));
	EXPECT_EQ(0, wrong_pages(self->plain, 0, PAGES_OF_HUGE));
	EXPECT_EQ(0, vsvm_write_text(PARAMETER, "Y"));
	EXPECT_EQ(0, huge_faults(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE, plain_faults(&self->gpu));
}

TEST_F(huge, read_only_then_written)
{
	int go[2], status;
	pid_t child;
	char byte = 0;

	/* shared with a child, the CPU's entry is huge and read-only */
	ASSERT_EQ(0, pipe(go));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(wrong_pages(self->arena, 0, PAGES_OF_HUGE) ? 2 : 0);
	}
	EXPECT_EQ(0, wrong_pages(self->plain, 0, PAGES_OF_HUGE));
	EXPECT_EQ(1, huge_faults(&self->gpu));
	vsvm_store(self->plain + 5 * PAGE_BYTES, 55);
	EXPECT_EQ(55, vsvm_load(self->arena + 5 * PAGE_BYTES));
	EXPECT_EQ(55, vsvm_load(self->plain + 5 * PAGE_BYTES));
	vsvm_store(self->arena + 5 * PAGE_BYTES, 5);
	EXPECT_EQ(0, wrong_pages(self->plain, 0, PAGES_OF_HUGE));
	vsvm_store(self->plain + 6 * PAGE_BYTES, 66);
	ASSERT_EQ(1, write(go[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(66, vsvm_load(self->arena + 6 * PAGE_BYTES));
}

TEST_F(huge, read_only_stays_so)
{
	ASSERT_EQ(0, mprotect(self->arena, HUGE_BYTES, PROT_READ));
	EXPECT_EQ(0, wrong_pages(self->plain, 0, PAGES_OF_HUGE));
	EXPECT_EQ(1, huge_faults(&self->gpu));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain + PAGE_BYTES));
	ASSERT_EQ(0, mprotect(self->arena, HUGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_FALSE(vsvm_faults(vsvm_device_store, self->plain + PAGE_BYTES));
	EXPECT_EQ(1, vsvm_load(self->arena + PAGE_BYTES));
}

TEST_F(huge, a_window_that_is_made_read_only)
{
	vsvm_store(self->plain, 3);
	ASSERT_EQ(0, mprotect(self->plain, ARENA_BYTES, PROT_READ));
	EXPECT_EQ(3, vsvm_load(self->plain));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain));
	/* a huge entry that is made while it is */
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_load(self->plain + HUGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain + HUGE_BYTES));
	EXPECT_EQ(2, huge_faults(&self->gpu));
	ASSERT_EQ(0, mprotect(self->plain, ARENA_BYTES, PROT_READ | PROT_WRITE));
	vsvm_store(self->plain, 4);
	vsvm_store(self->plain + HUGE_BYTES, 5);
	EXPECT_EQ(4, vsvm_load(self->arena));
	EXPECT_EQ(5, vsvm_load(self->arena + HUGE_BYTES));
}

TEST_F(huge, the_zero_page)
{
	ASSERT_EQ(0, madvise(self->arena, ARENA_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->arena));
	EXPECT_EQ(0, vsvm_load(self->plain + 8 * PAGE_BYTES));
	vsvm_store(self->plain + 8 * PAGE_BYTES, 8);
	EXPECT_EQ(8, vsvm_load(self->arena + 8 * PAGE_BYTES));
	EXPECT_EQ(8, vsvm_load(self->plain + 8 * PAGE_BYTES));
	EXPECT_EQ(0, vsvm_load(self->plain + 9 * PAGE_BYTES));
	/* the device first */
	EXPECT_EQ(0, vsvm_load(self->plain + HUGE_BYTES));
	vsvm_store(self->arena + HUGE_BYTES, 7);
	EXPECT_EQ(7, vsvm_load(self->plain + HUGE_BYTES));
}

/* All but page 7 of the first 2 MiB are as they were. */
#define EXPECT_OTHERS_UNCHANGED()						\
	do {									\
		EXPECT_EQ(0, wrong_pages(self->plain, 0, 7));			\
		EXPECT_EQ(0, wrong_pages(self->plain, 8, ARENA_PAGES - 8));	\
	} while (0)

TEST_F(huge, a_part_is_unmapped)
{
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	ASSERT_EQ(0, munmap(self->arena + 7 * PAGE_BYTES, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
}

TEST_F(huge, a_part_is_emptied)
{
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	ASSERT_EQ(0, madvise(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
}

TEST_F(huge, a_part_is_protected)
{
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	ASSERT_EQ(0, mprotect(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, PROT_NONE));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
	ASSERT_EQ(0, mprotect(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, PROT_READ));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain + 7 * PAGE_BYTES));
	EXPECT_EQ(7, vsvm_load(self->plain + 7 * PAGE_BYTES));
}

TEST_F(huge, a_part_is_paged_out)
{
	unsigned char there = 1;
	int tries;

	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	for (tries = 0; tries < 100 && there; tries++) {
		ASSERT_EQ(0, madvise(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, MADV_PAGEOUT));
		ASSERT_EQ(0, mincore(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, &there));
	}
	if (tries == 100)
		SKIP(return, "no swap here");
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	vsvm_store(self->plain + 7 * PAGE_BYTES, 70);
	EXPECT_EQ(70, vsvm_load(self->arena + 7 * PAGE_BYTES));
}

TEST_F(huge, all_of_it_moves)
{
	void *page = self->arena;
	int node = 1, status = -1;

	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	if (syscall(SYS_move_pages, 0, 1ul, &page, &node, &status, MPOL_MF_MOVE) ||
	    status != node)
		SKIP(return, "no second NUMA node here");
	vsvm_store(self->arena + 7 * PAGE_BYTES, 70);
	EXPECT_EQ(70, vsvm_load(self->plain + 7 * PAGE_BYTES));
	vsvm_store(self->plain + 7 * PAGE_BYTES, 7);
	EXPECT_EQ(0, wrong_pages(self->arena, 0, ARENA_PAGES));
	EXPECT_EQ(HUGE_PAGES + 1, huge_faults(&self->gpu));
}

TEST_F(huge, exclusive_and_plain_side_by_side)
{
	unsigned long i;
	long faults;

	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	EXPECT_EQ(7, vsvm_device_add(self->gpu.atomic + 7 * PAGE_BYTES, 100));
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->arena, ARENA_BYTES));

	/* a plain access shares it, and those around do not take it back */
	EXPECT_EQ(107, vsvm_load(self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
	for (i = 0; i < PAGES_OF_HUGE; i++)
		vsvm_store(self->plain + i * PAGE_BYTES, 1000 + i);
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->arena, ARENA_BYTES));
	EXPECT_EQ(1007, vsvm_device_add(self->gpu.atomic + 7 * PAGE_BYTES, 1));

	/* neither window has an entry left when the CPU has it */
	EXPECT_EQ(1008, vsvm_load(self->arena + 7 * PAGE_BYTES));
	vsvm_store(self->arena + 7 * PAGE_BYTES, 2000);
	EXPECT_EQ(2000, vsvm_device_add(self->gpu.atomic + 7 * PAGE_BYTES, 1));
	EXPECT_EQ(2001, vsvm_load(self->plain + 7 * PAGE_BYTES));
	for (i = 0; i < PAGES_OF_HUGE; i++)
		EXPECT_EQ(i == 7 ? 2001 : 1000 + i, vsvm_load(self->arena + i * PAGE_BYTES));

	/* the other 2 MiB have kept their entries */
	faults = plain_faults(&self->gpu);
	EXPECT_EQ(0, wrong_pages(self->plain, PAGES_OF_HUGE, PAGES_OF_HUGE));
	EXPECT_EQ(faults, plain_faults(&self->gpu));
}

TEST_F(huge, two_windows)
{
	char *other = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			   self->gpu.context_fd, 0);

	ASSERT_NE(MAP_FAILED, other);
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	EXPECT_EQ(0, wrong_pages(other, 0, ARENA_PAGES));
	EXPECT_EQ(2 * HUGE_PAGES, huge_faults(&self->gpu));
	ASSERT_EQ(0, madvise(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(other + 7 * PAGE_BYTES));
	vsvm_store(other + 7 * PAGE_BYTES, 71);
	EXPECT_EQ(71, vsvm_load(self->plain + 7 * PAGE_BYTES));
	munmap(other, ARENA_BYTES);
	EXPECT_EQ(71, vsvm_load(self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
}

TEST_F(huge, a_move_of_the_window_is_refused)
{
	char *place = mmap(NULL, ARENA_BYTES + HUGE_BYTES, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_NE(MAP_FAILED, place);
	place = (char *)(((uintptr_t)place + HUGE_BYTES - 1) & -HUGE_BYTES);
	EXPECT_EQ(0, wrong_pages(self->plain, 0, ARENA_PAGES));
	ASSERT_EQ(MAP_FAILED, mremap(self->plain, ARENA_BYTES, ARENA_BYTES,
				     MREMAP_MAYMOVE | MREMAP_FIXED, place));
	ASSERT_EQ(0, madvise(self->arena + 7 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->plain + 7 * PAGE_BYTES));
	EXPECT_OTHERS_UNCHANGED();
}

TEST_F(huge, shared_memory_of_huge_pages)
{
	char *shared = mmap(self->arena, HUGE_BYTES, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);
	long before;

	if (shared == MAP_FAILED && !vsvm_write_text("/proc/sys/vm/nr_hugepages", "2"))
		shared = mmap(self->arena, HUGE_BYTES, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0);
	if (shared == MAP_FAILED)
		SKIP(return, "no hugetlb here");
	before = huge_faults(&self->gpu);
	vsvm_store(self->plain + 9 * PAGE_BYTES, 9);
	EXPECT_EQ(before + 1, huge_faults(&self->gpu));
	EXPECT_EQ(9, vsvm_load(shared + 9 * PAGE_BYTES));
	EXPECT_EQ(0, vsvm_load(self->plain + 10 * PAGE_BYTES));
	munmap(shared, HUGE_BYTES);
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain + 9 * PAGE_BYTES));
	vsvm_write_text("/proc/sys/vm/nr_hugepages", "0");
}

/* A core of the device that counts in a word of each page of the first 2 MiB. */
struct counter {
	char *plain;
	unsigned int offset;
};

static void *count_once(void *argument)
{
	struct counter *counter = argument;
	unsigned long i;

	for (i = 0; i < PAGES_OF_HUGE; i++) {
		char *word = counter->plain + i * PAGE_BYTES + counter->offset;

		vsvm_store(word, vsvm_load(word) + 1);
	}
	return NULL;
}

/* All that splits the CPU's entry, and joins its pages again. */
static int split_and_join(struct vsvm_gpu *gpu, char *arena, unsigned int round)
{
	const unsigned long page = round % PAGES_OF_HUGE * PAGE_BYTES;

	if (mprotect(arena + page, PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC) ||
	    mprotect(arena + page, PAGE_BYTES, PROT_READ | PROT_WRITE))
		return -1;
	vsvm_device_add(gpu->atomic + page, 0);
	vsvm_load(arena + page);
	/* may be busy */
	madvise(arena, HUGE_BYTES, MADV_COLLAPSE);
	return 0;
}

/* Two cores fill a new window, each time, with huge entries or page tables. */
TEST_F_TIMEOUT(huge, come_and_go_under_stores, 300)
{
	struct counter counters[2] = { { .offset = 64 }, { .offset = 128 } };
	unsigned int round, lost = 0;
	pthread_t threads[2];
	unsigned long i;
	char *window;

	for (round = 0; round < ROUNDS; round++) {
		window = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
			      self->gpu.context_fd, 0);
		ASSERT_NE(MAP_FAILED, window);
		/* the cores meet a huge entry, or race for it */
		if (round % 2 == 0)
			vsvm_load(window);
		for (i = 0; i < 2; i++) {
			counters[i].plain = window;
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, count_once,
						    &counters[i]));
		}
		EXPECT_EQ(0, split_and_join(&self->gpu, self->arena, round));
		for (i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
		munmap(window, ARENA_BYTES);
	}
	for (i = 0; i < PAGES_OF_HUGE; i++) {
		lost += vsvm_load(self->arena + i * PAGE_BYTES + 64) != ROUNDS;
		lost += vsvm_load(self->arena + i * PAGE_BYTES + 128) != ROUNDS;
	}
	EXPECT_EQ(0, lost);
	EXPECT_LT(0, huge_faults(&self->gpu));
	EXPECT_EQ(0, wrong_pages(self->arena, 0, ARENA_PAGES));
}

TEST_HARNESS_MAIN
