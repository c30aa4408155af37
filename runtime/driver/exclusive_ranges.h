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

#include "driver.h"
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

/*
 * Begins with the memory without SVM atomics, as one range: atomic operations are served
 * there too. From then on, and until tandem_exclusive_ranges_close(), the device has
 * @ranges, and reports SVM atomics. What the ioctl says, as negative errno.
 */
int tandem_exclusive_ranges_open(struct tandem_device_core *device,
				 struct tandem_exclusive_ranges *ranges, int node,
				 unsigned long request, const struct tandem_device_memory *memory);

/* Nothing where the device has none. */
void tandem_exclusive_ranges_close(struct tandem_device_core *device);

/*
 * The operations of struct tandem_device_ops on SVM. Of a device without exclusive ranges
 * nothing can be attached, and nothing moves.
 */
int tandem_exclusive_attach_svm_atomics(struct tandem_device_core *device, void *address,
					size_t bytes);
void tandem_exclusive_detach_svm_atomics(struct tandem_device_core *device, void *address,
					 size_t bytes);
int tandem_exclusive_migrate_svm(struct tandem_device_core *device, void *address, size_t bytes,
				 bool to_host);

#define TANDEM_EXCLUSIVE_OPS                                       \
	.attach_svm_atomics = tandem_exclusive_attach_svm_atomics, \
	.detach_svm_atomics = tandem_exclusive_detach_svm_atomics

#endif
