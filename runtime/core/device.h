// SPDX-License-Identifier: MIT
/* The platform, its devices, and sub-devices. */
#ifndef TANDEM_CORE_DEVICE_H
#define TANDEM_CORE_DEVICE_H

#include <CL/cl.h>

#include "driver/driver.h"
#include "object.h"
#include "sched/scheduler.h"

#define TANDEM_MOST_DEVICES 16

struct tandem_platform {
	struct tandem_object object;
	struct tandem_device *devices[TANDEM_MOST_DEVICES];
	unsigned int device_count;
};

struct tandem_device {
	struct tandem_object object; /* a root device's is never destroyed by the application */
	struct tandem_device_core *core;
	struct tandem_scheduler *scheduler; /* shared with the root device */
	struct tandem_device *parent; /* NULL for a root device */
	bool lost; /* of a root device: it has ended, or this process is a child without it */
	uint32_t compute_units; /* of a sub-device: its share */
	cl_device_partition_property *partition; /* of a sub-device, with the zero at the end */
	unsigned int partition_count; /* entries of partition */
};

/*
 * The platform, with its devices found at the first call. NULL without memory.
 * Any thread may call it.
 */
struct tandem_platform *tandem_platform_get(void);

/*
 * Makes @count sub-devices of @counts[i] compute units each, which together must not
 * exceed the parent's. @properties, @property_count of them with the zero at the end, is
 * what they tell of how they were made. -ENOMEM.
 */
int tandem_device_partition(struct tandem_device *parent, const uint32_t *counts,
			    unsigned int count, const cl_device_partition_property *properties,
			    unsigned int property_count, struct tandem_device **devices);

/* Whether @device is @ancestor or comes of it. */
bool tandem_device_is_within(const struct tandem_device *device,
			     const struct tandem_device *ancestor);

/* Whether the process can use the device. */
bool tandem_device_is_available(const struct tandem_device *device);

/* Counts contexts, so that the end of the process knows whether objects are left. */
void tandem_platform_add_context(void);
void tandem_platform_remove_context(void);

/*
 * Called when the library goes: ends the threads and devices where no context is
 * left, and reports in the log where some is. Handles of the platform and of devices
 * are invalid from then on.
 */
void tandem_platform_finish(void);

#endif
