// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench_triad
 *
 * a[i] = b[i] + 3 * c[i] by one core of the device, over 64 MiB in all, which the CPU
 * has filled, in huge pages, and the device accesses for the first time: with entries
 * of 2 MiB in its window against 4 KiB. Medians of several rounds, which take turns.
 * It judges nothing but the result: a time is no test.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include "vsvm_device.h"

#define ARENA_BYTES	(64ul << 20)
#define ELEMENTS	(ARENA_BYTES / sizeof(double) / 3)
#define ROUNDS		7
#define PARAMETER	"/sys/module/vsvm/parameters/huge_pages"

struct result {
	uint64_t ns;
	uint64_t faults;
};

static uint64_t now_ns(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void triad(double *restrict a, const double *restrict b, const double *restrict c)
{
	size_t i;

	for (i = 0; i < ELEMENTS; i++)
		a[i] = b[i] + 3 * c[i];
}

static size_t wrong_results(const double *a)
{
	size_t i, wrong = 0;

	for (i = 0; i < ELEMENTS; i++)
		wrong += a[i] != 4.0 * i;
	return wrong;
}

/* Once, in a window that has no entries yet. Returns 0, or -1. */
static int measure(struct vsvm_gpu *gpu, bool huge, struct result *result)
{
	double *array, *arena = (double *)gpu->arena;
	uint64_t start, faults;
	size_t i;

	if (vsvm_write_text(PARAMETER, huge ? "Y" : "N"))
		return -1;
	for (i = 0; i < ELEMENTS; i++) {
		arena[i] = 0;
		arena[ELEMENTS + i] = i;
		arena[2 * ELEMENTS + i] = i;
	}
	array = mmap(NULL, ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		     gpu->context_fd, 0);
	if (array == MAP_FAILED)
		return -1;
	faults = vsvm_count(gpu, "plain-faults");
	start = now_ns();
	triad(array, array + ELEMENTS, array + 2 * ELEMENTS);
	result->ns = now_ns() - start;
	result->faults = vsvm_count(gpu, "plain-faults") - faults;
	munmap(array, ARENA_BYTES);
	return wrong_results(arena) ? -1 : 0;
}

static int compare(const void *left, const void *right)
{
	const struct result *a = left, *b = right;

	return (a->ns > b->ns) - (a->ns < b->ns);
}

int main(void)
{
	struct result results[2][ROUNDS];
	const struct result *small = &results[0][ROUNDS / 2], *huge = &results[1][ROUNDS / 2];
	struct vsvm_gpu gpu;
	int kind, round;
	char *arena = vsvm_huge_memory(ARENA_BYTES);

	if (!arena || vsvm_attach(&gpu, 0, arena, ARENA_BYTES)) {
		perror("bench_triad: set-up");
		return 2;
	}
	for (round = 0; round < ROUNDS; round++) {
		for (kind = 0; kind < 2; kind++) {
			if (measure(&gpu, kind, &results[kind][round])) {
				fprintf(stderr, "bench_triad: wrong, or no window\n");
				return 1;
			}
		}
	}
	for (kind = 0; kind < 2; kind++)
		qsort(results[kind], ROUNDS, sizeof(results[kind][0]), compare);
	printf("{\n  \"small_faults\": %llu,\n  \"huge_faults\": %llu,\n",
	       (unsigned long long)small->faults, (unsigned long long)huge->faults);
	printf("  \"small_ms\": %.1f,\n  \"huge_ms\": %.1f,\n", small->ns / 1e6,
	       huge->ns / 1e6);
	printf("  \"faults_ratio\": %.0f,\n  \"time_ratio\": %.2f\n}\n",
	       (double)small->faults / huge->faults, (double)huge->ns / small->ns);
	return 0;
}
