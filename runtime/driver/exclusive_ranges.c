// SPDX-License-Identifier: MIT
#include "exclusive_ranges.h"

#include <CL/cl.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <xf86drm.h>

#include "util/alloc.h"
#include "util/log.h"

#define PAGE_BYTES 4096

/* One operation on a range of whole pages; what the ioctl says, as negative errno. */
static int operate(const struct tandem_exclusive_ranges *ranges,
		   enum drm_exclusive_operation operation, uintptr_t address, size_t bytes)
{
	struct drm_exclusive_range range = {
		.address = address,
		.size = bytes,
		.operation = operation,
	};

	return drmIoctl(ranges->node, ranges->request, &range) ? -errno : 0;
}

static void forget_locked(struct tandem_exclusive_ranges *ranges, unsigned int index)
{
	ranges->idle_count--;
	memmove(&ranges->idle[index], &ranges->idle[index + 1],
		(ranges->idle_count - index) * sizeof(ranges->idle[0]));
}

static int unregister_idle_locked(struct tandem_exclusive_ranges *ranges, unsigned int index)
{
	struct tandem_idle_range range = ranges->idle[index];

	forget_locked(ranges, index);
	return operate(ranges, DRM_EXCLUSIVE_UNREGISTER, range.address, range.bytes);
}

/* Takes the range back where it is idle as it is; others that overlap it make room. */
static bool reuse_locked(struct tandem_exclusive_ranges *ranges, uintptr_t address, size_t bytes)
{
	for (unsigned int i = ranges->idle_count; i--;) {
		const struct tandem_idle_range *idle = &ranges->idle[i];

		if (idle->address == address && idle->bytes == bytes) {
			forget_locked(ranges, i);
			return true;
		}
		/* The kernel says it where this does not succeed: the next register fails. */
		if (idle->address < address + bytes && address < idle->address + idle->bytes)
			unregister_idle_locked(ranges, i);
	}
	return false;
}

int tandem_exclusive_attach_svm_atomics(struct tandem_device_core *device, void *address,
					size_t bytes)
{
	struct tandem_exclusive_ranges *ranges = device->exclusive_ranges;
	uintptr_t start = (uintptr_t)address;
	bool reused;

	if (!ranges)
		return -EOPNOTSUPP;
	bytes = tandem_align_up(bytes, PAGE_BYTES);
	pthread_mutex_lock(&ranges->lock);
	reused = reuse_locked(ranges, start, bytes);
	pthread_mutex_unlock(&ranges->lock);
	return reused ? 0 : operate(ranges, DRM_EXCLUSIVE_REGISTER, start, bytes);
}

void tandem_exclusive_detach_svm_atomics(struct tandem_device_core *device, void *address,
					 size_t bytes)
{
	struct tandem_exclusive_ranges *ranges = device->exclusive_ranges;
	int error = 0;

	if (!ranges)
		return;
	pthread_mutex_lock(&ranges->lock);
	if (ranges->idle_count == TANDEM_MOST_IDLE_RANGES)
		error = unregister_idle_locked(ranges, 0);
	ranges->idle[ranges->idle_count++] = (struct tandem_idle_range){
		(uintptr_t)address,
		tandem_align_up(bytes, PAGE_BYTES),
	};
	pthread_mutex_unlock(&ranges->lock);
	if (error)
		tandem_warn("%s: a range cannot be unregistered: %s",
			    device->properties.driver_name, strerror(-error));
}

/* Any part of an allocation may be migrated; pages are, as they are what moves. */
int tandem_exclusive_migrate_svm(struct tandem_device_core *device, void *address, size_t bytes,
				 bool to_host)
{
	size_t before = (uintptr_t)address % PAGE_BYTES;

	if (!device->exclusive_ranges)
		return 0;
	return operate(device->exclusive_ranges,
		       to_host ? DRM_EXCLUSIVE_RELEASE : DRM_EXCLUSIVE_ACQUIRE,
		       (uintptr_t)address - before, tandem_align_up(bytes + before, PAGE_BYTES));
}

int tandem_exclusive_ranges_open(struct tandem_device_core *device,
				 struct tandem_exclusive_ranges *ranges, int node,
				 unsigned long request, const struct tandem_device_memory *memory)
{
	int error;

	ranges->node = node;
	ranges->request = request;
	ranges->idle_count = 0;
	error = operate(ranges, DRM_EXCLUSIVE_REGISTER, (uintptr_t)memory->shared_base,
			memory->shared_bytes);
	if (error)
		return error;
	pthread_mutex_init(&ranges->lock, NULL);
	device->exclusive_ranges = ranges;
	device->properties.svm_capabilities |= CL_DEVICE_SVM_ATOMICS;
	device->properties.knows_one_stretch = true;
	return 0;
}

void tandem_exclusive_ranges_close(struct tandem_device_core *device)
{
	if (device->exclusive_ranges)
		pthread_mutex_destroy(&device->exclusive_ranges->lock);
	device->exclusive_ranges = NULL;
}
