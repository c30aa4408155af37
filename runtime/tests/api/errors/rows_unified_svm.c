// SPDX-License-Identifier: MIT
/* Rows of cl_khr_unified_svm, whose functions only their names lead to. */
#include "../unified_memory.h"

#include "errors.h"

struct state {
	struct unified_svm_functions cl;
	cl_uint count; /* of types */
	cl_uint coarse; /* what clSVMAlloc gives without flags, which needs no device */
	cl_uint device_owned; /* which does need one; CL_UINT_MAX where there is none */
};

static const cl_svm_alloc_properties_khr unknown[] = { 0x7fff, 1, 0 };
static const cl_svm_alloc_properties_khr twice[] = { CL_SVM_ALLOC_ALIGNMENT_KHR, 8,
						     CL_SVM_ALLOC_ALIGNMENT_KHR, 8, 0 };
static const cl_svm_alloc_properties_khr no_flag[] = { CL_SVM_ALLOC_ACCESS_FLAGS_KHR, 1 << 2, 0 };
static const cl_svm_alloc_properties_khr odd[] = { CL_SVM_ALLOC_ALIGNMENT_KHR, 3, 0 };
static const cl_svm_alloc_properties_khr too_large[] = { CL_SVM_ALLOC_ALIGNMENT_KHR, 256, 0 };

/* What lists of properties are refused for: @call has properties. @row: ROW or ROW_CREATE. */
#define ROWS_PROPERTIES(row, call)                                                              \
	do {                                                                                    \
		const cl_svm_alloc_properties_khr *properties = unknown;                        \
		const cl_svm_alloc_properties_khr no_device[] = {                               \
			CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR,                              \
			(cl_svm_alloc_properties_khr)(uintptr_t)world->base.context, 0          \
		};                                                                              \
		const cl_svm_alloc_properties_khr foreign[] = {                                 \
			CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR,                              \
			(cl_svm_alloc_properties_khr)(uintptr_t)world->sub_device, 0            \
		};                                                                              \
                                                                                                \
		row(CL_INVALID_PROPERTY, "a property is not supported", call);                  \
		properties = twice;                                                             \
		row(CL_INVALID_PROPERTY, "a property is there twice", call);                    \
		properties = no_flag;                                                           \
		row(CL_INVALID_PROPERTY, "an access flag is not known", call);                  \
		properties = odd;                                                               \
		row(CL_INVALID_PROPERTY, "alignment is no power of two", call);                 \
		properties = too_large;                                                         \
		row(CL_INVALID_PROPERTY, "alignment exceeds the largest type", call);           \
		properties = no_device;                                                         \
		row(CL_INVALID_PROPERTY, "the device is no device", call);                      \
		properties = foreign;                                                           \
		if (world->sub_device)                                                          \
			row(CL_INVALID_PROPERTY, "the device is not one of the context", call); \
	} while (0)

static void rows_alloc(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;

	error_entry_point("clSVMAllocWithPropertiesKHR");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			state->cl.clSVMAllocWithPropertiesKHR(bad, NULL, state->coarse, 64,
							      errcode));
	ROW_CREATE(CL_INVALID_VALUE, "svm_type_index is the number of types",
		   state->cl.clSVMAllocWithPropertiesKHR(context, NULL, state->count, 64, errcode));
	ROW_CREATE(CL_INVALID_VALUE, "svm_type_index is no index",
		   state->cl.clSVMAllocWithPropertiesKHR(context, NULL, CL_UINT_MAX, 64, errcode));
	ROWS_PROPERTIES(ROW_CREATE, state->cl.clSVMAllocWithPropertiesKHR(
					    context, properties, state->coarse, 64, errcode));
	if (state->device_owned != CL_UINT_MAX)
		ROW_CREATE(CL_INVALID_PROPERTY, "the type needs a device, and there is none",
			   state->cl.clSVMAllocWithPropertiesKHR(context, NULL, state->device_owned,
								 64, errcode));
	ROW_CREATE(CL_OUT_OF_RESOURCES, "there is not as much memory",
		   state->cl.clSVMAllocWithPropertiesKHR(context, NULL, state->coarse, SIZE_MAX / 2,
							 errcode));
	error_not_provocable(world, CL_INVALID_OPERATION, "no device supports the type",
			     "each type is there that a device supports, of which there is one");
	error_resources(world);
}

static void rows_free(struct error_world *world, const struct state *state)
{
	static const cl_svm_free_properties_khr property[] = { CL_SVM_ALLOC_ALIGNMENT_KHR, 8, 0 };
	cl_context context = world->base.context;
	struct unified_memory_functions intel;
	void *memory;
	int variable = 0;

	error_entry_point("clSVMFreeWithPropertiesKHR");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 state->cl.clSVMFreeWithPropertiesKHR(bad, NULL, 0, world->svm));
	ROW(CL_INVALID_PROPERTY, "a property is not supported",
	    state->cl.clSVMFreeWithPropertiesKHR(context, property, 0, world->svm));
	ROW(CL_INVALID_VALUE, "flags has a bit that is no flag",
	    state->cl.clSVMFreeWithPropertiesKHR(context, NULL, 1, world->svm));
	ROW(CL_INVALID_VALUE, "ptr is the application's memory",
	    state->cl.clSVMFreeWithPropertiesKHR(context, NULL, 0, &variable));
	ROW(CL_INVALID_VALUE, "ptr is inside of an allocation",
	    state->cl.clSVMFreeWithPropertiesKHR(context, NULL, 0, world->svm + 1));
	ROW(CL_INVALID_VALUE, "ptr is of another context",
	    state->cl.clSVMFreeWithPropertiesKHR(world->other_context, NULL, 0, world->svm));
	load_unified_memory(world->base.platform, &intel);
	memory = intel.clHostMemAllocINTEL(context, NULL, 64, 0, NULL);
	if (memory) {
		ROW(CL_INVALID_VALUE, "ptr is unified shared memory",
		    state->cl.clSVMFreeWithPropertiesKHR(context, NULL, 0, memory));
		check_success(intel.clMemFreeINTEL(context, memory));
	}
	error_resources(world);
}

static void rows_info(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;

#define INFO(context, device, name, size, value, size_ret) \
	state->cl.clGetSVMPointerInfoKHR(context, device, world->svm, name, size, value, size_ret)
	error_entry_point("clGetSVMPointerInfoKHR");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 INFO(bad, NULL, CL_SVM_INFO_SIZE_KHR, sizeof(world->out.bytes), world->out.bytes,
		      &world->out.size));
	ROW(CL_INVALID_DEVICE, "device is no device",
	    INFO(context, (cl_device_id)context, CL_SVM_INFO_SIZE_KHR, sizeof(world->out.bytes),
		 world->out.bytes, &world->out.size));
	if (world->sub_device)
		ROW(CL_INVALID_DEVICE, "device is not associated with context",
		    INFO(context, world->sub_device, CL_SVM_INFO_SIZE_KHR, sizeof(world->out.bytes),
			 world->out.bytes, &world->out.size));
	ROWS_QUERY(CL_SVM_INFO_SIZE_KHR, INFO(context, NULL, name, size, value, size_ret));
	error_resources(world);
#undef INFO
}

static void rows_suggestion(struct error_world *world, const struct state *state)
{
	cl_context context = world->base.context;
	cl_uint *index = &world->out.number;

	error_entry_point("clGetSVMSuggestedTypeIndexKHR");
	ROWS_BAD(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
		 state->cl.clGetSVMSuggestedTypeIndexKHR(bad, 0, 0, NULL, 0, index));
	ROW(CL_INVALID_VALUE, "suggested_svm_type_index is NULL",
	    state->cl.clGetSVMSuggestedTypeIndexKHR(context, 0, 0, NULL, 0, NULL));
	ROWS_PROPERTIES(ROW, state->cl.clGetSVMSuggestedTypeIndexKHR(context, 0, 0, properties, 0,
								     index));
	error_resources(world);
}

/* The functions of the core that know the types. */
static void rows_map(struct error_world *world, const struct state *state)
{
	const cl_svm_alloc_properties_khr properties[] = {
		CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR,
		(cl_svm_alloc_properties_khr)(uintptr_t)world->base.device, 0
	};
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	char *memory;

	if (state->device_owned == CL_UINT_MAX)
		return;
	memory = state->cl.clSVMAllocWithPropertiesKHR(world->base.context, properties,
						       state->device_owned, 64, NULL);
	check_fatal(memory, "no memory");
	error_entry_point("clEnqueueSVMMap");
	ROW(CL_INVALID_VALUE, "SVM of the type is not mapped",
	    clEnqueueSVMMap(queue, CL_TRUE, CL_MAP_READ, memory + 8, 16, 0, NULL, event));
	error_entry_point("clEnqueueSVMUnmap");
	ROW(CL_INVALID_VALUE, "SVM of the type is not mapped",
	    clEnqueueSVMUnmap(queue, memory + 8, 0, NULL, event));
	check_success(state->cl.clSVMFreeWithPropertiesKHR(world->base.context, NULL, 0, memory));
}

void error_rows_unified_svm(struct error_world *world)
{
	cl_svm_capabilities_khr types[64];
	struct state state = { 0 };
	size_t bytes;

	load_unified_svm(world->base.platform, &state.cl);
	check_success_fatal(clGetPlatformInfo(world->base.platform,
					      CL_PLATFORM_SVM_TYPE_CAPABILITIES_KHR, sizeof(types),
					      types, &bytes));
	state.count = (cl_uint)(bytes / sizeof(types[0]));
	check_success_fatal(state.cl.clGetSVMPointerInfoKHR(
		world->base.context, NULL, world->svm, CL_SVM_INFO_TYPE_INDEX_KHR,
		sizeof(state.coarse), &state.coarse, NULL));
	check_success_fatal(state.cl.clGetSVMSuggestedTypeIndexKHR(
		world->base.context, CL_SVM_CAPABILITY_DEVICE_OWNED_KHR, 0, NULL, 0,
		&state.device_owned));
	rows_alloc(world, &state);
	rows_free(world, &state);
	rows_info(world, &state);
	rows_suggestion(world, &state);
	rows_map(world, &state);
}
