// SPDX-License-Identifier: MIT
/*
 * Unified shared memory, cl_intel_unified_shared_memory. All types of it are SVM allocations,
 * at one address for the application and all devices; those that the host may use at the same
 * time as a device have SVM atomics where a device has them.
 */
#include "launch.h"
#include "recordable.h"

#include "svm/types.h"

/* ---- allocation ---- */

/* What an allocation is asked for with. */
struct request {
	struct tandem_context *context;
	cl_unified_shared_memory_type_intel type;
	struct tandem_device *device; /* or NULL */
	cl_mem_alloc_flags_intel flags;
	size_t bytes;
};

static uint64_t capabilities_of(const struct tandem_device_core *core,
				cl_unified_shared_memory_type_intel type)
{
	switch (type) {
	case CL_MEM_TYPE_HOST_INTEL:
		return core->properties.unified_memory.host;
	case CL_MEM_TYPE_DEVICE_INTEL:
		return core->properties.unified_memory.device;
	default:
		return core->properties.unified_memory.one_device |
		       core->properties.unified_memory.devices;
	}
}

/* Whether the device, or where there is none one of the context's, has memory of the type. */
static bool is_supported(const struct request *request)
{
	if (request->device)
		return capabilities_of(request->device->core, request->type);
	for (unsigned int i = 0; i < request->context->core_count; i++) {
		if (capabilities_of(request->context->cores[i], request->type))
			return true;
	}
	return false;
}

static uint64_t most_bytes(const struct request *request)
{
	return request->device ? request->device->core->properties.max_allocation_bytes :
				 tandem_context_max_allocation(request->context);
}

static cl_int read_properties(const cl_mem_properties_intel *properties, struct request *request)
{
	const cl_mem_alloc_flags_intel places = CL_MEM_ALLOC_INITIAL_PLACEMENT_DEVICE_INTEL |
						CL_MEM_ALLOC_INITIAL_PLACEMENT_HOST_INTEL;
	const cl_mem_alloc_flags_intel known = CL_MEM_ALLOC_WRITE_COMBINED_INTEL | places;
	bool seen = false;

	for (; properties && properties[0]; properties += 2) {
		if (properties[0] != CL_MEM_ALLOC_FLAGS_INTEL)
			return fail(CL_INVALID_PROPERTY, "no property 0x%llx",
				    (unsigned long long)properties[0]);
		if (seen)
			return fail(CL_INVALID_PROPERTY, "CL_MEM_ALLOC_FLAGS_INTEL is there twice");
		request->flags = properties[1];
		seen = true;
	}
	if (request->flags & ~known || (request->flags & places) == places)
		return fail(CL_INVALID_PROPERTY, "no allocation flags 0x%llx",
			    (unsigned long long)request->flags);
	if (request->flags & places && request->type != CL_MEM_TYPE_SHARED_INTEL)
		return fail(CL_INVALID_PROPERTY, "only shared memory has a place to begin in");
	return CL_SUCCESS;
}

static cl_int check_request(struct request *request, const cl_mem_properties_intel *properties,
			    cl_uint alignment)
{
	if (!is_supported(request))
		return fail(CL_INVALID_OPERATION, "no device has memory of this type");
	if (alignment &&
	    (!tandem_is_power_of_two(alignment) || alignment > TANDEM_SVM_MOST_ALIGNMENT))
		return fail(CL_INVALID_VALUE, "alignment %u, powers of two up to %u are possible",
			    alignment, TANDEM_SVM_MOST_ALIGNMENT);
	if (!request->bytes || request->bytes > most_bytes(request))
		return fail(CL_INVALID_BUFFER_SIZE, "size %zu, 1 to %llu are possible",
			    request->bytes, (unsigned long long)most_bytes(request));
	return read_properties(properties, request);
}

static enum tandem_svm_type svm_type(const struct request *request)
{
	switch (request->type) {
	case CL_MEM_TYPE_HOST_INTEL:
		return TANDEM_SVM_HOST;
	case CL_MEM_TYPE_DEVICE_INTEL:
		return TANDEM_SVM_DEVICE;
	default:
		return TANDEM_SVM_SHARED;
	}
}

static cl_int allocate(struct request *request, const cl_mem_properties_intel *properties,
		       cl_uint alignment, void **pointer)
{
	struct tandem_svm_space *space = &request->context->svm;
	struct tandem_svm_allocation *allocation;
	cl_int code = check_request(request, properties, alignment);
	int error;

	if (code != CL_SUCCESS)
		return code;
	error = tandem_svm_allocate(space, request->bytes, alignment,
				    tandem_svm_type_flags(space, svm_type(request)), &allocation);
	if (error)
		return fail(CL_OUT_OF_RESOURCES, "%zu bytes: %s", request->bytes, strerror(-error));
	allocation->unified = (struct tandem_unified_memory){
		.type = request->type,
		.flags = request->flags,
		.device = request->device,
	};
	*pointer = allocation->address;
	return CL_SUCCESS;
}

static cl_int find_context(cl_context handle, struct request *request)
{
	request->context = context_of(handle);
	if (!request->context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	return CL_SUCCESS;
}

static cl_int find_device(cl_device_id handle, struct request *request)
{
	request->device = device_of(handle);
	if (!request->device || !tandem_context_has(request->context, request->device))
		return fail(CL_INVALID_DEVICE, "%p is no device of the context", (void *)handle);
	return CL_SUCCESS;
}

void *tandem_clHostMemAllocINTEL(cl_context context, const cl_mem_properties_intel *properties,
				 size_t size, cl_uint alignment, cl_int *code_ret)
{
	ENTRY_POINT;
	struct request request = { .type = CL_MEM_TYPE_HOST_INTEL, .bytes = size };
	cl_int code = find_context(context, &request);
	void *pointer = NULL;

	if (code == CL_SUCCESS)
		code = allocate(&request, properties, alignment, &pointer);
	set_code(code_ret, code);
	return pointer;
}

void *tandem_clDeviceMemAllocINTEL(cl_context context, cl_device_id device,
				   const cl_mem_properties_intel *properties, size_t size,
				   cl_uint alignment, cl_int *code_ret)
{
	ENTRY_POINT;
	struct request request = { .type = CL_MEM_TYPE_DEVICE_INTEL, .bytes = size };
	cl_int code = find_context(context, &request);
	void *pointer = NULL;

	if (code == CL_SUCCESS)
		code = find_device(device, &request);
	if (code == CL_SUCCESS)
		code = allocate(&request, properties, alignment, &pointer);
	set_code(code_ret, code);
	return pointer;
}

void *tandem_clSharedMemAllocINTEL(cl_context context, cl_device_id device,
				   const cl_mem_properties_intel *properties, size_t size,
				   cl_uint alignment, cl_int *code_ret)
{
	ENTRY_POINT;
	struct request request = { .type = CL_MEM_TYPE_SHARED_INTEL, .bytes = size };
	cl_int code = find_context(context, &request);
	void *pointer = NULL;

	if (code == CL_SUCCESS && device)
		code = find_device(device, &request);
	if (code == CL_SUCCESS)
		code = allocate(&request, properties, alignment, &pointer);
	set_code(code_ret, code);
	return pointer;
}

/* ---- what was allocated ---- */

static struct tandem_svm_allocation *find_unified(struct tandem_context *context,
						  const void *pointer)
{
	struct tandem_svm_allocation *allocation = tandem_svm_find(&context->svm, pointer);

	return allocation && allocation->unified.type ? allocation : NULL;
}

/* CL_INVALID_CONTEXT; CL_INVALID_VALUE where no allocation begins at @pointer, which is not NULL. */
static cl_int check_free(cl_context handle, const void *pointer, struct tandem_context **context)
{
	const struct tandem_svm_allocation *allocation;

	*context = context_of(handle);
	if (!*context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	allocation = find_unified(*context, pointer);
	if (pointer && (!allocation || allocation->address != pointer))
		return fail(CL_INVALID_VALUE, "no unified shared memory begins at %p", pointer);
	return CL_SUCCESS;
}

cl_int tandem_clMemFreeINTEL(cl_context handle, void *pointer)
{
	ENTRY_POINT;
	struct tandem_context *context;
	cl_int code = check_free(handle, pointer, &context);

	if (code == CL_SUCCESS && pointer)
		tandem_svm_free(&context->svm, pointer);
	return code;
}

cl_int tandem_clMemBlockingFreeINTEL(cl_context handle, void *pointer)
{
	ENTRY_POINT;
	struct tandem_context *context;
	cl_int code = check_free(handle, pointer, &context);

	if (code != CL_SUCCESS || !pointer)
		return code;
	code = result(tandem_queues_finish(context));
	if (code == CL_SUCCESS)
		tandem_svm_free(&context->svm, pointer);
	return code;
}

cl_int tandem_clGetMemAllocInfoINTEL(cl_context handle, const void *pointer, cl_mem_info_intel name,
				     size_t size, void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	static const struct tandem_svm_allocation none = {
		.unified = { .type = CL_MEM_TYPE_UNKNOWN_INTEL }
	};
	struct tandem_context *context = context_of(handle);
	const struct tandem_svm_allocation *allocation;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	allocation = find_unified(context, pointer);
	if (!allocation)
		allocation = &none;
	switch (name) {
	case CL_MEM_ALLOC_TYPE_INTEL:
		return answer_value(&answer, cl_unified_shared_memory_type_intel,
				    allocation->unified.type);
	case CL_MEM_ALLOC_BASE_PTR_INTEL:
		return answer_value(&answer, void *, allocation->address);
	case CL_MEM_ALLOC_SIZE_INTEL:
		return answer_value(&answer, size_t, allocation->bytes);
	case CL_MEM_ALLOC_DEVICE_INTEL:
		return answer_value(&answer, cl_device_id,
				    device_shown(allocation->unified.device));
	case CL_MEM_ALLOC_FLAGS_INTEL:
		return answer_value(&answer, cl_mem_alloc_flags_intel, allocation->unified.flags);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

/* ---- kernels ---- */

cl_int tandem_clSetKernelArgMemPointerINTEL(cl_kernel handle, cl_uint index, const void *value)
{
	ENTRY_POINT;
	struct tandem_kernel *kernel = kernel_of(handle);

	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)handle);
	return tandem_api_set_svm_argument(kernel, index, value);
}

/* ---- commands ---- */

cl_int tandem_clEnqueueMemFillINTEL(cl_command_queue queue, void *pointer, const void *pattern,
				    size_t pattern_size, size_t size, cl_uint num_events,
				    const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct svm_fill fill = { CL_COMMAND_MEMFILL_INTEL, pointer, pattern, pattern_size,
				       size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_fill_svm(&call, &fill, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

cl_int tandem_clEnqueueMemcpyINTEL(cl_command_queue queue, cl_bool blocking, void *target,
				   const void *source, size_t size, cl_uint num_events,
				   const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct svm_copy copy = { CL_COMMAND_MEMCPY_INTEL, target, source, size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_svm(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, blocking, event) : code;
}

static cl_int create(const struct memory_call *call, cl_command_type type,
		     struct tandem_command **command)
{
	return result(tandem_command_create(call->queue, type, &call->wait, 0, 0, command));
}

/* A hint that has no effect, but keeps the order. */
static cl_int enqueue_nothing(const struct memory_call *call, cl_command_type type, cl_event *event)
{
	struct tandem_command *command;
	cl_int code = create(call, type, &command);

	if (code != CL_SUCCESS)
		return code;
	tandem_command_set_marker(command, false, false);
	return submit(command, false, event);
}

static cl_int enqueue_migration(const struct memory_call *call, const void *pointer, size_t size,
				bool to_host, cl_event *event)
{
	struct tandem_command *command;
	cl_int code = create(call, CL_COMMAND_MIGRATEMEM_INTEL, &command);

	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_command_set_svm_migrate(command, &pointer, &size, 1, to_host));
	if (code != CL_SUCCESS) {
		tandem_command_abandon(command);
		return code;
	}
	return submit(command, false, event);
}

cl_int tandem_clEnqueueMigrateMemINTEL(cl_command_queue queue, const void *pointer, size_t size,
				       cl_mem_migration_flags flags, cl_uint num_events,
				       const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const cl_mem_migration_flags known = CL_MIGRATE_MEM_OBJECT_HOST |
					     CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;
	const struct tandem_svm_allocation *allocation;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	if (flags & ~known)
		return fail(CL_INVALID_VALUE, "no migration flags 0x%llx",
			    (unsigned long long)flags);
	/* Of other memory it is a hint without effect. */
	allocation = find_unified(call.queue->context, pointer);
	if (!allocation || !tandem_svm_contains(allocation, pointer, size))
		return enqueue_nothing(&call, CL_COMMAND_MIGRATEMEM_INTEL, event);
	return enqueue_migration(&call, pointer, size, flags & CL_MIGRATE_MEM_OBJECT_HOST, event);
}

cl_int tandem_clEnqueueMemAdviseINTEL(cl_command_queue queue, const void *pointer, size_t size,
				      cl_mem_advice_intel advice, cl_uint num_events,
				      const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	/* The extension defines none yet. */
	if (advice)
		return fail(CL_INVALID_VALUE, "no advice 0x%x", advice);
	return enqueue_nothing(&call, CL_COMMAND_MEMADVISE_INTEL, event);
}
