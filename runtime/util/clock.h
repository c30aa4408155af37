// SPDX-License-Identifier: MIT
#ifndef TANDEM_UTIL_CLOCK_H
#define TANDEM_UTIL_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Nanoseconds of the monotonic clock: the device timer of profiling. */
static inline uint64_t tandem_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

#endif
