// SPDX-License-Identifier: MIT
#include "stack.h"

#include <pthread.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#include "util/alloc.h"

/* Linux puts nothing into the 128 MiB below where the first thread's stack begins. */
#define MOST_FIRST_BYTES (64u << 20)

/* Lowest address of this thread's stack; 0 until it was asked for, 1 where it is not known. */
static _Thread_local uintptr_t lowest;

/*
 * Of the first thread's stack, which grows up to a limit: the program's name is at its very
 * beginning. 0 where @here is not on it. The C library would read the map of all memory,
 * which takes as long as some launches.
 */
static uintptr_t find_lowest_of_first(uintptr_t here)
{
	uintptr_t begin = getauxval(AT_EXECFN), low;
	struct rlimit limit;

	if (!begin || gettid() != getpid() || getrlimit(RLIMIT_STACK, &limit))
		return 0;
	low = begin - tandem_min_u64(limit.rlim_cur, MOST_FIRST_BYTES);
	return low < here && here < begin ? low : 0;
}

static uintptr_t find_lowest(uintptr_t here)
{
	uintptr_t first = find_lowest_of_first(here);
	pthread_attr_t attributes;
	size_t bytes;
	void *low;
	int error;

	if (first)
		return first;
	if (pthread_getattr_np(pthread_self(), &attributes))
		return 1;
	error = pthread_attr_getstack(&attributes, &low, &bytes);
	pthread_attr_destroy(&attributes);
	return error ? 1 : (uintptr_t)low;
}

bool tandem_stack_has(uint64_t bytes)
{
	uintptr_t here = (uintptr_t)__builtin_frame_address(0);

	if (!lowest)
		lowest = find_lowest(here);
	/* An address outside the thread's own stack: a coroutine's, say. Its size is not known. */
	if (lowest == 1 || here < lowest)
		return false;
	return here - lowest >= bytes + TANDEM_STACK_RESERVE_BYTES;
}
