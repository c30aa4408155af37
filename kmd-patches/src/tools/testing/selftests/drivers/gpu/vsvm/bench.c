// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench [--json FILE]
 *
 * What grants and revocations cost, against an ordinary page fault in the same
 * run, and how much CPU and device get done on one page. Medians of several
 * rounds. It judges nothing: a time is no test.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "vsvm_device.h"

#define PAGES		4096ul
#define ARENA_BYTES	(PAGES * PAGE_BYTES)
#define ROUNDS		7
#define DUEL_S		2
#define FAULT_AROUND	"/sys/module/drm_exclusive/parameters/fault_around"

enum measure {
	ANONYMOUS_FAULT,
	ATOMIC_FAULT,
	ATOMIC_FAULT_AROUND,
	BATCH_ACQUIRE,
	ATOMIC_AFTER_ACQUIRE,
	CPU_REVOCATION,
	PLAIN_FAULT,
	RELEASE,
	MEASURES,
};

static const char *const names[MEASURES] = {
	[ANONYMOUS_FAULT] = "anonymous_fault_ns",
	[ATOMIC_FAULT] = "atomic_fault_ns",
	[ATOMIC_FAULT_AROUND] = "atomic_fault_around_ns",
	[BATCH_ACQUIRE] = "batch_acquire_ns",
	[ATOMIC_AFTER_ACQUIRE] = "atomic_after_acquire_ns",
	[CPU_REVOCATION] = "cpu_revocation_ns",
	[PLAIN_FAULT] = "plain_fault_ns",
	[RELEASE] = "release_ns",
};

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t touch(char *memory)
{
	const uint64_t start = now_ns();
	size_t i;

	for (i = 0; i < PAGES; i++)
		vsvm_store(memory + i * PAGE_BYTES, 1);
	return (now_ns() - start) / PAGES;
}

static uint64_t add_everywhere(char *window)
{
	const uint64_t start = now_ns();
	size_t i;

	for (i = 0; i < PAGES; i++)
		vsvm_device_add(window + i * PAGE_BYTES, 1);
	return (now_ns() - start) / PAGES;
}

static int measure_round(struct vsvm_gpu *gpu, uint64_t *results)
{
	uint64_t start;

	if (madvise(gpu->arena, ARENA_BYTES, MADV_DONTNEED))
		return -1;
	results[ANONYMOUS_FAULT] = touch(gpu->arena);
	results[PLAIN_FAULT] = touch(gpu->plain);

	if (vsvm_write_text(FAULT_AROUND, "1"))
		return -1;
	results[ATOMIC_FAULT] = add_everywhere(gpu->atomic);
	results[CPU_REVOCATION] = touch(gpu->arena);
	if (vsvm_write_text(FAULT_AROUND, "16"))
		return -1;
	/* let the epoch of all these revocations pass */
	usleep(150000);
	results[ATOMIC_FAULT_AROUND] = add_everywhere(gpu->atomic);
	touch(gpu->arena);

	start = now_ns();
	if (vsvm_acquire(gpu, gpu->arena, ARENA_BYTES))
		return -1;
	results[BATCH_ACQUIRE] = (now_ns() - start) / PAGES;
	results[ATOMIC_AFTER_ACQUIRE] = add_everywhere(gpu->atomic);
	start = now_ns();
	if (vsvm_release(gpu, gpu->arena, ARENA_BYTES))
		return -1;
	results[RELEASE] = (now_ns() - start) / PAGES;
	return 0;
}

static int compare(const void *left, const void *right)
{
	const uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

struct duel {
	struct vsvm_gpu *gpu;
	atomic_bool stop;
	uint64_t cpu_updates;
	uint64_t device_updates;
};

static void *cpu_side(void *argument)
{
	struct duel *duel = argument;

	vsvm_run_on_cpu(0);
	while (!atomic_load_explicit(&duel->stop, memory_order_relaxed)) {
		__atomic_fetch_add((uint32_t *)duel->gpu->arena, 1, __ATOMIC_SEQ_CST);
		duel->cpu_updates++;
	}
	return NULL;
}

static void *device_side(void *argument)
{
	struct duel *duel = argument;

	vsvm_run_on_cpu(1);
	while (!atomic_load_explicit(&duel->stop, memory_order_relaxed)) {
		vsvm_device_add(duel->gpu->atomic, 1);
		duel->device_updates++;
	}
	return NULL;
}

static void measure_duel(struct vsvm_gpu *gpu, struct duel *duel)
{
	pthread_t cpu, device;

	memset(duel, 0, sizeof(*duel));
	duel->gpu = gpu;
	*(uint32_t *)gpu->arena = 0;
	pthread_create(&cpu, NULL, cpu_side, duel);
	pthread_create(&device, NULL, device_side, duel);
	sleep(DUEL_S);
	atomic_store(&duel->stop, true);
	pthread_join(cpu, NULL);
	pthread_join(device, NULL);
}

static void print_json(FILE *file, const uint64_t *median, const struct duel *duel,
		       uint64_t transfers)
{
	int i;

	fprintf(file, "{\n");
	for (i = 0; i < MEASURES; i++)
		fprintf(file, "  \"%s\": %llu,\n", names[i], (unsigned long long)median[i]);
	fprintf(file, "  \"single_fault_over_batch_page\": %.2f,\n",
		(double)median[ATOMIC_FAULT] / median[BATCH_ACQUIRE]);
	fprintf(file, "  \"atomic_fault_over_anonymous_fault\": %.2f,\n",
		(double)median[ATOMIC_FAULT] / median[ANONYMOUS_FAULT]);
	fprintf(file, "  \"revocation_over_anonymous_fault\": %.2f,\n",
		(double)median[CPU_REVOCATION] / median[ANONYMOUS_FAULT]);
	fprintf(file, "  \"duel_cpu_updates_per_s\": %llu,\n",
		(unsigned long long)duel->cpu_updates / DUEL_S);
	fprintf(file, "  \"duel_device_updates_per_s\": %llu,\n",
		(unsigned long long)duel->device_updates / DUEL_S);
	fprintf(file, "  \"duel_revocations_per_s\": %llu,\n",
		(unsigned long long)transfers / DUEL_S);
	fprintf(file, "  \"duel_lost\": %lld\n",
		(long long)(int32_t)(duel->cpu_updates + duel->device_updates -
				     *(uint32_t *)duel->gpu->arena));
	fprintf(file, "}\n");
}

int main(int argc, char **argv)
{
	uint64_t rounds[MEASURES][ROUNDS], results[MEASURES], median[MEASURES];
	struct drm_exclusive_statistics before, after;
	struct vsvm_gpu gpu;
	struct duel duel;
	int i, round;

	if (vsvm_setup(&gpu, ARENA_BYTES)) {
		perror("bench: set-up");
		return 2;
	}
	for (round = 0; round < ROUNDS; round++) {
		if (measure_round(&gpu, results)) {
			perror("bench");
			return 2;
		}
		for (i = 0; i < MEASURES; i++)
			rounds[i][round] = results[i];
	}
	for (i = 0; i < MEASURES; i++) {
		qsort(rounds[i], ROUNDS, sizeof(rounds[i][0]), compare);
		median[i] = rounds[i][ROUNDS / 2];
	}
	vsvm_statistics(&gpu, gpu.arena, ARENA_BYTES, &before);
	measure_duel(&gpu, &duel);
	vsvm_statistics(&gpu, gpu.arena, ARENA_BYTES, &after);
	print_json(stdout, median, &duel,
		   after.revoked_pages[DRM_EXCLUSIVE_CAUSE_CPU] -
			   before.revoked_pages[DRM_EXCLUSIVE_CAUSE_CPU]);
	if (argc == 3 && !strcmp(argv[1], "--json")) {
		FILE *file = fopen(argv[2], "w");

		if (!file)
			return 2;
		print_json(file, median, &duel, 0);
		fclose(file);
	}
	return 0;
}
