// SPDX-License-Identifier: MIT
/* Shared virtual memory. Kernels' SVM arguments are set in kernel.c. */
#include "recordable.h"

#include "svm/types.h"
#include "util/new_names.h"

/* ---- allocation ---- */

static const cl_mem_flags access_flags = CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY | CL_MEM_READ_ONLY;

static cl_int check_alloc_flags(const struct tandem_context *context, cl_svm_mem_flags flags)
{
	const cl_svm_mem_flags known = access_flags | CL_MEM_SVM_FINE_GRAIN_BUFFER |
				       CL_MEM_SVM_ATOMICS;
	const cl_mem_flags access = flags & access_flags;
	uint64_t needed = CL_DEVICE_SVM_COARSE_GRAIN_BUFFER;

	if (flags & ~known || access & (access - 1) ||
	    (flags & CL_MEM_SVM_ATOMICS && !(flags & CL_MEM_SVM_FINE_GRAIN_BUFFER)))
		return fail(CL_INVALID_VALUE, "no SVM flags 0x%llx", (unsigned long long)flags);
	if (flags & CL_MEM_SVM_FINE_GRAIN_BUFFER)
		needed |= CL_DEVICE_SVM_FINE_GRAIN_BUFFER;
	if (flags & CL_MEM_SVM_ATOMICS)
		needed |= CL_DEVICE_SVM_ATOMICS;
	if (!tandem_context_svm_supports(context, needed))
		return fail(CL_INVALID_VALUE, "not all devices of the context support flags 0x%llx",
			    (unsigned long long)flags);
	return CL_SUCCESS;
}

void *tandem_clSVMAlloc(cl_context handle, cl_svm_mem_flags flags, size_t size, cl_uint alignment)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);
	struct tandem_svm_allocation *allocation;
	int error;

	if (!context) {
		fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
		return NULL;
	}
	if (check_alloc_flags(context, flags) != CL_SUCCESS)
		return NULL;
	if (!size || size > tandem_context_max_allocation(context)) {
		fail(CL_INVALID_BUFFER_SIZE, "size %zu, the devices allow 1 to %llu", size,
		     (unsigned long long)tandem_context_max_allocation(context));
		return NULL;
	}
	if (alignment &&
	    (!tandem_is_power_of_two(alignment) || alignment > TANDEM_ARENA_ALIGNMENT)) {
		fail(CL_INVALID_VALUE, "alignment %u, powers of two up to %u are possible",
		     alignment, TANDEM_ARENA_ALIGNMENT);
		return NULL;
	}
	error = tandem_svm_allocate(&context->svm, size, 0, flags, &allocation);
	if (error) {
		fail(CL_OUT_OF_RESOURCES, "%zu bytes: %s", size, strerror(-error));
		return NULL;
	}
	return allocation->address;
}

void tandem_clSVMFree(cl_context handle, void *pointer)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);

	if (!context) {
		fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
		return;
	}
	if (pointer)
		tandem_svm_free(&context->svm, pointer);
}

/* ---- commands ---- */

static bool has_svm(const struct tandem_queue *queue)
{
	return queue->device->core->properties.svm_capabilities;
}

/* What every SVM command begins with: a queue whose device has SVM, and the wait list. */
static cl_int check_svm_call(cl_command_queue handle, cl_uint num_events, const cl_event *events,
			     struct tandem_queue **queue, struct tandem_wait_list *wait)
{
	*queue = queue_of(handle);
	if (!*queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (!has_svm(*queue))
		return fail(CL_INVALID_OPERATION, "the device has no SVM");
	return check_wait_list((*queue)->context, num_events, events, wait);
}

static cl_int create_svm_command(struct tandem_queue *queue, cl_command_type type,
				 const struct tandem_wait_list *wait,
				 struct tandem_command **command)
{
	return result(tandem_command_create(queue, type, wait, 0, 0, command));
}

/* A range that begins inside an SVM allocation must end inside it. */
static cl_int check_range(const struct tandem_queue *queue, const void *pointer, size_t size)
{
	const struct tandem_svm_allocation *allocation =
		tandem_svm_find(&queue->context->svm, pointer);
	intptr_t end;

	/* Nothing is anywhere. */
	if (!pointer && size)
		return fail(CL_INVALID_VALUE, "no pointer");
	if (allocation && !tandem_svm_contains(allocation, pointer, size))
		return fail(CL_INVALID_VALUE, "%zu bytes at %p exceed the SVM allocation", size,
			    pointer);
	if (__builtin_add_overflow((intptr_t)pointer, size, &end))
		return fail(CL_INVALID_VALUE, "%zu bytes at %p exceed all memory", size, pointer);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueSVMFree(cl_command_queue handle, cl_uint count, void *pointers[],
			       void(CL_CALLBACK *pfn_free)(cl_command_queue, cl_uint, void *[],
							   void *),
			       void *user_data, cl_uint num_events, const cl_event *events,
			       cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct tandem_wait_list wait;
	struct tandem_queue *queue;
	cl_int code = check_svm_call(handle, num_events, events, &queue, &wait);

	if (code == CL_SUCCESS && !count != !pointers)
		code = fail(CL_INVALID_VALUE, "%u pointers at %p", count, (void *)pointers);
	if (code == CL_SUCCESS)
		code = create_svm_command(queue, CL_COMMAND_SVM_FREE, &wait, &command);
	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_command_set_svm_free(command, pfn_free, user_data, pointers, count));
	if (code != CL_SUCCESS) {
		tandem_command_abandon(command);
		return code;
	}
	return submit(command, false, event);
}

cl_int tandem_api_copy_svm(struct memory_call *call, const struct svm_copy *copy,
			   struct tandem_command **command)
{
	cl_int code;

	if (!has_svm(call->queue))
		return fail(CL_INVALID_OPERATION, "the device has no SVM");
	code = check_range(call->queue, copy->target, copy->size);
	if (code == CL_SUCCESS)
		code = check_range(call->queue, copy->source, copy->size);
	if (code != CL_SUCCESS)
		return code;
	if ((const char *)copy->source < (char *)copy->target + copy->size &&
	    (char *)copy->target < (const char *)copy->source + copy->size)
		return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
	code = create_svm_command(call->queue, copy->type, &call->wait, command);
	if (code != CL_SUCCESS)
		return code;
	if (copy->size)
		tandem_command_set_copy(*command, copy->target, copy->source, copy->size);
	else
		tandem_command_set_marker(*command, false, false);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueSVMMemcpy(cl_command_queue queue, cl_bool blocking, void *target,
				 const void *source, size_t size, cl_uint num_events,
				 const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct svm_copy copy = { CL_COMMAND_SVM_MEMCPY, target, source, size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_svm(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, blocking, event) : code;
}

cl_int tandem_api_fill_svm(struct memory_call *call, const struct svm_fill *fill,
			   struct tandem_command **command)
{
	cl_int code;

	if (!has_svm(call->queue))
		return fail(CL_INVALID_OPERATION, "the device has no SVM");
	code = check_range(call->queue, fill->pointer, fill->size);
	if (code != CL_SUCCESS)
		return code;
	if (!fill->pattern || !tandem_is_power_of_two(fill->pattern_size) ||
	    fill->pattern_size > 128)
		return fail(CL_INVALID_VALUE, "pattern of %zu bytes at %p", fill->pattern_size,
			    fill->pattern);
	if ((uintptr_t)fill->pointer % fill->pattern_size || fill->size % fill->pattern_size)
		return fail(CL_INVALID_VALUE, "%zu bytes at %p are not multiples of the pattern",
			    fill->size, fill->pointer);
	code = create_svm_command(call->queue, fill->type, &call->wait, command);
	if (code != CL_SUCCESS)
		return code;
	if (fill->size)
		tandem_command_set_fill(*command, fill->pointer, fill->size, fill->pattern,
					fill->pattern_size);
	else
		tandem_command_set_marker(*command, false, false);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueSVMMemFill(cl_command_queue queue, void *pointer, const void *pattern,
				  size_t pattern_size, size_t size, cl_uint num_events,
				  const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct svm_fill fill = { CL_COMMAND_SVM_MEMFILL, pointer, pattern, pattern_size,
				       size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_fill_svm(&call, &fill, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* Memory of a type that the host does not map; any other is taken for the application's own. */
static cl_int check_mappable(const struct tandem_queue *queue, const void *pointer)
{
	const struct tandem_device_properties *properties = &queue->device->core->properties;
	enum tandem_svm_type type =
		tandem_svm_type_of(tandem_svm_find(&queue->context->svm, pointer));

	if (!pointer)
		return fail(CL_INVALID_VALUE, "no pointer");
	if (type != TANDEM_SVM_TYPE_COUNT &&
	    !(tandem_svm_type_capabilities(properties, type) & CL_SVM_CAPABILITY_HOST_MAP_KHR))
		return fail(CL_INVALID_VALUE, "SVM of the type of %p is not mapped", pointer);
	return CL_SUCCESS;
}

static cl_int check_map_flags(cl_map_flags flags)
{
	const cl_map_flags known = CL_MAP_READ | CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION;

	if (flags & ~known ||
	    (flags & CL_MAP_WRITE_INVALIDATE_REGION && flags & (CL_MAP_READ | CL_MAP_WRITE)))
		return fail(CL_INVALID_VALUE, "no map flags 0x%llx", (unsigned long long)flags);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueSVMMap(cl_command_queue handle, cl_bool blocking, cl_map_flags flags,
			      void *pointer, size_t size, cl_uint num_events,
			      const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct tandem_wait_list wait;
	struct tandem_queue *queue;
	cl_int code = check_svm_call(handle, num_events, events, &queue, &wait);

	if (code == CL_SUCCESS)
		code = check_range(queue, pointer, size);
	if (code == CL_SUCCESS)
		code = check_mappable(queue, pointer);
	if (code == CL_SUCCESS && !size)
		code = fail(CL_INVALID_VALUE, "no bytes to map");
	if (code == CL_SUCCESS)
		code = check_map_flags(flags);
	if (code == CL_SUCCESS)
		code = create_svm_command(queue, CL_COMMAND_SVM_MAP, &wait, &command);
	if (code != CL_SUCCESS)
		return code;
	/* Host and device share the memory: there is only the order to keep. */
	tandem_command_set_marker(command, false, false);
	return submit(command, blocking, event);
}

cl_int tandem_clEnqueueSVMUnmap(cl_command_queue handle, void *pointer, cl_uint num_events,
				const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct tandem_wait_list wait;
	struct tandem_queue *queue;
	cl_int code = check_svm_call(handle, num_events, events, &queue, &wait);

	if (code == CL_SUCCESS)
		code = check_mappable(queue, pointer);
	if (code == CL_SUCCESS)
		code = create_svm_command(queue, CL_COMMAND_SVM_UNMAP, &wait, &command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_set_marker(command, false, false);
	return submit(command, false, event);
}

/* Nothing can, and where all memory is SVM, all of it: that which is no allocation stays. */
static bool can_be_migrated(const struct tandem_queue *queue, const void *pointer, size_t size)
{
	const struct tandem_svm_allocation *allocation =
		tandem_svm_find(&queue->context->svm, pointer);
	uint64_t capabilities = queue->device->core->properties.svm_capabilities;

	if (allocation)
		return tandem_svm_contains(allocation, pointer, size);
	return pointer ? capabilities & CL_DEVICE_SVM_FINE_GRAIN_SYSTEM : !size;
}

static cl_int check_migration(const struct tandem_queue *queue, cl_uint count,
			      const void **pointers, const size_t *sizes,
			      cl_mem_migration_flags flags)
{
	const cl_mem_migration_flags known = CL_MIGRATE_MEM_OBJECT_HOST |
					     CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;

	if (!count || !pointers)
		return fail(CL_INVALID_VALUE, "%u pointers at %p", count, (const void *)pointers);
	if (flags & ~known)
		return fail(CL_INVALID_VALUE, "no migration flags 0x%llx",
			    (unsigned long long)flags);
	for (cl_uint i = 0; i < count; i++) {
		if (!can_be_migrated(queue, pointers[i], sizes ? sizes[i] : 0))
			return fail(CL_INVALID_VALUE,
				    "range %u at %p is not inside an SVM allocation", i,
				    pointers[i]);
	}
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueSVMMigrateMem(cl_command_queue handle, cl_uint count, const void **pointers,
				     const size_t *sizes, cl_mem_migration_flags flags,
				     cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct tandem_wait_list wait;
	struct tandem_queue *queue;
	cl_int code = check_svm_call(handle, num_events, events, &queue, &wait);

	if (code == CL_SUCCESS)
		code = check_migration(queue, count, pointers, sizes, flags);
	if (code == CL_SUCCESS)
		code = create_svm_command(queue, CL_COMMAND_SVM_MIGRATE_MEM, &wait, &command);
	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_command_set_svm_migrate(command, (const void *const *)pointers, sizes,
						     count, flags & CL_MIGRATE_MEM_OBJECT_HOST));
	if (code != CL_SUCCESS) {
		tandem_command_abandon(command);
		return code;
	}
	return submit(command, false, event);
}
