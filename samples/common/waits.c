// SPDX-License-Identifier: MIT
/* Time, and a bound on every wait. */
#include "common.h"

#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define KERNEL_STOP_GRACE_S 1

uint64_t sample_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SAMPLE_NS_PER_S + (uint64_t)now.tv_nsec;
}

/*
 * The watcher is a thread of its own because the calls it bounds, clFinish() above all,
 * have no time limit. It sleeps unless a wait is under way.
 */
static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool started;
	bool active;
	uint64_t serial; /* tells one wait from the next */
	unsigned int limit_s;
	_Atomic uint32_t *stop;
	char text[256];
} watcher = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void give_up(void)
{
	sample_progress_end();
	fprintf(stderr, "%s: no end after %u s\n", watcher.text, watcher.limit_s);
	if (watcher.stop) {
		atomic_store(watcher.stop, 1);
		sleep(KERNEL_STOP_GRACE_S);
	}
	/* exit() would run the implementation's clean-up, which may wait for ever as well. */
	fflush(NULL);
	_exit(SAMPLE_FAILED);
}

static void *watch(void *unused)
{
	struct timespec deadline;
	uint64_t serial;

	pthread_mutex_lock(&watcher.lock);
	for (;;) {
		while (!watcher.active)
			pthread_cond_wait(&watcher.changed, &watcher.lock);
		serial = watcher.serial;
		clock_gettime(CLOCK_MONOTONIC, &deadline);
		deadline.tv_sec += watcher.limit_s;
		while (watcher.active && watcher.serial == serial) {
			if (pthread_cond_timedwait(&watcher.changed, &watcher.lock, &deadline) ==
				    ETIMEDOUT &&
			    watcher.active && watcher.serial == serial)
				give_up();
		}
	}
	return unused;
}

static void start_watcher(void)
{
	pthread_condattr_t attributes;
	pthread_t thread;
	int error;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&watcher.changed, &attributes);
	pthread_condattr_destroy(&attributes);
	error = pthread_create(&thread, NULL, watch, NULL);
	if (error) {
		fprintf(stderr, "No thread to watch over waits: %s\n", strerror(error));
		exit(SAMPLE_FAILED);
	}
	pthread_detach(thread);
	watcher.started = true;
}

void sample_wait_begin(unsigned int limit_s, _Atomic uint32_t *stop, const char *format, ...)
{
	va_list arguments;

	pthread_mutex_lock(&watcher.lock);
	if (!watcher.started)
		start_watcher();
	va_start(arguments, format);
	vsnprintf(watcher.text, sizeof(watcher.text), format, arguments);
	va_end(arguments);
	watcher.limit_s = limit_s;
	watcher.stop = stop;
	watcher.active = true;
	watcher.serial++;
	pthread_cond_signal(&watcher.changed);
	pthread_mutex_unlock(&watcher.lock);
}

void sample_wait_end(void)
{
	pthread_mutex_lock(&watcher.lock);
	watcher.active = false;
	pthread_cond_signal(&watcher.changed);
	pthread_mutex_unlock(&watcher.lock);
}
