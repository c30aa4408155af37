// SPDX-License-Identifier: MIT
#include "fork.h"

#include <CL/cl.h>

#include "callbacks.h"
#include "device.h"
#include "svm/arena.h"
#include "util/log.h"
#include "util/short_locks.h"
#include "util/thread.h"

static unsigned int generation;

/* In the order in which others take them. */
static void before(void)
{
	const struct tandem_platform *platform = tandem_platform_get();

	for (unsigned int i = 0; platform && i < platform->device_count; i++)
		tandem_scheduler_before_fork(platform->devices[i]->scheduler);
	tandem_callbacks_before_fork();
	tandem_short_locks_take_all();
	tandem_arena_before_fork();
}

static void after_in_parent(void)
{
	const struct tandem_platform *platform = tandem_platform_get();

	tandem_arena_after_fork();
	tandem_short_locks_give_all();
	tandem_callbacks_after_fork();
	for (unsigned int i = platform ? platform->device_count : 0; i--;)
		tandem_scheduler_after_fork(platform->devices[i]->scheduler);
}

static void after_in_child(void)
{
	struct tandem_platform *platform = tandem_platform_get();

	generation++;
	tandem_thread_number = 0;
	tandem_arena_after_fork();
	tandem_short_locks_give_all();
	tandem_callbacks_after_fork_in_child();
	for (unsigned int i = platform ? platform->device_count : 0; i--;) {
		struct tandem_device *device = platform->devices[i];

		device->lost = device->core->properties.lost_by_fork;
		tandem_scheduler_after_fork_in_child(device->scheduler, CL_OUT_OF_RESOURCES,
						     device->lost);
	}
}

void tandem_fork_prepare_for(void)
{
	if (pthread_atfork(before, after_in_parent, after_in_child))
		tandem_warn("no memory to prepare for fork: a child cannot use OpenCL");
}

int tandem_long_lock_init(struct tandem_long_lock *lock)
{
	lock->generation = generation;
	return -pthread_mutex_init(&lock->mutex, NULL);
}

void tandem_long_lock_finish(struct tandem_long_lock *lock)
{
	pthread_mutex_destroy(&lock->mutex);
}

void tandem_long_lock_take(struct tandem_long_lock *lock)
{
	tandem_short_lock(lock);
	if (lock->generation != generation) {
		/* Whoever held it at the fork is not in this process. */
		pthread_mutex_init(&lock->mutex, NULL);
		lock->generation = generation;
	}
	tandem_short_unlock(lock);
	pthread_mutex_lock(&lock->mutex);
}

void tandem_long_lock_give(struct tandem_long_lock *lock)
{
	pthread_mutex_unlock(&lock->mutex);
}
