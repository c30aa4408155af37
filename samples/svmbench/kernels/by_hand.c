// SPDX-License-Identifier: MIT
#include "by_hand.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>

#define MOST_THREADS 64

struct by_hand_part {
	pthread_t thread;
	by_hand_function *function;
	void *const *memory;
	uint64_t iterations;
	unsigned int part, parts;
};

by_hand_function *const *by_hand_forms(unsigned int lanes)
{
	switch (lanes) {
	case 16:
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") ?
			       by_hand_vectors_16 :
			       NULL;
	case 8:
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ?
			       by_hand_vectors_8 :
			       NULL;
	case 4:
		return by_hand_vectors_4;
	default:
		return NULL;
	}
}

static by_hand_function *const *widest_forms(void)
{
	unsigned int lanes = 16;

	while (!by_hand_forms(lanes))
		lanes /= 2;
	return by_hand_forms(lanes);
}

static unsigned int processor_count(void)
{
	cpu_set_t processors;
	int count;

	if (sched_getaffinity(0, sizeof(processors), &processors))
		return 1;
	count = CPU_COUNT(&processors);
	return count > MOST_THREADS ? MOST_THREADS : (unsigned int)count;
}

static void *run_part(void *argument)
{
	const struct by_hand_part *part = argument;
	uint64_t i;

	for (i = 0; i < part->iterations; i++)
		part->function(part->memory, part->part, part->parts);
	return NULL;
}

int by_hand_run(enum by_hand_form form, void *const *memory, uint64_t iterations)
{
	struct by_hand_part parts[MOST_THREADS];
	unsigned int count = processor_count(), started, i;
	int error = 0;

	for (i = 0; i < count; i++)
		parts[i] = (struct by_hand_part){
			.function = widest_forms()[form],
			.memory = memory,
			.iterations = iterations,
			.part = i,
			.parts = count,
		};
	for (started = 1; started < count && !error; started++)
		error = pthread_create(&parts[started].thread, NULL, run_part, &parts[started]);
	if (error)
		started--;
	else
		run_part(&parts[0]);
	while (--started)
		pthread_join(parts[started].thread, NULL);
	return -error;
}
