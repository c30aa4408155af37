// SPDX-License-Identifier: GPL-2.0-only
/*
 * What takes an exclusive page back, and that nothing is lost by it
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_BYTES	(256 * PAGE_BYTES)
#define VALUE		1234u
/* <numaif.h> may not be there */
#define MPOL_MF_MOVE	2

/*
 * Each test starts with one page that the device has incremented to VALUE and
 * holds exclusively.
 */
FIXTURE(revoke)
{
	struct vsvm_gpu gpu;
	char *page;
	void *device;
};

FIXTURE_SETUP(revoke)
{
	vsvm_join_group();
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	self->page = self->gpu.arena + 16 * PAGE_BYTES;
	self->device = self->gpu.atomic + 16 * PAGE_BYTES;
	*(uint32_t *)self->page = VALUE - 1;
	vsvm_device_add(self->device, 1);
	ASSERT_EQ(1, vsvm_exclusive_pages(&self->gpu, self->page, PAGE_BYTES));
}

FIXTURE_TEARDOWN(revoke)
{
	vsvm_close(&self->gpu);
}

static uint64_t revoked(struct vsvm_gpu *gpu, enum drm_exclusive_cause cause)
{
	struct drm_exclusive_statistics statistics;

	if (vsvm_statistics(gpu, gpu->arena, ARENA_BYTES, &statistics))
		return UINT64_MAX;
	return statistics.revoked_pages[cause];
}

static long exclusive_pages(struct vsvm_gpu *gpu)
{
	return vsvm_exclusive_pages(gpu, gpu->arena, ARENA_BYTES);
}

#define EXPECT_REVOKED(cause)							\
	do {									\
		EXPECT_EQ(0, exclusive_pages(&self->gpu));			\
		EXPECT_EQ(1, revoked(&self->gpu, DRM_EXCLUSIVE_CAUSE_##cause));	\
	} while (0)

/* The device gets the page again, with what is in it. */
#define EXPECT_GRANTED_AGAIN(value)						\
	do {									\
		EXPECT_EQ(value, vsvm_device_add(self->device, 1));		\
		EXPECT_EQ(1, exclusive_pages(&self->gpu));			\
	} while (0)

TEST_F(revoke, by_a_read)
{
	EXPECT_EQ(VALUE, vsvm_load(self->page));
	EXPECT_REVOKED(CPU);
	EXPECT_GRANTED_AGAIN(VALUE);
}

TEST_F(revoke, by_a_write)
{
	vsvm_store(self->page, 5);
	EXPECT_REVOKED(CPU);
	EXPECT_GRANTED_AGAIN(5);
}

TEST_F(revoke, by_an_atomic)
{
	EXPECT_EQ(VALUE, __atomic_fetch_add((uint32_t *)self->page, 6, __ATOMIC_SEQ_CST));
	EXPECT_REVOKED(CPU);
	EXPECT_GRANTED_AGAIN(VALUE + 6);
}

TEST_F(revoke, by_release)
{
	ASSERT_EQ(0, vsvm_release(&self->gpu, self->gpu.arena, ARENA_BYTES));
	EXPECT_REVOKED(RELEASE);
	EXPECT_EQ(VALUE, *(uint32_t *)self->page);
	EXPECT_GRANTED_AGAIN(VALUE);
}

TEST_F(revoke, release_makes_ordinary_memory)
{
	unsigned char there = 1;
	int tries;

	ASSERT_EQ(0, vsvm_release(&self->gpu, self->gpu.arena, ARENA_BYTES));
	for (tries = 0; tries < 100 && there; tries++) {
		ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_PAGEOUT));
		ASSERT_EQ(0, mincore(self->page, PAGE_BYTES, &there));
	}
	if (tries == 100 && !vsvm_read_number("/proc/sys/vm/swappiness"))
		SKIP(return, "no swap here");
	EXPECT_EQ(0, there);
	EXPECT_EQ(VALUE, *(uint32_t *)self->page);
}

TEST_F(revoke, by_fork)
{
	pid_t child = fork();
	int status;

	ASSERT_LE(0, child);
	if (!child)
		_exit(vsvm_load(self->page) == VALUE ? 0 : 1);
	EXPECT_REVOKED(PROTECTION);
	EXPECT_GRANTED_AGAIN(VALUE);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(revoke, by_mprotect_none)
{
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_NONE));
	EXPECT_REVOKED(PROTECTION);
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->device));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain + 16 * PAGE_BYTES));
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_GRANTED_AGAIN(VALUE);
}

TEST_F(revoke, by_mprotect_read)
{
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ));
	EXPECT_REVOKED(PROTECTION);
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->device));
	EXPECT_EQ(VALUE, *(uint32_t *)self->page);
	ASSERT_EQ(0, mprotect(self->page, PAGE_BYTES, PROT_READ | PROT_WRITE));
	EXPECT_GRANTED_AGAIN(VALUE);
}

TEST_F(revoke, by_munmap)
{
	ASSERT_EQ(0, munmap(self->page, PAGE_BYTES));
	EXPECT_REVOKED(UNMAP);
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->device));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->gpu.plain + 16 * PAGE_BYTES));
}

TEST_F(revoke, by_mremap)
{
	char *moved = mremap(self->page, PAGE_BYTES, PAGE_BYTES,
			     MREMAP_MAYMOVE | MREMAP_FIXED,
			     self->page + 32 * PAGE_BYTES);

	ASSERT_EQ(self->page + 32 * PAGE_BYTES, moved);
	EXPECT_REVOKED(UNMAP);
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->device));
	EXPECT_EQ(VALUE, vsvm_device_add(self->device + 32 * PAGE_BYTES, 1));
	EXPECT_EQ(VALUE + 1, *(uint32_t *)moved);
}

TEST_F(revoke, by_dontneed)
{
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_REVOKED(CLEAR);
	EXPECT_GRANTED_AGAIN(0);
}

TEST_F(revoke, not_by_pageout)
{
	/* which looks at the page table, and passes an exclusive page by */
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_PAGEOUT));
	EXPECT_EQ(1, exclusive_pages(&self->gpu));
	EXPECT_EQ(VALUE, vsvm_device_add(self->device, 1));
	EXPECT_EQ(VALUE + 1, *(uint32_t *)self->page);
}

TEST_F(revoke, by_reclaim)
{
	int tries;

	for (tries = 0; tries < 100 && exclusive_pages(&self->gpu); tries++)
		if (vsvm_reclaim())
			SKIP(return, "no reclaim on demand here");
	EXPECT_REVOKED(PRESSURE);
	EXPECT_GRANTED_AGAIN(VALUE);
	EXPECT_EQ(VALUE + 1, *(uint32_t *)self->page);
}

TEST_F(revoke, ksm_keeps_off)
{
	unsigned long scans;
	int waited_ms = 0;

	if (vsvm_write_text("/sys/kernel/mm/ksm/run", "1"))
		SKIP(return, "no KSM here");
	vsvm_write_text("/sys/kernel/mm/ksm/sleep_millisecs", "1");
	vsvm_write_text("/sys/kernel/mm/ksm/pages_to_scan", "10000");
	ASSERT_EQ(0, madvise(self->gpu.arena, ARENA_BYTES, MADV_MERGEABLE));
	scans = vsvm_read_number("/sys/kernel/mm/ksm/full_scans");
	while (vsvm_read_number("/sys/kernel/mm/ksm/full_scans") < scans + 4) {
		ASSERT_GT(20000, waited_ms);
		vsvm_device_add(self->device, 1);
		usleep(10000);
		waited_ms += 10;
	}
	vsvm_write_text("/sys/kernel/mm/ksm/run", "0");
	EXPECT_EQ(VALUE + waited_ms / 10, *(uint32_t *)self->page);
}

TEST_F(revoke, compaction_keeps_off)
{
	if (vsvm_write_text("/proc/sys/vm/compact_memory", "1"))
		SKIP(return, "no compaction here");
	EXPECT_EQ(VALUE, vsvm_device_add(self->device, 1));
	EXPECT_EQ(VALUE + 1, *(uint32_t *)self->page);
}

/* A huge page of which the device has a single one, without a huge entry. */
static char *huge_page_with_an_exclusive_one(struct vsvm_gpu *gpu)
{
	char *area = mmap(NULL, 2 * HUGE_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *huge = (char *)(((uintptr_t)area + HUGE_BYTES - 1) & -HUGE_BYTES);

	if (area == MAP_FAILED || madvise(huge, HUGE_BYTES, MADV_HUGEPAGE))
		return NULL;
	memset(huge, 1, HUGE_BYTES);
	if (vsvm_attach(gpu, 0, huge, HUGE_BYTES) ||
	    vsvm_register(gpu, huge, HUGE_BYTES))
		return NULL;
	vsvm_device_add(gpu->atomic, 1);
	return huge;
}

TEST(by_migration_of_its_folio)
{
	struct drm_exclusive_statistics statistics;
	int node = 1, status = -1;
	struct vsvm_gpu gpu;
	char *huge = huge_page_with_an_exclusive_one(&gpu);
	void *neighbour = huge + PAGE_BYTES;

	ASSERT_NE(NULL, huge);
	ASSERT_EQ(1, vsvm_exclusive_pages(&gpu, huge, HUGE_BYTES));
	/* all of the folio moves, the exclusive page with it */
	if (syscall(SYS_move_pages, 0, 1ul, &neighbour, &node, &status, MPOL_MF_MOVE) ||
	    status != node)
		SKIP(return, "no second NUMA node here");
	if (vsvm_exclusive_pages(&gpu, huge, HUGE_BYTES))
		SKIP(return, "no huge page could be had");
	ASSERT_EQ(0, vsvm_statistics(&gpu, huge, HUGE_BYTES, &statistics));
	EXPECT_EQ(1, statistics.revoked_pages[DRM_EXCLUSIVE_CAUSE_MIGRATE]);
	EXPECT_EQ(0, statistics.revoked_pages[DRM_EXCLUSIVE_CAUSE_CPU]);
	EXPECT_EQ(0x01010102, vsvm_device_add(gpu.atomic, 1));
	vsvm_close(&gpu);
}

TEST_F(revoke, by_process_vm_readv)
{
	uint32_t value = 0;
	struct iovec local = { .iov_base = &value, .iov_len = sizeof(value) };
	struct iovec remote = { .iov_base = self->page, .iov_len = sizeof(value) };
	pid_t child = fork();
	int status;

	/* the fork has taken it back; get it again, for the child to take */
	if (!child) {
		ssize_t count;

		usleep(1);
		raise(SIGSTOP);
		count = process_vm_readv(getppid(), &local, 1, &remote, 1, 0);
		_exit(count == sizeof(value) && value == VALUE + 1 ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	EXPECT_EQ(VALUE, vsvm_device_add(self->device, 1));
	ASSERT_EQ(0, kill(child, SIGCONT));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_REVOKED(CPU);
	EXPECT_GRANTED_AGAIN(VALUE + 1);
}

TEST_F(revoke, by_proc_mem)
{
	uint32_t value = 99;
	int fd = open("/proc/self/mem", O_RDWR);

	ASSERT_LE(0, fd);
	ASSERT_EQ(sizeof(value), pwrite(fd, &value, sizeof(value), (uintptr_t)self->page));
	EXPECT_REVOKED(CPU);
	EXPECT_GRANTED_AGAIN(99);
}

TEST_F(revoke, by_ptrace)
{
	int status, pipes[2];
	pid_t child;
	char byte;

	ASSERT_EQ(0, pipe(pipes));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		/* a tracee with a GPU of its own, and an exclusive page */
		struct vsvm_gpu gpu;

		if (vsvm_setup(&gpu, ARENA_BYTES))
			_exit(1);
		vsvm_device_add(gpu.atomic, 321);
		if (write(pipes[1], &gpu.arena, sizeof(gpu.arena)) < 0)
			_exit(2);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		if (vsvm_exclusive_pages(&gpu, gpu.arena, ARENA_BYTES))
			_exit(3);
		_exit(vsvm_device_add(gpu.atomic, 1) == 321 ? 0 : 4);
	}
	ASSERT_EQ(child, waitpid(child, &status, WUNTRACED));
	ASSERT_TRUE(WIFSTOPPED(status));
	(void)byte;
	{
		char *address;

		ASSERT_EQ(sizeof(address), read(pipes[0], &address, sizeof(address)));
		errno = 0;
		EXPECT_EQ(321, ptrace(PTRACE_PEEKDATA, child, address, 0) & 0xffffffff);
		EXPECT_EQ(0, errno);
	}
	ptrace(PTRACE_DETACH, child, 0, 0);
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

TEST_F(revoke, core_dump_has_the_page)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	static const char marker[] = "device wrote this";
	char file[64], *core;
	int status, fd;
	bool found;
	off_t size;
	pid_t child;

	if (vsvm_write_text("/proc/sys/kernel/core_pattern", "/tmp/vsvm.core.%p"))
		SKIP(return, "cannot choose where core dumps go");
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		struct vsvm_gpu gpu;

		setrlimit(RLIMIT_CORE, &limit);
		if (vsvm_setup(&gpu, ARENA_BYTES))
			_exit(1);
		vsvm_device_add(gpu.atomic, 1);
		memcpy(gpu.plain + 64, "device wrote ", 13);
		memcpy(gpu.plain + 64 + 13, "this", 5);
		abort();
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	ASSERT_TRUE(WIFSIGNALED(status) && WCOREDUMP(status));
	snprintf(file, sizeof(file), "/tmp/vsvm.core.%d", child);
	fd = open(file, O_RDONLY);
	ASSERT_LE(0, fd);
	size = lseek(fd, 0, SEEK_END);
	core = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	ASSERT_NE(MAP_FAILED, core);
	/* aligned as it was, so that the literals of the program do not count */
	found = false;
	for (off_t at = 64; at + (off_t)sizeof(marker) < size; at += PAGE_BYTES)
		found = found || !memcmp(core + at, marker, sizeof(marker));
	EXPECT_TRUE(found);
	munmap(core, size);
	close(fd);
	unlink(file);
}

TEST_F(revoke, by_soft_dirty)
{
	if (vsvm_write_text("/proc/self/clear_refs", "4"))
		SKIP(return, "no soft-dirty here");
	EXPECT_EQ(VALUE, vsvm_device_add(self->device, 1));
	EXPECT_EQ(VALUE + 1, *(uint32_t *)self->page);
}

TEST_F(revoke, by_numa_style_protection)
{
	int i;

	/* what NUMA balancing does to entries, as often as one may like */
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(0, mprotect(self->gpu.arena, ARENA_BYTES, PROT_NONE));
		ASSERT_EQ(0, mprotect(self->gpu.arena, ARENA_BYTES,
				      PROT_READ | PROT_WRITE));
		ASSERT_EQ(VALUE + i, vsvm_device_add(self->device, 1));
	}
	EXPECT_EQ(100, revoked(&self->gpu, DRM_EXCLUSIVE_CAUSE_PROTECTION));
}

TEST_F(revoke, by_mlock_and_cold)
{
	ASSERT_EQ(0, mlock(self->page, PAGE_BYTES));
	ASSERT_EQ(0, munlock(self->page, PAGE_BYTES));
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_COLD));
	ASSERT_EQ(0, madvise(self->page, PAGE_BYTES, MADV_FREE));
	EXPECT_EQ(VALUE, vsvm_device_add(self->device, 1));
	EXPECT_EQ(VALUE + 1, *(uint32_t *)self->page);
}

TEST_F(revoke, by_another_gpu)
{
	struct vsvm_gpu other;

	ASSERT_EQ(0, vsvm_attach(&other, 1, self->gpu.arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_register(&other, self->gpu.arena, ARENA_BYTES));
	EXPECT_EQ(VALUE, vsvm_device_add(other.atomic + 16 * PAGE_BYTES, 1));
	EXPECT_REVOKED(DEVICE);
	EXPECT_EQ(1, exclusive_pages(&other));
	EXPECT_EQ(VALUE + 1, vsvm_device_add(self->device, 1));
	EXPECT_EQ(0, exclusive_pages(&other));
	EXPECT_EQ(1, revoked(&other, DRM_EXCLUSIVE_CAUSE_DEVICE));
	EXPECT_EQ(1, exclusive_pages(&self->gpu));
	EXPECT_EQ(VALUE + 2, *(uint32_t *)self->page);
	vsvm_close(&other);
}

TEST_F(revoke, another_gpus_plain_access_too)
{
	struct vsvm_gpu other;

	ASSERT_EQ(0, vsvm_attach(&other, 1, self->gpu.arena, ARENA_BYTES));
	EXPECT_EQ(VALUE, vsvm_load(other.plain + 16 * PAGE_BYTES));
	EXPECT_REVOKED(CPU);
	/* and when this one has it again, the other's plain mapping must be gone */
	EXPECT_GRANTED_AGAIN(VALUE);
	EXPECT_EQ(VALUE + 1, vsvm_load(other.plain + 16 * PAGE_BYTES));
	EXPECT_EQ(0, exclusive_pages(&self->gpu));
	vsvm_close(&other);
}

TEST_HARNESS_MAIN
