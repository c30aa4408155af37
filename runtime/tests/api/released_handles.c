// SPDX-License-Identifier: MIT
/*
 * Handles of objects that are gone: calls with them fail, with the object's code, and the
 * loader, which looks at them first, finds its way. Many objects are made and released, so
 * that their memory has been used again.
 */
#include <stdlib.h>

#include "harness.h"

#define OBJECTS 300
#define ROUNDS	3

static const char source[] = "kernel void nothing(void) { }";

struct world {
	struct test_setup base;
	cl_program program;
};

static void *create_context(struct world *world)
{
	return clCreateContext(NULL, 1, &world->base.device, NULL, NULL, NULL);
}

static void *create_queue(struct world *world)
{
	return clCreateCommandQueueWithProperties(world->base.context, world->base.device, NULL,
						  NULL);
}

static void *create_buffer(struct world *world)
{
	return clCreateBuffer(world->base.context, 0, 64, NULL, NULL);
}

static void *create_program(struct world *world)
{
	const char *text = source;

	return clCreateProgramWithSource(world->base.context, 1, &text, NULL, NULL);
}

static void *create_kernel(struct world *world)
{
	return clCreateKernel(world->program, "nothing", NULL);
}

static void *create_user_event(struct world *world)
{
	return clCreateUserEvent(world->base.context, NULL);
}

static void *create_command(struct world *world)
{
	cl_event event = NULL;

	clEnqueueMarkerWithWaitList(world->base.queue, 0, NULL, &event);
	return event;
}

static void *create_sub_device(struct world *world)
{
	const cl_device_partition_property ones[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 0, 0 };
	cl_device_id device = NULL;

	clCreateSubDevices(world->base.device, ones, 1, &device, NULL);
	return device;
}

static const struct kind {
	const char *name;
	cl_int code;
	void *(*create)(struct world *world);
	cl_int (*retain)(void *handle);
	cl_int (*release)(void *handle);
} kinds[] = {
#define KIND(name, code, create, object)                                 \
	{                                                                \
		name, code, create, (cl_int(*)(void *))clRetain##object, \
			(cl_int(*)(void *))clRelease##object             \
	}
	KIND("contexts", CL_INVALID_CONTEXT, create_context, Context),
	KIND("queues", CL_INVALID_COMMAND_QUEUE, create_queue, CommandQueue),
	KIND("buffers", CL_INVALID_MEM_OBJECT, create_buffer, MemObject),
	KIND("programs", CL_INVALID_PROGRAM, create_program, Program),
	KIND("kernels", CL_INVALID_KERNEL, create_kernel, Kernel),
	KIND("user events", CL_INVALID_EVENT, create_user_event, Event),
	KIND("events of commands", CL_INVALID_EVENT, create_command, Event),
	KIND("sub-devices", CL_INVALID_DEVICE, create_sub_device, Device),
};

/* All at once, so that their handles differ. */
static void make_and_release(struct world *world, const struct kind *kind, void **handles)
{
	for (int i = 0; i < OBJECTS; i++) {
		handles[i] = kind->create(world);
		check_fatal(handles[i], "object %d is not made", i);
	}
	check_success(clFinish(world->base.queue));
	for (int i = 0; i < OBJECTS; i++)
		check_success(kind->release(handles[i]));
}

static void check_released(const struct kind *kind, void **handles)
{
	for (int i = 0; i < OBJECTS; i++) {
		check_equal(kind->code, kind->release(handles[i]));
		check_equal(kind->code, kind->retain(handles[i]));
	}
}

int main(void)
{
	static void *handles[sizeof(kinds) / sizeof(kinds[0])][OBJECTS];
	const size_t count = sizeof(kinds) / sizeof(kinds[0]);
	struct world world = { .base = test_open() };

	world.program = test_build(world.base.context, source, "");
	for (int round = 0; round < ROUNDS; round++) {
		for (size_t k = 0; k < count; k++) {
			test_step(kinds[k].name);
			make_and_release(&world, &kinds[k], handles[k]);
		}
		/* Others are in their memory by now, or nothing is. */
		for (size_t k = 0; k < count; k++) {
			test_step(kinds[k].name);
			check_released(&kinds[k], handles[k]);
		}
	}
	check_success(clReleaseProgram(world.program));
	test_close(&world.base);
	return check_result();
}
