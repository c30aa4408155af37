// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the GPU: what is moved there, what the device does with it, and what the
 * ioctl says
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_PAGES	256ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define PAGES		16ul
#define BYTES		(PAGES * PAGE_BYTES)
#define TRIES		100
#define FAULTS		"/sys/module/vsvm/parameters/vram_faults"
#define KSM		"/sys/kernel/mm/ksm/"
/* until KSM's thread has found them, on a machine that others use too */
#define KSM_DEADLINE_S	300

FIXTURE(vram)
{
	struct vsvm_gpu gpu;
	char *cpu;
	char *plain;
	char *atomic;
};

FIXTURE_SETUP(vram)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	if (!vsvm_vram_bytes(&self->gpu))
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	self->cpu = self->gpu.arena;
	self->plain = self->gpu.plain;
	self->atomic = self->gpu.atomic;
}

FIXTURE_TEARDOWN(vram)
{
	vsvm_write_text(FAULTS, "N");
	vsvm_close(&self->gpu);
	munmap(self->gpu.arena, ARENA_BYTES);
}

/* Give each page a value of its own, from @first on. */
static void fill(char *pages, size_t count, uint32_t first)
{
	size_t i;

	for (i = 0; i < count; i++)
		vsvm_store(pages + i * PAGE_BYTES + 8 * i, first + i);
}

/* How many pages have the values of fill(). */
static size_t filled(const char *pages, size_t count, uint32_t first)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++)
		found += vsvm_load(pages + i * PAGE_BYTES + 8 * i) == first + i;
	return found;
}

TEST_F(vram, what_is_moved_there_is_found_by_the_device_and_by_the_cpu)
{
	struct drm_vsvm_migrate result;

	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_DEVICE, self->cpu, BYTES,
				  &result));
	EXPECT_EQ(PAGES, result.moved_pages);
	EXPECT_EQ(PAGES, result.vram_pages);
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-to-device"));

	EXPECT_EQ(PAGES, filled(self->plain, PAGES, 100));
	fill(self->plain, PAGES, 200);
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));

	EXPECT_EQ(PAGES, filled(self->cpu, PAGES, 200));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-touched"));
	EXPECT_EQ(PAGES, filled(self->plain, PAGES, 200));
}

TEST_F(vram, a_cpu_brings_home_the_page_that_it_touches_alone)
{
	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	vsvm_store(self->plain + 3 * PAGE_BYTES, 7);
	EXPECT_EQ(7, vsvm_load(self->cpu + 3 * PAGE_BYTES));
	EXPECT_EQ(PAGES - 1, vsvm_count(&self->gpu, "vram-pages"));
	/* the device sees the CPU's writes then, and the other way round */
	vsvm_store(self->cpu + 3 * PAGE_BYTES, 8);
	EXPECT_EQ(8, vsvm_load(self->plain + 3 * PAGE_BYTES));
	vsvm_store(self->plain + 3 * PAGE_BYTES, 9);
	EXPECT_EQ(9, vsvm_load(self->cpu + 3 * PAGE_BYTES));
}

TEST_F(vram, memory_that_is_asked_for_comes_home)
{
	struct drm_vsvm_migrate result;

	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	fill(self->plain, PAGES, 200);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST,
				  self->cpu + PAGE_BYTES, BYTES - PAGE_BYTES, &result));
	EXPECT_EQ(PAGES - 1, result.moved_pages);
	EXPECT_EQ(0, result.vram_pages);
	EXPECT_EQ(1, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(PAGES - 1, vsvm_count(&self->gpu, "vram-to-host"));
	EXPECT_EQ(PAGES, filled(self->cpu, PAGES, 200));
	EXPECT_EQ(1, vsvm_count(&self->gpu, "vram-touched"));
	/* nothing is left to be done */
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_HOST, self->cpu, BYTES,
				  &result));
	EXPECT_EQ(0, result.moved_pages);
	EXPECT_EQ(0, result.vram_pages);
}

TEST_F(vram, what_is_there_is_not_moved_again)
{
	struct drm_vsvm_migrate result;

	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES / 2, vsvm_to_device(&self->gpu, self->cpu, BYTES / 2));
	fill(self->plain, PAGES / 2, 200);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_DEVICE, self->cpu, BYTES,
				  &result));
	EXPECT_EQ(PAGES / 2, result.moved_pages);
	EXPECT_EQ(PAGES, result.vram_pages);
	EXPECT_EQ(PAGES / 2, filled(self->plain, PAGES, 200));
	EXPECT_EQ(PAGES / 2, filled(self->plain, PAGES, 100));
}

/* What was in VRAM before, of anybody, must not be seen. */
TEST_F(vram, memory_that_nobody_has_written_is_zero)
{
	size_t i, zeros = 0;

	memset(self->cpu, 0xff, ARENA_BYTES / 2);
	ASSERT_EQ(ARENA_PAGES / 2, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES / 2));
	ASSERT_EQ(0, madvise(self->cpu, ARENA_BYTES / 2, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	ASSERT_EQ(ARENA_PAGES, vsvm_to_device(&self->gpu, self->cpu, ARENA_BYTES));
	for (i = 0; i < ARENA_BYTES; i += sizeof(uint32_t))
		zeros += !vsvm_load(self->plain + i);
	EXPECT_EQ(ARENA_BYTES / sizeof(uint32_t), zeros);
	EXPECT_EQ(ARENA_PAGES, vsvm_count(&self->gpu, "vram-pages"));
}

TEST_F(vram, atomics_there_need_no_exclusive_page)
{
	vsvm_store(self->cpu, 10);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(10, vsvm_device_add(self->atomic, 1));
	EXPECT_EQ(11, vsvm_load(self->plain));
	vsvm_store(self->plain, 20);
	EXPECT_EQ(20, vsvm_device_add(self->atomic, 1));
	EXPECT_EQ(0, vsvm_device_add(self->atomic + PAGE_BYTES, 5));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(2, vsvm_count(&self->gpu, "vram-atomic-faults"));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));

	/* and where the page is home, they do */
	EXPECT_EQ(21, vsvm_load(self->cpu));
	EXPECT_EQ(21, vsvm_device_add(self->atomic, 1));
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->cpu, PAGE_BYTES));
	EXPECT_EQ(22, vsvm_load(self->cpu));
	EXPECT_EQ(5, vsvm_load(self->cpu + PAGE_BYTES));
}

TEST_F(vram, atomics_there_need_the_registration)
{
	struct drm_exclusive_range range;

	vsvm_store(self->cpu, 10);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    self->cpu, ARENA_BYTES, &range));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->atomic));
	ASSERT_EQ(0, vsvm_register(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_FALSE(vsvm_faults(vsvm_device_add_one, self->atomic));
	EXPECT_EQ(11, vsvm_load(self->cpu));
}

TEST_F(vram, exclusive_pages_are_moved_there)
{
	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->cpu, BYTES));
	ASSERT_EQ(PAGES, vsvm_exclusive_pages(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(100, vsvm_device_add(self->atomic, 1));
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(101, vsvm_device_add(self->atomic, 1));
	EXPECT_EQ(102, vsvm_load(self->cpu));
	EXPECT_EQ(PAGES - 1, filled(self->cpu, PAGES, 100));

	/* an acquire brings them home */
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_exclusive_pages(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(102, vsvm_device_add(self->atomic, 1));
}

TEST_F(vram, read_only_memory_stays_so)
{
	vsvm_store(self->cpu, 3);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(3, vsvm_load(self->plain));
	ASSERT_EQ(0, mprotect(self->cpu, PAGE_BYTES, PROT_READ));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->plain));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->atomic));
	EXPECT_EQ(3, vsvm_load(self->plain));
	ASSERT_EQ(0, mprotect(self->cpu, PAGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_FALSE(vsvm_faults(vsvm_device_store, self->plain));
	EXPECT_EQ(1, vsvm_load(self->cpu));
}

TEST_F(vram, memory_without_access)
{
	vsvm_store(self->cpu, 4);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(4, vsvm_load(self->plain));
	EXPECT_EQ(4, vsvm_device_add(self->atomic, 1));
	ASSERT_EQ(0, mprotect(self->cpu, BYTES, PROT_NONE));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->atomic));
	ASSERT_EQ(0, mprotect(self->cpu, BYTES, PROT_READ | PROT_WRITE));
	EXPECT_EQ(5, vsvm_load(self->plain));
	EXPECT_EQ(5, vsvm_load(self->cpu));
}

TEST_F(vram, system_calls_find_what_is_there)
{
	uint32_t value = 0;
	int ends[2];

	ASSERT_EQ(0, pipe(ends));
	vsvm_store(self->cpu, 5);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	vsvm_store(self->plain, 6);
	ASSERT_EQ(sizeof(value), write(ends[1], self->cpu, sizeof(value)));
	ASSERT_EQ(sizeof(value), read(ends[0], &value, sizeof(value)));
	EXPECT_EQ(6, value);
	EXPECT_EQ(PAGES - 1, vsvm_count(&self->gpu, "vram-pages"));
	close(ends[0]);
	close(ends[1]);
}

/* Pages that are shared or a file's stay where they are, those around them do not. */
TEST_F(vram, memory_that_cannot_be_moved_stays)
{
	char *shared = self->cpu + 4 * PAGE_BYTES;
	struct drm_vsvm_migrate result;

	ASSERT_EQ(shared, mmap(shared, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	fill(self->cpu, PAGES, 100);
	ASSERT_EQ(0, vsvm_migrate(&self->gpu, DRM_VSVM_MIGRATE_TO_DEVICE, self->cpu, BYTES,
				  &result));
	EXPECT_EQ(PAGES - 1, result.moved_pages);
	EXPECT_EQ(PAGES - 1, result.vram_pages);
	EXPECT_EQ(PAGES, filled(self->plain, PAGES, 100));
	fill(self->plain, PAGES, 200);
	EXPECT_EQ(PAGES - 1, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(PAGES, filled(self->cpu, PAGES, 200));
}

/* KSM compares what is in its pages with what it finds elsewhere: they stay in memory. */
TEST_F_TIMEOUT(vram, pages_that_ksm_has_merged_stay, KSM_DEADLINE_S)
{
	unsigned long i, scans;

	if (vsvm_write_text(KSM "run", "1"))
		SKIP(return, "no KSM here");
	vsvm_write_text(KSM "sleep_millisecs", "1");
	vsvm_write_text(KSM "pages_to_scan", "10000");
	for (i = 0; i < PAGES; i++)
		memset(self->cpu + i * PAGE_BYTES, 0x5a, PAGE_BYTES);
	ASSERT_EQ(0, madvise(self->cpu, ARENA_BYTES, MADV_MERGEABLE));
	while (vsvm_read_number(KSM "pages_sharing") < PAGES / 2)
		usleep(10000);
	vsvm_write_text(KSM "run", "0");

	ASSERT_GT(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	/* others, for KSM to look for like ones */
	for (i = PAGES; i < ARENA_PAGES; i++)
		memset(self->cpu + i * PAGE_BYTES, i, PAGE_BYTES);
	scans = vsvm_read_number(KSM "full_scans");
	vsvm_write_text(KSM "run", "1");
	while (vsvm_read_number(KSM "full_scans") < scans + 3)
		usleep(10000);
	vsvm_write_text(KSM "run", "0");
	for (i = 0; i < PAGES; i++)
		EXPECT_EQ(0x5a5a5a5a, vsvm_device_add(self->atomic + i * PAGE_BYTES, 1));
	for (i = 0; i < PAGES; i++)
		EXPECT_EQ(0x5a5a5a5b, vsvm_load(self->cpu + i * PAGE_BYTES));
}

TEST_F(vram, a_huge_page_is_moved_page_by_page)
{
	char *huge = vsvm_huge_memory(HUGE_BYTES), *plain;
	struct vsvm_gpu other;

	ASSERT_NE(NULL, huge);
	vsvm_close(&self->gpu);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, huge, HUGE_BYTES));
	ASSERT_EQ(0, vsvm_register(&self->gpu, huge, HUGE_BYTES));
	plain = self->gpu.plain;
	fill(huge, HUGE_BYTES / PAGE_BYTES / 2, 1000);
	EXPECT_EQ(1000, vsvm_load(plain));
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, huge + BYTES, BYTES));
	EXPECT_EQ(HUGE_BYTES / PAGE_BYTES / 2,
		  filled(plain, HUGE_BYTES / PAGE_BYTES / 2, 1000));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(HUGE_BYTES / PAGE_BYTES / 2,
		  filled(huge, HUGE_BYTES / PAGE_BYTES / 2, 1000));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));

	/* all of it, from a new one; and memory that was never there */
	ASSERT_EQ(0, madvise(huge, HUGE_BYTES, MADV_DONTNEED));
	ASSERT_EQ(HUGE_BYTES / PAGE_BYTES, vsvm_to_device(&self->gpu, huge, HUGE_BYTES));
	EXPECT_EQ(0, vsvm_load(plain + HUGE_BYTES - PAGE_BYTES));
	other = self->gpu;
	munmap(other.plain, HUGE_BYTES);
	munmap(other.atomic, HUGE_BYTES);
	munmap(huge, HUGE_BYTES);
	close(other.context_fd);
	close(other.render_fd);
	self->gpu.arena = self->cpu;
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
}

TEST_F(vram, a_page_that_is_swapped_out_is_moved)
{
	unsigned char there = 1;
	int tries;

	vsvm_store(self->cpu, 17);
	for (tries = 0; tries < TRIES && there; tries++)
		if (madvise(self->cpu, PAGE_BYTES, MADV_PAGEOUT) ||
		    mincore(self->cpu, PAGE_BYTES, &there))
			SKIP(return, "no swap here");
	if (there)
		SKIP(return, "no swap here");
	ASSERT_EQ(1, vsvm_to_device(&self->gpu, self->cpu, PAGE_BYTES));
	EXPECT_EQ(17, vsvm_load(self->plain));
	vsvm_store(self->plain, 18);
	EXPECT_EQ(1, vsvm_count(&self->gpu, "vram-pages"));

	/* and home, and out again, with what the device has written */
	EXPECT_EQ(18, vsvm_load(self->cpu));
	for (tries = 0, there = 1; tries < TRIES && there; tries++) {
		ASSERT_EQ(0, madvise(self->cpu, PAGE_BYTES, MADV_PAGEOUT));
		ASSERT_EQ(0, mincore(self->cpu, PAGE_BYTES, &there));
	}
	EXPECT_EQ(18, vsvm_load(self->cpu));
}

TEST_F(vram, faults_of_the_device_move_pages_where_they_are_to)
{
	char *shared = self->cpu + 8 * PAGE_BYTES;

	ASSERT_EQ(shared, mmap(shared, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	fill(self->cpu, PAGES, 100);
	EXPECT_EQ(100, vsvm_load(self->plain));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "Y"));
	EXPECT_EQ(101, vsvm_load(self->plain + PAGE_BYTES + 8));
	vsvm_store(self->plain + 2 * PAGE_BYTES, 7);
	EXPECT_EQ(103, vsvm_device_add(self->atomic + 3 * PAGE_BYTES + 24, 1));
	EXPECT_EQ(3, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(3, vsvm_count(&self->gpu, "vram-faulted"));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->cpu, ARENA_BYTES));
	EXPECT_EQ(108, vsvm_load(self->plain + 8 * PAGE_BYTES + 64));
	EXPECT_EQ(3, vsvm_count(&self->gpu, "vram-pages"));
	ASSERT_EQ(0, vsvm_write_text(FAULTS, "N"));
	EXPECT_EQ(7, vsvm_load(self->cpu + 2 * PAGE_BYTES));
	EXPECT_EQ(104, vsvm_load(self->cpu + 3 * PAGE_BYTES + 24));
	EXPECT_EQ(1, vsvm_count(&self->gpu, "vram-pages"));
}

/* One call that is to fail, and to change nothing. */
static int refused(struct vsvm_gpu *gpu, struct drm_vsvm_migrate args)
{
	int err = ioctl(gpu->render_fd, DRM_IOCTL_VSVM_MIGRATE, &args);

	return err ? errno : 0;
}

TEST_F(vram, bad_arguments)
{
	const uint64_t here = (uintptr_t)self->cpu;
	const struct drm_vsvm_migrate good = { .address = here, .size = BYTES };
	struct drm_vsvm_migrate bad = good;

	fill(self->cpu, PAGES, 100);
	bad.operation = 2;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad = good;
	bad.flags = 1;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad = good;
	bad.size = 0;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad.size = BYTES + 1;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad.size = -PAGE_BYTES;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad = good;
	bad.address = here + 8;
	EXPECT_EQ(EINVAL, refused(&self->gpu, bad));
	bad = good;
	bad.address = here - PAGE_BYTES;
	EXPECT_EQ(ERANGE, refused(&self->gpu, bad));
	bad = good;
	bad.size = ARENA_BYTES + PAGE_BYTES;
	EXPECT_EQ(ERANGE, refused(&self->gpu, bad));
	ASSERT_EQ(0, munmap(self->cpu + BYTES, PAGE_BYTES));
	bad.size = BYTES + PAGE_BYTES;
	EXPECT_EQ(EFAULT, refused(&self->gpu, bad));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-to-device"));
	EXPECT_EQ(0, refused(&self->gpu, good));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));
}

TEST_F(vram, a_process_without_a_context)
{
	struct vsvm_gpu none = { .render_fd = vsvm_open(1) };

	ASSERT_LE(0, none.render_fd);
	EXPECT_EQ(ENODEV, refused(&none, (struct drm_vsvm_migrate){
		.address = (uintptr_t)self->cpu,
		.size = BYTES,
	}));
	close(none.render_fd);
}

TEST_HARNESS_MAIN
