// SPDX-License-Identifier: MIT
#include "entry_points.h"

void tour_platform(struct tour *tour)
{
	char name[64] = "";
	cl_uint count = 0;
	size_t bytes = 0;
	void *address;

	GOOD(clGetPlatformIDs, 0, NULL, &count);
	check_equal(1, count);
	GOOD(clGetPlatformIDs, 1, &tour->platform, NULL);
	GOOD(clGetPlatformInfo, tour->platform, CL_PLATFORM_NAME, sizeof(name), name, &bytes);
	check(!strcmp(name, "Tandem") && bytes == sizeof("Tandem"), "%s, %zu bytes", name, bytes);
	address = CALL(clGetExtensionFunctionAddress, "clFinish");
	check(address == (void *)tour->cl->clFinish, "%p", address);
	address = CALL(clGetExtensionFunctionAddressForPlatform, tour->platform, "clFlush");
	check(address == (void *)tour->cl->clFlush, "%p", address);
	GOOD(clUnloadPlatformCompiler, tour->platform);
	GOOD(clUnloadCompiler);

	GOOD(clGetDeviceIDs, tour->platform, CL_DEVICE_TYPE_DEFAULT, 1, &tour->device, &count);
	check_equal(1, count);
	GOOD(clGetDeviceInfo, tour->device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof(count), &count,
	     NULL);
	check(count >= 1, "%u compute units", count);
}

static void tour_sub_devices(struct tour *tour)
{
	const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_EQUALLY, 1, 0 };
	const cl_device_partition_property_ext ones_ext[] = { CL_DEVICE_PARTITION_EQUALLY_EXT, 1,
							      CL_PROPERTIES_LIST_END_EXT };
	cl_device_id devices[64], device = NULL;
	cl_uint count = 0;

	GOOD(clCreateSubDevices, tour->device, ones, 64, devices, &count);
	for (cl_uint i = 0; i < count; i++) {
		GOOD(clGetDeviceInfo, devices[i], CL_DEVICE_PARENT_DEVICE, sizeof(device), &device,
		     NULL);
		check(device == tour->device, "the parent is %p", (void *)device);
		GOOD(clRetainDevice, devices[i]);
		GOOD(clReleaseDevice, devices[i]);
		GOOD(clRetainDeviceEXT, devices[i]);
		GOOD(clReleaseDeviceEXT, devices[i]);
		GOOD(clReleaseDevice, devices[i]);
	}
	/* The extension is not supported. */
	check_equal(CL_INVALID_OPERATION,
		    CALL(clCreateSubDevicesEXT, tour->device, ones_ext, 64, devices, &count));
}

static void CL_CALLBACK count_context(cl_context context, void *user_data)
{
	atomic_fetch_add((_Atomic int *)user_data, 1);
}

static _Atomic int contexts_destroyed;

static void tour_context_queries(struct tour *tour)
{
	cl_context context;
	cl_device_id device = NULL;
	cl_int code;

	context = CALL(clCreateContextFromType, NULL, CL_DEVICE_TYPE_DEFAULT, NULL, NULL, &code);
	check_success_fatal(code);
	GOOD(clGetContextInfo, context, CL_CONTEXT_DEVICES, sizeof(device), &device, NULL);
	check(device == tour->device, "%p", (void *)device);
	GOOD(clSetContextDestructorCallback, context, count_context, &contexts_destroyed);
	GOOD(clRetainContext, context);
	GOOD(clReleaseContext, context);
	check_equal(0, contexts_destroyed);
	GOOD(clReleaseContext, context);
	check_equal(1, contexts_destroyed);
}

void tour_context(struct tour *tour)
{
	const cl_queue_properties profiling[] = { CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE,
						  0 };
	cl_command_queue_properties flags = 0;
	cl_command_queue queue;
	cl_int code;

	tour_sub_devices(tour);
	tour_context_queries(tour);
	tour->context = CALL(clCreateContext, NULL, 1, &tour->device, NULL, NULL, &code);
	check_success_fatal(code);

	queue = CALL(clCreateCommandQueue, tour->context, tour->device,
		     CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, &code);
	check_success_fatal(code);
	GOOD(clGetCommandQueueInfo, queue, CL_QUEUE_PROPERTIES, sizeof(flags), &flags, NULL);
	check_equal(CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, flags);
	GOOD(clRetainCommandQueue, queue);
	GOOD(clReleaseCommandQueue, queue);
	GOOD(clReleaseCommandQueue, queue);
	tour->queue = CALL(clCreateCommandQueueWithProperties, tour->context, tour->device,
			   profiling, &code);
	check_success_fatal(code);
	GOOD(clFlush, tour->queue);
	GOOD(clFinish, tour->queue);
	/* Queues cannot be changed. */
	check_equal(CL_INVALID_OPERATION, CALL(clSetCommandQueueProperty, tour->queue,
					       CL_QUEUE_PROFILING_ENABLE, CL_FALSE, NULL));
}

void tour_release(struct tour *tour)
{
	GOOD(clFinish, tour->queue);
	GOOD(clReleaseKernel, tour->kernel);
	GOOD(clReleaseProgram, tour->program);
	GOOD(clReleaseMemObject, tour->buffer);
	GOOD(clReleaseMemObject, tour->target);
	CALL(clSVMFree, tour->context, tour->svm);
	GOOD(clReleaseCommandQueue, tour->queue);
	GOOD(clReleaseContext, tour->context);
}

int main(void)
{
	static struct tour whole_tour;
	struct tour *tour = &whole_tour;
	cl_platform_id platform;

	setvbuf(stdout, NULL, _IOLBF, 0);
	test_step("all of it");
	check_success_fatal(clGetPlatformIDs(1, &platform, NULL));
	tour->cl = *(const cl_icd_dispatch *const *)platform;
	tour_platform(tour);
	tour_context(tour);
	tour_memory(tour);
	tour_svm(tour);
	tour_program(tour);
	tour_kernel(tour);
	tour_events(tour);
	tour_absent(tour);
	tour_sharing(tour);
	tour_release(tour);
	for (size_t slot = 0; slot < SLOT_COUNT; slot++)
		check(tour->called[slot], "slot %zu of the dispatch table was not called", slot);
	return check_result();
}
