// SPDX-License-Identifier: MIT
#ifndef TANDEM_UTIL_THREAD_H
#define TANDEM_UTIL_THREAD_H

#include <stdint.h>
#include <unistd.h>

/* The number by which the kernel knows the calling thread, without asking it each time. */
static inline uint32_t tandem_thread_id(void)
{
	static _Thread_local uint32_t thread;

	if (!thread)
		thread = (uint32_t)gettid();
	return thread;
}

#endif
