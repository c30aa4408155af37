// SPDX-License-Identifier: GPL-2.0-only
/*
 * What loads and stores of the device find in memory of each kind, page by page
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <lib/test_hmm_uapi.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_PAGES	256ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define FIRST		8ul
#define TRIES		100
/* older headers may not have these */
#ifndef UFFDIO_POISON
#define UFFD_FEATURE_POISON	0x4000
#define UFFDIO_POISON		_IOWR(UFFDIO, 0x08, struct uffdio_poison)
struct uffdio_poison {
	struct uffdio_range range;
	__u64 mode;
	__s64 updated;
};
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif

FIXTURE(plain)
{
	struct vsvm_gpu gpu;
	char *page;
	char *device;
};

FIXTURE_SETUP(plain)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	self->page = self->gpu.arena + FIRST * PAGE_BYTES;
	self->device = self->gpu.plain + FIRST * PAGE_BYTES;
}

FIXTURE_TEARDOWN(plain)
{
	vsvm_close(&self->gpu);
	munmap(self->gpu.arena, ARENA_BYTES);
}

static bool load_fails(void *address)
{
	return vsvm_faults(vsvm_device_load, address);
}

static bool store_fails(void *address)
{
	return vsvm_faults(vsvm_device_store, address);
}

/* Page out what is at @address. Returns 0, or -1 where there is no swap. */
static int page_out(void *address)
{
	unsigned char there = 1;
	int tries;

	for (tries = 0; tries < TRIES && there; tries++)
		if (madvise(address, PAGE_BYTES, MADV_PAGEOUT) ||
		    mincore(address, PAGE_BYTES, &there))
			return -1;
	return there ? -1 : 0;
}

TEST_F(plain, a_zero_page_read_then_written)
{
	EXPECT_EQ(0, vsvm_load(self->device));
	EXPECT_EQ(0, vsvm_load(self->page));
	vsvm_store(self->device, 5);
	EXPECT_EQ(5, vsvm_load(self->device));
	EXPECT_EQ(5, vsvm_load(self->page));
	/* nobody else's zero page is meant */
	EXPECT_EQ(0, vsvm_load(self->device + PAGE_BYTES));
	vsvm_store(self->page + PAGE_BYTES, 6);
	EXPECT_EQ(6, vsvm_load(self->device + PAGE_BYTES));
}

TEST_F(plain, a_page_that_is_swapped_out)
{
	vsvm_store(self->page, 17);
	vsvm_store(self->page + PAGE_BYTES, 18);
	if (page_out(self->page) || page_out(self->page + PAGE_BYTES))
		SKIP(return, "no swap here");
	EXPECT_EQ(17, vsvm_load(self->device));
	vsvm_store(self->device + PAGE_BYTES + 8, 19);
	EXPECT_EQ(18, vsvm_load(self->page + PAGE_BYTES));

	/* and out again, with what the device has written */
	ASSERT_EQ(0, page_out(self->page + PAGE_BYTES));
	EXPECT_EQ(19, vsvm_load(self->page + PAGE_BYTES + 8));
	EXPECT_EQ(19, vsvm_load(self->device + PAGE_BYTES + 8));
}

TEST_F(plain, a_hole_and_the_end_of_a_mapping)
{
	ASSERT_EQ(0, munmap(self->page, 2 * PAGE_BYTES));
	EXPECT_FALSE(store_fails(self->device - PAGE_BYTES));
	EXPECT_TRUE(load_fails(self->device));
	EXPECT_TRUE(store_fails(self->device + PAGE_BYTES));
	EXPECT_FALSE(store_fails(self->device + 2 * PAGE_BYTES));

	ASSERT_EQ(self->page, mmap(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	EXPECT_FALSE(store_fails(self->device));
	EXPECT_EQ(1, vsvm_load(self->page));
	EXPECT_TRUE(load_fails(self->device + PAGE_BYTES));
}

TEST_F(plain, the_end_of_a_file)
{
	int fd = memfd_create("short", 0);

	ASSERT_LE(0, fd);
	ASSERT_EQ(0, ftruncate(fd, PAGE_BYTES));
	ASSERT_EQ(self->page, mmap(self->page, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, fd, 0));
	EXPECT_FALSE(store_fails(self->device));
	EXPECT_TRUE(load_fails(self->device + PAGE_BYTES));
	ASSERT_EQ(0, ftruncate(fd, 2 * PAGE_BYTES));
	EXPECT_FALSE(store_fails(self->device + PAGE_BYTES));
	EXPECT_EQ(1, vsvm_load(self->page + PAGE_BYTES));
	/* what is cut off is gone for the device, too */
	ASSERT_EQ(0, ftruncate(fd, PAGE_BYTES));
	EXPECT_TRUE(load_fails(self->device + PAGE_BYTES));
	close(fd);
}

TEST_F(plain, read_only_memory)
{
	vsvm_store(self->page, 3);
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_EQ(3, vsvm_load(self->device));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_EQ(3, vsvm_load(self->page));
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_FALSE(store_fails(self->device));
	EXPECT_EQ(1, vsvm_load(self->page));
}

TEST_F(plain, memory_without_access)
{
	vsvm_store(self->page, 4);
	EXPECT_EQ(4, vsvm_load(self->device));
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_NONE));
	EXPECT_TRUE(load_fails(self->device));
	EXPECT_TRUE(store_fails(self->device));
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_EQ(4, vsvm_load(self->device));
}

/* A userfaultfd of two pages, or -1. */
static int watch(void *address, uint64_t features, uint64_t mode)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	struct uffdio_register registration = {
		.range = { .start = (uintptr_t)address, .len = 2 * PAGE_BYTES },
		.mode = mode,
	};

	if (fd < 0)
		return -1;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &registration)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int protect(int fd, void *address, bool on)
{
	struct uffdio_writeprotect args = {
		.range = { .start = (uintptr_t)address, .len = PAGE_BYTES },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return ioctl(fd, UFFDIO_WRITEPROTECT, &args);
}

/* Nobody is asked on behalf of the device: a store fails, as a system call's would. */
TEST_F(plain, pages_that_a_userfaultfd_protects)
{
	int fd = watch(self->page, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
		       UFFDIO_REGISTER_MODE_WP);

	if (fd < 0)
		SKIP(return, "no write protection by userfaultfd here");
	vsvm_store(self->page, 21);
	EXPECT_EQ(21, vsvm_load(self->device));
	ASSERT_EQ(0, protect(fd, self->page, true));
	EXPECT_EQ(21, vsvm_load(self->device));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_EQ(21, vsvm_load(self->page));
	EXPECT_FALSE(store_fails(self->device + PAGE_BYTES));
	ASSERT_EQ(0, protect(fd, self->page, false));
	EXPECT_FALSE(store_fails(self->device));
	EXPECT_EQ(1, vsvm_load(self->page));
	close(fd);
}

/* The protection is kept in a marker where the page of a file is not there. */
TEST_F(plain, markers_of_pages_that_a_userfaultfd_protects)
{
	int memory = memfd_create("protected", 0), fd;

	ASSERT_LE(0, memory);
	ASSERT_EQ(0, ftruncate(memory, 2 * PAGE_BYTES));
	ASSERT_EQ(self->page, mmap(self->page, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, memory, 0));
	fd = watch(self->page,
		   UFFD_FEATURE_PAGEFAULT_FLAG_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM,
		   UFFDIO_REGISTER_MODE_WP);
	if (fd < 0)
		SKIP(return, "no write protection of shared memory by userfaultfd here");
	vsvm_store(self->page, 22);
	ASSERT_EQ(0, protect(fd, self->page, true));
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_EQ(22, vsvm_load(self->device));
	EXPECT_TRUE(store_fails(self->device));
	ASSERT_EQ(0, protect(fd, self->page, false));
	EXPECT_FALSE(store_fails(self->device));
	EXPECT_EQ(1, vsvm_load(self->page));
	close(fd);
	close(memory);
}

TEST_F(plain, markers_of_poison)
{
	int fd = watch(self->page, UFFD_FEATURE_POISON, UFFDIO_REGISTER_MODE_MISSING);
	struct uffdio_poison args = {
		.range = { .start = (uintptr_t)self->page, .len = PAGE_BYTES },
	};

	if (fd < 0)
		SKIP(return, "no poison by userfaultfd here");
	ASSERT_EQ(0, ioctl(fd, UFFDIO_POISON, &args));
	EXPECT_TRUE(load_fails(self->device));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_FALSE(store_fails(self->device + 2 * PAGE_BYTES));
	close(fd);
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->device));
}

TEST_F(plain, markers_of_guards)
{
	vsvm_store(self->page, 23);
	EXPECT_EQ(23, vsvm_load(self->device));
	if (madvise(self->page, PAGE_BYTES, MADV_GUARD_INSTALL))
		SKIP(return, "no guards here");
	EXPECT_TRUE(load_fails(self->device));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_FALSE(store_fails(self->device + PAGE_BYTES));
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_GUARD_REMOVE));
	EXPECT_EQ(0, vsvm_load(self->device));
}

/* Another GPU's cores are pages of the kernel's in a VM_MIXEDMAP mapping. */
TEST_F(plain, pages_of_a_mixed_mapping)
{
	struct drm_vsvm_context_create create;
	int render_fd = vsvm_open(1);
	int fd = vsvm_create(render_fd, self->gpu.arena + ARENA_BYTES, PAGE_BYTES, &create);
	const size_t bytes = sizeof(struct drm_vsvm_cores);

	ASSERT_LE(0, fd);
	ASSERT_EQ(self->page, mmap(self->page, bytes, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, fd, create.cores_offset));
	vsvm_store(self->page + PAGE_BYTES, 24);
	EXPECT_EQ(24, vsvm_load(self->device + PAGE_BYTES));
	vsvm_store(self->device + PAGE_BYTES, 25);
	EXPECT_EQ(25, vsvm_load(self->page + PAGE_BYTES));
	ASSERT_EQ(0, munmap(self->page, bytes));
	EXPECT_TRUE(load_fails(self->device + PAGE_BYTES));
	close(fd);
	close(render_fd);
}

/* Another GPU's window has special entries, of pages that are not its own. */
TEST_F(plain, special_entries)
{
	struct drm_vsvm_context_create create;
	int render_fd = vsvm_open(1);
	char *other = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = vsvm_create(render_fd, other, PAGE_BYTES, &create);

	ASSERT_LE(0, fd);
	ASSERT_EQ(self->page, mmap(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, fd, create.plain_offset));
	vsvm_store(self->page, 26);
	EXPECT_EQ(26, vsvm_load(other));
	EXPECT_TRUE(load_fails(self->device));
	EXPECT_TRUE(store_fails(self->device));
	EXPECT_EQ(26, vsvm_load(self->page));
	ASSERT_EQ(0, munmap(self->page, PAGE_BYTES));
	munmap(other, PAGE_BYTES);
	close(fd);
	close(render_fd);
}

TEST_F(plain, dax)
{
	int fd = open("/tmp/dax/plain", O_RDWR | O_CREAT, 0600);
	uint32_t value = 0;

	if (fd < 0 || ftruncate(fd, 2 * PAGE_BYTES))
		SKIP(return, "no DAX here");
	ASSERT_EQ(self->page, mmap(self->page, 2 * PAGE_BYTES, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_FIXED, fd, 0));
	vsvm_store(self->page, 27);
	EXPECT_EQ(27, vsvm_load(self->device));
	vsvm_store(self->device, 28);
	EXPECT_EQ(28, vsvm_load(self->page));
	/* first the device */
	vsvm_store(self->device + PAGE_BYTES, 29);
	ASSERT_EQ(sizeof(value), pread(fd, &value, sizeof(value), PAGE_BYTES));
	EXPECT_EQ(29, value);
	ASSERT_EQ(0, ftruncate(fd, PAGE_BYTES));
	EXPECT_TRUE(load_fails(self->device + PAGE_BYTES));
	ASSERT_EQ(0, munmap(self->page, 2 * PAGE_BYTES));
	close(fd);
	unlink("/tmp/dax/plain");
}

/* What another device has in its own memory comes home. */
TEST_F(plain, pages_in_another_devices_memory)
{
	uint32_t buffer[PAGE_BYTES / sizeof(uint32_t)];
	struct hmm_dmirror_cmd command = {
		.addr = (uintptr_t)self->page,
		.ptr = (uintptr_t)buffer,
		.npages = 1,
	};
	int fd = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);
	unsigned char state = 0;

	if (fd < 0)
		SKIP(return, "the module test_hmm is not there");
	vsvm_store(self->page, 30);
	EXPECT_EQ(30, vsvm_load(self->device));
	ASSERT_EQ(0, ioctl(fd, HMM_DMIRROR_MIGRATE_TO_DEV, &command));
	ASSERT_EQ(1, command.cpages);
	EXPECT_EQ(30, buffer[0]);
	EXPECT_EQ(30, vsvm_load(self->device));
	command.ptr = (uintptr_t)&state;
	ASSERT_EQ(0, ioctl(fd, HMM_DMIRROR_SNAPSHOT, &command));
	EXPECT_EQ(HMM_DMIRROR_PROT_WRITE, state);

	command.ptr = (uintptr_t)buffer;
	ASSERT_EQ(0, ioctl(fd, HMM_DMIRROR_MIGRATE_TO_DEV, &command));
	vsvm_store(self->device, 31);
	EXPECT_EQ(31, vsvm_load(self->page));
	close(fd);
}

static char *map_memory(struct vsvm_gpu *gpu)
{
	return mmap(gpu->arena, ARENA_BYTES, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

TEST(memory_comes_later)
{
	int pipes[2];
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup_empty(&gpu, ARENA_BYTES));
	ASSERT_EQ(0, pipe(pipes));
	EXPECT_TRUE(load_fails(gpu.plain));
	ASSERT_EQ(gpu.arena, map_memory(&gpu));
	vsvm_store(gpu.arena, 5);
	/* the first access is a system call's */
	EXPECT_EQ(4, write(pipes[1], gpu.plain, 4));
	EXPECT_EQ(5, vsvm_load(gpu.plain));
	/* what the device had is taken away */
	ASSERT_EQ(gpu.arena, map_memory(&gpu));
	EXPECT_EQ(0, vsvm_load(gpu.plain));
	vsvm_close(&gpu);
	munmap(gpu.arena, ARENA_BYTES);
	close(pipes[0]);
	close(pipes[1]);
}

TEST_HARNESS_MAIN
