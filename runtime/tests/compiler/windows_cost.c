// SPDX-License-Identifier: MIT
/*
 * What windows cost: the same kernels on a device with windows and one without,
 * in turns, as the ratio of their processor time. Not a test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "check.h"
#include "windows_fixture.h"

extern const char windows_cl[];

#define TURNS 41

struct node {
	struct node *next, *other;
	int64_t value;
};

static struct windows_fixture fixture;
static struct tandem_loaded_program *programs[2];

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double difference = *(const double *)a - *(const double *)b;

	return difference < 0 ? -1 : difference > 0;
}

static void measure(const char *name, const char *kernel, int launches, uint64_t groups,
		    uint64_t local, const uint64_t *arguments)
{
	struct tandem_native_device *devices[] = { &fixture.plain, &fixture.windowed };
	double times[2][TURNS], ratios[TURNS];

	for (int turn = 0; turn < TURNS; turn++) {
		for (int i = 0; i < 2; i++) {
			double start = seconds();

			for (int k = 0; k < launches; k++)
				windows_fixture_run(devices[i], &fixture.worker, programs[i],
						    kernel, groups, local, arguments);
			times[i][turn] = seconds() - start;
		}
		ratios[turn] = times[1][turn] / times[0][turn];
	}
	qsort(times[0], TURNS, sizeof(double), by_value);
	qsort(ratios, TURNS, sizeof(double), by_value);
	printf("%-22s %8.3f ms without windows, with them %.2f times [%.2f .. %.2f]\n", name,
	       1e3 * times[0][TURNS / 2], ratios[TURNS / 2], ratios[TURNS / 4],
	       ratios[TURNS * 3 / 4]);
}

static void link_nodes(size_t count)
{
	struct node *nodes = (struct node *)fixture.arena;

	memset(fixture.arena, 0, DATA_BYTES);
	/* In circles, in an order that no prefetcher knows. */
	for (size_t i = 0; i < count; i++) {
		nodes[i].next = nodes[i].other = &nodes[(i * 1103515245 + 12345) % count];
		nodes[i].value = (int64_t)i;
	}
}

int main(void)
{
	struct tandem_native_device *devices[] = { &fixture.plain, &fixture.windowed };
	uint64_t arena;

	windows_fixture_open(&fixture);
	for (int i = 0; i < 2; i++)
		programs[i] = windows_fixture_build(devices[i], windows_cl, strlen(windows_cl),
						    "-cl-std=CL3.0");
	arena = (uintptr_t)fixture.arena;
	memset(fixture.arena, 0, DATA_BYTES);
	measure("triad, in cache", "triad", 500, 2, 1024,
		(uint64_t[]){ arena, arena + 8192, arena + 16384, 2048 });
	measure("triad, in memory", "triad", 1, 4096, 1024,
		(uint64_t[]){ arena, arena + (16 << 20), arena + (32 << 20), 1 << 22 });
	link_nodes(1024);
	measure("pointer chase, cache", "chase", 1, 1, 1,
		(uint64_t[]){ arena, arena + (32 << 20), 200000 });
	link_nodes(1 << 20);
	measure("pointer chase, memory", "chase", 1, 1, 1,
		(uint64_t[]){ arena, arena + (32 << 20), 200000 });
	for (int i = 0; i < 2; i++)
		tandem_native_unload(&devices[i]->core, programs[i]);
	windows_fixture_close(&fixture);
	return 0;
}
