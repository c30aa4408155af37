// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to memory that is in VRAM: the process, other devices, and a lack of
 * room take it from there; and atomic operations from both sides while it moves
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <lib/test_hmm_uapi.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_PAGES	64ul
#define ARENA_BYTES	(ARENA_PAGES * PAGE_BYTES)
#define PAGES		16ul
#define BYTES		(PAGES * PAGE_BYTES)
#define MOST_VRAM_BYTES	(64ul << 20)
#define DRIVER		"/sys/bus/platform/drivers/vsvm/"
/* Of the two sides: additions each at least, and moves with what must have come of them. */
#define ROUNDS		1000u
#define MOVES		20u
#define MOST_MOVES	1000000u
#define BURST		8u

FIXTURE(moves)
{
	struct vsvm_gpu gpu;
	char *cpu;
	char *plain;
	char *atomic;
};

FIXTURE_SETUP(moves)
{
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
	if (!vsvm_vram_bytes(&self->gpu))
		SKIP(return, "the GPU has no VRAM (vsvm.vram_mib)");
	self->cpu = self->gpu.arena;
	self->plain = self->gpu.plain;
	self->atomic = self->gpu.atomic;
}

FIXTURE_TEARDOWN(moves)
{
	vsvm_close(&self->gpu);
	munmap(self->gpu.arena, ARENA_BYTES);
}

/* What a child finds and writes is its own. */
static int check_child(char *cpu)
{
	if (vsvm_filled(cpu, PAGES, 100) != PAGES)
		return 1;
	vsvm_fill(cpu, PAGES, 300);
	return vsvm_filled(cpu, PAGES, 300) == PAGES ? 0 : 2;
}

TEST_F(moves, a_forked_child_has_its_own)
{
	pid_t child;

	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	child = fork();
	ASSERT_LE(0, child);
	if (!child)
		_exit(check_child(self->cpu));
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 100));
}

/* The child waits until the device of its parent has written. */
TEST_F(moves, the_device_writes_for_the_parent_alone)
{
	char byte = 0;
	int ends[2];
	pid_t child;

	ASSERT_EQ(0, pipe(ends));
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	vsvm_fill(self->plain, PAGES, 100);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (read(ends[0], &byte, 1) != 1)
			_exit(3);
		_exit(check_child(self->cpu));
	}
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	vsvm_fill(self->plain, PAGES / 2, 200);
	EXPECT_EQ(100 + PAGES / 2,
		  vsvm_device_add(self->atomic + BYTES / 2, 100));
	EXPECT_EQ(PAGES / 2, vsvm_count(&self->gpu, "vram-shared"));
	ASSERT_EQ(1, write(ends[1], &byte, 1));
	EXPECT_EQ(0, vsvm_child_status(child));
	EXPECT_EQ(PAGES / 2 + 1, vsvm_filled(self->plain, PAGES, 200));
	EXPECT_EQ(PAGES / 2 + 1, vsvm_filled(self->cpu, PAGES, 200));
	EXPECT_EQ(PAGES / 2 - 1, vsvm_filled(self->cpu, PAGES, 100));
	close(ends[0]);
	close(ends[1]);
}

TEST_F(moves, a_child_keeps_its_pages_when_the_context_is_gone)
{
	char byte = 0;
	int ends[2];
	pid_t child;

	ASSERT_EQ(0, pipe(ends));
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		close(self->gpu.context_fd);
		close(self->gpu.render_fd);
		if (read(ends[0], &byte, 1) != 1)
			_exit(3);
		_exit(check_child(self->cpu));
	}
	vsvm_close(&self->gpu);
	ASSERT_EQ(0, munmap(self->cpu, ARENA_BYTES));
	ASSERT_EQ(1, write(ends[1], &byte, 1));
	EXPECT_EQ(0, vsvm_child_status(child));
	close(ends[0]);
	close(ends[1]);
	ASSERT_EQ(0, vsvm_setup(&self->gpu, ARENA_BYTES));
}

TEST_F(moves, what_is_unmapped_is_freed)
{
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	EXPECT_EQ(100, vsvm_device_add(self->atomic, 1));
	ASSERT_EQ(0, munmap(self->cpu, 3 * PAGE_BYTES));
	EXPECT_EQ(PAGES - 3, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain));
	EXPECT_TRUE(vsvm_faults(vsvm_device_add_one, self->atomic));
	EXPECT_EQ(PAGES - 3, vsvm_filled(self->plain + 3 * PAGE_BYTES, PAGES - 3, 103));
	ASSERT_EQ(0, madvise(self->cpu + 3 * PAGE_BYTES, PAGE_BYTES, MADV_DONTNEED));
	EXPECT_EQ(0, vsvm_load(self->plain + 3 * PAGE_BYTES));
	EXPECT_EQ(PAGES - 4, vsvm_count(&self->gpu, "vram-pages"));
}

TEST_F(moves, mremap_takes_it_along)
{
	char *to = self->cpu + 2 * BYTES;

	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	ASSERT_EQ(to, mremap(self->cpu, BYTES, BYTES, MREMAP_MAYMOVE | MREMAP_FIXED, to));
	EXPECT_TRUE(vsvm_faults(vsvm_device_load, self->plain));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain + 2 * BYTES, PAGES, 100));
	EXPECT_EQ(PAGES, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(PAGES, vsvm_filled(to, PAGES, 100));
}

TEST_F(moves, lazily_freed_pages_keep_what_the_device_has_written)
{
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(0, madvise(self->cpu, BYTES, MADV_FREE));
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	vsvm_fill(self->plain, PAGES, 200);
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 200));
	madvise(self->cpu, BYTES, MADV_PAGEOUT);
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 200));
}

TEST_F(moves, another_gpu_brings_it_home)
{
	struct vsvm_gpu other;

	if (vsvm_attach(&other, 1, self->cpu, ARENA_BYTES))
		SKIP(return, "needs two GPUs");
	ASSERT_EQ(0, vsvm_register(&other, self->cpu, ARENA_BYTES));
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	vsvm_fill(self->plain, PAGES, 200);
	EXPECT_EQ(200, vsvm_load(other.plain));
	EXPECT_EQ(201, vsvm_device_add(other.atomic + PAGE_BYTES, 1));
	EXPECT_EQ(PAGES - 2, vsvm_count(&self->gpu, "vram-pages"));
	/* to the other's memory */
	EXPECT_EQ(PAGES, vsvm_to_device(&other, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_count(&other, "vram-pages"));
	EXPECT_EQ(0, vsvm_count(&self->gpu, "vram-pages"));
	EXPECT_EQ(202, vsvm_device_add(self->atomic + PAGE_BYTES, 1));
	EXPECT_EQ(203, vsvm_load(self->cpu + PAGE_BYTES));
	EXPECT_EQ(PAGES - 1, vsvm_filled(self->cpu, PAGES, 200));
	vsvm_close(&other);
}

/* Another driver's device takes what is here, and what it has is taken from it. */
TEST_F(moves, memory_of_another_driver)
{
	uint32_t buffer[2 * PAGE_BYTES / sizeof(uint32_t)];
	struct hmm_dmirror_cmd command = {
		.addr = (uintptr_t)self->cpu,
		.ptr = (uintptr_t)buffer,
		.npages = 2,
	};
	int fd = open("/dev/hmm_dmirror0", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		SKIP(return, "the module test_hmm is not there");
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(0, ioctl(fd, HMM_DMIRROR_MIGRATE_TO_DEV, &command));
	ASSERT_EQ(2, command.cpages);
	EXPECT_EQ(PAGES, vsvm_to_device(&self->gpu, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_filled(self->plain, PAGES, 100));
	vsvm_fill(self->plain, PAGES, 200);
	ASSERT_EQ(0, ioctl(fd, HMM_DMIRROR_READ, &command));
	EXPECT_EQ(200, buffer[0]);
	EXPECT_EQ(201, buffer[PAGE_BYTES / sizeof(uint32_t)]);
	EXPECT_EQ(PAGES - 2, vsvm_count(&self->gpu, "vram-pages"));
	close(fd);
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 200));
}

TEST_F(moves, where_it_is_full_what_is_there_longest_goes)
{
	const size_t bytes = vsvm_vram_bytes(&self->gpu), count = bytes / PAGE_BYTES;
	const size_t all = bytes + BYTES;
	struct drm_vsvm_migrate result;
	struct vsvm_gpu gpu;
	char *memory;

	if (bytes > MOST_VRAM_BYTES)
		SKIP(return, "the GPU has much VRAM (vsvm.vram_mib)");
	vsvm_close(&self->gpu);
	memory = mmap(NULL, all, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	ASSERT_EQ(0, vsvm_attach(&gpu, 0, memory, all));
	vsvm_fill(memory, count + PAGES, 1000);

	/* of more than there is room for, the beginning */
	ASSERT_EQ(0, vsvm_migrate(&gpu, DRM_VSVM_MIGRATE_TO_DEVICE, memory, all, &result));
	EXPECT_EQ(count, result.moved_pages);
	EXPECT_EQ(count, result.vram_pages);
	EXPECT_EQ(0, vsvm_count(&gpu, "vram-evicted"));
	EXPECT_EQ(PAGES, vsvm_to_device(&gpu, memory + bytes, BYTES));
	EXPECT_LE(PAGES, vsvm_count(&gpu, "vram-evicted"));
	EXPECT_EQ(count + PAGES - vsvm_count(&gpu, "vram-evicted"),
		  vsvm_count(&gpu, "vram-pages"));
	EXPECT_EQ(count + PAGES, vsvm_filled(gpu.plain, count + PAGES, 1000));
	EXPECT_EQ(PAGES, vsvm_filled(gpu.plain + bytes, PAGES, 1000 + count));
	EXPECT_EQ(count + PAGES, vsvm_filled(memory, count + PAGES, 1000));
	vsvm_close(&gpu);
	munmap(memory, all);
	ASSERT_EQ(0, vsvm_attach(&self->gpu, 0, self->cpu, ARENA_BYTES));
}

/* The GPU goes away with pages of processes, one of which has no context. */
TEST_F(moves, a_gpu_that_is_unbound_gives_all_back)
{
	struct vsvm_gpu other;
	char byte = 0;
	int ends[2];
	pid_t child;

	ASSERT_EQ(0, pipe(ends));
	if (vsvm_attach(&other, 1, self->cpu, ARENA_BYTES))
		SKIP(return, "needs two GPUs");
	vsvm_fill(self->cpu, PAGES, 100);
	ASSERT_EQ(PAGES, vsvm_to_device(&other, self->cpu, BYTES));
	vsvm_fill(other.plain, PAGES, 100);
	child = fork();
	ASSERT_LE(0, child);
	if (!child) {
		if (read(ends[0], &byte, 1) != 1)
			_exit(3);
		_exit(check_child(self->cpu));
	}
	ASSERT_EQ(0, vsvm_write_text(DRIVER "unbind", "vsvm.1"));
	EXPECT_EQ(0, vsvm_count(&other, "vram-pages"));
	EXPECT_EQ(PAGES, vsvm_count(&other, "vram-evicted"));
	EXPECT_EQ(-1, vsvm_to_device(&other, self->cpu, BYTES));
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(PAGES, vsvm_filled(other.plain, PAGES, 100));
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 100));
	ASSERT_EQ(1, write(ends[1], &byte, 1));
	EXPECT_EQ(0, vsvm_child_status(child));
	vsvm_close(&other);
	ASSERT_EQ(0, vsvm_write_text(DRIVER "bind", "vsvm.1"));
	ASSERT_EQ(0, vsvm_attach(&other, 1, self->cpu, ARENA_BYTES));
	EXPECT_EQ(PAGES, vsvm_to_device(&other, self->cpu, BYTES));
	EXPECT_EQ(PAGES, vsvm_filled(self->cpu, PAGES, 100));
	vsvm_close(&other);
	close(ends[0]);
	close(ends[1]);
}

struct sides {
	struct vsvm_gpu *gpu;
	atomic_uint cpu_rounds;
	atomic_uint device_rounds;
	atomic_bool stop;
};

/*
 * Add a few times whenever the device has: a CPU that does nothing else has the page at
 * once again, on a slow machine, before the device could use it.
 */
static void *cpu_side(void *argument)
{
	struct sides *sides = argument;
	uint32_t *word = (uint32_t *)sides->gpu->arena;
	uint32_t i, seen = 0;

	vsvm_run_on_cpu(0);
	while (!sides->stop) {
		if (sides->device_rounds == seen) {
			sched_yield();
			continue;
		}
		seen = sides->device_rounds;
		for (i = 0; i < BURST; i++)
			__atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
		sides->cpu_rounds += BURST;
	}
	return NULL;
}

static void *device_side(void *argument)
{
	struct sides *sides = argument;

	vsvm_run_on_cpu(1);
	for (; !sides->stop; sides->device_rounds++)
		vsvm_device_add(sides->gpu->atomic, 1);
	return NULL;
}

/* Have both sides added, and each kind of move been made, so often that it is a test? */
static bool is_enough(struct sides *sides)
{
	return sides->cpu_rounds >= ROUNDS && sides->device_rounds >= ROUNDS &&
	       vsvm_count(sides->gpu, "vram-touched") >= MOVES &&
	       vsvm_count(sides->gpu, "vram-to-host") >= 1 &&
	       vsvm_count(sides->gpu, "vram-atomic-faults") >= MOVES &&
	       vsvm_count(sides->gpu, "exclusive-granted") >= MOVES;
}

TEST_F_TIMEOUT(moves, atomics_of_both_sides_lose_nothing_while_the_page_moves, 300)
{
	struct sides sides = { .gpu = &self->gpu };
	pthread_t cpu, device;
	unsigned int i;

	ASSERT_EQ(0, pthread_create(&cpu, NULL, cpu_side, &sides));
	ASSERT_EQ(0, pthread_create(&device, NULL, device_side, &sides));
	for (i = 0; i < MOST_MOVES && !is_enough(&sides); i++)
		vsvm_migrate(&self->gpu, i % 4 == 3 ? DRM_VSVM_MIGRATE_TO_HOST :
						      DRM_VSVM_MIGRATE_TO_DEVICE,
			     self->cpu, PAGE_BYTES, NULL);
	sides.stop = true;
	pthread_join(cpu, NULL);
	pthread_join(device, NULL);
	EXPECT_TRUE(is_enough(&sides));
	EXPECT_EQ(sides.cpu_rounds + sides.device_rounds, *(uint32_t *)self->cpu);
}

TEST_HARNESS_MAIN
