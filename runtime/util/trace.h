// SPDX-License-Identifier: MIT
/*
 * What TANDEM_TRACE writes: when launches ran, and which threads worked on them.
 *
 * A line for each record, appended to the file in one write, so that threads and
 * processes may share it. Fields are separated by one blank:
 *
 *	process NS PID TID 1 NAME	the first of a process; 1 is the version of all this
 *	begin NS PID TID LAUNCH KERNEL DEVICE
 *	join NS PID TID LAUNCH THREAD	the thread TID, called THREAD, begins to run groups
 *	leave NS PID TID LAUNCH		and has ended
 *	end NS PID TID LAUNCH		all groups have ended
 *
 * NS is CLOCK_MONOTONIC in nanoseconds; a line is written soon after that, and not
 * always in the order of NS. LAUNCH, hexadecimal, tells launches of a process apart that
 * are running, and is used again after its end. KERNEL has no blank in it; NAME, THREAD
 * and DEVICE, which may, are last. Lines that begin in another way are to be ignored.
 */
#ifndef TANDEM_UTIL_TRACE_H
#define TANDEM_UTIL_TRACE_H

#include <stdbool.h>

/* Set once, before the first launch; read through tandem_trace_enabled(). */
extern bool tandem_trace_on;

/* Opens the file that TANDEM_TRACE names. Called once; where it fails, warns and stays off. */
void tandem_trace_init(void);

static inline bool tandem_trace_enabled(void)
{
	return __builtin_expect(tandem_trace_on, 0);
}

/* The records above. @launch: an address that no other launch has meanwhile. Any thread. */
void tandem_trace_begin(const void *launch, const char *kernel, const char *device)
	__attribute__((cold));
void tandem_trace_join(const void *launch) __attribute__((cold));
void tandem_trace_leave(const void *launch) __attribute__((cold));
void tandem_trace_end(const void *launch) __attribute__((cold));

/* tandem_trace(begin, launch, ...): evaluates the arguments only where tracing is on. */
#define tandem_trace(step, ...)                           \
	do {                                              \
		if (tandem_trace_enabled())               \
			tandem_trace_##step(__VA_ARGS__); \
	} while (0)

#endif
