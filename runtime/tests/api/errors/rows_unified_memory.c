// SPDX-License-Identifier: MIT
/*
 * Rows of cl_intel_unified_shared_memory and cl_ext_buffer_device_address, whose functions only
 * their names lead to.
 */
#include "../unified_memory.h"

#include "errors.h"

struct state {
	struct unified_memory_functions cl;
	char *memory; /* of ERROR_SVM_BYTES: SVM where there is no unified shared memory */
	bool has_memory;
};

/* What the three kinds of allocation refuse alike: @call has properties, size and alignment. */
#define ROWS_ALLOCATION(call)                                                                   \
	do {                                                                                    \
		const cl_mem_properties_intel *properties = NULL;                               \
		size_t size = 64;                                                               \
		cl_uint alignment = 3;                                                          \
                                                                                                \
		ROW_CREATE(CL_INVALID_VALUE, "alignment is no power of two", call);             \
		alignment = 8192;                                                               \
		ROW_CREATE(CL_INVALID_VALUE, "alignment exceeds a page", call);                 \
		alignment = 0;                                                                  \
		size = 0;                                                                       \
		ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size is 0", call);                          \
		size = SIZE_MAX;                                                                \
		ROW_CREATE(CL_INVALID_BUFFER_SIZE, "size exceeds CL_DEVICE_MAX_MEM_ALLOC_SIZE", \
			   call);                                                               \
		size = 64;                                                                      \
		properties = unknown;                                                           \
		ROW_CREATE(CL_INVALID_PROPERTY, "a property is not supported", call);           \
		properties = twice;                                                             \
		ROW_CREATE(CL_INVALID_PROPERTY, "a property is there twice", call);             \
		properties = no_flag;                                                           \
		ROW_CREATE(CL_INVALID_PROPERTY, "a flag is not known", call);                   \
		properties = both_places;                                                       \
		ROW_CREATE(CL_INVALID_PROPERTY, "both places are given", call);                 \
		error_not_provocable(world, CL_INVALID_OPERATION,                               \
				     "no device has memory of the type", "each device does");   \
		error_resources(world);                                                         \
	} while (0)

static const cl_mem_properties_intel unknown[] = { 0x7fff, 1, 0 };
static const cl_mem_properties_intel twice[] = { CL_MEM_ALLOC_FLAGS_INTEL, 0,
						 CL_MEM_ALLOC_FLAGS_INTEL, 0, 0 };
static const cl_mem_properties_intel no_flag[] = { CL_MEM_ALLOC_FLAGS_INTEL, 1 << 20, 0 };
static const cl_mem_properties_intel place[] = { CL_MEM_ALLOC_FLAGS_INTEL,
						 CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL, 0 };
static const cl_mem_properties_intel both_places[] = {
	CL_MEM_ALLOC_FLAGS_INTEL,
	CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL | CL_MEM_ALLOC_INITIAL_PLACEMENT_DEVICE_INTEL, 0
};

static void rows_host(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;

	error_entry_point("clHostMemAllocINTEL");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			state->cl.clHostMemAllocINTEL(bad, NULL, 64, 0, errcode));
	if (!state->has_memory) {
		ROW_CREATE(CL_INVALID_OPERATION, "no device has memory of the type",
			   state->cl.clHostMemAllocINTEL(context, NULL, 64, 0, errcode));
		return;
	}
	ROWS_ALLOCATION(
		state->cl.clHostMemAllocINTEL(context, properties, size, alignment, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "a place to begin in is given",
		   state->cl.clHostMemAllocINTEL(context, place, 64, 0, errcode));
}

static void rows_device(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;
	cl_device_id device = world->base.device;

	error_entry_point("clDeviceMemAllocINTEL");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			state->cl.clDeviceMemAllocINTEL(bad, device, NULL, 64, 0, errcode));
	ROWS_BAD_CREATE(ERROR_DEVICE, cl_device_id, CL_INVALID_DEVICE,
			state->cl.clDeviceMemAllocINTEL(context, bad, NULL, 64, 0, errcode));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "device is not associated with context",
			   state->cl.clDeviceMemAllocINTEL(context, world->sub_device, NULL, 64, 0,
							   errcode));
	if (!state->has_memory) {
		ROW_CREATE(CL_INVALID_OPERATION, "no device has memory of the type",
			   state->cl.clDeviceMemAllocINTEL(context, device, NULL, 64, 0, errcode));
		return;
	}
	ROWS_ALLOCATION(state->cl.clDeviceMemAllocINTEL(context, device, properties, size,
							alignment, errcode));
	ROW_CREATE(CL_INVALID_PROPERTY, "a place to begin in is given",
		   state->cl.clDeviceMemAllocINTEL(context, device, place, 64, 0, errcode));
}

static void rows_shared(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;
	cl_device_id device = world->base.device;

	error_entry_point("clSharedMemAllocINTEL");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			state->cl.clSharedMemAllocINTEL(bad, device, NULL, 64, 0, errcode));
	if (world->sub_device)
		ROW_CREATE(CL_INVALID_DEVICE, "device is not associated with context",
			   state->cl.clSharedMemAllocINTEL(context, world->sub_device, NULL, 64, 0,
							   errcode));
	ROW_CREATE(CL_INVALID_DEVICE, "device is no device",
		   state->cl.clSharedMemAllocINTEL(context, (cl_device_id)context, NULL, 64, 0,
						   errcode));
	if (!state->has_memory) {
		ROW_CREATE(CL_INVALID_OPERATION, "no device has memory of the type",
			   state->cl.clSharedMemAllocINTEL(context, NULL, NULL, 64, 0, errcode));
		return;
	}
	ROWS_ALLOCATION(state->cl.clSharedMemAllocINTEL(context, device, properties, size,
							alignment, errcode));
	ROWS_ALLOCATION(state->cl.clSharedMemAllocINTEL(context, NULL, properties, size, alignment,
							errcode));
}

static void rows_free(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;
	int variable = 0;

#define ROWS_FREE(name)                                                           \
	error_entry_point(#name);                                                 \
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,                   \
		 state->cl.name(bad, state->memory));                             \
	ROW(CL_INVALID_VALUE, "ptr is the application's memory",                  \
	    state->cl.name(context, &variable));                                  \
	ROW(CL_INVALID_VALUE, "ptr is SVM", state->cl.name(context, world->svm)); \
	ROW(CL_INVALID_VALUE, "ptr is inside of an allocation",                   \
	    state->cl.name(context, state->memory + 1));                          \
	ROW(CL_INVALID_VALUE, "ptr is of another context",                        \
	    state->cl.name(world->other_context, state->memory));                 \
	error_resources(world)
	ROWS_FREE(clMemFreeINTEL);
	ROWS_FREE(clMemBlockingFreeINTEL);
#undef ROWS_FREE

	error_entry_point("clGetMemAllocInfoINTEL");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 state->cl.clGetMemAllocInfoINTEL(bad, state->memory, CL_MEM_ALLOC_SIZE_INTEL,
						  sizeof(world->out.bytes), world->out.bytes,
						  &world->out.size));
	ROWS_QUERY(CL_MEM_ALLOC_SIZE_INTEL,
		   state->cl.clGetMemAllocInfoINTEL(context, state->memory, name, size, value,
						    size_ret));
	error_resources(world);
}

static void rows_argument(struct error_world *world, const struct state *state)
{
	error_entry_point("clSetKernelArgMemPointerINTEL");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL,
		 state->cl.clSetKernelArgMemPointerINTEL(bad, 0, state->memory));
	ROW(CL_INVALID_ARG_INDEX, "arg_index is no index",
	    state->cl.clSetKernelArgMemPointerINTEL(world->unset, 100, state->memory));
	error_resources(world);
}

static void rows_fill(struct error_world *world, const struct state *state)
{
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	const cl_uint pattern[64] = { 0 };
	char *memory = state->memory;

#define FILL(pointer, in_pattern, pattern_size, size)                                            \
	state->cl.clEnqueueMemFillINTEL(queue, pointer, in_pattern, pattern_size, size, 0, NULL, \
					event)
	error_entry_point("clEnqueueMemFillINTEL");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 state->cl.clEnqueueMemFillINTEL(bad, memory, pattern, 4, 16, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "dst_ptr is NULL", FILL(NULL, pattern, 4, 16));
	ROW(CL_INVALID_VALUE, "dst_ptr is not aligned", FILL(memory + 2, pattern, 4, 16));
	ROW(CL_INVALID_VALUE, "dst_ptr and size exceed the allocation",
	    FILL(memory + ERROR_SVM_BYTES - 8, pattern, 4, 16));
	ROW(CL_INVALID_VALUE, "pattern is NULL", FILL(memory, NULL, 4, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is 0", FILL(memory, pattern, 0, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is no power of two", FILL(memory, pattern, 12, 24));
	ROW(CL_INVALID_VALUE, "pattern_size exceeds all types", FILL(memory, pattern, 256, 256));
	ROW(CL_INVALID_VALUE, "size is no multiple of pattern_size", FILL(memory, pattern, 8, 20));
	ROWS_WAIT(ROW, state->cl.clEnqueueMemFillINTEL(queue, memory, pattern, 4, 16, count, list,
						       event));
	error_resources(world);
#undef FILL
}

static void rows_copy(struct error_world *world, const struct state *state)
{
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *memory = state->memory;

#define COPY(target, source, size) \
	state->cl.clEnqueueMemcpyINTEL(queue, CL_FALSE, target, source, size, 0, NULL, event)
	error_entry_point("clEnqueueMemcpyINTEL");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 state->cl.clEnqueueMemcpyINTEL(bad, CL_FALSE, memory, memory + 64, 16, 0, NULL,
						event));
	ROW(CL_INVALID_VALUE, "dst_ptr is NULL", COPY(NULL, memory, 16));
	ROW(CL_INVALID_VALUE, "src_ptr is NULL", COPY(memory, NULL, 16));
	ROW(CL_INVALID_VALUE, "dst_ptr and size exceed the allocation",
	    COPY(memory + ERROR_SVM_BYTES - 8, memory, 16));
	ROW(CL_INVALID_VALUE, "src_ptr and size exceed the allocation",
	    COPY(memory, memory + ERROR_SVM_BYTES - 8, 16));
	ROW(CL_MEM_COPY_OVERLAP, "the regions overlap", COPY(memory, memory + 15, 16));
	ROWS_WAIT(ROW, state->cl.clEnqueueMemcpyINTEL(queue, CL_FALSE, memory, memory + 64, 16,
						      count, list, event));
	ROW(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, "blocking, and an event has failed",
	    state->cl.clEnqueueMemcpyINTEL(queue, CL_TRUE, memory, memory + 64, 16, 1,
					   &world->failed, NULL));
	error_resources(world);
#undef COPY
}

static void rows_hints(struct error_world *world, const struct state *state)
{
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *memory = state->memory;

	error_entry_point("clEnqueueMigrateMemINTEL");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 state->cl.clEnqueueMigrateMemINTEL(bad, memory, 16, 0, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "flags has a bit that is no flag",
	    state->cl.clEnqueueMigrateMemINTEL(queue, memory, 16, 1 << 20, 0, NULL, event));
	ROWS_WAIT(ROW,
		  state->cl.clEnqueueMigrateMemINTEL(queue, memory, 16, 0, count, list, event));
	error_resources(world);

	error_entry_point("clEnqueueMemAdviseINTEL");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 state->cl.clEnqueueMemAdviseINTEL(bad, memory, 16, 0, 0, NULL, event));
	ROW(CL_INVALID_VALUE, "advice is not supported",
	    state->cl.clEnqueueMemAdviseINTEL(queue, memory, 16, 0x4208, 0, NULL, event));
	ROWS_WAIT(ROW, state->cl.clEnqueueMemAdviseINTEL(queue, memory, 16, 0, count, list, event));
	error_resources(world);
}

static void rows_address(struct error_world *world, const struct state *state)
{
	__typeof__(clSetKernelArgDevicePointerEXT) *set;

	*(void **)&set = clGetExtensionFunctionAddressForPlatform(world->base.platform,
								  "clSetKernelArgDevicePointerEXT");
	check_fatal(set, "no clSetKernelArgDevicePointerEXT");
	error_entry_point("clSetKernelArgDevicePointerEXT");
	ROWS_BAD(ERROR_KERNEL, cl_kernel, CL_INVALID_KERNEL, set(bad, 0, 0));
	if (!state->has_memory) {
		ROW(CL_INVALID_OPERATION, "no device has the extension", set(world->unset, 0, 0));
		return;
	}
	ROW(CL_INVALID_ARG_INDEX, "arg_index is no index", set(world->unset, 100, 0));
	ROW(CL_INVALID_ARG_INDEX, "the argument is no pointer to global memory",
	    set(world->local_user, 0, 0));
	error_not_provocable(world, CL_INVALID_OPERATION, "no device has the extension",
			     "each device does");
	error_resources(world);
}

void error_rows_unified_memory(struct error_world *world)
{
	struct state state = { 0 };

	load_unified_memory(world->base.platform, &state.cl);
	state.memory = state.cl.clSharedMemAllocINTEL(world->base.context, world->base.device, NULL,
						      ERROR_SVM_BYTES, 0, NULL);
	state.has_memory = state.memory;
	if (!state.has_memory)
		state.memory = world->svm;
	check_fatal(state.memory, "no memory");
	rows_host(world, &state);
	rows_device(world, &state);
	rows_shared(world, &state);
	rows_free(world, &state);
	rows_argument(world, &state);
	rows_fill(world, &state);
	rows_copy(world, &state);
	rows_hints(world, &state);
	rows_address(world, &state);
	if (state.has_memory)
		check_success(state.cl.clMemFreeINTEL(world->base.context, state.memory));
}
