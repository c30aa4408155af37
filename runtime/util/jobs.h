// SPDX-License-Identifier: MIT
/* Work that is done by several threads, and waited for. */
#ifndef TANDEM_UTIL_JOBS_H
#define TANDEM_UTIL_JOBS_H

#include <stdint.h>

/*
 * Calls @run for each number below @count: by the calling thread, and by up to @threads - 1
 * others, as far as these can be had. The order is that of the numbers; several run at once.
 * Returns once all have come to their end, which has no bound but what they have. No lock may be
 * held that a job takes.
 */
void tandem_jobs_run(uint32_t count, unsigned int threads,
		     void (*run)(void *argument, uint32_t number), void *argument);

#endif
