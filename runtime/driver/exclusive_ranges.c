// SPDX-License-Identifier: MIT
#include "exclusive_ranges.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <xf86drm.h>

void tandem_exclusive_ranges_init(struct tandem_exclusive_ranges *ranges, int node,
				  unsigned long request)
{
	ranges->node = node;
	ranges->request = request;
	ranges->idle_count = 0;
	pthread_mutex_init(&ranges->lock, NULL);
}

void tandem_exclusive_ranges_finish(struct tandem_exclusive_ranges *ranges)
{
	pthread_mutex_destroy(&ranges->lock);
}

int tandem_exclusive_operate(const struct tandem_exclusive_ranges *ranges,
			     enum drm_exclusive_operation operation, uintptr_t address,
			     size_t bytes)
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
	return tandem_exclusive_operate(ranges, DRM_EXCLUSIVE_UNREGISTER, range.address,
					range.bytes);
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

int tandem_exclusive_ranges_register(struct tandem_exclusive_ranges *ranges, uintptr_t address,
				     size_t bytes)
{
	bool reused;

	pthread_mutex_lock(&ranges->lock);
	reused = reuse_locked(ranges, address, bytes);
	pthread_mutex_unlock(&ranges->lock);
	if (reused)
		return 0;
	return tandem_exclusive_operate(ranges, DRM_EXCLUSIVE_REGISTER, address, bytes);
}

int tandem_exclusive_ranges_unregister(struct tandem_exclusive_ranges *ranges, uintptr_t address,
				       size_t bytes)
{
	int error = 0;

	pthread_mutex_lock(&ranges->lock);
	if (ranges->idle_count == TANDEM_MOST_IDLE_RANGES)
		error = unregister_idle_locked(ranges, 0);
	ranges->idle[ranges->idle_count++] = (struct tandem_idle_range){ address, bytes };
	pthread_mutex_unlock(&ranges->lock);
	return error;
}
