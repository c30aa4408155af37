// SPDX-License-Identifier: MIT
#include "vsvm.h"

#include <CL/cl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xf86drm.h>

#include "cores.h"
#include "driver/exclusive_ranges.h"
#include "driver/native.h"
#include "uapi/drm/vsvm_drm.h"
#include "util/alloc.h"
#include "util/log.h"

/* The version of the kernel driver's interface that this is written for. */
#define INTERFACE_MAJOR	   1
#define PAGE_BYTES	   4096
#define FIRST_RENDER_MINOR 128
#define LAST_RENDER_MINOR  191

struct vsvm_device {
	struct tandem_native_device native;
	int node; /* the render node */
	int context; /* what the windows are mappings of */
	/* Each window shows the arena between its guards. */
	size_t window_bytes, guard_bytes;
	uint64_t vram_bytes; /* of the GPU's own memory; 0: it has none */
	struct tandem_exclusive_ranges ranges;
	struct tandem_vsvm_cores cores;
	struct tandem_vsvm_view view;
};

static struct vsvm_device *vsvm_device(struct tandem_device_core *core)
{
	return tandem_container_of(core, struct vsvm_device, native.core);
}

/* Where the window shows the arena's first byte, or NULL. */
static char *map_window(struct vsvm_device *device, uint64_t offset)
{
	char *window = mmap(NULL, device->window_bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
			    device->context, (off_t)offset);

	return window == MAP_FAILED ? NULL : window + device->guard_bytes;
}

static void unmap_window(struct vsvm_device *device, char *window)
{
	if (window)
		munmap(window - device->guard_bytes, device->window_bytes);
}

static void destroy(struct tandem_device_core *core)
{
	struct vsvm_device *device = vsvm_device(core);

	tandem_vsvm_cores_finish(&device->cores);
	unmap_window(device, device->native.plain_window);
	unmap_window(device, device->native.atomic_window);
	if (device->context >= 0)
		close(device->context);
	close(device->node);
	tandem_exclusive_ranges_close(core);
	tandem_native_finish(&device->native);
	free(device);
}

/* To the GPU's own memory, or home, the pages that have a part of the range. */
static int migrate_memory(struct tandem_device_core *core, void *address, size_t bytes,
			  bool to_host)
{
	struct vsvm_device *device = vsvm_device(core);
	size_t before = (uintptr_t)address % PAGE_BYTES;
	struct drm_vsvm_migrate move = {
		.address = (uintptr_t)address - before,
		.size = tandem_align_up(bytes + before, PAGE_BYTES),
		.operation = to_host ? DRM_VSVM_MIGRATE_TO_HOST : DRM_VSVM_MIGRATE_TO_DEVICE,
	};

	if (!device->vram_bytes)
		return 0;
	if (drmIoctl(device->node, DRM_IOCTL_VSVM_MIGRATE, &move))
		return -errno;
	tandem_log(TANDEM_LOG_SVM, "%llu pages at %p moved %s, %llu are in VRAM",
		   (unsigned long long)move.moved_pages, address,
		   to_host ? "home" : "to the device", (unsigned long long)move.vram_pages);
	return 0;
}

/* What is in the GPU's memory needs not be exclusive; where there is none, it is. */
static int migrate_svm(struct tandem_device_core *core, void *address, size_t bytes, bool to_host)
{
	int error = migrate_memory(core, address, bytes, to_host);

	if (error || (vsvm_device(core)->vram_bytes && !to_host))
		return error;
	return tandem_exclusive_migrate_svm(core, address, bytes, to_host);
}

static const struct tandem_device_ops vsvm_ops = {
	.destroy = destroy,
	TANDEM_NATIVE_OPS,
	TANDEM_EXCLUSIVE_OPS,
	.migrate_svm = migrate_svm,
	.migrate_memory = migrate_memory,
};

static int run_core(struct tandem_native_device *native, struct tandem_worker *worker,
		    struct tandem_launch *launch, void (*body)(void *argument), void *argument)
{
	struct vsvm_device *device = vsvm_device(&native->core);

	return tandem_vsvm_cores_run(&device->cores, &device->view, worker, launch, body, argument);
}

/* The context, its windows over the arena and its guards, and its cores. */
static int open_context(struct vsvm_device *device, const struct tandem_device_memory *memory)
{
	struct drm_vsvm_context_create create = {
		.arena_address = (uintptr_t)memory->base - memory->guard_bytes,
		.arena_size = memory->bytes + 2 * memory->guard_bytes,
	};

	if (drmIoctl(device->node, DRM_IOCTL_VSVM_CONTEXT_CREATE, &create))
		return -errno;
	device->context = create.fd;
	device->window_bytes = create.arena_size;
	device->guard_bytes = memory->guard_bytes;
	device->native.plain_window = map_window(device, create.plain_offset);
	device->native.atomic_window = map_window(device, create.atomic_offset);
	if (!device->native.plain_window || !device->native.atomic_window)
		return -ENOMEM;
	device->view = (struct tandem_vsvm_view){
		.arena = (uintptr_t)memory->base,
		.arena_bytes = memory->bytes,
	};
	device->native.run_core = run_core;
	return tandem_vsvm_cores_init(&device->cores, device->node, device->context,
				      create.cores_offset);
}

/* Where ranges cannot be registered the device has no SVM atomics. */
static void find_svm_capabilities(struct vsvm_device *device,
				  const struct tandem_device_memory *memory)
{
	struct tandem_device_properties *properties = &device->native.core.properties;
	int error;

	properties->svm_capabilities = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_BUFFER;
	error = tandem_exclusive_ranges_open(&device->native.core, &device->ranges, device->node,
					     DRM_IOCTL_VSVM_EXCLUSIVE, memory);
	if (error)
		snprintf(properties->no_svm_atomics_reason,
			 sizeof(properties->no_svm_atomics_reason),
			 "the kernel driver refuses exclusive ranges: %s", strerror(-error));
}

static int open_device(struct vsvm_device *device, const struct tandem_device_memory *memory,
		       const char *node)
{
	struct tandem_device_properties *properties = &device->native.core.properties;
	struct drm_vsvm_info info = { 0 };
	int error;

	if (drmIoctl(device->node, DRM_IOCTL_VSVM_GET_INFO, &info))
		return -errno;
	device->vram_bytes = info.vram_bytes;
	error = open_context(device, memory);
	if (error)
		return error;
	device->native.core.ops = &vsvm_ops;
	snprintf(properties->name, sizeof(properties->name), "vsvm: virtual SVM GPU %s",
		 node + strcspn(node, "0123456789"));
	snprintf(properties->vendor, sizeof(properties->vendor), "Tandem");
	properties->driver_name = tandem_vsvm_driver.name;
	properties->type = CL_DEVICE_TYPE_GPU;
	properties->reaches_arena_only = true;
	properties->images.supported = CL_TRUE;
	/* What its windows show. */
	properties->knows_one_stretch = true;
	properties->lost_by_fork = true; /* context and windows are the parent's */
	find_svm_capabilities(device, memory);
	if (info.properties & DRM_VSVM_INFO_EXCLUSIVITY_OFF)
		tandem_warn("vsvm: exclusivity is switched off: atomic operations WILL be lost");
	return tandem_native_init(&device->native, memory);
}

/* Whether the render node @node belongs to a kernel driver that this one can use. */
static bool is_vsvm(int node, const char *path)
{
	drmVersionPtr version = drmGetVersion(node);
	bool is_ours = version && !strcmp(version->name, "vsvm");

	if (is_ours && version->version_major != INTERFACE_MAJOR) {
		tandem_warn(
			"vsvm: %s: the kernel driver is of version %d.%d, this runtime needs %d",
			path, version->version_major, version->version_minor, INTERFACE_MAJOR);
		is_ours = false;
	}
	drmFreeVersion(version);
	return is_ours;
}

/* The device behind a render node, or NULL: where there is none, or with a word in the log. */
static struct vsvm_device *try_node(const struct tandem_device_memory *memory, const char *path)
{
	struct vsvm_device *device;
	int node = open(path, O_RDWR | O_CLOEXEC), error;

	if (node < 0) {
		tandem_log(TANDEM_LOG_DRIVER, "vsvm: %s: %s", path, strerror(errno));
		return NULL;
	}
	device = is_vsvm(node, path) ? tandem_new(device) : NULL;
	if (!device) {
		close(node);
		return NULL;
	}
	device->node = node;
	device->context = -1;
	error = open_device(device, memory, path);
	if (!error)
		return device;
	tandem_warn("vsvm: %s cannot be used: %s", path, strerror(-error));
	destroy(&device->native.core);
	return NULL;
}

/*
 * Whether the kernel says that vsvm drives a render node. libdrm's list of devices
 * takes all platform devices of one kind for the same; and opening every node to
 * ask would wake GPUs that nobody uses.
 */
static bool has_vsvm_driver(int minor)
{
	char path[64], driver[256];
	ssize_t length;

	snprintf(path, sizeof(path), "/sys/class/drm/renderD%d/device/driver", minor);
	length = readlink(path, driver, sizeof(driver) - 1);
	if (length < 0)
		return false;
	driver[length] = 0;
	return strrchr(driver, '/') && !strcmp(strrchr(driver, '/'), "/vsvm");
}

static int probe(const struct tandem_device_memory *memory, struct tandem_device_core **devices,
		 unsigned int room, unsigned int *count)
{
	for (int i = FIRST_RENDER_MINOR; i <= LAST_RENDER_MINOR && *count < room; i++) {
		struct vsvm_device *device = NULL;
		char path[64];

		snprintf(path, sizeof(path), DRM_RENDER_DEV_NAME, DRM_DIR_NAME, i);
		if (has_vsvm_driver(i))
			device = try_node(memory, path);
		if (device)
			devices[(*count)++] = &device->native.core;
	}
	return 0;
}

const struct tandem_driver tandem_vsvm_driver = { .name = "vsvm", .probe = probe };
