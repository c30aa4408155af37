// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be made exclusive, and what cannot
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_PAGES	1024ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
/* deadline for what the kernel does in the background, in seconds */
#define DEADLINE_S	20

FIXTURE(grant)
{
	struct vsvm_gpu gpu;
	char *page;
};

FIXTURE_SETUP(grant)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	self->page = self->gpu.arena + 8 * PAGE_BYTES;
}

FIXTURE_TEARDOWN(grant)
{
	vsvm_close(&self->gpu);
	munmap(self->gpu.arena, ARENA_BYTES);
}

static uint32_t *word(char *address)
{
	return (uint32_t *)address;
}

/* Where the device's atomic reaches a CPU's address. */
static void *device(struct vsvm_gpu *gpu, char *address)
{
	return gpu->atomic + (address - gpu->arena);
}

static int acquire_errno(struct vsvm_gpu *gpu, char *address, size_t bytes)
{
	return vsvm_acquire(gpu, address, bytes) ? errno : 0;
}

/* Put other memory at a place of the arena. */
static int map_there(char *address, size_t bytes, int protection, int flags, int fd)
{
	return mmap(address, bytes, protection, flags | MAP_FIXED, fd, 0) == address ?
		       0 : errno;
}

TEST_F(grant, by_a_fault)
{
	struct drm_exclusive_statistics statistics;

	*word(self->page) = 41;
	EXPECT_EQ(41, vsvm_device_add(device(&self->gpu, self->page), 1));
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->page, PAGE_BYTES));
	ASSERT_EQ(0, vsvm_statistics(&self->gpu, self->page, PAGE_BYTES, &statistics));
	EXPECT_EQ(1, statistics.faults);
	EXPECT_EQ(1, statistics.granted_pages);
	EXPECT_EQ(0, statistics.failed);
	EXPECT_EQ(42, *word(self->page));
}

TEST_F(grant, by_acquire)
{
	struct drm_exclusive_range range;

	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_ACQUIRE,
				    self->gpu.arena, ARENA_BYTES, &range));
	EXPECT_EQ(ARENA_BYTES, range.done_bytes);
	EXPECT_EQ(ARENA_PAGES, range.exclusive_pages);
}

TEST_F(grant, by_acquire_needs_no_fault)
{
	struct drm_exclusive_statistics statistics;
	unsigned long i;

	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, ARENA_BYTES));
	for (i = 0; i < ARENA_PAGES; i++)
		vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1);
	ASSERT_EQ(0, vsvm_statistics(&self->gpu, self->gpu.arena, ARENA_BYTES,
				     &statistics));
	EXPECT_EQ(0, statistics.faults);
	EXPECT_EQ(ARENA_PAGES, statistics.granted_pages);
}

TEST_F(grant, twice_is_once)
{
	struct drm_exclusive_statistics statistics;

	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_statistics(&self->gpu, self->gpu.arena, ARENA_BYTES,
				     &statistics));
	EXPECT_EQ(ARENA_PAGES, statistics.granted_pages);
	EXPECT_EQ(ARENA_PAGES, statistics.exclusive_pages);
}

TEST_F(grant, around_a_walk)
{
	struct drm_exclusive_statistics statistics;
	unsigned long i;

	for (i = 0; i < ARENA_PAGES; i++)
		vsvm_device_add(self->gpu.atomic + i * PAGE_BYTES, 1);
	ASSERT_EQ(0, vsvm_statistics(&self->gpu, self->gpu.arena, ARENA_BYTES,
				     &statistics));
	EXPECT_EQ(ARENA_PAGES, statistics.granted_pages);
	EXPECT_GT(ARENA_PAGES / 8, statistics.faults);
	for (i = 0; i < ARENA_PAGES; i++)
		EXPECT_EQ(1, *word(self->gpu.arena + i * PAGE_BYTES));
}

TEST_F(grant, not_outside_of_registrations)
{
	struct drm_exclusive_range range;

	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    self->gpu.arena, ARENA_BYTES, &range));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->gpu.atomic));
	EXPECT_FALSE(vsvm_faults(vsvm_device_store, self->gpu.plain));
}

TEST_F(grant, ends_with_the_registration)
{
	ASSERT_EQ(0, vsvm_acquire(&self->gpu, self->gpu.arena, ARENA_BYTES));
	vsvm_device_add(self->gpu.atomic, 1);
	ASSERT_EQ(0, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_UNREGISTER,
				    self->gpu.arena, ARENA_BYTES, NULL));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->gpu.atomic));
	ASSERT_EQ(0, vsvm_register(&self->gpu, self->gpu.arena, ARENA_BYTES));
	EXPECT_EQ(0, vsvm_exclusive_pages(&self->gpu, self->gpu.arena, ARENA_BYTES));
}

TEST_F(grant, a_plain_access_shares_the_page)
{
	vsvm_device_add(device(&self->gpu, self->page), 5);
	EXPECT_EQ(5, *word(self->gpu.plain + 8 * PAGE_BYTES));
	*word(self->gpu.plain + 8 * PAGE_BYTES) = 6;
	EXPECT_EQ(6, vsvm_device_add(device(&self->gpu, self->page), 1));
	EXPECT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->page, PAGE_BYTES));
}

TEST_F(grant, of_a_zero_page)
{
	EXPECT_EQ(0, vsvm_load(self->page));
	EXPECT_EQ(0, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_EQ(0, vsvm_device_add(device(&self->gpu, self->page), 3));
	EXPECT_EQ(3, *word(self->page));
}

TEST_F(grant, of_a_swapped_page)
{
	unsigned char there = 1;
	int tries;

	*word(self->page) = 17;
	for (tries = 0; tries < 100 && there; tries++) {
		ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_PAGEOUT));
		ASSERT_EQ(0, mincore(self->page, PAGE_BYTES, &there));
	}
	if (tries == 100)
		SKIP(return, "no swap here");
	EXPECT_EQ(0, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_EQ(17, vsvm_device_add(device(&self->gpu, self->page), 3));
	EXPECT_EQ(20, *word(self->page));
}

TEST_F(grant, of_a_page_shared_by_fork)
{
	int go[2];
	pid_t child;
	char byte = 0;
	int status;

	ASSERT_EQ(0, pipe(go));
	*word(self->page) = 9;
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (read(go[0], &byte, 1) != 1)
			_exit(1);
		_exit(*word(self->page) == 9 ? 0 : 2);
	}
	EXPECT_EQ(0, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_EQ(9, vsvm_device_add(device(&self->gpu, self->page), 1));
	ASSERT_EQ(1, write(go[1], &byte, 1));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(10, *word(self->page));
}

TEST_F(grant, of_a_ksm_page)
{
	const char *shared = "/sys/kernel/mm/ksm/pages_sharing";
	char *pages = self->page;
	int i, waited_ms;

	if (vsvm_write_text("/sys/kernel/mm/ksm/run", "1"))
		SKIP(return, "no KSM here");
	vsvm_write_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	vsvm_write_text("/sys/kernel/mm/ksm/pages_to_scan", "10000");
	for (i = 0; i < 8; i++)
		memset(pages + i * PAGE_BYTES, 0x5a, PAGE_BYTES);
	ASSERT_EQ(0, madvise(pages, 8 * PAGE_BYTES, MADV_MERGEABLE));
	for (waited_ms = 0; vsvm_read_number(shared) < 4; waited_ms += 10) {
		ASSERT_GT(DEADLINE_S * 1000, waited_ms);
		usleep(10000);
	}
	vsvm_write_text("/sys/kernel/mm/ksm/run", "0");
	EXPECT_EQ(0, acquire_errno(&self->gpu, pages, 8 * PAGE_BYTES));
	EXPECT_EQ(8, vsvm_exclusive_pages(&self->gpu, pages, 8 * PAGE_BYTES));
	EXPECT_EQ(0x5a5a5a5a, vsvm_device_add(device(&self->gpu, pages), 1));
	EXPECT_EQ(0x5a5a5a5b, *word(pages));
	EXPECT_EQ(0x5a5a5a5a, *word(pages + PAGE_BYTES));
}

TEST_F(grant, of_a_private_file)
{
	int fd = open("/proc/self/exe", O_RDONLY);
	uint32_t before;

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE, fd));
	before = *word(self->page);
	EXPECT_EQ(0, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_EQ(before, vsvm_device_add(device(&self->gpu, self->page), 1));
	EXPECT_EQ(before + 1, *word(self->page));
}

TEST_F(grant, of_one_page_of_a_huge_one)
{
	const size_t bytes = 4 * HUGE_BYTES;
	char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *huge = (char *)(((uintptr_t)memory + HUGE_BYTES - 1) & -HUGE_BYTES);
	struct vsvm_gpu gpu;
	unsigned long i;

	ASSERT_NE(MAP_FAILED, memory);
	ASSERT_EQ(0, madvise(huge, HUGE_BYTES, MADV_HUGEPAGE));
	for (i = 0; i < HUGE_BYTES / PAGE_BYTES; i++)
		*word(huge + i * PAGE_BYTES) = i;
	ASSERT_EQ(0, vsvm_attach(&gpu, 1, huge, HUGE_BYTES));
	ASSERT_EQ(0, vsvm_register(&gpu, huge, HUGE_BYTES));
	/* a tail page by a fault, the head too, then all */
	EXPECT_EQ(77, vsvm_device_add(device(&gpu, huge + 77 * PAGE_BYTES), 1));
	EXPECT_EQ(1, vsvm_exclusive_pages(&gpu, huge, HUGE_BYTES));
	EXPECT_EQ(0, vsvm_device_add(device(&gpu, huge), 1));
	EXPECT_EQ(0, acquire_errno(&gpu, huge, HUGE_BYTES));
	EXPECT_EQ(HUGE_BYTES / PAGE_BYTES, vsvm_exclusive_pages(&gpu, huge, HUGE_BYTES));
	for (i = 0; i < HUGE_BYTES / PAGE_BYTES; i++)
		EXPECT_EQ(i + (!i || i == 77), *word(huge + i * PAGE_BYTES));
	vsvm_close(&gpu);
}

TEST_F(grant, not_of_shared_anonymous_memory)
{
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1));
	EXPECT_EQ(EOPNOTSUPP, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
	EXPECT_FALSE(vsvm_faults(vsvm_device_store, self->gpu.plain + 8 * PAGE_BYTES));
	EXPECT_EQ(1, *word(self->page));
}

TEST_F(grant, not_of_a_shared_file)
{
	int fd = memfd_create("shared", 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE_BYTES));
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd));
	EXPECT_EQ(EOPNOTSUPP, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
}

TEST_F(grant, not_of_dax)
{
	int fd = open("/tmp/dax/file", O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, PAGE_BYTES))
		SKIP(return, "no DAX here");
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd));
	*word(self->page) = 1;
	EXPECT_EQ(EOPNOTSUPP, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
}

TEST_F(grant, not_of_hugetlb)
{
	char *huge;
	struct vsvm_gpu gpu;

	if (vsvm_write_text("/proc/sys/vm/nr_hugepages", "2"))
		SKIP(return, "no hugetlb here");
	huge = mmap(NULL, HUGE_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	if (huge == MAP_FAILED)
		SKIP(return, "no huge page to be had");
	*word(huge) = 1;
	ASSERT_EQ(0, vsvm_attach(&gpu, 1, huge, HUGE_BYTES));
	ASSERT_EQ(0, vsvm_register(&gpu, huge, HUGE_BYTES));
	EXPECT_EQ(EOPNOTSUPP, acquire_errno(&gpu, huge, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, gpu.atomic));
	vsvm_close(&gpu);
	munmap(huge, HUGE_BYTES);
	vsvm_write_text("/proc/sys/vm/nr_hugepages", "0");
}

TEST_F(grant, not_of_another_gpus_window)
{
	struct drm_vsvm_context_create create;
	int render_fd = vsvm_open(1);
	int fd;

	ASSERT_LE(0, render_fd);
	/* another arena, so that its window may lie in ours */
	fd = vsvm_create(render_fd, self->gpu.arena + ARENA_BYTES, PAGE_BYTES, &create);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd));
	EXPECT_EQ(EFAULT, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain + 8 * PAGE_BYTES));
}

TEST_F(grant, not_of_secret_memory)
{
	int fd = syscall(SYS_memfd_secret, 0);

	if (fd < 0)
		SKIP(return, "no memfd_secret here");
	ASSERT_EQ(0, ftruncate(fd, PAGE_BYTES));
	ASSERT_EQ(0, map_there(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd));
	EXPECT_EQ(EOPNOTSUPP, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
}

TEST_F(grant, not_of_read_only_memory)
{
	*word(self->page) = 3;
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ));
	EXPECT_EQ(EFAULT, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
	EXPECT_FALSE(vsvm_faults(vsvm_device_load, self->gpu.plain + 8 * PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_store, self->gpu.plain + 8 * PAGE_BYTES));
}

TEST_F(grant, not_of_a_hole)
{
	struct drm_exclusive_range range;

	ASSERT_EQ(0, munmap(self->page, PAGE_BYTES));
	EXPECT_EQ(EFAULT, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
	EXPECT_EQ(-1, vsvm_exclusive(self->gpu.render_fd, DRM_EXCLUSIVE_ACQUIRE,
				     self->gpu.arena, ARENA_BYTES, &range));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ(8 * PAGE_BYTES, range.done_bytes);
	EXPECT_EQ(8, range.exclusive_pages);
}

/* The CPU takes the only exclusive page back, and finds what the device has written. */
static bool comes_back(struct vsvm_gpu *gpu, uint32_t expected)
{
	return vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES) == 1 &&
	       vsvm_load(gpu->arena) == expected &&
	       vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES) == 0;
}

TEST(memory_comes_later_and_the_device_faults)
{
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup_empty(&gpu, ARENA_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, gpu.atomic));
	ASSERT_EQ(0, map_there(gpu.arena, ARENA_BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1));
	vsvm_device_add(gpu.atomic, 5);
	EXPECT_TRUE(comes_back(&gpu, 5));
	vsvm_close(&gpu);
	munmap(gpu.arena, ARENA_BYTES);
}

TEST(memory_comes_later_and_is_acquired)
{
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup_empty(&gpu, ARENA_BYTES));
	EXPECT_EQ(EFAULT, acquire_errno(&gpu, gpu.arena, PAGE_BYTES));
	ASSERT_EQ(0, map_there(gpu.arena, ARENA_BYTES, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1));
	EXPECT_EQ(0, acquire_errno(&gpu, gpu.arena, PAGE_BYTES));
	vsvm_device_add(gpu.atomic, 5);
	EXPECT_TRUE(comes_back(&gpu, 5));
	vsvm_close(&gpu);
	munmap(gpu.arena, ARENA_BYTES);
}

TEST_F(grant, not_where_a_userfaultfd_waits)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register registration = {
		.range = { .start = (uintptr_t)self->page, .len = PAGE_BYTES },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		SKIP(return, "no userfaultfd here");
	ASSERT_EQ(0, ioctl(fd, UFFDIO_REGISTER, &registration));
	EXPECT_EQ(EFAULT, acquire_errno(&self->gpu, self->page, PAGE_BYTES));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, device(&self->gpu, self->page)));
}

TEST_HARNESS_MAIN
