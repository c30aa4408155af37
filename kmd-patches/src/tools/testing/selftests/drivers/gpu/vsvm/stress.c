// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress [--seed N] [--updates MILLIONS] [--seconds N] [--no-exclusivity]
 *
 * CPUs and two devices add to words in shared pages while other threads do to
 * the memory whatever a process may do. At the end each word has to be the sum
 * of what all have added to it. Ends when that many updates are done, or time is
 * up, whichever is first; says how many were lost. Exit status 1 if any was.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vsvm_device.h"

#define PAGES		64u
#define WORDS_A_PAGE	16u
#define WORDS		(PAGES * WORDS_A_PAGE)
/* Behind the counters: pages that may be lost, unmapped and refilled. */
#define SPARE_PAGES	256u
#define ARENA_BYTES	((PAGES + SPARE_PAGES) * PAGE_BYTES)
#define BURST		256u

struct stress {
	struct vsvm_gpu gpus[2];
	uint64_t seed;
	uint64_t wanted;
	atomic_bool stop;
	atomic_ullong updates;
	atomic_ullong chaos;
	bool exclusivity;
	/* what has been added to each word, in total */
	atomic_uint added[WORDS];
};

struct worker {
	struct stress *stress;
	unsigned int number;
	int gpu;
	uint64_t random;
};

static uint64_t next_random(uint64_t *state)
{
	/* xorshift64* */
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 2685821657736338717ull;
}

static size_t word_offset(unsigned int word)
{
	return (word / WORDS_A_PAGE) * PAGE_BYTES + (word % WORDS_A_PAGE) * 64;
}

/*
 * Adds in bursts to one word, on a device or a CPU. A burst is what makes both
 * sides get many updates done, and meet in the middle of them.
 */
static void *add(void *argument)
{
	struct worker *worker = argument;
	struct stress *stress = worker->stress;
	char *window = worker->gpu < 0 ? stress->gpus[0].arena :
					 stress->gpus[worker->gpu].atomic;

	while (!atomic_load(&stress->stop)) {
		const uint64_t random = next_random(&worker->random);
		/* one in four goes to the first page, where all meet */
		const unsigned int word = random % 4 ? (random >> 8) % WORDS :
						       (random >> 8) % WORDS_A_PAGE;
		const unsigned int burst = 1 + (random >> 32) % BURST;
		uint32_t *address = (uint32_t *)(window + word_offset(word));
		unsigned int i;

		for (i = 0; i < burst; i++) {
			if (worker->gpu < 0)
				__atomic_fetch_add(address, 1, __ATOMIC_SEQ_CST);
			else
				vsvm_device_add(address, 1);
		}
		atomic_fetch_add(&stress->added[word], burst);
		if (atomic_fetch_add(&stress->updates, burst) + burst >= stress->wanted)
			atomic_store(&stress->stop, true);
	}
	return NULL;
}

static void do_fork(struct stress *stress)
{
	pid_t child = fork();

	if (!child) {
		/* the child's copy is its own */
		memset(stress->gpus[0].arena, 0xff, PAGE_BYTES);
		_exit(0);
	}
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void do_read_memory(char *address)
{
	char bytes[64];
	int fd = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (pread(fd, bytes, sizeof(bytes), (uintptr_t)address) < 0)
		perror("pread");
	close(fd);
}

static void do_spare(struct stress *stress, uint64_t random)
{
	const size_t offset = (PAGES + (random >> 8) % SPARE_PAGES) * PAGE_BYTES;
	char *address = stress->gpus[0].arena + offset;

	switch (random % 5) {
	case 0:
		madvise(address, PAGE_BYTES, MADV_DONTNEED);
		break;
	case 1:
		/* a new mapping in the place of the old one */
		if (mmap(address, PAGE_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
			perror("mmap");
		break;
	case 2:
		vsvm_device_add(stress->gpus[random >> 63].atomic + offset, 1);
		break;
	case 3:
		vsvm_store(stress->gpus[random >> 63].plain + offset, 1);
		break;
	case 4:
		vsvm_acquire(&stress->gpus[random >> 63],
			     stress->gpus[0].arena + PAGES * PAGE_BYTES, PAGE_BYTES * 64);
		break;
	}
}

static void do_one(struct stress *stress, uint64_t random)
{
	const unsigned int page = (random >> 16) % PAGES;
	char *address = stress->gpus[0].arena + page * PAGE_BYTES;
	const size_t bytes = (1 + (random >> 24) % (PAGES - page)) * PAGE_BYTES;
	struct vsvm_gpu *gpu = &stress->gpus[random >> 63];

	switch (random % 14) {
	case 0:
		do_fork(stress);
		break;
	case 1:
		/* counters must stay writable, so protect what nobody writes */
		mprotect(stress->gpus[0].arena + PAGES * PAGE_BYTES,
			 SPARE_PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE);
		break;
	case 2:
		madvise(address, bytes, MADV_PAGEOUT);
		break;
	case 3:
		madvise(address, bytes, MADV_COLD);
		break;
	case 4:
		vsvm_write_text("/proc/sys/vm/compact_memory", "1");
		break;
	case 5:
		do_read_memory(address);
		break;
	case 6:
		vsvm_acquire(gpu, address, bytes);
		break;
	case 7:
		vsvm_release(gpu, address, bytes);
		break;
	case 8:
		vsvm_write_text("/proc/sys/vm/drop_caches", "2");
		break;
	case 9:
		vsvm_load(gpu->plain + page * PAGE_BYTES + 32);
		break;
	case 10:
		vsvm_store(gpu->plain + page * PAGE_BYTES + 32, random);
		break;
	case 11:
		vsvm_write_text("/proc/self/clear_refs", random & 1 << 20 ? "1" : "4");
		break;
	default:
		do_spare(stress, random);
	}
}

static void *chaos(void *argument)
{
	struct worker *worker = argument;
	struct stress *stress = worker->stress;

	while (!atomic_load(&stress->stop)) {
		do_one(stress, next_random(&worker->random));
		atomic_fetch_add(&stress->chaos, 1);
		/* let the others do something that can be disturbed */
		usleep(200);
	}
	return NULL;
}

static int set_up(struct stress *stress)
{
	if (!stress->exclusivity &&
	    vsvm_write_text("/sys/module/vsvm/parameters/exclusivity", "N"))
		return -1;
	if (vsvm_setup(&stress->gpus[0], ARENA_BYTES))
		return -1;
	if (vsvm_attach(&stress->gpus[1], 1, stress->gpus[0].arena, ARENA_BYTES) ||
	    vsvm_register(&stress->gpus[1], stress->gpus[0].arena, ARENA_BYTES))
		return -1;
	if (!stress->exclusivity &&
	    vsvm_write_text("/sys/module/vsvm/parameters/exclusivity", "Y"))
		return -1;
	return 0;
}

static int64_t count_lost(struct stress *stress)
{
	int64_t lost = 0;
	unsigned int word;

	for (word = 0; word < WORDS; word++) {
		const uint32_t expected = atomic_load(&stress->added[word]);
		const uint32_t seen =
			*(uint32_t *)(stress->gpus[0].arena + word_offset(word));

		if (expected == seen)
			continue;
		if (!lost)
			printf("stress: seed %llu: word %u: expected %u, seen %u\n",
			       (unsigned long long)stress->seed, word, expected, seen);
		lost += (int32_t)(expected - seen);
	}
	return lost;
}

/* Runs the workers until they are done. Returns how many updates were lost. */
static int64_t run(struct stress *stress, unsigned int seconds)
{
	struct worker workers[5];
	pthread_t threads[5];
	time_t end = time(NULL) + seconds;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		workers[i].stress = stress;
		workers[i].number = i;
		/* two CPU threads, one core of each GPU, and the troublemaker */
		workers[i].gpu = i < 2 ? -1 : (int)i - 2;
		workers[i].random = (stress->seed + 1) * 0x9e3779b97f4a7c15ull + i;
		pthread_create(&threads[i], NULL, i == 4 ? chaos : add, &workers[i]);
	}
	while (!atomic_load(&stress->stop) && time(NULL) < end)
		usleep(100000);
	atomic_store(&stress->stop, true);
	for (i = 0; i < 5; i++)
		pthread_join(threads[i], NULL);
	return count_lost(stress);
}

static void report(struct stress *stress, int64_t lost)
{
	struct drm_exclusive_statistics statistics[2];
	unsigned int i, cause;

	for (i = 0; i < 2; i++) {
		if (vsvm_statistics(&stress->gpus[i], stress->gpus[0].arena, ARENA_BYTES,
				    &statistics[i]))
			continue;
		printf("stress: gpu %u: %llu granted, %llu faults, %llu retries, ", i,
		       (unsigned long long)statistics[i].granted_pages,
		       (unsigned long long)statistics[i].faults,
		       (unsigned long long)statistics[i].retries);
		printf("%llu missed, %llu failed; revoked by cause:",
		       (unsigned long long)statistics[i].missed_pages,
		       (unsigned long long)statistics[i].failed);
		for (cause = 0; cause <= DRM_EXCLUSIVE_CAUSE_PRESSURE; cause++)
			printf(" %llu", (unsigned long long)statistics[i].revoked_pages[cause]);
		printf("\n");
	}
	printf("stress: seed %llu: %s exclusivity: %llu updates, %llu disturbances, %lld lost\n",
	       (unsigned long long)stress->seed, stress->exclusivity ? "with" : "without",
	       (unsigned long long)stress->updates, (unsigned long long)stress->chaos,
	       (long long)lost);
}

int main(int argc, char **argv)
{
	static struct stress stress = { .exclusivity = true };
	unsigned int seconds = 60;
	int64_t lost;
	int i;

	stress.seed = time(NULL);
	stress.wanted = 1000000;
	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--no-exclusivity"))
			stress.exclusivity = false;
		else if (!strcmp(argv[i], "--seed") && i + 1 < argc)
			stress.seed = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--updates") && i + 1 < argc)
			stress.wanted = strtod(argv[++i], NULL) * 1e6;
		else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
			seconds = strtoul(argv[++i], NULL, 0);
		else
			return 2;
	}
	printf("stress: seed %llu\n", (unsigned long long)stress.seed);
	fflush(stdout);
	if (set_up(&stress)) {
		perror("stress: set-up");
		return 2;
	}
	lost = run(&stress, seconds);
	report(&stress, lost);
	return lost ? 1 : 0;
}
