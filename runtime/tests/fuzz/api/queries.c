// SPDX-License-Identifier: MIT
/* Steps: queries, with room enough, with too little, and of what there is not. */
#include "world.h"

#include <stdlib.h>

struct query {
	struct world *world;
	enum kind kind;
	void *handle;
	cl_device_id device;
	cl_uint name, index;
};

static cl_int ask(const struct query *query, size_t size, void *value, size_t *size_ret)
{
	switch (query->kind) {
	case CONTEXT:
		return clGetContextInfo(query->handle, query->name, size, value, size_ret);
	case QUEUE:
		return clGetCommandQueueInfo(query->handle, query->name, size, value, size_ret);
	case BUFFER:
		return clGetMemObjectInfo(query->handle, query->name, size, value, size_ret);
	case PROGRAM:
		if (query->name >= CL_PROGRAM_BUILD_STATUS)
			return clGetProgramBuildInfo(query->handle, query->device, query->name,
						     size, value, size_ret);
		return clGetProgramInfo(query->handle, query->name, size, value, size_ret);
	case KERNEL:
		if (query->name >= CL_KERNEL_WORK_GROUP_SIZE)
			return clGetKernelWorkGroupInfo(query->handle, query->device, query->name,
							size, value, size_ret);
		if (query->name >= CL_KERNEL_ARG_ADDRESS_QUALIFIER)
			return clGetKernelArgInfo(query->handle, query->index, query->name, size,
						  value, size_ret);
		return clGetKernelInfo(query->handle, query->name, size, value, size_ret);
	default:
		if (query->name >= CL_PROFILING_COMMAND_QUEUED)
			return clGetEventProfilingInfo(query->handle, query->name, size, value,
						       size_ret);
		return clGetEventInfo(query->handle, query->name, size, value, size_ret);
	}
}

/* A name of the kind's, or one near to them that it has not. */
static cl_uint choose_name(struct world *world, enum kind kind)
{
	static const struct {
		cl_uint first, count, others, other_count;
	} names[] = {
		[CONTEXT] = { CL_CONTEXT_REFERENCE_COUNT, 5, CL_CONTEXT_REFERENCE_COUNT, 5 },
		[QUEUE] = { CL_QUEUE_CONTEXT, 8, CL_QUEUE_CONTEXT, 8 },
		[BUFFER] = { CL_MEM_TYPE, 12, CL_MEM_TYPE, 12 },
		[PROGRAM] = { CL_PROGRAM_REFERENCE_COUNT, 14, CL_PROGRAM_BUILD_STATUS, 6 },
		[KERNEL] = { CL_KERNEL_FUNCTION_NAME, 12, CL_KERNEL_WORK_GROUP_SIZE, 7 },
		[EVENT] = { CL_EVENT_COMMAND_QUEUE, 6, CL_PROFILING_COMMAND_QUEUED, 6 },
	};

	if (once_in(world, 2))
		return names[kind].first + chance(world, names[kind].count);
	return names[kind].others + chance(world, names[kind].other_count);
}

static void query(struct world *world)
{
	struct query query = { .world = world, .kind = chance(world, KIND_COUNT) };
	struct object *object = any_object(world, query.kind), *context;
	size_t size = 0, again = 0;
	cl_int code;
	void *value;

	if (!object)
		return;
	context = context_of_object(world, object);
	query.handle = object->handle;
	query.device = context ? context->device : fuzz_device;
	query.name = choose_name(world, query.kind);
	query.index = chance(world, 4);
	code = ask(&query, 0, NULL, &size);
	if (code != CL_SUCCESS)
		return;
	/* All zeros: the places of programs' binaries are pointers. */
	value = calloc(1, size + !size);
	expect(world, value, "no memory");
	code = ask(&query, size, value, &again);
	/* A build on another thread changes what there is to tell. */
	expect(world, (code == CL_SUCCESS && again == size) || object->shared,
	       "query 0x%x of kind %d: code %d, %zu bytes, before %zu", query.name, query.kind,
	       code, again, size);
	if (size == sizeof(void *))
		note_shown(world, *(void **)value);
	if (size && query.name != CL_PROGRAM_BINARIES && !object->shared)
		expect_code(world, CL_INVALID_VALUE, ask(&query, size - 1, value, NULL));
	free(value);
}

static void count_references(struct world *world)
{
	static const cl_uint names[] = {
		[CONTEXT] = CL_CONTEXT_REFERENCE_COUNT, [QUEUE] = CL_QUEUE_REFERENCE_COUNT,
		[BUFFER] = CL_MEM_REFERENCE_COUNT,	[PROGRAM] = CL_PROGRAM_REFERENCE_COUNT,
		[KERNEL] = CL_KERNEL_REFERENCE_COUNT,	[EVENT] = CL_EVENT_REFERENCE_COUNT,
	};
	struct query query = { .world = world, .kind = chance(world, KIND_COUNT) };
	struct object *object = any_object(world, query.kind);
	cl_uint count = 0;

	if (!object)
		return;
	query.handle = object->handle;
	query.name = names[query.kind];
	expect_success(world, ask(&query, sizeof(count), &count, NULL));
	/* A callback has one of its own while it runs, and so have other threads. */
	expect(world, count >= object->references, "%u references, expected %u", count,
	       object->references);
	if (query.kind != EVENT && !object->shared)
		expect(world, count == object->references, "%u references, expected %u", count,
		       object->references);
}

static void query_platform(struct world *world)
{
	cl_uint name = once_in(world, 2) ? CL_DEVICE_TYPE + chance(world, 0x70) :
					   CL_PLATFORM_PROFILE + chance(world, 8);
	size_t size = 0, again = 0;
	cl_int code;
	char *value;

	if (name >= CL_DEVICE_TYPE)
		code = clGetDeviceInfo(fuzz_device, name, 0, NULL, &size);
	else
		code = clGetPlatformInfo(fuzz_platform, name, 0, NULL, &size);
	if (code != CL_SUCCESS)
		return;
	value = malloc(size + !size);
	expect(world, value, "no memory");
	if (name >= CL_DEVICE_TYPE)
		code = clGetDeviceInfo(fuzz_device, name, size, value, &again);
	else
		code = clGetPlatformInfo(fuzz_platform, name, size, value, &again);
	expect_success(world, code);
	expect(world, again == size, "query 0x%x: %zu bytes, before %zu", name, again, size);
	free(value);
}

const struct step query_steps[] = {
	{ "query", 40, query },
	{ "count-references", 10, count_references },
	{ "query-platform", 4, query_platform },
	{ NULL, 0, NULL },
};
