// SPDX-License-Identifier: MIT
/*
 * Memory objects of other types than buffers, of which no device has any yet: a buffer is
 * made one by hand. It must not pass as a buffer, but is a memory object.
 */
#include <string.h>

#include "api/entry_points.h"
#include "api/handles.h"
#include "check.h"

static const char source[] = "kernel void f(global int *pointer) { *pointer = 1; }";

struct world {
	cl_device_id device;
	cl_context context;
	cl_command_queue queue;
	cl_program program;
	cl_kernel kernel;
	cl_mem buffer, image;
};

static void world_init(struct world *world)
{
	const char *strings[] = { source };
	cl_platform_id platform;
	cl_int code;

	check_fatal(!tandem_clGetPlatformIDs(1, &platform, NULL), "no platform");
	check_fatal(!tandem_clGetDeviceIDs(platform, CL_DEVICE_TYPE_ALL, 1, &world->device, NULL),
		    "no device");
	world->context = tandem_clCreateContext(NULL, 1, &world->device, NULL, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world->queue = tandem_clCreateCommandQueue(world->context, world->device, 0, &code);
	check_equal(CL_SUCCESS, code);
	world->program = tandem_clCreateProgramWithSource(world->context, 1, strings, NULL, &code);
	check_equal(CL_SUCCESS, code);
	check_equal(CL_SUCCESS, tandem_clBuildProgram(world->program, 0, NULL, "", NULL, NULL));
	world->kernel = tandem_clCreateKernel(world->program, "f", &code);
	check_equal(CL_SUCCESS, code);
	world->buffer = tandem_clCreateBuffer(world->context, 0, 64, NULL, &code);
	check_equal(CL_SUCCESS, code);
	world->image = tandem_clCreateBuffer(world->context, 0, 64, NULL, &code);
	check_equal(CL_SUCCESS, code);
	memory_of(world->image)->type = CL_MEM_OBJECT_IMAGE2D;
}

static void world_finish(struct world *world)
{
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->image));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->buffer));
	check_equal(CL_SUCCESS, tandem_clReleaseKernel(world->kernel));
	check_equal(CL_SUCCESS, tandem_clReleaseProgram(world->program));
	check_equal(CL_SUCCESS, tandem_clReleaseCommandQueue(world->queue));
	check_equal(CL_SUCCESS, tandem_clReleaseContext(world->context));
}

#define check_refused(call) check_equal(CL_INVALID_MEM_OBJECT, call)

static void check_commands(const struct world *world)
{
	const size_t zero[3] = { 0, 0, 0 }, region[3] = { 8, 1, 1 };
	cl_command_queue queue = world->queue;
	cl_mem buffer = world->buffer, image = world->image;
	cl_int code = CL_SUCCESS;
	char bytes[64] = { 0 };

	check_refused(
		tandem_clEnqueueReadBuffer(queue, image, CL_TRUE, 0, 8, bytes, 0, NULL, NULL));
	check_refused(
		tandem_clEnqueueWriteBuffer(queue, image, CL_TRUE, 0, 8, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueReadBufferRect(queue, image, CL_TRUE, zero, zero, region, 0,
						     0, 0, 0, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueWriteBufferRect(queue, image, CL_TRUE, zero, zero, region, 0,
						      0, 0, 0, bytes, 0, NULL, NULL));
	check_refused(tandem_clEnqueueFillBuffer(queue, image, bytes, 1, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBuffer(queue, image, buffer, 0, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBuffer(queue, buffer, image, 0, 0, 8, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBufferRect(queue, image, buffer, zero, zero, region, 0, 0,
						     0, 0, 0, NULL, NULL));
	check_refused(tandem_clEnqueueCopyBufferRect(queue, buffer, image, zero, zero, region, 0, 0,
						     0, 0, 0, NULL, NULL));
	check(!tandem_clEnqueueMapBuffer(queue, image, CL_TRUE, CL_MAP_READ, 0, 8, 0, NULL, NULL,
					 &code),
	      "mapped");
	check_refused(code);
}

static void CL_CALLBACK do_nothing(void *arguments)
{
}

static void check_uses(const struct world *world)
{
	const cl_buffer_region region = { 0, 8 };
	void *arguments[1] = { NULL };
	const void *places[] = { arguments };
	cl_int code = CL_SUCCESS;

	check(!tandem_clCreateSubBuffer(world->image, 0, CL_BUFFER_CREATE_TYPE_REGION, &region,
					&code),
	      "a sub-buffer");
	check_refused(code);
	check_refused(tandem_clSetKernelArg(world->kernel, 0, sizeof(world->image), &world->image));
	check_refused(tandem_clEnqueueNativeKernel(world->queue, do_nothing, arguments,
						   sizeof(arguments), 1, &world->image, places, 0,
						   NULL, NULL));
}

static void CL_CALLBACK ignore(cl_mem memory, void *user_data)
{
}

/* What memory objects of all types have. */
static void check_common(const struct world *world)
{
	cl_mem_object_type type = 0;

	check_equal(CL_SUCCESS, tandem_clGetMemObjectInfo(world->image, CL_MEM_TYPE, sizeof(type),
							  &type, NULL));
	check_equal(CL_MEM_OBJECT_IMAGE2D, type);
	check_equal(CL_SUCCESS, tandem_clGetMemObjectInfo(world->buffer, CL_MEM_TYPE, sizeof(type),
							  &type, NULL));
	check_equal(CL_MEM_OBJECT_BUFFER, type);
	check_equal(CL_SUCCESS, tandem_clRetainMemObject(world->image));
	check_equal(CL_SUCCESS, tandem_clReleaseMemObject(world->image));
	check_equal(CL_SUCCESS,
		    tandem_clSetMemObjectDestructorCallback(world->image, ignore, NULL));
	check_equal(CL_SUCCESS, tandem_clEnqueueMigrateMemObjects(world->queue, 1, &world->image, 0,
								  0, NULL, NULL));
	check_equal(CL_SUCCESS, tandem_clFinish(world->queue));
	/* It is looked at as a memory object, and then was not mapped. */
	check_equal(CL_INVALID_VALUE, tandem_clEnqueueUnmapMemObject(world->queue, world->image,
								     NULL, 0, NULL, NULL));
}

int main(void)
{
	struct world world;

	world_init(&world);
	check_commands(&world);
	check_uses(&world);
	check_common(&world);
	world_finish(&world);
	return check_result();
}
