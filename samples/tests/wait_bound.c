// SPDX-License-Identifier: MIT
/*
 * Waits for ever, once an earlier wait has ended in time. sample_wait_begin() must end
 * the program with status 1 after a second, say who waited, and set the stop word first.
 */
#include "common.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

static _Atomic uint32_t stop;

static void *device_stand_in(void *unused)
{
	while (!atomic_load(&stop))
		usleep(1000);
	fprintf(stderr, "The stand-in for a kernel was stopped\n");
	return unused;
}

int main(void)
{
	pthread_t kernel;

	sample_wait_begin(1, &stop, "The first wait");
	sample_wait_end();
	if (pthread_create(&kernel, NULL, device_stand_in, NULL))
		return SAMPLE_USAGE;
	pthread_detach(kernel);
	sample_wait_begin(1, &stop, "The test waits for what never comes");
	for (;;)
		pause();
}
