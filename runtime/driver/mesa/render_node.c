// SPDX-License-Identifier: MIT
/*
 * SVM atomics of a GPU: its render node, on which ranges of memory are registered that
 * are to be exclusive to the GPU while it does atomic operations on them. Mesa has its
 * own file of the node; the process's SVM context counts for both.
 */
#include "device.h"

#include <CL/cl_ext.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "nouveau_exclusive.h"
#include "util/alloc.h"

#define MOST_GPUS 64

/* The kernel drivers with an ioctl for exclusive ranges. */
static const struct kernel_driver {
	const char *name;
	unsigned long request;
} kernel_drivers[] = {
	{ "nouveau", DRM_IOCTL_NOUVEAU_SVM_EXCLUSIVE },
};

static void __attribute__((format(printf, 2, 3)))
explain(struct tandem_mesa_device *device, const char *format, ...)
{
	struct tandem_device_properties *properties = &device->core.properties;
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(properties->no_svm_atomics_reason, sizeof(properties->no_svm_atomics_reason),
		  format, arguments);
	va_end(arguments);
}

/* ---- the node ---- */

/* Where on the PCI bus the device is. False for one that is no PCI device. */
static bool find_place(const struct tandem_mesa_device *device, cl_device_pci_bus_info_khr *place)
{
	char *extensions = tandem_mesa_device_string(device, CL_DEVICE_EXTENSIONS);
	bool found = extensions && tandem_mesa_has_word(extensions, "cl_khr_pci_bus_info") &&
		     device->cl->clGetDeviceInfo(device->id, CL_DEVICE_PCI_BUS_INFO_KHR,
						 sizeof(*place), place, NULL) == CL_SUCCESS;

	free(extensions);
	return found;
}

static bool is_at(const drmDevicePtr gpu, const cl_device_pci_bus_info_khr *place)
{
	return gpu->bustype == DRM_BUS_PCI && gpu->available_nodes & 1 << DRM_NODE_RENDER &&
	       gpu->businfo.pci->domain == place->pci_domain &&
	       gpu->businfo.pci->bus == place->pci_bus &&
	       gpu->businfo.pci->dev == place->pci_device &&
	       gpu->businfo.pci->func == place->pci_function;
}

/* Opens the render node of the GPU at @place. Negative errno; -ENODEV where there is none. */
static int open_node(const cl_device_pci_bus_info_khr *place)
{
	drmDevicePtr gpus[MOST_GPUS];
	int count = drmGetDevices2(0, gpus, MOST_GPUS);
	int node = -ENODEV;

	if (count < 0)
		return count;
	for (int i = 0; i < count && node == -ENODEV; i++) {
		if (!is_at(gpus[i], place))
			continue;
		node = open(gpus[i]->nodes[DRM_NODE_RENDER], O_RDWR | O_CLOEXEC);
		if (node < 0)
			node = -errno;
	}
	drmFreeDevices(gpus, count);
	return node;
}

/* The number of the ioctl that the node's kernel driver has, or 0, with the driver's @name. */
static unsigned long find_request(int node, char *name, size_t room)
{
	drmVersionPtr version = drmGetVersion(node);
	unsigned long request = 0;

	snprintf(name, room, "%s", version ? version->name : "of no name");
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(kernel_drivers); i++) {
		if (!strcmp(kernel_drivers[i].name, name))
			request = kernel_drivers[i].request;
	}
	drmFreeVersion(version);
	return request;
}

/* ---- SVM atomics ---- */

static void register_memory(struct tandem_mesa_device *device,
			    const struct tandem_device_memory *memory)
{
	char name[32];
	unsigned long request = find_request(device->node, name, sizeof(name));
	int error;

	if (!request) {
		explain(device, "the kernel driver %s has no exclusive ranges", name);
		return;
	}
	error = tandem_exclusive_ranges_open(&device->core, &device->ranges, device->node, request,
					     memory);
	if (error)
		explain(device, "the kernel driver %s refuses exclusive ranges: %s", name,
			strerror(-error));
}

/* Whether Mesa compiles atomic operations that the CPU takes part in. */
static bool reaches_all_devices(const struct tandem_mesa_device *device)
{
	cl_device_atomic_capabilities capabilities = 0;

	return device->cl->clGetDeviceInfo(device->id, CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES,
					   sizeof(capabilities), &capabilities,
					   NULL) == CL_SUCCESS &&
	       capabilities & CL_DEVICE_ATOMIC_SCOPE_ALL_DEVICES;
}

void tandem_mesa_find_svm_atomics(struct tandem_mesa_device *device,
				  const struct tandem_device_memory *memory)
{
	cl_device_pci_bus_info_khr place;
	int node;

	device->node = -1;
	if (!find_place(device, &place)) {
		explain(device, "a software device, or one that is not on the PCI bus: "
				"no kernel driver makes pages exclusive to it");
		return;
	}
	if (!reaches_all_devices(device)) {
		explain(device, "Mesa %s has no atomics of the scope of all devices",
			device->core.properties.driver_version);
		return;
	}
	node = open_node(&place);
	if (node < 0) {
		explain(device, "the render node at PCI %04x:%02x:%02x.%x: %s", place.pci_domain,
			place.pci_bus, place.pci_device, place.pci_function, strerror(-node));
		return;
	}
	device->node = node;
	register_memory(device, memory);
	if (device->core.properties.no_svm_atomics_reason[0]) {
		close(node);
		device->node = -1;
	}
}
