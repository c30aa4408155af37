// SPDX-License-Identifier: MIT
#include "mesa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device.h"
#include "driver/features.h"
#include "util/alloc.h"
#include "util/log.h"

#define MOST_DEVICES 16

/* Mesa's objects stay, see device.h. */
static void destroy(struct tandem_device_core *core)
{
	struct tandem_mesa_device *device = tandem_mesa_device(core);

	if (device->node >= 0)
		close(device->node);
	tandem_exclusive_ranges_close(core);
	free(device);
}

static const struct tandem_device_ops mesa_ops = {
	.destroy = destroy,
	.compile = tandem_mesa_compile,
	.link = tandem_mesa_link,
	.build = tandem_mesa_build,
	.inspect = tandem_mesa_inspect,
	.load = tandem_mesa_load,
	.unload = tandem_mesa_unload,
	.takes_value = tandem_mesa_takes_value,
	.run_launch = tandem_mesa_run_launch,
	TANDEM_EXCLUSIVE_OPS,
	.migrate_svm = tandem_exclusive_migrate_svm,
};

static bool has_system_svm(const struct tandem_mesa_device *device)
{
	cl_device_svm_capabilities capabilities = 0;

	return device->cl->clGetDeviceInfo(device->id, CL_DEVICE_SVM_CAPABILITIES,
					   sizeof(capabilities), &capabilities,
					   NULL) == CL_SUCCESS &&
	       capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM;
}

static int open_device(struct tandem_mesa_device *device, const struct tandem_device_memory *memory)
{
	int error = tandem_mesa_fill_properties(device);
	cl_int code;

	if (error)
		return error;
	device->context = device->cl->clCreateContext(NULL, 1, &device->id, NULL, NULL, &code);
	error = tandem_mesa_error("clCreateContext", code);
	if (!error)
		tandem_mesa_find_svm_atomics(device, memory);
	return error;
}

/* The device of Mesa's @id, or NULL: where it is of no use here, or with a word in the log. */
static struct tandem_mesa_device *try_device(const struct tandem_device_memory *memory,
					     cl_device_id id)
{
	struct tandem_mesa_device *device = tandem_new(device);
	int error;

	if (!device)
		return NULL;
	device->core.ops = &mesa_ops;
	device->cl = *(const cl_icd_dispatch **)id;
	device->id = id;
	device->node = -1;
	tandem_mesa_store_init(&device->queues);
	if (!has_system_svm(device)) {
		char *name = tandem_mesa_device_string(device, CL_DEVICE_NAME);

		tandem_log(TANDEM_LOG_DRIVER, "mesa: '%s' has no system SVM", name ? name : "");
		free(name);
		free(device);
		return NULL;
	}
	error = open_device(device, memory);
	if (!error)
		return device;
	tandem_warn("mesa: a device cannot be used: %s", strerror(-error));
	destroy(&device->core);
	return NULL;
}

/* The devices of the first library that has any. */
static int probe(const struct tandem_device_memory *memory, struct tandem_device_core **devices,
		 unsigned int room, unsigned int *count)
{
	cl_device_id ids[MOST_DEVICES];

	for (unsigned int library = 0; !*count; library++) {
		int found = tandem_mesa_find_devices(library, ids, MOST_DEVICES);

		if (found < 0)
			break;
		for (int i = 0; i < found && *count < room; i++) {
			struct tandem_mesa_device *device = try_device(memory, ids[i]);

			if (device)
				devices[(*count)++] = &device->core;
		}
	}
	return 0;
}

const struct tandem_driver tandem_mesa_driver = {
	.name = "mesa",
	.only_by_name = true,
	.probe = probe,
};
