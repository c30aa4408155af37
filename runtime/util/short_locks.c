// SPDX-License-Identifier: MIT
#include "short_locks.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#define LOCK_BITS  5
#define LOCK_COUNT (1u << LOCK_BITS)

static struct {
	_Alignas(64) pthread_mutex_t mutex;
} locks[LOCK_COUNT] = { [0 ... LOCK_COUNT - 1] = { PTHREAD_MUTEX_INITIALIZER } };

static pthread_mutex_t *lock_of(const void *object)
{
	/* Fibonacci hashing: neighbours get locks far apart. */
	uint64_t hash = (uintptr_t)object * UINT64_C(0x9e3779b97f4a7c15);

	return &locks[hash >> (64 - LOCK_BITS)].mutex;
}

void tandem_short_lock(const void *object)
{
	pthread_mutex_lock(lock_of(object));
}

void tandem_short_unlock(const void *object)
{
	pthread_mutex_unlock(lock_of(object));
}

void tandem_short_locks_take_all(void)
{
	for (size_t i = 0; i < LOCK_COUNT; i++)
		pthread_mutex_lock(&locks[i].mutex);
}

void tandem_short_locks_give_all(void)
{
	for (size_t i = LOCK_COUNT; i--;)
		pthread_mutex_unlock(&locks[i].mutex);
}
