// SPDX-License-Identifier: GPL-2.0-only
/*
 * When the kernel is out of memory in the middle of a grant, or of a move to VRAM or home,
 * nothing is lost, and all can be had afterwards
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

/* <sys/mman.h> may not have it */
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE	25
#endif

/* Where 64 entries are in one node, several of them. */
#define ARENA_PAGES	160ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define FAIL_SLAB	"/sys/kernel/debug/failslab/"
#define FAIL_PAGE	"/sys/kernel/debug/fail_page_alloc/"
/* No operation here allocates so often. */
#define MOST_ALLOCATIONS	5000
/* Nor so much, below the lock; and in how small steps that is gone through. */
#define MOST_BYTES	65536
#define STEP_BYTES	512
/* for each test, on a machine that others use too */
#define DEADLINE_S	600

FIXTURE(failures)
{
	struct vsvm_gpu gpu;
	int fail_nth;
};

static int write_number(const char *path, unsigned long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%lu", number);
	return vsvm_write_text(path, text);
}

/* Which allocations may fail at all: also those that wait for memory? */
static int let_fail(bool also_waiting)
{
	const char *ignore_waiting = also_waiting ? "N" : "Y";

	if (vsvm_write_text(FAIL_SLAB "ignore-gfp-wait", ignore_waiting) ||
	    vsvm_write_text(FAIL_SLAB "verbose", "0"))
		return -1;
	if (vsvm_write_text(FAIL_PAGE "ignore-gfp-wait", ignore_waiting) ||
	    vsvm_write_text(FAIL_PAGE "ignore-gfp-highmem", ignore_waiting) ||
	    vsvm_write_text(FAIL_PAGE "verbose", "0"))
		return -1;
	return write_number(FAIL_PAGE "min-order", also_waiting ? 0 : 1);
}

FIXTURE_SETUP(failures)
{
	unsigned long i;

	self->fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->fail_nth < 0 || access(FAIL_SLAB, F_OK) || access(FAIL_PAGE, F_OK))
		SKIP(return, "no fault injection here");
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	for (i = 0; i < ARENA_PAGES; i++)
		vsvm_store(self->gpu.arena + i * PAGE_BYTES, i);
}

FIXTURE_TEARDOWN(failures)
{
	let_fail(false);
	write_number(FAIL_SLAB "probability", 0);
	vsvm_write_text(FAIL_SLAB "task-filter", "N");
	vsvm_close(&self->gpu);
	close(self->fail_nth);
}

/* From now on, the nth allocation of this thread fails; 0: none. */
static void fail_nth(int fd, unsigned int nth)
{
	char text[24];
	const int length = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(fd, text, length, 0) != length)
		abort();
}

static bool one_failed(int fd)
{
	char text[24] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		abort();
	return !strtoul(text, NULL, 10);
}

/* What the device has is what is counted for it. */
static void check_nothing_is_left(struct __test_metadata *_metadata,
				  struct vsvm_gpu *gpu, unsigned int nth)
{
	struct drm_exclusive_statistics statistics;
	const long pages = vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES);

	ASSERT_EQ(0, vsvm_statistics(gpu, gpu->arena, ARENA_BYTES, &statistics));
	EXPECT_EQ(pages, statistics.exclusive_pages) {
		TH_LOG("allocation %u failed", nth);
	}
}

/* And all of it can be had afterwards, with what was in it. */
static void check_all_can_be_had(struct __test_metadata *_metadata,
				 struct vsvm_gpu *gpu, uint32_t added)
{
	unsigned long i;

	ASSERT_EQ(0, vsvm_acquire(gpu, gpu->arena, ARENA_BYTES));
	EXPECT_EQ(ARENA_PAGES, vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_release(gpu, gpu->arena, ARENA_BYTES));
	for (i = 0; i < ARENA_PAGES; i++)
		ASSERT_EQ(i + added, vsvm_load(gpu->arena + i * PAGE_BYTES));
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_an_acquire, DEADLINE_S)
{
	struct drm_exclusive_range range;
	unsigned int nth;
	bool failed;
	int error;

	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		fail_nth(self->fail_nth, nth);
		error = vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_ACQUIRE,
				       self->gpu.arena, ARENA_BYTES, &range) ? errno : 0;
		failed = one_failed(self->fail_nth);
		fail_nth(self->fail_nth, 0);
		EXPECT_TRUE(!error || (failed && error == ENOMEM)) {
			TH_LOG("allocation %u: errno %d", nth, error);
		}
		EXPECT_EQ(error ? range.done_bytes : ARENA_BYTES, range.done_bytes);
		check_nothing_is_left(_metadata, &self->gpu, nth);
		check_all_can_be_had(_metadata, &self->gpu, 0);
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	/* a node for each 64 pages */
	EXPECT_LT(3, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_an_acquire_of_new_memory, DEADLINE_S)
{
	const size_t bytes = 24 * PAGE_BYTES;
	unsigned int nth;
	bool failed;
	int error;

	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		ASSERT_EQ(0, madvise(self->gpu.arena, bytes, MADV_DONTNEED));
		fail_nth(self->fail_nth, nth);
		error = vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_ACQUIRE,
				       self->gpu.arena, bytes, NULL) ? errno : 0;
		failed = one_failed(self->fail_nth);
		fail_nth(self->fail_nth, 0);
		EXPECT_TRUE(!error || (failed && error == ENOMEM)) {
			TH_LOG("allocation %u: errno %d", nth, error);
		}
		check_nothing_is_left(_metadata, &self->gpu, nth);
		ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, bytes));
		ASSERT_EQ(0, vsvm_release(&self->gpu, self->gpu.arena, bytes));
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	EXPECT_LT(24, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_a_walk, DEADLINE_S)
{
	unsigned long i;
	unsigned int nth;
	bool failed;

	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		fail_nth(self->fail_nth, nth);
		failed = false;
		/* a fault for which there is no memory is repeated */
		for (i = 0; i < ARENA_PAGES; i++) {
			vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1);
			if (failed || !one_failed(self->fail_nth))
				continue;
			/* now, before the walk comes to pages left over */
			failed = true;
			check_nothing_is_left(_metadata, &self->gpu, nth);
		}
		fail_nth(self->fail_nth, 0);
		check_nothing_is_left(_metadata, &self->gpu, nth);
		check_all_can_be_had(_metadata, &self->gpu, nth);
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	EXPECT_LT(3, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

/* What is moved to VRAM and home. */
#define MOVED_PAGES	40ul
#define MOVED_BYTES	(MOVED_PAGES * PAGE_BYTES)

/* As many are in VRAM as are counted, and all have what was in them. */
static void check_moved(struct __test_metadata *_metadata, struct vsvm_gpu *gpu,
			unsigned int nth, unsigned long in_vram)
{
	unsigned long i;

	EXPECT_EQ(in_vram, vsvm_count(gpu, "vram-pages")) {
		TH_LOG("allocation %u failed", nth);
	}
	for (i = 0; i < MOVED_PAGES; i++)
		ASSERT_EQ(i, vsvm_load(gpu->plain + i * PAGE_BYTES));
	for (i = 0; i < MOVED_PAGES; i++)
		ASSERT_EQ(i, vsvm_load(gpu->arena + i * PAGE_BYTES));
	/* a CPU has touched all of them */
	EXPECT_EQ(0, vsvm_count(gpu, "vram-pages"));
}

/* Move with an allocation failing; returns whether one did. */
static bool move_and_fail(struct __test_metadata *_metadata, struct vsvm_gpu *gpu, int fd,
			  uint32_t operation, unsigned int nth,
			  struct drm_vsvm_migrate *result)
{
	bool failed;
	int error;

	fail_nth(fd, nth);
	error = vsvm_migrate(gpu, operation, gpu->arena, MOVED_BYTES, result) ? errno : 0;
	failed = one_failed(fd);
	fail_nth(fd, 0);
	EXPECT_TRUE(!error || (failed && error == ENOMEM)) {
		TH_LOG("allocation %u: errno %d", nth, error);
	}
	return failed;
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_a_move_to_vram, DEADLINE_S)
{
	struct drm_vsvm_migrate result;
	unsigned int nth;
	bool failed;

	if (!vsvm_vram_bytes(&self->gpu))
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		failed = move_and_fail(_metadata, &self->gpu, self->fail_nth,
				       DRM_VSVM_MIGRATE_TO_DEVICE, nth, &result);
		check_moved(_metadata, &self->gpu, nth, result.moved_pages);
		ASSERT_EQ(MOVED_PAGES,
			  vsvm_to_device(&self->gpu, self->gpu.arena, MOVED_BYTES));
		check_moved(_metadata, &self->gpu, nth, MOVED_PAGES);
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	/* of the move's own list at least */
	EXPECT_LT(1, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_a_move_home, DEADLINE_S)
{
	struct drm_vsvm_migrate result;
	unsigned int nth;
	bool failed;

	if (!vsvm_vram_bytes(&self->gpu))
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		ASSERT_EQ(MOVED_PAGES,
			  vsvm_to_device(&self->gpu, self->gpu.arena, MOVED_BYTES));
		failed = move_and_fail(_metadata, &self->gpu, self->fail_nth,
				       DRM_VSVM_MIGRATE_TO_HOST, nth, &result);
		check_moved(_metadata, &self->gpu, nth,
			    MOVED_PAGES - result.moved_pages);
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	/* a page for each one */
	EXPECT_LT(MOVED_PAGES, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

TEST_F_TIMEOUT(failures, of_each_allocation_of_a_touch, DEADLINE_S)
{
	unsigned long i;
	unsigned int nth;
	bool failed;

	if (!vsvm_vram_bytes(&self->gpu))
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	ASSERT_EQ(0, let_fail(true));
	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		ASSERT_EQ(MOVED_PAGES,
			  vsvm_to_device(&self->gpu, self->gpu.arena, MOVED_BYTES));
		fail_nth(self->fail_nth, nth);
		/* an access for which there is no memory is repeated */
		for (i = 0; i < MOVED_PAGES; i++)
			ASSERT_EQ(i, vsvm_load(self->gpu.arena + i * PAGE_BYTES));
		failed = one_failed(self->fail_nth);
		fail_nth(self->fail_nth, 0);
		check_moved(_metadata, &self->gpu, nth, 0);
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	EXPECT_LT(MOVED_PAGES, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

/* A huge page in which each page begins with its number. */
FIXTURE(huge_failures)
{
	struct vsvm_gpu gpu;
	int fail_nth;
};

FIXTURE_SETUP(huge_failures)
{
	char *arena = vsvm_huge_memory(HUGE_BYTES);
	unsigned long i;

	self->fail_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (self->fail_nth < 0 || access(FAIL_SLAB, F_OK) || access(FAIL_PAGE, F_OK))
		SKIP(return, "no fault injection here");
	ASSERT_NE(NULL, arena);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, arena, HUGE_BYTES));
	if (vsvm_vram_bytes(&self->gpu) < HUGE_BYTES)
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	for (i = 0; i < HUGE_BYTES / PAGE_BYTES; i++)
		vsvm_store(arena + i * PAGE_BYTES, i);
	ASSERT_EQ(0, let_fail(true));
}

FIXTURE_TEARDOWN(huge_failures)
{
	let_fail(false);
	vsvm_close(&self->gpu);
	close(self->fail_nth);
}

enum huge_step {
	HUGE_TO_DEVICE,
	HUGE_TO_HOST,
	HUGE_TOUCH,
};

FIXTURE_VARIANT(huge_failures)
{
	enum huge_step step;
};

FIXTURE_VARIANT_ADD(huge_failures, to_vram)
{
	.step = HUGE_TO_DEVICE,
};

FIXTURE_VARIANT_ADD(huge_failures, home)
{
	.step = HUGE_TO_HOST,
};

FIXTURE_VARIANT_ADD(huge_failures, touch)
{
	.step = HUGE_TOUCH,
};

static unsigned long right_pages(const char *memory)
{
	unsigned long i, right = 0;

	for (i = 0; i < HUGE_BYTES / PAGE_BYTES; i++)
		right += vsvm_load(memory + i * PAGE_BYTES) == i;
	return right;
}

/* One step of a huge page's, of which the nth allocation fails. */
TEST_F_TIMEOUT(huge_failures, of_each_allocation, DEADLINE_S)
{
	char *arena = self->gpu.arena;
	unsigned int nth, tries;
	bool failed;

	for (nth = 1; nth < MOST_ALLOCATIONS; nth++) {
		/* all of it in memory, and one page again */
		ASSERT_EQ(HUGE_BYTES / PAGE_BYTES, right_pages(arena));
		for (tries = 0; madvise(arena, HUGE_BYTES, MADV_COLLAPSE); tries++)
			ASSERT_GT(100, tries);
		if (variant->step != HUGE_TO_DEVICE)
			ASSERT_EQ(HUGE_BYTES / PAGE_BYTES,
				  vsvm_to_device(&self->gpu, arena, HUGE_BYTES));
		fail_nth(self->fail_nth, nth);
		if (variant->step == HUGE_TOUCH)
			vsvm_load(arena + 7 * PAGE_BYTES);
		else
			vsvm_migrate(&self->gpu,
				     variant->step == HUGE_TO_DEVICE ?
					     DRM_VSVM_MIGRATE_TO_DEVICE :
					     DRM_VSVM_MIGRATE_TO_HOST,
				     arena, HUGE_BYTES, NULL);
		failed = one_failed(self->fail_nth);
		fail_nth(self->fail_nth, 0);
		EXPECT_EQ(HUGE_BYTES / PAGE_BYTES, right_pages(self->gpu.plain));
		EXPECT_EQ(HUGE_BYTES / PAGE_BYTES, right_pages(arena));
		EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
		if (!failed)
			break;
	}
	TH_LOG("%u allocations, each failed once", nth - 1);
	EXPECT_LT(1, nth);
	EXPECT_GT(MOST_ALLOCATIONS, nth);
}

/* From now on, what this thread allocates without waiting fails, some of it. */
static int fail_without_waiting(unsigned int after_bytes, const char *times)
{
	if (write_number(FAIL_SLAB "space", after_bytes) ||
	    vsvm_write_text(FAIL_SLAB "times", times) ||
	    vsvm_write_text(FAIL_SLAB "task-filter", "Y") ||
	    vsvm_write_text("/proc/thread-self/make-it-fail", "1"))
		return -1;
	return write_number(FAIL_SLAB "probability", 100);
}

static int fail_no_more(void)
{
	return write_number(FAIL_SLAB "probability", 0) ||
	       vsvm_write_text("/proc/thread-self/make-it-fail", "0");
}

/*
 * An entry for a page is tried to be allocated twice. At each place of the walk,
 * let both fail, once. The pages of that fault that come later are left out.
 */
TEST_F_TIMEOUT(failures, of_each_entry_of_a_walk, DEADLINE_S)
{
	unsigned int bytes, rounds = 0, failures = 0;
	unsigned long i;
	bool failed;

	ASSERT_EQ(0, let_fail(false));
	for (bytes = 0; bytes < MOST_BYTES; bytes += STEP_BYTES) {
		failed = false;
		ASSERT_EQ(0, fail_without_waiting(bytes, "2"));
		for (i = 0; i < ARENA_PAGES; i++) {
			vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1);
			if (failed || vsvm_read_number(FAIL_SLAB "times"))
				continue;
			failed = true;
			check_nothing_is_left(_metadata, &self->gpu, bytes);
		}
		ASSERT_EQ(0, fail_no_more());
		rounds++;
		failures += failed;
		check_all_can_be_had(_metadata, &self->gpu, rounds);
		if (!failed)
			break;
	}
	TH_LOG("failures at %u places, up to %u bytes", failures, bytes);
	EXPECT_LT(1, failures);
	EXPECT_GT(MOST_BYTES, bytes);
}

/* Below its lock the helper cannot wait for memory. So it must not depend on it. */
TEST_F_TIMEOUT(failures, of_all_that_cannot_wait, DEADLINE_S)
{
	struct drm_exclusive_range range;
	unsigned long i;

	ASSERT_EQ(0, let_fail(false));
	ASSERT_EQ(0, fail_without_waiting(0, "-1"));
	EXPECT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_ACQUIRE,
				    self->gpu.arena, ARENA_BYTES, &range)) {
		TH_LOG("errno %d after 0x%llx bytes", errno,
		       (unsigned long long)range.done_bytes);
	}
	EXPECT_EQ(ARENA_PAGES, range.exclusive_pages);
	check_nothing_is_left(_metadata, &self->gpu, 0);
	ASSERT_EQ(0, vsvm_release(&self->gpu, self->gpu.arena, ARENA_BYTES));
	for (i = 0; i < ARENA_PAGES; i++)
		vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1);
	check_nothing_is_left(_metadata, &self->gpu, 0);
	ASSERT_EQ(0, fail_no_more());
	check_all_can_be_had(_metadata, &self->gpu, 1);
}

TEST_HARNESS_MAIN
