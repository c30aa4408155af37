// SPDX-License-Identifier: MIT
#include "cores.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>

#include "compiler/window_locks.h"
#include "util/log.h"
#include "util/thread.h"

/* core_x86_64.S */
bool tandem_vsvm_core_enter(struct drm_vsvm_core *core, void (*body)(void *), void *argument);

_Static_assert(offsetof(struct drm_vsvm_core, stop) == 4 &&
		       offsetof(struct drm_vsvm_core, resume_ip) == 8 &&
		       offsetof(struct drm_vsvm_core, resume_sp) == 16 &&
		       offsetof(struct drm_vsvm_core, fault_error) == 36,
	       "core_x86_64.S has the numbers as well");

int tandem_vsvm_cores_init(struct tandem_vsvm_cores *cores, int node, int context, uint64_t offset)
{
	void *shared = mmap(NULL, sizeof(*cores->shared), PROT_READ | PROT_WRITE, MAP_SHARED,
			    context, (off_t)offset);
	int error;

	if (shared == MAP_FAILED)
		return -errno;
	error = pthread_mutex_init(&cores->lock, NULL);
	if (error) {
		munmap(shared, sizeof(*cores->shared));
		return -error;
	}
	cores->node = node;
	cores->shared = shared;
	return 0;
}

void tandem_vsvm_cores_finish(struct tandem_vsvm_cores *cores)
{
	if (!cores->shared)
		return;
	munmap(cores->shared, sizeof(*cores->shared));
	pthread_mutex_destroy(&cores->lock);
}

/* The worker's core: the same one each time. NULL where all are others'. */
static struct drm_vsvm_core *core_of(struct tandem_vsvm_cores *cores, struct tandem_worker *worker)
{
	struct drm_vsvm_cores *shared = cores->shared;

	if (worker->core)
		return worker->core;
	pthread_mutex_lock(&cores->lock);
	if (shared->used < DRM_VSVM_MAX_CORES)
		worker->core = &shared->core[shared->used++];
	pthread_mutex_unlock(&cores->lock);
	return worker->core;
}

/* ---- stopping ---- */

/* Stops every core that runs @launch, wherever it is. */
static void stop_cores(struct tandem_vsvm_cores *cores, const struct tandem_launch *launch)
{
	struct drm_vsvm_cores *shared = cores->shared;

	pthread_mutex_lock(&cores->lock);
	for (uint32_t i = 0; i < shared->used; i++) {
		struct drm_vsvm_stop stop = { .core = i };

		if (atomic_load(&cores->running[i]) != launch)
			continue;
		__atomic_store_n(&shared->core[i].stop, 1, __ATOMIC_SEQ_CST);
		/* ESRCH: the thread has just ended by itself. */
		if (drmIoctl(cores->node, DRM_IOCTL_VSVM_STOP, &stop) && errno != ESRCH)
			tandem_warn("vsvm: a core of a launch that failed cannot be stopped: %s",
				    strerror(errno));
	}
	pthread_mutex_unlock(&cores->lock);
}

/* The core has left a launch that failed, and shall not stop in the next one. */
static void forget_stop(struct tandem_vsvm_cores *cores, struct drm_vsvm_core *core)
{
	pthread_mutex_lock(&cores->lock);
	__atomic_store_n(&core->stop, 0, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&cores->lock);
}

/* ---- failing ---- */

static const char *describe_access(uint32_t access)
{
	switch (access) {
	case DRM_VSVM_ACCESS_READ:
		return "read from";
	case DRM_VSVM_ACCESS_WRITE:
		return "write to";
	default:
		return "atomic operation on";
	}
}

static const char *describe_reason(uint32_t error)
{
	switch (error) {
	case EFAULT:
	case ENOENT: /* of no registered range */
		return "no memory is there";
	case EPERM:
	case EACCES:
		return "the memory may not be written";
	case EOPNOTSUPP:
		return "memory of this kind cannot be exclusive to a device";
	default:
		return strerror((int)error);
	}
}

static char *describe(const struct tandem_vsvm_view *view, const struct drm_vsvm_core *core,
		      const struct tandem_launch *launch)
{
	char *text;
	int length;

	/* In a guard: behind the arena is where the compiler leads pointers from elsewhere. */
	if (core->fault_address - view->arena >= view->arena_bytes)
		length = asprintf(&text,
				  "kernel %s: %s an address outside of all buffers and SVM "
				  "allocations: from a null pointer, a pointer to other memory, "
				  "or an index far out of bounds",
				  launch->kernel->name, describe_access(core->fault_access));
	else
		length = asprintf(&text, "kernel %s: %s address 0x%llx: %s", launch->kernel->name,
				  describe_access(core->fault_access),
				  (unsigned long long)core->fault_address,
				  describe_reason(core->fault_error));
	return length < 0 ? NULL : text;
}

/* The core has left in the middle of a group. Returns the launch's error. */
static int end_launch(struct tandem_vsvm_cores *cores, const struct tandem_vsvm_view *view,
		      const struct drm_vsvm_core *core, struct tandem_launch *launch)
{
	int none = 0;

	tandem_window_release(tandem_thread_id());
	if (core->fault_error != ECANCELED &&
	    atomic_compare_exchange_strong(&launch->error, &none, -EFAULT)) {
		launch->failure = describe(view, core, launch);
		stop_cores(cores, launch);
	}
	return atomic_load(&launch->error);
}

int tandem_vsvm_cores_run(struct tandem_vsvm_cores *cores, const struct tandem_vsvm_view *view,
			  struct tandem_worker *worker, struct tandem_launch *launch,
			  void (*body)(void *argument), void *argument)
{
	struct drm_vsvm_core *core = core_of(cores, worker);
	struct tandem_launch *_Atomic *running;
	int error;

	if (!core)
		return -EBUSY;
	running = &cores->running[core - cores->shared->core];
	core->thread = tandem_thread_id();
	atomic_store(running, launch);
	error = atomic_load(&launch->error);
	if (!error && tandem_vsvm_core_enter(core, body, argument)) {
		/* Whoever stops the launch's cores need not stop this one. */
		atomic_store(running, NULL);
		error = end_launch(cores, view, core, launch);
	}
	atomic_store(running, NULL);
	core->thread = 0;
	if (atomic_load(&launch->error))
		forget_stop(cores, core);
	return error;
}
