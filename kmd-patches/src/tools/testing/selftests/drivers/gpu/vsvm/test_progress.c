// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU and device on one page: nothing is lost, and both get on
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../../kselftest_harness.h"
#include "vsvm_device.h"

#define ARENA_BYTES	(16 * PAGE_BYTES)
#define EXCLUSIVITY	"/sys/module/vsvm/parameters/exclusivity"
#define ROUNDS		20000u
#define TURNS		100u
/*
 * Without exclusivity, some of this many duels of that many rounds lose something,
 * or the test is no test. On a busy machine the sides rarely run at once.
 */
#define LOSING_DUELS	100
#define LOSING_ROUNDS	300000u
/* for each test, on a machine that others use too */
#define DEADLINE_S	300

FIXTURE(progress)
{
};

FIXTURE_SETUP(progress)
{
}

FIXTURE_TEARDOWN(progress)
{
}

struct duel {
	uint32_t *cpu_word;
	void *device_word;
	uint32_t rounds;
	pthread_barrier_t start;
};

static void *cpu_side(void *argument)
{
	struct duel *duel = argument;
	uint32_t i;

	vsvm_run_on_cpu(0);
	pthread_barrier_wait(&duel->start);
	for (i = 0; i < duel->rounds; i++)
		__atomic_fetch_add(duel->cpu_word, 1, __ATOMIC_SEQ_CST);
	return NULL;
}

static void *device_side(void *argument)
{
	struct duel *duel = argument;
	uint32_t i;

	vsvm_run_on_cpu(1);
	pthread_barrier_wait(&duel->start);
	for (i = 0; i < duel->rounds; i++)
		vsvm_device_add(duel->device_word, 1);
	return NULL;
}

/* Both sides add to one word. Returns how many additions were lost. */
static int64_t lost_in_duel(struct vsvm_gpu *gpu, uint32_t rounds)
{
	struct duel duel = {
		.cpu_word = (uint32_t *)gpu->arena,
		.device_word = gpu->atomic,
		.rounds = rounds,
	};
	pthread_t cpu, device;

	*duel.cpu_word = 0;
	pthread_barrier_init(&duel.start, NULL, 2);
	pthread_create(&cpu, NULL, cpu_side, &duel);
	pthread_create(&device, NULL, device_side, &duel);
	pthread_join(cpu, NULL);
	pthread_join(device, NULL);
	return 2ll * rounds - *duel.cpu_word;
}

TEST_F_TIMEOUT(progress, nothing_is_lost, DEADLINE_S)
{
	struct drm_exclusive_statistics statistics;
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	EXPECT_EQ(0, lost_in_duel(&gpu, ROUNDS));
	ASSERT_EQ(0, vsvm_statistics(&gpu, gpu.arena, ARENA_BYTES, &statistics));
	EXPECT_EQ(0, statistics.failed);
	vsvm_close(&gpu);
}

TEST_F_TIMEOUT(progress, without_exclusivity_something_is_lost, DEADLINE_S)
{
	struct vsvm_gpu gpu;
	int64_t lost = 0;
	int duel;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		SKIP(return, "needs two CPUs");
	ASSERT_EQ(0, vsvm_write_text(EXCLUSIVITY, "N"));
	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_write_text(EXCLUSIVITY, "Y"));
	for (duel = 0; duel < LOSING_DUELS && lost <= 0; duel++)
		lost = lost_in_duel(&gpu, LOSING_ROUNDS);
	EXPECT_LT(0, lost);
	vsvm_close(&gpu);
}

struct turns {
	uint32_t *cpu_word;
	void *device_atomic;
	unsigned int count;
};

/*
 * A Khronos test has each side wait for the other, with a compare-exchange until
 * it succeeds. Here they take turns: the CPU makes even numbers odd.
 */
static void *cpu_turns(void *argument)
{
	struct turns *turns = argument;
	unsigned int done = 0;

	while (done < turns->count) {
		uint32_t expected = 2 * done;

		done += __atomic_compare_exchange_n(turns->cpu_word, &expected,
						    expected + 1, false,
						    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static bool device_compare_exchange(void *address, uint32_t expected, uint32_t desired)
{
	uint32_t seen = expected;

	__asm__ volatile("cmpxchgl %2, %1"
			 : "+a"(seen), "+m"(*(uint32_t *)address)
			 : "r"(desired)
			 : "memory", "cc");
	return seen == expected;
}

static void *device_turns(void *argument)
{
	struct turns *turns = argument;
	unsigned int done = 0;

	while (done < turns->count)
		done += device_compare_exchange(turns->device_atomic, 2 * done + 1,
						2 * done + 2);
	return NULL;
}

static void take_turns(struct vsvm_gpu *gpu, unsigned int count)
{
	struct turns turns = {
		.cpu_word = (uint32_t *)gpu->arena,
		.device_atomic = gpu->atomic,
		.count = count,
	};
	pthread_t cpu, device;

	*turns.cpu_word = 0;
	pthread_create(&cpu, NULL, cpu_turns, &turns);
	pthread_create(&device, NULL, device_turns, &turns);
	pthread_join(cpu, NULL);
	pthread_join(device, NULL);
}

TEST_F_TIMEOUT(progress, both_sides_take_turns, DEADLINE_S)
{
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	take_turns(&gpu, TURNS);
	EXPECT_EQ(2 * TURNS, *(uint32_t *)gpu.arena);
	vsvm_close(&gpu);
}

TEST_F_TIMEOUT(progress, both_sides_take_turns_with_a_hold, DEADLINE_S)
{
	struct vsvm_gpu gpu;

	ASSERT_EQ(0, vsvm_write_text("/sys/module/drm_exclusive/parameters/hold_us",
				     "100"));
	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	take_turns(&gpu, TURNS);
	EXPECT_EQ(0, vsvm_write_text("/sys/module/drm_exclusive/parameters/hold_us", "0"));
	EXPECT_EQ(2 * TURNS, *(uint32_t *)gpu.arena);
	vsvm_close(&gpu);
}

TEST_F_TIMEOUT(progress, each_revocation_is_counted, DEADLINE_S)
{
	struct drm_exclusive_statistics statistics;
	struct vsvm_gpu gpu;
	unsigned int i, page;

	ASSERT_EQ(0, vsvm_setup(&gpu, ARENA_BYTES));
	for (i = 0; i < 2000; i++) {
		page = i % 16;
		vsvm_device_add(gpu.atomic + page * PAGE_BYTES, 1);
		vsvm_load(gpu.arena + page * PAGE_BYTES);
	}
	ASSERT_EQ(0, vsvm_statistics(&gpu, gpu.arena, ARENA_BYTES, &statistics));
	EXPECT_LE(2000, statistics.revoked_pages[DRM_EXCLUSIVE_CAUSE_CPU]);
	vsvm_close(&gpu);
}

struct two_gpus {
	struct vsvm_gpu first;
	struct vsvm_gpu second;
	pthread_barrier_t start;
};

static void *add_on_first(void *argument)
{
	struct two_gpus *gpus = argument;
	uint32_t i;

	pthread_barrier_wait(&gpus->start);
	for (i = 0; i < ROUNDS; i++)
		vsvm_device_add(gpus->first.atomic, 1);
	return NULL;
}

static void *add_on_second(void *argument)
{
	struct two_gpus *gpus = argument;
	uint32_t i;

	pthread_barrier_wait(&gpus->start);
	for (i = 0; i < ROUNDS; i++)
		vsvm_device_add(gpus->second.atomic, 1);
	return NULL;
}

TEST_F_TIMEOUT(progress, two_gpus_lose_nothing, DEADLINE_S)
{
	struct two_gpus gpus;
	pthread_t first, second;

	ASSERT_EQ(0, vsvm_setup(&gpus.first, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_attach(&gpus.second, 1, gpus.first.arena, ARENA_BYTES));
	ASSERT_EQ(0, vsvm_register(&gpus.second, gpus.first.arena, ARENA_BYTES));
	pthread_barrier_init(&gpus.start, NULL, 2);
	pthread_create(&first, NULL, add_on_first, &gpus);
	pthread_create(&second, NULL, add_on_second, &gpus);
	pthread_join(first, NULL);
	pthread_join(second, NULL);
	EXPECT_EQ(2 * ROUNDS, *(uint32_t *)gpus.first.arena);
	vsvm_close(&gpus.second);
	vsvm_close(&gpus.first);
}

#define CALM_BYTES	(2048 * PAGE_BYTES)
#define CALM_PAGES	256u
#define BUSY_OFFSET	(1024 * PAGE_BYTES)
#define BUSY_BYTES	(16 * PAGE_BYTES)
#define EMPTYINGS	32
/* What each side has to get done while the other is at work. */
#define ENOUGH		2000

/*
 * Two threads that have nothing to do with each other: one has the device fault, by
 * atomics and by loads, the other maps, empties and unmaps memory of the same process.
 * The latter needs the mmap_lock, as faults do; while one empties memory they go on.
 */
struct strangers {
	struct vsvm_gpu *gpu;
	atomic_ulong faults;
	atomic_ulong unmaps;
};

/* Neither ends before the other has had enough of it. */
static bool have_enough(struct strangers *strangers)
{
	return atomic_load(&strangers->faults) >= ENOUGH &&
	       atomic_load(&strangers->unmaps) >= ENOUGH;
}

static void *fault_only(void *argument)
{
	struct strangers *strangers = argument;
	struct vsvm_gpu *gpu = strangers->gpu;
	unsigned int i, offset;

	while (!have_enough(strangers)) {
		/* neither page follows the one before */
		for (i = 0; i < CALM_PAGES && !have_enough(strangers); i++) {
			offset = i * 37 % CALM_PAGES * PAGE_BYTES;
			vsvm_device_add(gpu->atomic + offset, 1);
			vsvm_load(gpu->plain + CALM_PAGES * PAGE_BYTES + offset);
			strangers->faults++;
		}
		vsvm_release(gpu, gpu->arena, CALM_PAGES * PAGE_BYTES);
		/* the plain window has its entries as long as nothing happens to these */
		madvise(gpu->arena + CALM_PAGES * PAGE_BYTES, CALM_PAGES * PAGE_BYTES,
			MADV_DONTNEED);
	}
	return NULL;
}

static void *unmap_only(void *argument)
{
	struct strangers *strangers = argument;
	char *area = strangers->gpu->arena + BUSY_OFFSET;
	int i;

	while (!have_enough(strangers)) {
		mmap(area, BUSY_BYTES, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		for (i = 0; i < EMPTYINGS && !have_enough(strangers); i++) {
			vsvm_store(area, i);
			madvise(area, BUSY_BYTES, MADV_DONTNEED);
			strangers->unmaps++;
		}
		munmap(area, BUSY_BYTES);
		strangers->unmaps++;
	}
	return NULL;
}

TEST_F_TIMEOUT(progress, what_happens_elsewhere_disturbs_no_fault, DEADLINE_S)
{
	struct drm_exclusive_statistics statistics;
	struct strangers strangers = { 0 };
	struct vsvm_gpu gpu;
	pthread_t threads[2];

	ASSERT_EQ(0, vsvm_setup(&gpu, CALM_BYTES));
	strangers.gpu = &gpu;
	ASSERT_EQ(0, pthread_create(&threads[0], NULL, fault_only, &strangers));
	ASSERT_EQ(0, pthread_create(&threads[1], NULL, unmap_only, &strangers));
	pthread_join(threads[0], NULL);
	pthread_join(threads[1], NULL);
	TH_LOG("%llu faults, %llu unmaps", (unsigned long long)strangers.faults,
	       (unsigned long long)strangers.unmaps);
	/* none of it was on a page of a fault */
	EXPECT_EQ(0, vsvm_count(&gpu, "plain-retries"));
	ASSERT_EQ(0, vsvm_statistics(&gpu, gpu.arena, CALM_BYTES, &statistics));
	EXPECT_EQ(0, statistics.retries);
	vsvm_close(&gpu);
}

TEST_HARNESS_MAIN
