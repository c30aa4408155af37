// SPDX-License-Identifier: MIT
#include "host.h"

#include <CL/cl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver/native.h"
#include "util/alloc.h"
#include "util/cpu_x86_64.h"

static void destroy(struct tandem_device_core *core)
{
	struct tandem_native_device *device =
		tandem_container_of(core, struct tandem_native_device, core);

	tandem_native_finish(device);
	free(device);
}

/* Of SVM it need not be told: cache coherence does it all. */
static const struct tandem_device_ops host_ops = {
	.destroy = destroy,
	TANDEM_NATIVE_OPS,
};

static void fill_identity(struct tandem_device_properties *properties)
{
	char vendor[13];

	tandem_cpu_vendor(vendor);
	snprintf(properties->vendor, sizeof(properties->vendor), "%s", vendor);
	/* As PCI knows them. */
	properties->vendor_id = !strcmp(vendor, "GenuineIntel") ? 0x8086 :
				!strcmp(vendor, "AuthenticAMD") ? 0x1022 :
								  0;
	snprintf(properties->name, sizeof(properties->name), "host: ");
	tandem_cpu_name(properties->name + 6, sizeof(properties->name) - 6);
}

static int probe(const struct tandem_device_memory *memory, struct tandem_device_core **devices,
		 unsigned int room, unsigned int *count)
{
	struct tandem_device_properties *properties;
	struct tandem_native_device *device;
	int error;

	if (!room)
		return 0;
	device = tandem_new(device);
	if (!device)
		return -ENOMEM;
	device->core.ops = &host_ops;
	properties = &device->core.properties;
	fill_identity(properties);
	properties->driver_name = tandem_host_driver.name;
	properties->type = CL_DEVICE_TYPE_CPU;
	properties->svm_capabilities = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
				       CL_DEVICE_SVM_FINE_GRAIN_SYSTEM | CL_DEVICE_SVM_ATOMICS;
	properties->images.supported = CL_TRUE;
	error = tandem_native_init(device, memory);
	if (error) {
		destroy(&device->core);
		return error;
	}
	devices[0] = &device->core;
	*count = 1;
	return 0;
}

const struct tandem_driver tandem_host_driver = { .name = "host", .probe = probe };
