// SPDX-License-Identifier: MIT
#include "stack.h"

#include <pthread.h>

/* Lowest address of this thread's stack; 0 until it was asked for, 1 where it is not known. */
static _Thread_local uintptr_t lowest;

static uintptr_t find_lowest(void)
{
	pthread_attr_t attributes;
	size_t bytes;
	void *low;
	int error;

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
		lowest = find_lowest();
	/* An address outside the thread's own stack: a coroutine's, say. Its size is not known. */
	if (lowest == 1 || here < lowest)
		return false;
	return here - lowest >= bytes + TANDEM_STACK_RESERVE_BYTES;
}
