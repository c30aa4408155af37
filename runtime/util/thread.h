// SPDX-License-Identifier: MIT
/* The runtime's own threads, and the number of the calling one. */
#ifndef TANDEM_UTIL_THREAD_H
#define TANDEM_UTIL_THREAD_H

#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* Of tandem_thread_id(): 0 until the thread has asked, and again after fork. */
extern _Thread_local uint32_t tandem_thread_number;

/* The number by which the kernel knows the calling thread, without asking it each time. */
static inline uint32_t tandem_thread_id(void)
{
	if (!tandem_thread_number)
		tandem_thread_number = (uint32_t)gettid();
	return tandem_thread_number;
}

/*
 * Starts a detached thread with @stack_bytes of stack, 0 for the system's choice. The
 * application's signal handlers don't run on it, but those for what the thread itself
 * does: kernels reach memory that the application may make usable in such a handler.
 * A negative errno, -EAGAIN where no thread can be had.
 */
int tandem_thread_start(void *(*run)(void *), void *argument, size_t stack_bytes);

#endif
