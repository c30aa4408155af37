// SPDX-License-Identifier: MIT
/* Buffers: creating, sub-buffers, queries. The commands on them are in buffer_commands.c. */
#include "memory_flags.h"

cl_int tandem_api_check_flags(cl_mem_flags flags)
{
	if (flags & ~(TANDEM_ACCESS_FLAGS | TANDEM_HOST_ACCESS_FLAGS | TANDEM_POINTER_FLAGS |
		      CL_MEM_IMMUTABLE_EXT))
		return fail(CL_INVALID_VALUE, "no flags 0x%llx", (unsigned long long)flags);
	if (!tandem_at_most_one(flags & TANDEM_ACCESS_FLAGS) ||
	    !tandem_at_most_one(flags & TANDEM_HOST_ACCESS_FLAGS) ||
	    (flags & CL_MEM_USE_HOST_PTR &&
	     flags & (CL_MEM_ALLOC_HOST_PTR | CL_MEM_COPY_HOST_PTR)) ||
	    (flags & CL_MEM_IMMUTABLE_EXT && flags & TANDEM_CHANGING_FLAGS))
		return fail(CL_INVALID_VALUE, "flags 0x%llx exclude each other",
			    (unsigned long long)flags);
	return CL_SUCCESS;
}

cl_int tandem_api_whole_flags(cl_mem_flags *flags)
{
	if (*flags & CL_MEM_IMMUTABLE_EXT &&
	    !(*flags & (CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR)))
		return fail(CL_INVALID_VALUE,
			    "CL_MEM_IMMUTABLE_EXT without CL_MEM_COPY_HOST_PTR or "
			    "CL_MEM_USE_HOST_PTR");
	if (!(*flags & (TANDEM_ACCESS_FLAGS | CL_MEM_IMMUTABLE_EXT)))
		*flags |= CL_MEM_READ_WRITE;
	return CL_SUCCESS;
}

static cl_int create_buffer(cl_context handle, cl_mem_flags flags, size_t size, void *host_ptr,
			    struct tandem_memory **buffer)
{
	struct tandem_context *context = context_of(handle);
	const cl_mem_flags needs_pointer = CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR;
	const struct tandem_svm_allocation *svm = NULL;
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	code = tandem_api_check_flags(flags);
	if (code == CL_SUCCESS)
		code = tandem_api_whole_flags(&flags);
	if (code != CL_SUCCESS)
		return code;
	if (!size || size > tandem_context_max_allocation(context))
		return fail(CL_INVALID_BUFFER_SIZE, "size %zu, the devices allow 1 to %llu", size,
			    (unsigned long long)tandem_context_max_allocation(context));
	if (!host_ptr != !(flags & needs_pointer))
		return fail(CL_INVALID_HOST_PTR, "host pointer %p with flags 0x%llx", host_ptr,
			    (unsigned long long)flags);
	if (flags & needs_pointer)
		svm = tandem_svm_find(&context->svm, host_ptr);
	if (svm && !tandem_svm_contains(svm, host_ptr, size))
		return fail(CL_INVALID_BUFFER_SIZE, "%zu bytes at %p exceed the SVM allocation",
			    size, host_ptr);
	return result(tandem_buffer_create(context, flags, size, host_ptr, svm, buffer));
}

cl_mem tandem_clCreateBuffer(cl_context context, cl_mem_flags flags, size_t size, void *host_ptr,
			     cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_memory *buffer = NULL;

	set_code(errcode_ret, create_buffer(context, flags, size, host_ptr, &buffer));
	return memory_handle(buffer);
}

/* The properties of a buffer: pairs, of which there is one, and a zero at the end, or NULL. */
static cl_int read_properties(const struct tandem_context *context,
			      const cl_mem_properties *properties, bool *tells_address)
{
	*tells_address = false;
	if (!properties || !properties[0])
		return CL_SUCCESS;
	if (properties[0] != CL_MEM_DEVICE_PRIVATE_ADDRESS_EXT || properties[2])
		return fail(CL_INVALID_PROPERTY, "no buffer property 0x%llx, or more than one",
			    (unsigned long long)properties[0]);
	if (properties[1] != CL_TRUE && properties[1] != CL_FALSE)
		return fail(CL_INVALID_PROPERTY, "0x%llx is no boolean",
			    (unsigned long long)properties[1]);
	if (!tandem_context_has_unified_memory(context))
		return fail(CL_INVALID_OPERATION, "no device tells addresses of buffers");
	*tells_address = properties[1];
	return CL_SUCCESS;
}

static void keep_properties(struct tandem_memory *buffer, const cl_mem_properties *properties)
{
	/* An empty list is told from none by its zero. */
	do
		buffer->properties[buffer->property_count] = properties[buffer->property_count];
	while (properties[buffer->property_count++]);
}

cl_mem tandem_clCreateBufferWithProperties(cl_context context, const cl_mem_properties *properties,
					   cl_mem_flags flags, size_t size, void *host_ptr,
					   cl_int *errcode_ret)
{
	ENTRY_POINT;
	const struct tandem_context *known = context_of(context);
	struct tandem_memory *buffer = NULL;
	bool tells_address = false;
	cl_int code = known ? read_properties(known, properties, &tells_address) : CL_SUCCESS;

	if (code == CL_SUCCESS)
		code = create_buffer(context, flags, size, host_ptr, &buffer);
	if (buffer) {
		buffer->tells_address = tells_address;
		if (properties)
			keep_properties(buffer, properties);
	}
	set_code(errcode_ret, code);
	return memory_handle(buffer);
}

/* Whether a part with such flags allows what the whole does not. */
static bool allows_more(cl_mem_flags whole, cl_mem_flags access, cl_mem_flags host)
{
	return (whole & CL_MEM_WRITE_ONLY &&
		access & (CL_MEM_READ_WRITE | CL_MEM_READ_ONLY | CL_MEM_IMMUTABLE_EXT)) ||
	       (whole & CL_MEM_READ_ONLY && access & (CL_MEM_READ_WRITE | CL_MEM_WRITE_ONLY)) ||
	       (whole & CL_MEM_IMMUTABLE_EXT && (access | host) & TANDEM_CHANGING_FLAGS) ||
	       (whole & CL_MEM_HOST_WRITE_ONLY && host & CL_MEM_HOST_READ_ONLY) ||
	       (whole & CL_MEM_HOST_READ_ONLY && host & CL_MEM_HOST_WRITE_ONLY) ||
	       (whole & CL_MEM_HOST_NO_ACCESS &&
		host & (CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_WRITE_ONLY));
}

cl_int tandem_api_part_flags(const struct tandem_memory *parent, cl_mem_flags *flags)
{
	cl_mem_flags access = *flags & (TANDEM_ACCESS_FLAGS | CL_MEM_IMMUTABLE_EXT);
	cl_mem_flags host = *flags & TANDEM_HOST_ACCESS_FLAGS;
	cl_int code;

	if (*flags & TANDEM_POINTER_FLAGS)
		return fail(CL_INVALID_VALUE, "no flags 0x%llx of a part of a memory object",
			    (unsigned long long)*flags);
	code = tandem_api_check_flags(*flags);
	if (code != CL_SUCCESS)
		return code;
	if (allows_more(parent->flags, access, host))
		return fail(CL_INVALID_VALUE, "flags 0x%llx allow more than the whole's 0x%llx",
			    (unsigned long long)*flags, (unsigned long long)parent->flags);
	*flags = (access ? access : parent->flags & TANDEM_ACCESS_FLAGS) |
		 (host ? host : parent->flags & TANDEM_HOST_ACCESS_FLAGS) |
		 (parent->flags & (TANDEM_POINTER_FLAGS | CL_MEM_IMMUTABLE_EXT));
	return CL_SUCCESS;
}

static cl_int create_sub_buffer(cl_mem handle, cl_mem_flags flags, cl_buffer_create_type type,
				const void *info, struct tandem_memory **buffer)
{
	struct tandem_memory *parent = buffer_of(handle);
	const cl_buffer_region *region = info;
	cl_int code;

	if (!parent || parent->parent)
		return fail(CL_INVALID_MEM_OBJECT, "%p is no buffer, or a sub-buffer",
			    (void *)handle);
	code = tandem_api_part_flags(parent, &flags);
	if (code != CL_SUCCESS)
		return code;
	if (type != CL_BUFFER_CREATE_TYPE_REGION)
		return fail(CL_INVALID_VALUE, "no create type 0x%x", type);
	if (!region)
		return fail(CL_INVALID_VALUE, "no region");
	if (region->origin > parent->bytes || region->size > parent->bytes - region->origin)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not inside the buffer's %zu",
			    region->size, region->origin, parent->bytes);
	if (!region->size)
		return fail(CL_INVALID_BUFFER_SIZE, "a region without bytes");
	if (region->origin % TANDEM_ARENA_ALIGNMENT)
		return fail(CL_MISALIGNED_SUB_BUFFER_OFFSET, "origin %zu is no multiple of %u",
			    region->origin, TANDEM_ARENA_ALIGNMENT);
	return result(
		tandem_sub_buffer_create(parent, flags, region->origin, region->size, buffer));
}

cl_mem tandem_clCreateSubBuffer(cl_mem parent, cl_mem_flags flags, cl_buffer_create_type type,
				const void *info, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_memory *buffer = NULL;

	set_code(errcode_ret, create_sub_buffer(parent, flags, type, info, &buffer));
	return memory_handle(buffer);
}

RETAIN_AND_RELEASE(MemObject, memory, cl_mem, CL_INVALID_MEM_OBJECT, "memory object", LEND_OBJECT,
		   RELEASE_OBJECT)

cl_int tandem_clSetMemObjectDestructorCallback(cl_mem handle,
					       void(CL_CALLBACK *pfn_notify)(cl_mem, void *),
					       void *user_data)
{
	ENTRY_POINT;
	struct tandem_memory *memory = memory_of(handle);

	if (!memory)
		return fail(CL_INVALID_MEM_OBJECT, "%p is no memory object", (void *)handle);
	if (!pfn_notify)
		return fail(CL_INVALID_VALUE, "no callback");
	return result(tandem_memory_add_callback(memory, pfn_notify, user_data));
}

/* The same on all devices of the context, of which each has its own in the answer. */
static cl_int answer_addresses(const struct tandem_memory *memory,
			       const struct tandem_answer *answer)
{
	unsigned int count = memory->context->device_count;
	cl_mem_device_address_ext *addresses = tandem_new_array(addresses, count);
	cl_int code;

	if (!memory->tells_address)
		code = fail(CL_INVALID_OPERATION, "no buffer with a device address");
	else if (!addresses)
		code = fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	else {
		for (unsigned int i = 0; i < count; i++)
			addresses[i] = (uintptr_t)memory->address;
		code = answer_bytes(answer, addresses, count * sizeof(*addresses));
	}
	free(addresses);
	return code;
}

cl_int tandem_clGetMemObjectInfo(cl_mem handle, cl_mem_info name, size_t size, void *value,
				 size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_memory *memory = memory_of(handle);

	if (!memory)
		return fail(CL_INVALID_MEM_OBJECT, "%p is no memory object", (void *)handle);
	switch (name) {
	case CL_MEM_TYPE:
		return answer_value(&answer, cl_mem_object_type, memory->type);
	case CL_MEM_FLAGS:
		return answer_value(&answer, cl_mem_flags, memory->flags);
	case CL_MEM_SIZE:
		return answer_value(&answer, size_t, memory->bytes);
	case CL_MEM_HOST_PTR:
		return answer_value(&answer, void *, memory->host_pointer);
	case CL_MEM_MAP_COUNT:
		return answer_value(&answer, cl_uint, tandem_memory_map_count(memory));
	case CL_MEM_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&memory->object.application_references));
	case CL_MEM_CONTEXT:
		return answer_value(&answer, cl_context, context_shown(memory->context));
	case CL_MEM_ASSOCIATED_MEMOBJECT:
		return answer_value(&answer, cl_mem, memory_shown(memory->parent));
	case CL_MEM_OFFSET:
		return answer_value(&answer, size_t, memory->origin);
	case CL_MEM_USES_SVM_POINTER:
		return answer_value(&answer, cl_bool, memory->uses_svm);
	case CL_MEM_DEVICE_ADDRESS_EXT:
		return answer_addresses(memory, &answer);
	case CL_MEM_PROPERTIES:
		return answer_bytes(&answer, memory->properties,
				    memory->property_count * sizeof(memory->properties[0]));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
