// SPDX-License-Identifier: MIT
/*
 * The driver mesa with a Mesa, a libdrm and a kernel that are none: when a device has
 * SVM atomics, and what it says where it has not; what of its properties Mesa says; what
 * becomes of launches that fail.
 */
#include <CL/cl_ext.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xf86drm.h>

#include "check.h"
#include "driver/device_queries.h"
#include "driver/mesa/device.h"
#include "driver/mesa/mesa.h"
#include "driver/mesa/nouveau_exclusive.h"
#include "util/alloc.h"

/* ---- the world that the driver sees ---- */

static struct {
	/* Mesa's */
	const char *extensions;
	cl_device_pci_bus_info_khr place;
	cl_device_atomic_capabilities atomics;
	size_t value_bytes; /* that an argument takes */
	cl_int set_code, enqueue_code, wait_code, event_status;
	int queues, kernels, events; /* alive */
	/* libdrm's */
	drmDevice gpu;
	drmPciBusInfo bus;
	const char *driver; /* the kernel's */
	/* the kernel's */
	int error; /* of the ioctl */
	int calls;
	unsigned long request;
	struct drm_exclusive_range last;
} world;

/* The queries that properties stand for. Mesa's answer has the query's low byte everywhere. */
static const struct {
	cl_device_info query;
	size_t offset, bytes;
} fields[] = {
#define TANDEM_FIELD_ROW(query, type, field) \
	{ query, offsetof(struct tandem_device_properties, field), sizeof(type) },
	TANDEM_FIELD_QUERIES
#undef TANDEM_FIELD_ROW
};

static size_t field_bytes(cl_device_info query)
{
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(fields); i++) {
		if (fields[i].query == query)
			return fields[i].bytes;
	}
	return 0;
}

/* These stand in front of libdrm's. */
int drmGetDevices2(uint32_t flags, drmDevicePtr devices[], int most)
{
	check(most > 0, "no room");
	devices[0] = &world.gpu;
	return 1;
}

void drmFreeDevices(drmDevicePtr devices[], int count)
{
}

drmVersionPtr drmGetVersion(int node)
{
	drmVersionPtr version = calloc(1, sizeof(*version));

	if (version)
		version->name = (char *)world.driver;
	return version;
}

void drmFreeVersion(drmVersionPtr version)
{
	free(version);
}

int drmIoctl(int node, unsigned long request, void *payload)
{
	world.calls++;
	world.request = request;
	memcpy(&world.last, payload, sizeof(world.last));
	errno = world.error;
	return world.error ? -1 : 0;
}

static const cl_name_version c_version = { CL_MAKE_VERSION(3, 0, 0), "OpenCL C" };

static cl_int CL_API_CALL get_device_info(cl_device_id device, cl_device_info name, size_t room,
					  void *value, size_t *bytes)
{
	unsigned char field[64];
	const void *answer;
	size_t length;

	switch (name) {
	case CL_DEVICE_EXTENSIONS:
		answer = world.extensions;
		length = strlen(world.extensions) + 1;
		break;
	case CL_DEVICE_PCI_BUS_INFO_KHR:
		answer = &world.place;
		length = sizeof(world.place);
		break;
	case CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES:
		answer = &world.atomics;
		length = sizeof(world.atomics);
		break;
	case CL_DEVICE_NAME:
		answer = "a GPU";
		length = sizeof("a GPU");
		break;
	case CL_DRIVER_VERSION:
		answer = "1.2.3";
		length = sizeof("1.2.3");
		break;
	case CL_DEVICE_OPENCL_C_ALL_VERSIONS:
		answer = &c_version;
		length = sizeof(c_version);
		break;
	default:
		length = field_bytes(name);
		if (!length)
			return CL_INVALID_VALUE;
		memset(field, (int)(name & 0xff), length);
		answer = field;
	}
	if (value && room < length)
		return CL_INVALID_VALUE;
	if (value)
		memcpy(value, answer, length);
	if (bytes)
		*bytes = length;
	return CL_SUCCESS;
}

static cl_command_queue CL_API_CALL create_queue(cl_context context, cl_device_id device,
						 cl_command_queue_properties properties,
						 cl_int *code)
{
	world.queues++;
	*code = CL_SUCCESS;
	return (cl_command_queue)&world.queues;
}

static cl_kernel CL_API_CALL create_kernel(cl_program program, const char *name, cl_int *code)
{
	world.kernels++;
	*code = CL_SUCCESS;
	return (cl_kernel)&world.kernels;
}

/* Objects are the places where they are counted. */
static cl_int CL_API_CALL release_kernel(cl_kernel kernel)
{
	--*(int *)kernel;
	return CL_SUCCESS;
}

static cl_int CL_API_CALL set_exec_info(cl_kernel kernel, cl_kernel_exec_info name, size_t bytes,
					const void *value)
{
	check_equal(CL_KERNEL_EXEC_INFO_SVM_FINE_GRAIN_SYSTEM, name);
	check_equal(sizeof(cl_bool), bytes);
	check_equal(CL_TRUE, *(const cl_bool *)value);
	return CL_SUCCESS;
}

static cl_int CL_API_CALL set_argument(cl_kernel kernel, cl_uint index, size_t bytes,
				       const void *value)
{
	return bytes != world.value_bytes ? CL_INVALID_ARG_SIZE : world.set_code;
}

static cl_int CL_API_CALL enqueue(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
				  const size_t *offset, const size_t *global, const size_t *local,
				  cl_uint num_events, const cl_event *events, cl_event *event)
{
	if (world.enqueue_code != CL_SUCCESS)
		return world.enqueue_code;
	world.events++;
	*event = (cl_event)&world.events;
	return CL_SUCCESS;
}

static cl_int CL_API_CALL wait_for(cl_uint count, const cl_event *events)
{
	return world.wait_code;
}

static cl_int CL_API_CALL get_event_info(cl_event event, cl_event_info name, size_t room,
					 void *value, size_t *bytes)
{
	memcpy(value, &world.event_status, sizeof(world.event_status));
	return CL_SUCCESS;
}

static cl_int CL_API_CALL release_event(cl_event event)
{
	world.events--;
	return CL_SUCCESS;
}

static const cl_icd_dispatch mesa = {
	.clGetDeviceInfo = get_device_info,
	.clCreateCommandQueue = create_queue,
	.clCreateKernel = create_kernel,
	.clReleaseKernel = release_kernel,
	.clSetKernelExecInfo = set_exec_info,
	.clSetKernelArg = set_argument,
	.clEnqueueNDRangeKernel = enqueue,
	.clWaitForEvents = wait_for,
	.clGetEventInfo = get_event_info,
	.clReleaseEvent = release_event,
};

static const struct tandem_device_memory memory = {
	.shared_base = (char *)0x100000000,
	.shared_bytes = 0x4000000,
};

/* A GPU of nouveau's that has all it takes; tests take something away. */
static void reset_world(void)
{
	static char node[] = "/dev/null";
	static char *nodes[DRM_NODE_MAX] = { [DRM_NODE_RENDER] = node };

	memset(&world, 0, sizeof(world));
	world.extensions = "cl_khr_fp64 cl_khr_pci_bus_info cl_khr_device_uuid";
	world.place = (cl_device_pci_bus_info_khr){ 0, 3, 1, 0 };
	world.atomics = CL_DEVICE_ATOMIC_SCOPE_DEVICE | CL_DEVICE_ATOMIC_SCOPE_ALL_DEVICES;
	world.bus = (drmPciBusInfo){ .domain = 0, .bus = 3, .dev = 1, .func = 0 };
	world.gpu.nodes = nodes;
	world.gpu.available_nodes = 1 << DRM_NODE_RENDER;
	world.gpu.bustype = DRM_BUS_PCI;
	world.gpu.businfo.pci = &world.bus;
	world.driver = "nouveau";
	world.value_bytes = sizeof(uint32_t);
}

/* ---- properties ---- */

static void check_properties(void)
{
	struct tandem_mesa_device device = { .cl = &mesa };
	const struct tandem_device_properties *properties = &device.core.properties;
	unsigned char expected[64];

	reset_world();
	check_equal(0, tandem_mesa_fill_properties(&device));
	for (size_t i = 0; i < TANDEM_ARRAY_SIZE(fields); i++) {
		/* What the runtime, or the kernel's driver, makes of it. */
		if (fields[i].query == CL_DEVICE_SVM_CAPABILITIES ||
		    fields[i].query == CL_DEVICE_ATOMIC_MEMORY_CAPABILITIES)
			continue;
		memset(expected, (int)(fields[i].query & 0xff), fields[i].bytes);
		check(!memcmp((const char *)properties + fields[i].offset, expected,
			      fields[i].bytes),
		      "query 0x%x", fields[i].query);
	}
	check_equal(world.atomics, properties->atomic_capabilities);
	check_equal(CL_DEVICE_SVM_COARSE_GRAIN_BUFFER | CL_DEVICE_SVM_FINE_GRAIN_BUFFER |
			    CL_DEVICE_SVM_FINE_GRAIN_SYSTEM,
		    properties->svm_capabilities);
	check(!strcmp(properties->name, "mesa: a GPU"), "name %s", properties->name);
	check(!strcmp(properties->driver_version, "1.2.3"), "%s", properties->driver_version);
	check_equal(CL_MAKE_VERSION(3, 0, 0), properties->c_versions[0]);
	check_equal(0, properties->c_versions[1]);
	check_equal(1, properties->compute_units); /* at least, where Mesa tells none */
}

/* ---- SVM atomics ---- */

static void find(struct tandem_mesa_device *device)
{
	*device = (struct tandem_mesa_device){ .cl = &mesa };
	strcpy(device->core.properties.driver_version, "1.2.3");
	tandem_mesa_find_svm_atomics(device, &memory);
}

static void check_atomics(void)
{
	struct tandem_mesa_device device;

	reset_world();
	find(&device);
	check(device.core.properties.svm_capabilities & CL_DEVICE_SVM_ATOMICS, "no SVM atomics: %s",
	      device.core.properties.no_svm_atomics_reason);
	check(!*device.core.properties.no_svm_atomics_reason, "a reason: %s",
	      device.core.properties.no_svm_atomics_reason);
	check(device.node >= 0, "no node");
	check_equal(1, world.calls);
	check_equal(DRM_IOCTL_NOUVEAU_SVM_EXCLUSIVE, world.request);
	check_equal(DRM_EXCLUSIVE_REGISTER, world.last.operation);
	check_equal(0x100000000, world.last.address);
	check_equal(0x4000000, world.last.size);
	close(device.node);
	tandem_exclusive_ranges_close(&device.core);
}

/* The last call of the kernel was this operation on whole pages. */
static void check_last(enum drm_exclusive_operation operation, uint64_t address, uint64_t bytes)
{
	check_equal(operation, world.last.operation);
	check_equal(address, world.last.address);
	check_equal(bytes, world.last.size);
}

static void check_ranges(void)
{
	struct tandem_mesa_device device;
	struct tandem_device_core *core = &device.core;
	char *address = (char *)0x200000000;

	reset_world();
	find(&device);
	check_equal(0, tandem_exclusive_attach_svm_atomics(core, address, 4097));
	check_last(DRM_EXCLUSIVE_REGISTER, 0x200000000, 8192);
	check_equal(0, tandem_exclusive_migrate_svm(core, address + 4000, 200, false));
	check_last(DRM_EXCLUSIVE_ACQUIRE, 0x200000000, 8192);
	check_equal(0, tandem_exclusive_migrate_svm(core, address + 4096, 1, true));
	check_last(DRM_EXCLUSIVE_RELEASE, 0x200001000, 4096);
	/* It stays registered until something else takes its place. */
	world.calls = 0;
	tandem_exclusive_detach_svm_atomics(core, address, 4097);
	check_equal(0, tandem_exclusive_attach_svm_atomics(core, address, 8192));
	check_equal(0, world.calls);
	tandem_exclusive_detach_svm_atomics(core, address, 8192);
	check_equal(0, tandem_exclusive_attach_svm_atomics(core, address, 100));
	check_equal(2, world.calls);
	check_last(DRM_EXCLUSIVE_REGISTER, 0x200000000, 4096);
	world.error = EBUSY;
	check_equal(-EBUSY, tandem_exclusive_attach_svm_atomics(core, address + 8192, 100));
	close(device.node);
	tandem_exclusive_ranges_close(core);
	/* A device without. */
	check_equal(-EOPNOTSUPP, tandem_exclusive_attach_svm_atomics(core, address, 4096));
	check_equal(0, tandem_exclusive_migrate_svm(core, address, 4096, true));
}

/* The world lacks something: the device has no SVM atomics, says @reason, and holds nothing. */
static void check_reason(const char *reason)
{
	struct tandem_mesa_device device;

	find(&device);
	check(!(device.core.properties.svm_capabilities & CL_DEVICE_SVM_ATOMICS), "SVM atomics");
	check(strstr(device.core.properties.no_svm_atomics_reason, reason),
	      "reason '%s', expected '%s'", device.core.properties.no_svm_atomics_reason, reason);
	check_equal(-1, device.node);
}

static void check_reasons(void)
{
	reset_world();
	world.extensions = "cl_khr_fp64 cl_khr_pci_bus_info_of_another_name";
	check_reason("a software device");
	reset_world();
	world.atomics = CL_DEVICE_ATOMIC_SCOPE_DEVICE;
	check_reason("Mesa 1.2.3 has no atomics of the scope of all devices");
	check_equal(0, world.calls);
	reset_world();
	world.bus.func = 1;
	check_reason("0000:03:01.0");
	reset_world();
	world.gpu.available_nodes = 1 << DRM_NODE_PRIMARY;
	check_reason("0000:03:01.0");
	reset_world();
	world.gpu.nodes[DRM_NODE_RENDER] = (char *)"/nonexistent/node";
	check_reason(strerror(ENOENT));
	world.gpu.nodes[DRM_NODE_RENDER] = (char *)"/dev/null";
	reset_world();
	world.driver = "amdgpu";
	check_reason("amdgpu has no exclusive ranges");
	check_equal(0, world.calls);
	reset_world();
	world.error = EINVAL;
	check_reason("nouveau refuses exclusive ranges");
	check_reason(strerror(EINVAL));
}

/* ---- launches ---- */

struct launch_fixture {
	struct tandem_mesa_device device;
	struct tandem_mesa_program program;
	struct tandem_kernel_argument argument;
	struct tandem_kernel_info info;
	struct tandem_mesa_store instances;
	struct tandem_launch launch;
	struct tandem_argument_value value;
	uint32_t number;
};

static void init_launch(struct launch_fixture *fixture)
{
	*fixture = (struct launch_fixture){
		.device = { .cl = &mesa, .node = -1 },
		.argument = { .kind = TANDEM_ARGUMENT_VALUE },
		.info = { .name = "kernel", .argument_count = 1 },
		.launch = { .dimensions = 1, .local_size = { 1, 1, 1 }, .group_count = { 1, 1, 1 } },
	};
	fixture->info.arguments = &fixture->argument;
	fixture->program.kernels = &fixture->info;
	fixture->program.base.kernels = &fixture->info;
	fixture->program.base.kernel_count = 1;
	fixture->program.instances = &fixture->instances;
	fixture->launch.program = &fixture->program.base;
	fixture->launch.kernel = &fixture->info;
	fixture->value = (struct tandem_argument_value){
		.kind = TANDEM_ARGUMENT_VALUE,
		.bytes = sizeof(fixture->number),
		.value = &fixture->number,
	};
	fixture->launch.values = &fixture->value;
	tandem_mesa_store_init(&fixture->device.queues);
	tandem_mesa_store_init(&fixture->instances);
}

/* What fails at one point, and the errno that comes of it. */
static void check_launch(cl_int set, cl_int queued, cl_int wait, cl_int status, int wanted)
{
	struct launch_fixture fixture;

	reset_world();
	init_launch(&fixture);
	world.set_code = set;
	world.enqueue_code = queued;
	world.wait_code = wait;
	world.event_status = status;
	/* The second launch takes what the first has given back. */
	for (int i = 0; i < 2; i++)
		check_equal(wanted, tandem_mesa_run_launch(&fixture.device.core, &fixture.launch));
	check_equal(1, world.queues);
	check_equal(1, world.kernels);
	check_equal(0, world.events);
	/* Queues stay; the one here is freed as if it were a kernel. */
	tandem_mesa_store_finish(&fixture.device.queues, &mesa);
	tandem_mesa_store_finish(&fixture.instances, &mesa);
	check_equal(0, world.queues);
	check_equal(0, world.kernels);
}

/* Only Mesa knows how large an argument is: it is asked with the value itself. */
static void check_sizes(void)
{
	struct launch_fixture fixture;
	struct tandem_device_core *core = &fixture.device.core;
	char value[64] = { 0 };

	reset_world();
	init_launch(&fixture);
	for (size_t bytes = 0; bytes <= sizeof(value); bytes++) {
		world.value_bytes = 24;
		check_equal(bytes == 24 ? 0 : -EINVAL,
			    tandem_mesa_takes_value(core, &fixture.program.base, &fixture.info, 0,
						    value, bytes));
	}
	world.set_code = CL_OUT_OF_HOST_MEMORY;
	check_equal(-ENOMEM, tandem_mesa_takes_value(core, &fixture.program.base, &fixture.info, 0,
						     value, 24));
	/* The kernel object is the one that launches use. */
	check_equal(1, world.kernels);
	tandem_mesa_store_finish(&fixture.device.queues, &mesa);
	tandem_mesa_store_finish(&fixture.instances, &mesa);
	check_equal(0, world.kernels);
}

int main(void)
{
	check_properties();
	check_atomics();
	check_ranges();
	check_reasons();
	check_sizes();
	check_launch(CL_SUCCESS, CL_SUCCESS, CL_SUCCESS, CL_COMPLETE, 0);
	check_launch(CL_INVALID_ARG_SIZE, CL_SUCCESS, CL_SUCCESS, CL_COMPLETE, -EIO);
	check_launch(CL_SUCCESS, CL_OUT_OF_HOST_MEMORY, CL_SUCCESS, CL_COMPLETE, -ENOMEM);
	check_launch(CL_SUCCESS, CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_SUCCESS, CL_COMPLETE,
		     -ENOSPC);
	check_launch(CL_SUCCESS, CL_SUCCESS, CL_OUT_OF_RESOURCES, CL_COMPLETE, -EIO);
	check_launch(CL_SUCCESS, CL_SUCCESS, CL_SUCCESS, CL_OUT_OF_HOST_MEMORY, -ENOMEM);
	check_launch(CL_SUCCESS, CL_SUCCESS, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
		     CL_OUT_OF_HOST_MEMORY, -ENOMEM);
	return check_result();
}
