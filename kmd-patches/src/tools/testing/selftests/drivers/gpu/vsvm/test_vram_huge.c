// SPDX-License-Identifier: GPL-2.0-only
/*
 * Huge pages that are moved to memory of the GPU as one, and what makes small ones of
 * them there
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

/* <sys/mman.h> may not have it */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

#define HUGE_PAGES	4ul
#define ARENA_BYTES	(HUGE_PAGES * HUGE_BYTES)
#define PAGES_OF_HUGE	(HUGE_BYTES / PAGE_BYTES)
#define ARENA_PAGES	(HUGE_PAGES * PAGES_OF_HUGE)
#define MOST_VRAM_BYTES	(64ul << 20)
#define FAULTS		"/sys/module/vsvm/parameters/vram_faults"
#define DRIVER		"/sys/bus/platform/drivers/vsvm/"
#define FAIL_PAGE	"/sys/kernel/debug/fail_page_alloc/"
/* Of the two sides: additions each at least, and moves. */
#define ROUNDS		500u
#define MOVES		20u
#define DEADLINE_S	300

/*
 * Each test starts with an arena of huge pages in which each page begins with its number,
 * all of it in VRAM.
 */
FIXTURE(huge)
{
	struct vsvm_gpu gpu;
	char *cpu;
	char *plain;
};

static long vram_pages(struct vsvm_gpu *gpu)
{
	return vsvm_count(gpu, "vram-pages");
}

/*
 * Can a driver split a folio on this kernel? Then huge pages are moved as one: the device
 * maps by one entry what it has.
 */
static bool moves_huge_pages(struct vsvm_gpu *gpu)
{
	vsvm_load(gpu->plain);
	return vsvm_count(gpu, "huge-faults") == 1;
}

FIXTURE_SETUP(huge)
{
	self->cpu = vsvm_huge_memory(ARENA_BYTES);
	ASSERT_NE(NULL, self->cpu);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_register(&self->gpu, self->cpu, ARENA_BYTES));
	self->plain = self->gpu.plain;
	if (vsvm_vram_bytes(&self->gpu) < ARENA_BYTES)
		SKIP(return, "the GPU has too little VRAM (vsvm.vram_mib)");
	vsvm_fill(self->cpu, ARENA_PAGES, 0);
	if (vsvm_huge_bytes(self->cpu, ARENA_BYTES) < ARENA_BYTES)
		SKIP(return, "no huge pages could be had");
	ASSERT_EQ(ARENA_PAGES, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES));
	ASSERT_EQ(ARENA_PAGES, vram_pages(&self->gpu));
	if (!moves_huge_pages(&self->gpu))
		SKIP(return, "this kernel does not export split_folio_to_list()");
}

FIXTURE_TEARDOWN(huge)
{
	vsvm_write_text(FAULTS, "N");
	vsvm_close(&self->gpu);
	munmap(self->cpu, ARENA_BYTES);
}

TEST_F(huge, one_fault_of_the_device_maps_all_of_one)
{
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 0));
	EXPECT_EQ(HUGE_PAGES, vsvm_count(&self->gpu, "huge-faults"));
	EXPECT_EQ(HUGE_PAGES, vsvm_count(&self->gpu, "plain-faults"));
	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	EXPECT_EQ(HUGE_PAGES, vsvm_count(&self->gpu, "plain-faults"));
	EXPECT_EQ(ARENA_PAGES, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
}

TEST_F(huge, a_cpu_brings_all_of_one_home_as_one)
{
	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	EXPECT_EQ(5000 + 7, vsvm_load(self->cpu + 7 * PAGE_BYTES));
	EXPECT_EQ(ARENA_PAGES - PAGES_OF_HUGE, vram_pages(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_count(&self->gpu, "vram-touched"));
	EXPECT_EQ(ARENA_BYTES, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_filled(self->cpu, PAGES_OF_HUGE, 5000));
	/* and either side sees what the other writes from then on */
	vsvm_store(self->cpu, 1);
	EXPECT_EQ(1, vsvm_load(self->plain));
	vsvm_store(self->plain, 2);
	EXPECT_EQ(2, vsvm_load(self->cpu));
}

TEST_F(huge, all_come_home_as_they_were)
{
	struct drm_vsvm_migrate result;

	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST, self->cpu,
				  ARENA_BYTES, &result));
	EXPECT_EQ(ARENA_PAGES, result.moved_pages);
	EXPECT_EQ(0, result.vram_pages);
	EXPECT_EQ(0, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_count(&self->gpu, "vram-to-host"));
	EXPECT_EQ(ARENA_BYTES, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
}

TEST_F(huge, a_part_comes_home)
{
	struct drm_vsvm_migrate result;

	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST,
				  self->cpu + 3 * PAGE_BYTES, 5 * PAGE_BYTES, &result));
	EXPECT_EQ(5, result.moved_pages);
	EXPECT_EQ(ARENA_PAGES - 5, vram_pages(&self->gpu));
	EXPECT_EQ(5, vsvm_filled(self->cpu + 3 * PAGE_BYTES, 5, 5003));
	EXPECT_EQ(ARENA_PAGES - 5, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 5000));
	/* of the others, one page for each touch */
	EXPECT_EQ(5000, vsvm_load(self->cpu));
	EXPECT_EQ(ARENA_PAGES - 6, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
	/* and all again */
	EXPECT_EQ(ARENA_PAGES, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 5000));
}

TEST_F(huge, a_part_is_there_already)
{
	EXPECT_EQ(0, vsvm_load(self->cpu));
	ASSERT_EQ(1, vsvm_to_device(&self->gpu, self->cpu, PAGE_BYTES));
	ASSERT_EQ(PAGES_OF_HUGE - 1, vsvm_to_device(&self->gpu, self->cpu, HUGE_BYTES));
	EXPECT_EQ(ARENA_PAGES, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 0));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
}

TEST_F(huge, a_part_is_unmapped)
{
	ASSERT_EQ(0, munmap(self->cpu + 9 * PAGE_BYTES, PAGE_BYTES));
	EXPECT_EQ(9, vsvm_filled(self->plain, 9, 0));
	EXPECT_EQ(20, vsvm_filled(self->plain + 10 * PAGE_BYTES, 20, 10));
	EXPECT_EQ(9, vsvm_filled(self->cpu, 9, 0));
	EXPECT_EQ(ARENA_PAGES - 10, vsvm_filled(self->cpu + 10 * PAGE_BYTES, ARENA_PAGES - 10, 10));
	EXPECT_EQ(0, vram_pages(&self->gpu));
}

TEST_F(huge, a_part_is_emptied)
{
	ASSERT_EQ(0, madvise(self->cpu + 9 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->plain + 9 * PAGE_BYTES));
	EXPECT_EQ(10, vsvm_load(self->plain + 10 * PAGE_BYTES));
	EXPECT_EQ(0, vsvm_load(self->cpu + 9 * PAGE_BYTES));
	EXPECT_EQ(ARENA_PAGES - 1, vsvm_filled(self->cpu, ARENA_PAGES, 0));
}

TEST_F(huge, a_part_is_protected)
{
	ASSERT_EQ(0, mprotect(self->cpu, 2 * PAGE_BYTES, PROT_READ));
	vsvm_store(self->plain + 2 * PAGE_BYTES, 77);
	EXPECT_EQ(77, vsvm_load(self->plain + 2 * PAGE_BYTES));
	EXPECT_EQ(1, vsvm_load(self->plain + PAGE_BYTES));
	EXPECT_EQ(1, vsvm_load(self->cpu + PAGE_BYTES));
	ASSERT_EQ(0, mprotect(self->cpu, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE));
	vsvm_store(self->cpu + 2 * PAGE_BYTES, 2);
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 0));
}

TEST_F(huge, all_of_it_moves_to_other_addresses)
{
	char *elsewhere = vsvm_huge_memory(HUGE_BYTES);

	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	ASSERT_NE(NULL, elsewhere);
	ASSERT_EQ(elsewhere, mremap(self->cpu, HUGE_BYTES, HUGE_BYTES,
				    MREMAP_MAYMOVE | MREMAP_FIXED, elsewhere));
	EXPECT_EQ(ARENA_PAGES, vram_pages(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_filled(elsewhere, PAGES_OF_HUGE, 5000));
	EXPECT_EQ(ARENA_PAGES - PAGES_OF_HUGE, vram_pages(&self->gpu));
	munmap(elsewhere, HUGE_BYTES);
	EXPECT_EQ(ARENA_PAGES - PAGES_OF_HUGE,
		  vsvm_filled(self->cpu + HUGE_BYTES, ARENA_PAGES - PAGES_OF_HUGE,
			      5000 + PAGES_OF_HUGE));
}

TEST_F(huge, a_forked_child_has_its_own)
{
	pid_t child = fork();

	ASSERT_LE(0, child);
	if (!child) {
		if (vsvm_filled(self->cpu, ARENA_PAGES, 0) != ARENA_PAGES)
			_exit(1);
		vsvm_fill(self->cpu, ARENA_PAGES, 9000);
		_exit(vsvm_filled(self->cpu, ARENA_PAGES, 9000) == ARENA_PAGES ? 0 : 2);
	}
	vsvm_fill(self->plain, ARENA_PAGES / 2, 5000);
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(ARENA_PAGES / 2, vsvm_filled(self->plain, ARENA_PAGES / 2, 5000));
	EXPECT_EQ(ARENA_PAGES / 2, vsvm_filled(self->cpu, ARENA_PAGES / 2, 5000));
	EXPECT_EQ(ARENA_PAGES / 2, vsvm_filled(self->cpu + ARENA_BYTES / 2, ARENA_PAGES / 2,
					       ARENA_PAGES / 2));
	EXPECT_EQ(0, vram_pages(&self->gpu));
}

TEST_F(huge, atomics_need_no_exclusive_page)
{
	unsigned long i;

	for (i = 0; i < ARENA_PAGES; i += 64)
		EXPECT_EQ(i, vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vram_pages(&self->gpu));
	for (i = 0; i < ARENA_PAGES; i += 64)
		EXPECT_EQ(i + 1, vsvm_load(self->cpu + i * PAGE_BYTES));
	EXPECT_EQ(0, vram_pages(&self->gpu));
}

TEST_F(huge, memory_that_nobody_has_written)
{
	ASSERT_EQ(0, madvise(self->cpu, ARENA_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vram_pages(&self->gpu));
	ASSERT_EQ(ARENA_PAGES, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(0, vsvm_load(self->plain + ARENA_BYTES - PAGE_BYTES));
	EXPECT_EQ(2, vsvm_count(&self->gpu, "huge-faults"));
	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
	EXPECT_EQ(ARENA_BYTES, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
}

TEST_F(huge, a_fault_of_the_device_moves_all_of_one)
{
	ASSERT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
	ASSERT_EQ(0, vram_pages(&self->gpu));
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "Y"));
	EXPECT_EQ(5, vsvm_load(self->plain + 5 * PAGE_BYTES));
	EXPECT_EQ(PAGES_OF_HUGE, vram_pages(&self->gpu));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_count(&self->gpu, "vram-faulted"));
	EXPECT_EQ(2, vsvm_count(&self->gpu, "huge-faults"));
	EXPECT_EQ(PAGES_OF_HUGE + 5,
		  vsvm_device_add(self->gpu.atomic + HUGE_BYTES + 5 * PAGE_BYTES, 1));
	EXPECT_EQ(2 * PAGES_OF_HUGE, vram_pages(&self->gpu));
	vsvm_store(self->plain + HUGE_BYTES + 5 * PAGE_BYTES, PAGES_OF_HUGE + 5);
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "N"));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
}

/* The other half of a huge page is not the device's to move. */
TEST_F(huge, a_fault_moves_nothing_outside_of_the_arena)
{
	struct vsvm_gpu half;

	ASSERT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
	vsvm_close(&self->gpu);
	ASSERT_EQ(0, vsvm_attach(&half, 0, self->cpu, HUGE_BYTES / 2));
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "Y"));
	EXPECT_EQ(5, vsvm_load(half.plain + 5 * PAGE_BYTES));
	EXPECT_EQ(1, vram_pages(&half));
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "N"));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
	vsvm_close(&half);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
}

/* A second arena, of which all that VRAM can hold is moved there. */
static char *fill_vram(struct vsvm_gpu *gpu, struct vsvm_gpu *other, size_t bytes)
{
	char *memory = vsvm_huge_memory(bytes);

	if (!memory)
		return NULL;
	vsvm_close(gpu);
	if (vsvm_attach(other, 0, memory, bytes))
		return NULL;
	vsvm_fill(memory, bytes / PAGE_BYTES, 100000);
	vsvm_to_device(other, memory, vsvm_vram_bytes(other));
	return memory;
}

TEST_F(huge, where_it_is_full_blocks_go_as_one)
{
	const size_t vram = vsvm_vram_bytes(&self->gpu), bytes = vram + HUGE_BYTES;
	struct vsvm_gpu other;
	char *memory;

	if (vram > MOST_VRAM_BYTES)
		SKIP(return, "the GPU has much VRAM (vsvm.vram_mib)");
	memory = fill_vram(&self->gpu, &other, bytes);
	ASSERT_NE(NULL, memory);
	EXPECT_EQ(vram / PAGE_BYTES, vram_pages(&other));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_to_device(&other, memory + vram, HUGE_BYTES));
	EXPECT_EQ(vram / PAGE_BYTES, vram_pages(&other));
	EXPECT_EQ(PAGES_OF_HUGE, vsvm_count(&other, "vram-evicted"));
	EXPECT_EQ(bytes, vsvm_huge_bytes(memory, bytes));
	EXPECT_EQ(bytes / PAGE_BYTES, vsvm_filled(other.plain, bytes / PAGE_BYTES, 100000));
	EXPECT_EQ(bytes / PAGE_BYTES, vsvm_filled(memory, bytes / PAGE_BYTES, 100000));
	EXPECT_EQ(bytes, vsvm_huge_bytes(memory, bytes));
	/* this arena's pages, which are those of nobody with a context, went first */
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
	vsvm_close(&other);
	munmap(memory, bytes);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
}

/* Another process's pages take the place of what is left of a huge one. */
static int fill_from_elsewhere(struct vsvm_gpu *gpu)
{
	const size_t bytes = vsvm_vram_bytes(gpu);
	char *memory = vsvm_huge_memory(bytes);
	struct vsvm_gpu own;

	munmap(gpu->arena, ARENA_BYTES);
	if (!memory || vsvm_attach(&own, 0, memory, bytes))
		return 1;
	vsvm_fill(memory, bytes / PAGE_BYTES, 100000);
	if (vsvm_to_device(&own, memory, bytes) != bytes / PAGE_BYTES)
		return 2;
	return vsvm_filled(memory, bytes / PAGE_BYTES, 100000) == bytes / PAGE_BYTES ? 0 : 3;
}

TEST_F(huge, what_is_left_of_one_is_evicted_alone)
{
	pid_t child;

	if (vsvm_vram_bytes(&self->gpu) > MOST_VRAM_BYTES)
		SKIP(return, "the GPU has much VRAM (vsvm.vram_mib)");
	ASSERT_EQ(0, munmap(self->cpu + PAGE_BYTES, HUGE_BYTES - PAGE_BYTES));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(fill_from_elsewhere(&self->gpu));
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(0, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES - PAGES_OF_HUGE + 1, vsvm_count(&self->gpu, "vram-evicted"));
	EXPECT_EQ(0, vsvm_load(self->cpu));
	EXPECT_EQ(ARENA_PAGES - PAGES_OF_HUGE,
		  vsvm_filled(self->cpu + HUGE_BYTES, ARENA_PAGES - PAGES_OF_HUGE, PAGES_OF_HUGE));
	EXPECT_EQ(ARENA_BYTES - HUGE_BYTES, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
}

/* Pages of its own process's in each block: small ones, which must go first. */
TEST_F(huge, a_block_is_made_of_pages)
{
	const size_t vram = vsvm_vram_bytes(&self->gpu);
	struct vsvm_gpu other;
	unsigned long i;
	char *memory;

	if (vram > MOST_VRAM_BYTES)
		SKIP(return, "the GPU has much VRAM (vsvm.vram_mib)");
	memory = fill_vram(&self->gpu, &other, vram);
	ASSERT_NE(NULL, memory);
	/* one page of each block is left */
	for (i = 0; i < vram; i += HUGE_BYTES) {
		ASSERT_EQ(0, vsvm_migrate(&other, DRM_VSVM_MIGRATE_TO_HOST, memory + i,
					  HUGE_BYTES - PAGE_BYTES, NULL));
	}
	EXPECT_EQ(vram / HUGE_BYTES, vram_pages(&other));
	vsvm_close(&other);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 0));
	ASSERT_EQ(ARENA_PAGES, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->gpu.plain, ARENA_PAGES, 0));
	EXPECT_EQ(HUGE_PAGES, vsvm_count(&self->gpu, "huge-faults"));
	EXPECT_EQ(vram / PAGE_BYTES, vsvm_filled(memory, vram / PAGE_BYTES, 100000));
	munmap(memory, vram);
}

/* Let no huge page be had, wherever. */
static int fail_huge_allocations(bool fail)
{
	if (vsvm_write_text(FAIL_PAGE "ignore-gfp-wait", fail ? "N" : "Y") ||
	    vsvm_write_text(FAIL_PAGE "ignore-gfp-highmem", fail ? "N" : "Y") ||
	    vsvm_write_text(FAIL_PAGE "verbose", "0") ||
	    vsvm_write_text(FAIL_PAGE "min-order", fail ? "9" : "1") ||
	    vsvm_write_text(FAIL_PAGE "times", fail ? "-1" : "1"))
		return -1;
	return vsvm_write_text(FAIL_PAGE "probability", fail ? "100" : "0");
}

TEST_F(huge, without_huge_pages_at_home_pages_are_touched)
{
	if (access(FAIL_PAGE, F_OK))
		SKIP(return, "no fault injection here");
	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	ASSERT_EQ(0, fail_huge_allocations(true));
	EXPECT_EQ(5007, vsvm_load(self->cpu + 7 * PAGE_BYTES));
	EXPECT_EQ(ARENA_PAGES - 1, vram_pages(&self->gpu));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->plain, ARENA_PAGES, 5000));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
	EXPECT_EQ(0, vram_pages(&self->gpu));
	EXPECT_EQ(0, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
	ASSERT_EQ(0, fail_huge_allocations(false));
}

TEST_F(huge, without_huge_pages_at_home_pages_come)
{
	struct drm_vsvm_migrate result;

	if (access(FAIL_PAGE, F_OK))
		SKIP(return, "no fault injection here");
	vsvm_fill(self->plain, ARENA_PAGES, 5000);
	ASSERT_EQ(0, fail_huge_allocations(true));
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST, self->cpu,
				  ARENA_BYTES, &result));
	EXPECT_EQ(ARENA_PAGES, result.moved_pages);
	EXPECT_EQ(0, vram_pages(&self->gpu));
	EXPECT_EQ(0, vsvm_huge_bytes(self->cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(self->cpu, ARENA_PAGES, 5000));
	ASSERT_EQ(0, fail_huge_allocations(false));
}

/* With @fail, no huge page is to be had meanwhile. */
static void unbind(struct __test_metadata *_metadata, char *cpu, bool fail)
{
	struct vsvm_gpu other;

	if (vsvm_attach(&other, 1, cpu, ARENA_BYTES))
		SKIP(return, "needs two GPUs");
	ASSERT_EQ(ARENA_PAGES, vsvm_to_device(&other, cpu, ARENA_BYTES));
	vsvm_fill(other.plain, ARENA_PAGES, 5000);
	if (fail)
		ASSERT_EQ(0, fail_huge_allocations(true));
	ASSERT_EQ(0, vsvm_write_text(DRIVER "unbind", "vsvm.1"));
	if (fail)
		ASSERT_EQ(0, fail_huge_allocations(false));
	EXPECT_EQ(ARENA_PAGES, vsvm_count(&other, "vram-evicted"));
	EXPECT_EQ(fail ? 0 : ARENA_BYTES, vsvm_huge_bytes(cpu, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(other.plain, ARENA_PAGES, 5000));
	EXPECT_EQ(ARENA_PAGES, vsvm_filled(cpu, ARENA_PAGES, 5000));
	vsvm_close(&other);
	ASSERT_EQ(0, vsvm_write_text(DRIVER "bind", "vsvm.1"));
}

TEST_F(huge, a_gpu_that_is_unbound_gives_all_back)
{
	unbind(_metadata, self->cpu, false);
}

TEST_F(huge, a_gpu_that_is_unbound_makes_pages_without_huge_ones)
{
	if (access(FAIL_PAGE, F_OK))
		SKIP(return, "no fault injection here");
	unbind(_metadata, self->cpu, true);
}

struct sides {
	struct vsvm_gpu *gpu;
	atomic_uint cpu_rounds;
	atomic_uint device_rounds;
	atomic_bool stop;
};

/* One addition for each of the device's, elsewhere in the huge page each time. */
static void *cpu_side(void *argument)
{
	struct sides *sides = argument;
	uint32_t seen = 0;

	vsvm_run_on_cpu(0);
	while (!sides->stop) {
		if (sides->device_rounds == seen) {
			sched_yield();
			continue;
		}
		seen = sides->device_rounds;
		__atomic_fetch_add((uint32_t *)(sides->gpu->arena +
						seen % PAGES_OF_HUGE * PAGE_BYTES),
				   1, __ATOMIC_SEQ_CST);
		sides->cpu_rounds++;
	}
	return NULL;
}

static void *device_side(void *argument)
{
	struct sides *sides = argument;

	vsvm_run_on_cpu(1);
	for (; !sides->stop; sides->device_rounds++)
		vsvm_device_add(sides->gpu->atomic +
				sides->device_rounds % PAGES_OF_HUGE * PAGE_BYTES, 1);
	return NULL;
}

TEST_F_TIMEOUT(huge, atomics_of_both_sides_lose_nothing_while_it_moves, DEADLINE_S)
{
	struct sides sides = { .gpu = &self->gpu };
	pthread_t cpu, device;
	uint32_t sum = 0;
	unsigned long i;

	for (i = 0; i < PAGES_OF_HUGE; i++)
		vsvm_store(self->cpu + i * PAGE_BYTES, 0);
	ASSERT_EQ(0, pthread_create(&cpu, NULL, cpu_side, &sides));
	ASSERT_EQ(0, pthread_create(&device, NULL, device_side, &sides));
	for (i = 0; i < MOVES || sides.cpu_rounds < ROUNDS || sides.device_rounds < ROUNDS;
	     i++) {
		vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_DEVICE, self->cpu, HUGE_BYTES,
			     NULL);
		if (i % 4 == 3)
			vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST, self->cpu,
				     i % 8 == 7 ? HUGE_BYTES : PAGE_BYTES, NULL);
		/* a huge page again, in the end */
		if (i % 4 == 1)
			madvise(self->cpu, HUGE_BYTES, MADV_COLLAPSE);
	}
	sides.stop = true;
	pthread_join(cpu, NULL);
	pthread_join(device, NULL);
	for (i = 0; i < PAGES_OF_HUGE; i++)
		sum += vsvm_load(self->cpu + i * PAGE_BYTES);
	EXPECT_EQ(sides.cpu_rounds + sides.device_rounds, sum);
}

TEST_HARNESS_MAIN
