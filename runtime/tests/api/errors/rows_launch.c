// SPDX-License-Identifier: MIT
/* Rows of executing kernels, section 5.10. */
#include "errors.h"

#include <CL/cl_ext.h>

static void rows_arguments(struct error_world *world)
{
	error_not_provocable(world, CL_MISALIGNED_SUB_BUFFER_OFFSET,
			     "the offset of a sub-buffer is not aligned for the queue's device",
			     "all devices have one alignment: no such sub-buffer can be made");
	error_not_provocable(
		world, CL_INVALID_IMAGE_SIZE, "an image is not supported by the device",
		"devices that have images take the same ones: unit-image-devices tests it");
	error_not_provocable(world, CL_IMAGE_FORMAT_NOT_SUPPORTED,
			     "the format of an image is not supported by the device",
			     "devices have the same formats: unit-image-devices tests it");
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for an argument",
			     "buffers have their memory from the start");
	error_not_provocable(world, CL_INVALID_OPERATION,
			     "SVM pointers are passed and the device does not support SVM",
			     "each device does");
	error_not_provocable(world, CL_INVALID_WORK_GROUP_SIZE,
			     "the local size does not fit the required number of sub-groups",
			     "there are no sub-groups");
}

static cl_ulong local_memory_bytes(const struct error_world *world)
{
	cl_ulong bytes = 0;

	check_success(clGetDeviceInfo(world->base.device, CL_DEVICE_LOCAL_MEM_SIZE, sizeof(bytes),
				      &bytes, NULL));
	return bytes;
}

static size_t most_items(const struct error_world *world, cl_kernel kernel)
{
	size_t items = 0;

	check_success(clGetKernelWorkGroupInfo(kernel, world->base.device,
					       CL_KERNEL_WORK_GROUP_SIZE, sizeof(items), &items,
					       NULL));
	return items;
}

static void rows_work_sizes(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	const size_t most = most_items(world, world->ready);
	const size_t plane[2] = { 2 * most, 2 * most }, tile[2] = { most, 2 };
	const size_t line = 4 * most, too_long = 2 * most, no_items = 0;
	const size_t global = 64, eight = 8, two[2] = { 4, 4 }, two_local[2] = { 4, 2 };
	const size_t uneven = 65, offset = SIZE_MAX - 4;

#define LAUNCH(kernel, dimensions, start, size, local) \
	cl->clEnqueueNDRangeKernel(queue, kernel, dimensions, start, size, local, 0, NULL, event)

	ROW(CL_INVALID_WORK_DIMENSION, "work_dim is 0", LAUNCH(world->ready, 0, NULL, two, NULL));
	ROW(CL_INVALID_WORK_DIMENSION, "work_dim exceeds CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS",
	    LAUNCH(world->ready, 4, NULL, two, NULL));
	error_not_provocable(world, CL_INVALID_GLOBAL_WORK_SIZE,
			     "global_work_size is NULL or has a 0",
			     "no error from version 2.1 on: queues test it");
	error_not_provocable(world, CL_INVALID_GLOBAL_WORK_SIZE,
			     "a global size exceeds size_t of the device",
			     "size_t of device and host are the same");
	ROW(CL_INVALID_GLOBAL_OFFSET, "global_work_offset + global_work_size exceeds size_t",
	    LAUNCH(world->ready, 1, &offset, &global, NULL));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "local_work_size is not the required one",
	    LAUNCH(world->required, 1, NULL, &global, &eight));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "local_work_size is not the required one, in 2 dimensions",
	    LAUNCH(world->required, 2, NULL, two, two_local));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "the required size does not divide global_work_size",
	    LAUNCH(world->required, 1, NULL, &uneven, NULL));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "the work-items exceed CL_KERNEL_WORK_GROUP_SIZE",
	    LAUNCH(world->ready, 2, NULL, plane, tile));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "local_work_size does not divide global_work_size",
	    LAUNCH(world->ready, 1, NULL, &uneven, &eight));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "a local size is 0",
	    LAUNCH(world->ready, 1, NULL, &global, &no_items));
	ROW(CL_INVALID_WORK_ITEM_SIZE, "a local size exceeds CL_DEVICE_MAX_WORK_GROUP_SIZES",
	    LAUNCH(world->ready, 1, NULL, &line, &too_long));
#undef LAUNCH
}

static void rows_nd_range(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	const size_t global = 64;

#define LAUNCH(in_queue, kernel) \
	cl->clEnqueueNDRangeKernel(in_queue, kernel, 1, NULL, &global, NULL, 0, NULL, event)

	error_entry_point("clEnqueueNDRangeKernel");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 LAUNCH(bad, world->ready));
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL, LAUNCH(queue, bad));
	error_not_provocable(world, CL_INVALID_PROGRAM_EXECUTABLE,
			     "there is no executable for the queue's device",
			     "a context of one device: its program makes no kernels unbuilt");
	ROW(CL_INVALID_CONTEXT, "queue and kernel are of different contexts",
	    LAUNCH(queue, world->other_kernel));
	ROW(CL_INVALID_KERNEL_ARGS, "no argument was set", LAUNCH(queue, world->unset));
	check_success(clSetKernelArg(world->local_user, 0, 16, NULL));
	rows_work_sizes(world);
	check_success(clSetKernelArg(world->local_user, 0, local_memory_bytes(world) + 1, NULL));
	ROW(CL_OUT_OF_RESOURCES, "more local memory than the device has",
	    LAUNCH(queue, world->local_user));
	ROWS_WAIT(ROW, cl->clEnqueueNDRangeKernel(queue, world->ready, 1, NULL, &global, NULL,
						  count, list, event));
	rows_arguments(world);
	error_resources(world);
#undef LAUNCH
}

static void rows_suggested(struct error_world *world, const char *name)
{
	cl_command_queue queue = world->base.queue;
	const size_t global = 64, no_items = 0, offset = SIZE_MAX - 4;
	__typeof__(clGetKernelSuggestedLocalWorkSizeKHR) *suggest;
	size_t size[3];

	*(void **)&suggest = clGetExtensionFunctionAddressForPlatform(world->base.platform, name);
	check_fatal(suggest, "no %s", name);
	error_entry_point(name);
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 suggest(bad, world->ready, 1, NULL, &global, size));
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 suggest(queue, bad, 1, NULL, &global, size));
	error_not_provocable(world, CL_INVALID_PROGRAM_EXECUTABLE,
			     "there is no executable for the queue's device",
			     "a context of one device: its program makes no kernels unbuilt");
	ROW(CL_INVALID_CONTEXT, "queue and kernel are of different contexts",
	    suggest(queue, world->other_kernel, 1, NULL, &global, size));
	ROW(CL_INVALID_KERNEL_ARGS, "no argument was set",
	    suggest(queue, world->unset, 1, NULL, &global, size));
	ROW(CL_INVALID_WORK_DIMENSION, "work_dim is 0",
	    suggest(queue, world->ready, 0, NULL, &global, size));
	ROW(CL_INVALID_WORK_DIMENSION, "work_dim exceeds CL_DEVICE_MAX_WORK_ITEM_DIMENSIONS",
	    suggest(queue, world->ready, 4, NULL, &global, size));
	ROW(CL_INVALID_GLOBAL_WORK_SIZE, "global_work_size is NULL",
	    suggest(queue, world->ready, 1, NULL, NULL, size));
	ROW(CL_INVALID_GLOBAL_WORK_SIZE, "global_work_size has a 0",
	    suggest(queue, world->ready, 1, NULL, &no_items, size));
	error_not_provocable(world, CL_INVALID_GLOBAL_WORK_SIZE,
			     "a global size exceeds size_t of the device",
			     "size_t of device and host are the same");
	ROW(CL_INVALID_GLOBAL_OFFSET, "global_work_offset + global_work_size exceeds size_t",
	    suggest(queue, world->ready, 1, &offset, &global, size));
	ROW(CL_INVALID_VALUE, "suggested_local_work_size is NULL",
	    suggest(queue, world->ready, 1, NULL, &global, NULL));
	error_resources(world);
}

static void rows_task(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;

	error_entry_point("clEnqueueTask");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueTask(bad, world->ready, 0, NULL, event));
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 cl->clEnqueueTask(queue, bad, 0, NULL, event));
	error_not_provocable(world, CL_INVALID_PROGRAM_EXECUTABLE,
			     "there is no executable for the queue's device",
			     "a context of one device: its program makes no kernels unbuilt");
	ROW(CL_INVALID_CONTEXT, "queue and kernel are of different contexts",
	    cl->clEnqueueTask(queue, world->other_kernel, 0, NULL, event));
	ROW(CL_INVALID_KERNEL_ARGS, "no argument was set",
	    cl->clEnqueueTask(queue, world->unset, 0, NULL, event));
	ROW(CL_INVALID_WORK_GROUP_SIZE, "the kernel requires another group than one work-item",
	    cl->clEnqueueTask(queue, world->required, 0, NULL, event));
	ROW(CL_OUT_OF_RESOURCES, "more local memory than the device has",
	    cl->clEnqueueTask(queue, world->local_user, 0, NULL, event));
	ROWS_WAIT(ROW, cl->clEnqueueTask(queue, world->ready, count, list, event));
	rows_arguments(world);
	error_resources(world);
}

static void CL_CALLBACK ignore_arguments(void *arguments)
{
}

static void rows_native(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	void *arguments[2] = { NULL, NULL };
	const void *places[1] = { arguments };
	cl_mem objects[1] = { world->buffer };

#define NATIVE(function, from, size, number, list_of_objects, list_of_places)           \
	cl->clEnqueueNativeKernel(queue, function, from, size, number, list_of_objects, \
				  list_of_places, 0, NULL, event)

	error_entry_point("clEnqueueNativeKernel");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueNativeKernel(bad, ignore_arguments, NULL, 0, 0, NULL, NULL, 0, NULL,
					   event));
	ROW(CL_INVALID_VALUE, "user_func is NULL", NATIVE(NULL, NULL, 0, 0, NULL, NULL));
	ROW(CL_INVALID_VALUE, "args is NULL and cb_args is not 0",
	    NATIVE(ignore_arguments, NULL, 8, 0, NULL, NULL));
	ROW(CL_INVALID_VALUE, "args is NULL and num_mem_objects is not 0",
	    NATIVE(ignore_arguments, NULL, 0, 1, objects, places));
	ROW(CL_INVALID_VALUE, "args is not NULL and cb_args is 0",
	    NATIVE(ignore_arguments, arguments, 0, 0, NULL, NULL));
	ROW(CL_INVALID_VALUE, "num_mem_objects is not 0 and mem_list is NULL",
	    NATIVE(ignore_arguments, arguments, sizeof(arguments), 1, NULL, places));
	ROW(CL_INVALID_VALUE, "num_mem_objects is not 0 and args_mem_loc is NULL",
	    NATIVE(ignore_arguments, arguments, sizeof(arguments), 1, objects, NULL));
	ROW(CL_INVALID_VALUE, "num_mem_objects is 0 and mem_list is not NULL",
	    NATIVE(ignore_arguments, arguments, sizeof(arguments), 0, objects, NULL));
	ROW(CL_INVALID_VALUE, "num_mem_objects is 0 and args_mem_loc is not NULL",
	    NATIVE(ignore_arguments, arguments, sizeof(arguments), 0, NULL, places));
	error_not_provocable(world, CL_INVALID_OPERATION, "the device runs no native kernels",
			     "each device does");
	for (unsigned int i = 0; i < 3; i++) {
		objects[0] = world->bad_handles[ERROR_MEMORY][i];
		ROW(CL_INVALID_MEM_OBJECT, "an object of mem_list is not valid",
		    NATIVE(ignore_arguments, arguments, sizeof(arguments), 1, objects, places));
	}
	ROWS_WAIT(ROW, cl->clEnqueueNativeKernel(queue, ignore_arguments, NULL, 0, 0, NULL, NULL,
						 count, list, event));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for an argument",
			     "buffers have their memory from the start");
	error_not_provocable(world, CL_INVALID_OPERATION,
			     "SVM pointers are passed and the device does not support SVM",
			     "each device does");
	error_resources(world);
#undef NATIVE
}

void error_rows_launch(struct error_world *world)
{
	rows_nd_range(world);
	rows_suggested(world, "clGetKernelSuggestedLocalWorkSize");
	rows_suggested(world, "clGetKernelSuggestedLocalWorkSizeKHR");
	rows_task(world);
	rows_native(world);
}
