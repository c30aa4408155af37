// SPDX-License-Identifier: MIT
#include "failing_allocator.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static _Atomic bool armed;
static _Atomic long until_failure;
static _Atomic long failures;
static _Atomic long live;

static bool fails(void)
{
	if (!atomic_load(&armed) || atomic_fetch_sub(&until_failure, 1) != 1)
		return false;
	atomic_fetch_add(&failures, 1);
	errno = ENOMEM;
	return true;
}

static void *counted(void *memory)
{
	if (memory)
		atomic_fetch_add(&live, 1);
	return memory;
}

/* The library and the loader call these. */
#pragma GCC visibility push(default)

void *malloc(size_t size)
{
	return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return fails() ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	void *memory;

	if (fails())
		return NULL;
	memory = __libc_realloc(old, size);
	if (!old && memory)
		atomic_fetch_add(&live, 1);
	return memory;
}

void *memalign(size_t alignment, size_t size)
{
	return fails() ? NULL : counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
	return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
	*memory = memalign(alignment, size);
	return *memory ? 0 : ENOMEM;
}

void free(void *memory)
{
	if (memory)
		atomic_fetch_sub(&live, 1);
	__libc_free(memory);
}

#pragma GCC visibility pop

void failing_allocator_arm(long round)
{
	failures = 0;
	until_failure = round;
	armed = true;
}

bool failing_allocator_disarm(void)
{
	armed = false;
	return failures;
}

long failing_allocator_live(void)
{
	return live;
}

#endif
