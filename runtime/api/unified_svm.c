// SPDX-License-Identifier: MIT
/*
 * Types of SVM, cl_khr_unified_svm: memory of a type by its index among those that the platform
 * has (core/svm_types.h), what is known of it, and which type has what an application needs.
 */
#include "api.h"

#include "core/svm_types.h"
#include "util/new_names.h"

static const cl_svm_alloc_access_flags_khr known_access =
	CL_SVM_ALLOC_ACCESS_HOST_NOREAD_KHR | CL_SVM_ALLOC_ACCESS_HOST_NOWRITE_KHR |
	CL_SVM_ALLOC_ACCESS_DEVICE_NOREAD_KHR | CL_SVM_ALLOC_ACCESS_DEVICE_NOWRITE_KHR;

/* ---- properties ---- */

/* Which of the properties is @name; -1 for none. */
static int number_of(cl_svm_alloc_properties_khr name)
{
	switch (name) {
	case CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR:
		return 0;
	case CL_SVM_ALLOC_ACCESS_FLAGS_KHR:
		return 1;
	case CL_SVM_ALLOC_ALIGNMENT_KHR:
		return 2;
	default:
		return -1;
	}
}

static cl_int read_device(const struct tandem_context *context, cl_properties value,
			  struct tandem_typed_svm *typed)
{
	struct tandem_device *device = device_of((cl_device_id)(uintptr_t)value);

	if (value && (!device || !tandem_context_has(context, device)))
		return fail(CL_INVALID_PROPERTY, "0x%llx is no device of the context",
			    (unsigned long long)value);
	typed->device = device;
	return CL_SUCCESS;
}

static cl_int read_property(const struct tandem_context *context, const cl_properties *property,
			    struct tandem_typed_svm *typed)
{
	cl_properties value = property[1];

	switch (property[0]) {
	case CL_SVM_ALLOC_ASSOCIATED_DEVICE_HANDLE_KHR:
		return read_device(context, value, typed);
	case CL_SVM_ALLOC_ACCESS_FLAGS_KHR:
		if (value & ~known_access)
			return fail(CL_INVALID_PROPERTY, "no access flags 0x%llx",
				    (unsigned long long)value);
		typed->access = value;
		return CL_SUCCESS;
	default:
		/* All memory is aligned as much. */
		if (value && (!tandem_is_power_of_two(value) || value > TANDEM_ARENA_ALIGNMENT))
			return fail(CL_INVALID_PROPERTY,
				    "alignment %llu, powers of two up to %u are possible",
				    (unsigned long long)value, TANDEM_ARENA_ALIGNMENT);
		return CL_SUCCESS;
	}
}

static cl_int read_properties(const struct tandem_context *context,
			      const cl_svm_alloc_properties_khr *properties,
			      struct tandem_typed_svm *typed)
{
	unsigned int seen = 0, count = 0;

	typed->is_typed = true;
	if (!properties)
		return CL_SUCCESS;
	for (; properties[count]; count += 2) {
		int number = number_of(properties[count]);
		cl_int code;

		if (number < 0 || seen & 1u << number)
			return fail(CL_INVALID_PROPERTY, "no property 0x%llx, or given twice",
				    (unsigned long long)properties[count]);
		seen |= 1u << number;
		code = read_property(context, properties + count, typed);
		if (code != CL_SUCCESS)
			return code;
	}
	typed->property_count = count + 1;
	memcpy(typed->properties, properties, typed->property_count * sizeof(properties[0]));
	return CL_SUCCESS;
}

/* ---- allocation ---- */

static uint64_t capabilities_of(const struct tandem_device *device, enum tandem_svm_type type)
{
	return tandem_svm_type_capabilities(&device->core->properties, type);
}

static cl_int find_type(cl_uint index, enum tandem_svm_type *type)
{
	enum tandem_svm_type types[TANDEM_SVM_TYPE_COUNT];
	unsigned int count = tandem_svm_types_list(types);

	if (index >= count)
		return fail(CL_INVALID_VALUE, "no type %u of SVM, there are %u", index, count);
	*type = types[index];
	return CL_SUCCESS;
}

static cl_int check_type(const struct tandem_context *context, const struct tandem_typed_svm *typed)
{
	uint64_t all = tandem_svm_types_of_context(context, typed->type);

	if (!all || (typed->device && !capabilities_of(typed->device, typed->type)))
		return fail(CL_INVALID_OPERATION, "the device has no SVM of this type");
	if (!typed->device && !(all & CL_SVM_CAPABILITY_DEVICE_UNASSOCIATED_KHR))
		return fail(CL_INVALID_PROPERTY, "SVM of this type needs a device");
	return CL_SUCCESS;
}

/* No bytes are no memory, and no error. */
static cl_int allocate(struct tandem_context *context, const struct tandem_typed_svm *typed,
		       size_t size, void **pointer)
{
	struct tandem_svm_space *space = &context->svm;
	struct tandem_svm_allocation *allocation;
	int error;

	if (!size)
		return CL_SUCCESS;
	error = tandem_svm_allocate(space, size, 0, tandem_svm_type_flags(space, typed->type),
				    &allocation);
	if (error)
		return fail(CL_OUT_OF_RESOURCES, "%zu bytes: %s", size, strerror(-error));
	allocation->typed = *typed;
	*pointer = allocation->address;
	return CL_SUCCESS;
}

void *tandem_clSVMAllocWithPropertiesKHR(cl_context handle,
					 const cl_svm_alloc_properties_khr *properties,
					 cl_uint index, size_t size, cl_int *code_ret)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);
	struct tandem_typed_svm typed = { 0 };
	enum tandem_svm_type type = TANDEM_SVM_TYPE_COUNT;
	void *pointer = NULL;
	cl_int code = context ? find_type(index, &type) :
				fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);

	if (code == CL_SUCCESS)
		code = read_properties(context, properties, &typed);
	if (code == CL_SUCCESS) {
		typed.type = type;
		code = check_type(context, &typed);
	}
	if (code == CL_SUCCESS)
		code = allocate(context, &typed, size, &pointer);
	set_code(code_ret, code);
	return pointer;
}

/* What clSVMAlloc or clSVMAllocWithPropertiesKHR gave out, and @pointer is in; or NULL. */
static struct tandem_svm_allocation *find_allocation(struct tandem_context *context,
						     const void *pointer)
{
	struct tandem_svm_allocation *allocation = tandem_svm_find(&context->svm, pointer);

	return tandem_svm_type_of(allocation) == TANDEM_SVM_TYPE_COUNT ? NULL : allocation;
}

cl_int tandem_clSVMFreeWithPropertiesKHR(cl_context handle,
					 const cl_svm_free_properties_khr *properties,
					 cl_svm_free_flags_khr flags, void *pointer)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);
	const struct tandem_svm_allocation *allocation;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (properties && properties[0])
		return fail(CL_INVALID_PROPERTY, "no property 0x%llx",
			    (unsigned long long)properties[0]);
	if (flags)
		return fail(CL_INVALID_VALUE, "no flags 0x%llx", (unsigned long long)flags);
	if (!pointer)
		return CL_SUCCESS;
	allocation = find_allocation(context, pointer);
	if (!allocation || allocation->address != pointer)
		return fail(CL_INVALID_VALUE, "no SVM begins at %p", pointer);
	tandem_svm_free(&context->svm, pointer);
	return CL_SUCCESS;
}

/* ---- queries ---- */

cl_int tandem_answer_svm_types(const struct tandem_device_properties *properties,
			       const struct tandem_answer *answer)
{
	enum tandem_svm_type types[TANDEM_SVM_TYPE_COUNT];
	cl_svm_capabilities_khr capabilities[TANDEM_SVM_TYPE_COUNT];
	unsigned int count = tandem_svm_types_list(types);

	for (unsigned int i = 0; i < count; i++)
		capabilities[i] = properties ? tandem_svm_type_capabilities(properties, types[i]) :
					       tandem_svm_types_of_platform(types[i]);
	return answer_bytes(answer, capabilities, count * sizeof(capabilities[0]));
}

/* For @device, or where that is NULL for the allocation's own, or all of the context. */
static uint64_t capabilities_for(const struct tandem_context *context,
				 const struct tandem_device *device,
				 const struct tandem_svm_allocation *allocation)
{
	enum tandem_svm_type type = tandem_svm_type_of(allocation);

	if (!device)
		device = allocation->typed.device;
	return device ? capabilities_of(device, type) : tandem_svm_types_of_context(context, type);
}

static cl_int answer_info(const struct tandem_context *context, const struct tandem_device *device,
			  const struct tandem_svm_allocation *allocation,
			  cl_svm_pointer_info_khr name, const struct tandem_answer *answer)
{
	switch (name) {
	case CL_SVM_INFO_TYPE_INDEX_KHR:
		return answer_value(answer, cl_uint,
				    tandem_svm_types_index(tandem_svm_type_of(allocation)));
	case CL_SVM_INFO_CAPABILITIES_KHR:
		return answer_value(answer, cl_svm_capabilities_khr,
				    capabilities_for(context, device, allocation));
	case CL_SVM_INFO_PROPERTIES_KHR:
		return answer_bytes(answer, allocation->typed.properties,
				    allocation->typed.property_count *
					    sizeof(allocation->typed.properties[0]));
	case CL_SVM_INFO_ACCESS_FLAGS_KHR:
		return answer_value(answer, cl_svm_alloc_access_flags_khr,
				    allocation->typed.access);
	case CL_SVM_INFO_BASE_PTR_KHR:
		return answer_value(answer, void *, allocation->address);
	case CL_SVM_INFO_SIZE_KHR:
		return answer_value(answer, size_t, allocation->bytes);
	case CL_SVM_INFO_ASSOCIATED_DEVICE_HANDLE_KHR:
		return answer_value(answer, cl_device_id, device_shown(allocation->typed.device));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clGetSVMPointerInfoKHR(cl_context context_handle, cl_device_id device_handle,
				     const void *pointer, cl_svm_pointer_info_khr name, size_t size,
				     void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	static const struct tandem_svm_allocation none = {
		.unified = { .type = CL_MEM_TYPE_UNKNOWN_INTEL }
	};
	struct tandem_context *context = context_of(context_handle);
	const struct tandem_device *device = device_of(device_handle);
	const struct tandem_svm_allocation *allocation;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)context_handle);
	if (device_handle && (!device || !tandem_context_has(context, device)))
		return fail(CL_INVALID_DEVICE, "%p is no device of the context",
			    (void *)device_handle);
	allocation = find_allocation(context, pointer);
	return answer_info(context, device, allocation ? allocation : &none, name, &answer);
}

/* What the device can do with a type, or where there is none all of the context's can. */
static uint64_t suggestible(const struct tandem_context *context,
			    const struct tandem_device *device, enum tandem_svm_type type)
{
	uint64_t all = UINT64_MAX;

	if (device)
		return capabilities_of(device, type);
	for (unsigned int i = 0; i < context->device_count; i++)
		all &= capabilities_of(context->devices[i], type);
	return all;
}

cl_int tandem_clGetSVMSuggestedTypeIndexKHR(cl_context handle, cl_svm_capabilities_khr required,
					    cl_svm_capabilities_khr desired,
					    const cl_svm_alloc_properties_khr *properties,
					    size_t size, cl_uint *index)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);
	enum tandem_svm_type types[TANDEM_SVM_TYPE_COUNT];
	struct tandem_typed_svm typed = { 0 };
	unsigned int count = tandem_svm_types_list(types);
	int most = -1;
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!index)
		return fail(CL_INVALID_VALUE, "nowhere to put the index");
	code = read_properties(context, properties, &typed);
	if (code != CL_SUCCESS)
		return code;
	/* How large it is to be makes no difference between types. */
	*index = CL_UINT_MAX;
	for (unsigned int i = 0; i < count; i++) {
		uint64_t has = suggestible(context, typed.device, types[i]);
		int wanted = __builtin_popcountll(has & desired);

		if (has && (has & required) == required && wanted > most) {
			*index = i;
			most = wanted;
		}
	}
	return CL_SUCCESS;
}
