// SPDX-License-Identifier: MIT
/* Steps: contexts, queues, references, and handles that stand for nothing any more. */
#include "world.h"

#include <stdlib.h>
#include <string.h>

static void CL_CALLBACK count_context(cl_context context, void *data)
{
	note_callback();
}

/* Two sub-devices, of which one stays. */
static cl_device_id make_sub_device(struct world *world)
{
	const cl_device_partition_property parts[] = { CL_DEVICE_PARTITION_BY_COUNTS, 1, 1,
						       CL_DEVICE_PARTITION_BY_COUNTS_LIST_END, 0 };
	cl_device_id devices[2];
	cl_uint count = 0;

	expect_success(world, clCreateSubDevices(fuzz_device, parts, 0, NULL, &count));
	expect(world, count == 2, "%u sub-devices", count);
	expect_success(world, clCreateSubDevices(fuzz_device, parts, count, devices, NULL));
	expect_success(world, clReleaseDevice(devices[1]));
	return devices[0];
}

static void create_context(struct world *world)
{
	struct object *place = free_place(world, CONTEXT);
	struct object context = { .references = 1, .device = fuzz_device };
	cl_int code = 1;

	if (!place)
		return;
	if (once_in(world, 4)) {
		context.device = make_sub_device(world);
		context.owns_device = true;
	}
	context.handle = clCreateContext(NULL, 1, &context.device, NULL, NULL, &code);
	expect_success(world, code);
	context.context = ++world->last_context;
	*place = context;
	if (once_in(world, 2)) {
		want_callback();
		expect_success(world,
			       clSetContextDestructorCallback(context.handle, count_context, NULL));
	}
}

static void create_queue(struct world *world)
{
	struct object *place = free_place(world, QUEUE), *context = any_object(world, CONTEXT);
	const cl_queue_properties list[] = { CL_QUEUE_PROPERTIES, chance(world, 4), 0 };
	struct object queue = { .references = 1 };
	cl_int code = 1;

	if (!place || !context)
		return;
	queue.context = context->context;
	queue.device = context->device;
	if (once_in(world, 3))
		queue.handle = clCreateCommandQueue(context->handle, queue.device, list[1], &code);
	else
		queue.handle = clCreateCommandQueueWithProperties(context->handle, queue.device,
								  list, &code);
	expect_success(world, code);
	*place = queue;
}

/* ---- references ---- */

static void retain(struct world *world)
{
	enum kind kind = chance(world, KIND_COUNT);
	struct object *object = any_object(world, kind);

	if (!object || object->references > 5)
		return;
	expect_success(world, retain_handle(kind, object->handle));
	object->references++;
}

static bool may_go(const struct object *object)
{
	return object->references > 1 || !object->pins;
}

static void release(struct world *world)
{
	enum kind kind = chance(world, KIND_COUNT);
	struct object *object = any_object(world, kind);

	if (object && may_go(object))
		drop_reference(world, kind, object);
}

/* ---- handles of what was released ---- */

static bool is_alive(const struct world *world, const void *handle)
{
	for (int kind = 0; kind < KIND_COUNT; kind++) {
		for (int i = 0; i < MOST_OBJECTS; i++) {
			if (world->objects[kind][i].handle == handle)
				return true;
		}
	}
	for (unsigned int i = 0; i < world->orphan_count; i++) {
		if (world->orphans[i] == handle)
			return true;
	}
	return false;
}

static cl_int invalid_code(enum kind kind)
{
	static const cl_int codes[] = {
		[CONTEXT] = CL_INVALID_CONTEXT,	  [QUEUE] = CL_INVALID_COMMAND_QUEUE,
		[BUFFER] = CL_INVALID_MEM_OBJECT, [PROGRAM] = CL_INVALID_PROGRAM,
		[KERNEL] = CL_INVALID_KERNEL,	  [EVENT] = CL_INVALID_EVENT,
	};

	return codes[kind];
}

/* A call with a handle that is none any more. */
static cl_int use_stale(struct world *world, enum kind kind, void *handle)
{
	char room[64];
	size_t size;
	cl_int code;

	switch (kind) {
	case CONTEXT:
		return clGetContextInfo(handle, CL_CONTEXT_REFERENCE_COUNT, sizeof(room), room,
					&size);
	case QUEUE:
		return once_in(world, 2) ? clFlush(handle) :
					   clEnqueueMarkerWithWaitList(handle, 0, NULL, NULL);
	case BUFFER:
		return clGetMemObjectInfo(handle, CL_MEM_SIZE, sizeof(room), room, &size);
	case PROGRAM:
		if (!clCreateKernel(handle, "no such kernel", &code) && code != CL_INVALID_PROGRAM)
			code = CL_SUCCESS;
		return code;
	case KERNEL:
		return clGetKernelInfo(handle, CL_KERNEL_NUM_ARGS, sizeof(room), room, &size);
	default:
		return clGetEventInfo(handle, CL_EVENT_REFERENCE_COUNT, sizeof(room), room, &size);
	}
}

static void use_released(struct world *world)
{
	unsigned int count = world->stale_count < MOST_STALE ? world->stale_count : MOST_STALE;
	enum kind kind;
	void *handle;
	cl_int code;
	uint32_t i;

	/* Another thread may have got the handle for an object of its own. */
	if (!count || !world->is_alone)
		return;
	i = chance(world, count);
	kind = world->stale[i].kind;
	handle = world->stale[i].handle;
	if (is_alive(world, handle))
		return;
	code = release_handle(kind, handle);
	expect(world, code == invalid_code(kind), "kind %d: code %d", kind, code);
	/* Whether one that was shown still lives, only who knows what it is part of can tell. */
	if (!world->stale[i].shown) {
		code = use_stale(world, kind, handle);
		expect_code(world, invalid_code(kind), code);
		expect_code(world, invalid_code(kind), retain_handle(kind, handle));
	}
	/* Of another kind it is nothing in any case. */
	kind = (kind + 1) % KIND_COUNT;
	expect_code(world, invalid_code(kind), release_handle(kind, handle));
}

/* More releases than references, of an object whose handle nobody else has. */
static void release_too_often(struct world *world)
{
	enum kind kind = chance(world, KIND_COUNT);
	struct object *object = any_object(world, kind);
	void *handle = object ? object->handle : NULL;

	if (!object || !may_go(object) || object->pins || object->shared || object->has_callbacks ||
	    !world->is_alone || kind == CONTEXT)
		return;
	while (object->handle == handle)
		drop_reference(world, kind, object);
	if (is_alive(world, handle))
		return;
	for (int i = 0; i < 3; i++)
		expect_code(world, invalid_code(kind), release_handle(kind, handle));
}

const struct step object_steps[] = {
	{ "create-context", 2, create_context },
	{ "create-queue", 6, create_queue },
	{ "retain", 20, retain },
	{ "release", 30, release },
	{ "use-released", 20, use_released },
	{ "release-too-often", 4, release_too_often },
	{ NULL, 0, NULL },
};
