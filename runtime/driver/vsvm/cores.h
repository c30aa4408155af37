// SPDX-License-Identifier: MIT
/*
 * The cores of the virtual GPU: threads of the runtime, while they run groups.
 *
 * A core whose access cannot be served leaves the groups at that access: the kernel
 * driver leads it out (struct drm_vsvm_core in uapi/drm/vsvm_drm.h), without a signal,
 * and no other access is harmed. That ends the launch. Its other cores may wait for
 * what now never comes, so they are stopped as well, wherever they are.
 *
 * Locking
 *	Each core belongs to one worker. lock guards handing them out, and stop of all.
 *	A worker says which launch it runs before it looks whether that has failed, and
 *	a failure is noted before the cores that run the launch are looked for: so none
 *	is missed, or stopped too late, in another launch.
 */
#ifndef TANDEM_DRIVER_VSVM_CORES_H
#define TANDEM_DRIVER_VSVM_CORES_H

#include <pthread.h>

#include "driver/driver.h"
#include "driver/worker.h"
#include "uapi/drm/vsvm_drm.h"

/* The arena that a device shows. */
struct tandem_vsvm_view {
	uintptr_t arena;
	size_t arena_bytes; /* without its guards */
};

struct tandem_vsvm_cores {
	int node; /* the render node */
	struct drm_vsvm_cores *shared; /* with the kernel driver; NULL before init */
	pthread_mutex_t lock;
	struct tandem_launch *_Atomic running[DRM_VSVM_MAX_CORES];
};

/* @offset: of the cores in the file @context. Negative errno; finish in any case. */
int tandem_vsvm_cores_init(struct tandem_vsvm_cores *cores, int node, int context, uint64_t offset);
void tandem_vsvm_cores_finish(struct tandem_vsvm_cores *cores);

/*
 * Calls @body with @argument on a core of @worker, as a part of @launch. The launch's
 * error where that or another core of it has left; the first to leave also sets the
 * launch's failure. -EBUSY where there are more threads than cores.
 */
int tandem_vsvm_cores_run(struct tandem_vsvm_cores *cores, const struct tandem_vsvm_view *view,
			  struct tandem_worker *worker, struct tandem_launch *launch,
			  void (*body)(void *argument), void *argument);

#endif
