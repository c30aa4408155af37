// SPDX-License-Identifier: MIT
/*
 * The exclusive ranges that are registered with the kernel driver.
 *
 * A range that is no longer wanted stays registered for a while: memory that was
 * freed is soon allocated again, and then needs no call of the kernel. A range that
 * overlaps one that waits so takes its place.
 */
#ifndef TANDEM_DRIVER_VSVM_RANGES_H
#define TANDEM_DRIVER_VSVM_RANGES_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "uapi/drm/vsvm_drm.h"

#define TANDEM_MOST_IDLE_RANGES 64

struct tandem_vsvm_ranges {
	int node; /* the render node */
	pthread_mutex_t lock; /* guards the rest */
	struct tandem_idle_range {
		uintptr_t address;
		size_t bytes;
	} idle[TANDEM_MOST_IDLE_RANGES]; /* registered, not wanted; the oldest first */
	unsigned int idle_count;
};

void tandem_vsvm_ranges_init(struct tandem_vsvm_ranges *ranges, int node);
void tandem_vsvm_ranges_finish(struct tandem_vsvm_ranges *ranges);

/* One operation on a range of whole pages; what the ioctl says, as negative errno. */
int tandem_vsvm_exclusive(int node, enum drm_exclusive_operation operation, uintptr_t address,
			  size_t bytes);

/*
 * Has the range registered, or lets it go, of whole pages. Any thread may call. What
 * the ioctl says, as negative errno.
 */
int tandem_vsvm_ranges_register(struct tandem_vsvm_ranges *ranges, uintptr_t address, size_t bytes);
int tandem_vsvm_ranges_unregister(struct tandem_vsvm_ranges *ranges, uintptr_t address,
				  size_t bytes);

#endif
