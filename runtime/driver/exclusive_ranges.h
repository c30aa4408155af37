// SPDX-License-Identifier: MIT
/*
 * The exclusive ranges that are registered with a GPU's kernel driver, by the ioctl
 * that this driver has for struct drm_exclusive_range.
 *
 * A range that is no longer wanted stays registered for a while: memory that was
 * freed is soon allocated again, and then needs no call of the kernel. A range that
 * overlaps one that waits so takes its place.
 */
#ifndef TANDEM_DRIVER_EXCLUSIVE_RANGES_H
#define TANDEM_DRIVER_EXCLUSIVE_RANGES_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/drm/drm_exclusive.h"

#define TANDEM_MOST_IDLE_RANGES 64

struct tandem_exclusive_ranges {
	int node; /* the render node */
	unsigned long request; /* the number of the ioctl */
	pthread_mutex_t lock; /* guards the rest */
	struct tandem_idle_range {
		uintptr_t address;
		size_t bytes;
	} idle[TANDEM_MOST_IDLE_RANGES]; /* registered, not wanted; the oldest first */
	unsigned int idle_count;
};

void tandem_exclusive_ranges_init(struct tandem_exclusive_ranges *ranges, int node,
				  unsigned long request);
void tandem_exclusive_ranges_finish(struct tandem_exclusive_ranges *ranges);

/* One operation on a range of whole pages; what the ioctl says, as negative errno. */
int tandem_exclusive_operate(const struct tandem_exclusive_ranges *ranges,
			     enum drm_exclusive_operation operation, uintptr_t address,
			     size_t bytes);

/*
 * Has the range registered, or lets it go, of whole pages. Any thread may call. What
 * the ioctl says, as negative errno.
 */
int tandem_exclusive_ranges_register(struct tandem_exclusive_ranges *ranges, uintptr_t address,
				     size_t bytes);
int tandem_exclusive_ranges_unregister(struct tandem_exclusive_ranges *ranges, uintptr_t address,
				       size_t bytes);

#endif
