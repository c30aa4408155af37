// SPDX-License-Identifier: MIT
/* Rows of command queues, section 5.1, and of flush and finish, 5.16. */
#include "errors.h"

#define IN_VAIN 0x40000000 /* no property of queues */

typedef cl_command_queue create_with_properties(cl_context, cl_device_id,
						const cl_queue_properties *, cl_int *);

/* Of the core's function and of the extension's, which is the same. */
static void rows_create_with_properties(struct error_world *world, const char *name,
					create_with_properties *create)
{
	cl_context context = world->base.context;
	cl_device_id device = world->base.device;
	const cl_queue_properties none[] = { 0 };
	const cl_queue_properties unknown[] = { 0x7fff, 0, 0 };
	const cl_queue_properties no_flag[] = { CL_QUEUE_PROPERTIES, IN_VAIN, 0 };
	const cl_queue_properties twice[] = { CL_QUEUE_PROPERTIES, 0, CL_QUEUE_PROPERTIES, 0, 0 };
	const cl_queue_properties priority[] = {
		CL_QUEUE_PRIORITY_KHR, CL_QUEUE_PRIORITY_HIGH_KHR | CL_QUEUE_PRIORITY_LOW_KHR, 0
	};
	const cl_queue_properties throttle[] = { CL_QUEUE_THROTTLE_KHR, 0, 0 };
	const cl_queue_properties size_alone[] = { CL_QUEUE_SIZE, 1024, 0 };
	const cl_queue_properties in_order[] = { CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE, 0 };
	const cl_queue_properties no_device[] = { CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE_DEFAULT,
						  0 };
	const cl_queue_properties on_device[] = {
		CL_QUEUE_PROPERTIES, CL_QUEUE_ON_DEVICE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, 0
	};

#define CREATE(properties) create(context, device, properties, errcode)

	error_entry_point(name);
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			create(bad, device, none, errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			create(context, bad, none, errcode));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "device is not associated with context",
			   create(context, world->sub_device, none, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "a property name is not valid", CREATE(unknown));
	ROW_CREATE(CL_INVALID_VALUE, "a value of CL_QUEUE_PROPERTIES is not valid",
		   CREATE(no_flag));
	ROW_CREATE(CL_INVALID_VALUE, "a property is specified twice", CREATE(twice));
	ROW_CREATE(CL_INVALID_VALUE, "a value of CL_QUEUE_PRIORITY_KHR is not valid",
		   CREATE(priority));
	ROW_CREATE(CL_INVALID_VALUE, "a value of CL_QUEUE_THROTTLE_KHR is not valid",
		   CREATE(throttle));
	ROW_CREATE(CL_INVALID_VALUE, "CL_QUEUE_SIZE without CL_QUEUE_ON_DEVICE",
		   CREATE(size_alone));
	ROW_CREATE(CL_INVALID_VALUE, "CL_QUEUE_ON_DEVICE in order", CREATE(in_order));
	ROW_CREATE(CL_INVALID_VALUE, "CL_QUEUE_ON_DEVICE_DEFAULT without CL_QUEUE_ON_DEVICE",
		   CREATE(no_device));
	ROW_CREATE(CL_INVALID_QUEUE_PROPERTIES,
		   "the values are valid but not supported by the device: CL_QUEUE_ON_DEVICE",
		   CREATE(on_device));
	error_resources(world);
#undef CREATE
}

static void rows_create(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_context context = world->base.context;
	cl_device_id device = world->base.device;

	error_entry_point("clCreateCommandQueue");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateCommandQueue(bad, device, 0, errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			cl->clCreateCommandQueue(context, bad, 0, errcode));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "device is not associated with context",
			   cl->clCreateCommandQueue(context, world->sub_device, 0, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "a value in properties is not valid",
		   cl->clCreateCommandQueue(context, device, IN_VAIN, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "a property that is not of this function's table",
		   cl->clCreateCommandQueue(
			   context, device,
			   CL_QUEUE_ON_DEVICE | CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE, errcode));
	error_not_provocable(world, CL_INVALID_QUEUE_PROPERTIES,
			     "the values are valid but not supported by the device",
			     "every device supports all of this function's table");
	error_resources(world);

	error_entry_point("clSetDefaultDeviceCommandQueue");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 cl->clSetDefaultDeviceCommandQueue(bad, device, world->base.queue));
	ROWS_BAD(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
		 cl->clSetDefaultDeviceCommandQueue(context, bad, world->base.queue));
	if (world->sub_device)
		ROW(CL_INVALID_DEVICE, "device is not associated with context",
		    cl->clSetDefaultDeviceCommandQueue(context, world->sub_device,
						       world->base.queue));
	ROW(CL_INVALID_OPERATION, "device has no replaceable default queue",
	    cl->clSetDefaultDeviceCommandQueue(context, device, world->base.queue));
	error_not_provocable(world, CL_INVALID_COMMAND_QUEUE,
			     "command_queue is not valid for device",
			     "no device has queues, CL_INVALID_OPERATION comes first");
	error_resources(world);
}

static void rows_use(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	error_entry_point("clRetainCommandQueue");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clRetainCommandQueue(bad));
	error_resources(world);

	error_entry_point("clReleaseCommandQueue");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clReleaseCommandQueue(bad));
	error_resources(world);

	error_entry_point("clGetCommandQueueInfo");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clGetCommandQueueInfo(bad, CL_QUEUE_CONTEXT, sizeof(out->bytes), out->bytes,
					   &out->size));
	ROW(CL_INVALID_COMMAND_QUEUE, "command_queue is not valid for param_name: CL_QUEUE_SIZE",
	    cl->clGetCommandQueueInfo(world->base.queue, CL_QUEUE_SIZE, sizeof(out->bytes),
				      out->bytes, &out->size));
	ROWS_QUERY(CL_QUEUE_CONTEXT,
		   cl->clGetCommandQueueInfo(world->base.queue, name, size, value, size_ret));
	error_resources(world);

	error_entry_point("clSetCommandQueueProperty");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clSetCommandQueueProperty(bad, CL_QUEUE_PROFILING_ENABLE, CL_TRUE,
					       &out->queue_properties));
	ROW(CL_INVALID_OPERATION, "no device supports modifying a queue",
	    cl->clSetCommandQueueProperty(world->base.queue, CL_QUEUE_PROFILING_ENABLE, CL_TRUE,
					  &out->queue_properties));
	ROW(CL_INVALID_VALUE, "a value in properties is not valid",
	    cl->clSetCommandQueueProperty(world->base.queue, IN_VAIN, CL_TRUE,
					  &out->queue_properties));
	error_not_provocable(world, CL_INVALID_QUEUE_PROPERTIES,
			     "the values are valid but not supported by the device",
			     "no queue can be changed, CL_INVALID_OPERATION comes first");
	error_resources(world);

	error_entry_point("clFlush");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE, cl->clFlush(bad));
	error_resources(world);

	error_entry_point("clFinish");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE, cl->clFinish(bad));
	error_resources(world);
}

void error_rows_queue(struct error_world *world)
{
	create_with_properties *create_khr;

	rows_create_with_properties(world, "clCreateCommandQueueWithProperties",
				    world->cl->clCreateCommandQueueWithProperties);
	*(void **)&create_khr = clGetExtensionFunctionAddressForPlatform(
		world->base.platform, "clCreateCommandQueueWithPropertiesKHR");
	check_fatal(create_khr, "no clCreateCommandQueueWithPropertiesKHR");
	rows_create_with_properties(world, "clCreateCommandQueueWithPropertiesKHR", create_khr);
	rows_create(world);
	rows_use(world);
}
