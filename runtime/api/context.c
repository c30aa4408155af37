// SPDX-License-Identifier: MIT
#include "api.h"

/* What a context's properties ask for. */
struct context_properties {
	unsigned int count; /* entries, without the zero */
	unsigned int zeroed; /* TANDEM_ZEROED_* */
};

static cl_int check_property(cl_context_properties name, cl_context_properties value,
			     struct context_properties *seen)
{
	switch (name) {
	case CL_CONTEXT_PLATFORM:
		if (!platform_of((cl_platform_id)value))
			return fail(CL_INVALID_PLATFORM, "0x%lx is no platform",
				    (unsigned long)value);
		return CL_SUCCESS;
	case CL_CONTEXT_INTEROP_USER_SYNC:
		if (value != CL_TRUE && value != CL_FALSE)
			return fail(CL_INVALID_PROPERTY, "value 0x%lx is no boolean",
				    (unsigned long)value);
		return CL_SUCCESS;
	case CL_CONTEXT_MEMORY_INITIALIZE_KHR:
		if (value & ~(TANDEM_ZEROED_LOCAL | TANDEM_ZEROED_PRIVATE))
			return fail(CL_INVALID_PROPERTY, "no memory 0x%lx to initialize",
				    (unsigned long)value);
		seen->zeroed = (unsigned int)value;
		return CL_SUCCESS;
	default:
		return fail(CL_INVALID_PROPERTY, "no context property 0x%lx", (unsigned long)name);
	}
}

/* Each property may be there once. */
static cl_int check_properties(const cl_context_properties *properties,
			       struct context_properties *seen)
{
	cl_int code = CL_SUCCESS;

	for (; properties && properties[seen->count] && code == CL_SUCCESS; seen->count += 2) {
		cl_context_properties name = properties[seen->count];

		for (unsigned int i = 0; i < seen->count; i += 2) {
			if (properties[i] == name)
				return fail(CL_INVALID_PROPERTY, "property 0x%lx given twice",
					    (unsigned long)name);
		}
		code = check_property(name, properties[seen->count + 1], seen);
	}
	return code;
}

static cl_int check_zeroed(const struct context_properties *seen,
			   struct tandem_device *const *devices, unsigned int count)
{
	for (unsigned int i = 0; i < count && seen->zeroed; i++) {
		if (!tandem_has_feature(&devices[i]->core->properties, "cl_khr_initialize_memory"))
			return fail(CL_INVALID_PROPERTY, "device %u does not initialize memory", i);
	}
	return CL_SUCCESS;
}

/* The devices' objects, each once, in a new array. */
static cl_int collect_devices(const cl_device_id *handles, cl_uint count,
			      struct tandem_device ***devices, unsigned int *device_count)
{
	struct tandem_device **collected = tandem_new_array(collected, count);
	unsigned int found = 0;

	if (!collected)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	for (cl_uint i = 0; i < count; i++) {
		struct tandem_device *device = device_of(handles[i]);
		unsigned int known = 0;

		if (!device) {
			free(collected);
			return fail(CL_INVALID_DEVICE, "device %u of the list is none", i);
		}
		if (!tandem_device_is_available(device)) {
			free(collected);
			return fail(CL_DEVICE_NOT_AVAILABLE,
				    "device %u has ended, or is not there after fork", i);
		}
		while (known < found && collected[known] != device)
			known++;
		if (known == found)
			collected[found++] = device;
	}
	*devices = collected;
	*device_count = found;
	return CL_SUCCESS;
}

static cl_int create_context(const cl_context_properties *properties, cl_uint num_devices,
			     const cl_device_id *handles, tandem_context_notify notify,
			     void *user_data, struct tandem_context **context)
{
	struct context_properties seen = { 0 };
	struct tandem_device **devices = NULL;
	unsigned int device_count = 0;
	cl_int code = check_properties(properties, &seen);

	if (code != CL_SUCCESS)
		return code;
	if (!num_devices || !handles)
		return fail(CL_INVALID_VALUE, "%u devices at %p", num_devices,
			    (const void *)handles);
	if (!notify && user_data)
		return fail(CL_INVALID_VALUE, "user data without a callback");
	code = collect_devices(handles, num_devices, &devices, &device_count);
	if (code != CL_SUCCESS)
		return code;
	code = check_zeroed(&seen, devices, device_count);
	if (code == CL_SUCCESS)
		code = result(tandem_context_create(devices, device_count, properties,
						    properties ? seen.count + 1 : 0, notify,
						    user_data, context));
	if (code == CL_SUCCESS)
		(*context)->zeroed = seen.zeroed;
	free(devices);
	return code;
}

cl_context tandem_clCreateContext(const cl_context_properties *properties, cl_uint num_devices,
				  const cl_device_id *devices,
				  void(CL_CALLBACK *pfn_notify)(const char *, const void *, size_t,
								void *),
				  void *user_data, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_context *context = NULL;

	set_code(errcode_ret,
		 create_context(properties, num_devices, devices, pfn_notify, user_data, &context));
	return context_handle(context);
}

static cl_int create_from_type(const cl_context_properties *properties, cl_device_type type,
			       tandem_context_notify notify, void *user_data,
			       struct tandem_context **context)
{
	struct tandem_platform *platform = tandem_platform_get();
	cl_device_id devices[TANDEM_MOST_DEVICES];
	struct context_properties seen = { 0 };
	cl_uint count = 0;
	cl_int code = check_properties(properties, &seen);

	if (code != CL_SUCCESS)
		return code;
	if (!platform)
		return fail(CL_INVALID_PLATFORM, "no platform");
	code = tandem_api_find_devices(platform, type, TANDEM_MOST_DEVICES, devices, &count);
	if (code != CL_SUCCESS)
		return code;
	return create_context(properties, count, devices, notify, user_data, context);
}

cl_context tandem_clCreateContextFromType(const cl_context_properties *properties,
					  cl_device_type device_type,
					  void(CL_CALLBACK *pfn_notify)(const char *, const void *,
									size_t, void *),
					  void *user_data, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_context *context = NULL;

	set_code(errcode_ret,
		 create_from_type(properties, device_type, pfn_notify, user_data, &context));
	return context_handle(context);
}

RETAIN_AND_RELEASE(Context, context, cl_context, CL_INVALID_CONTEXT, "context", LEND_OBJECT,
		   RELEASE_OBJECT)

cl_int tandem_clSetContextDestructorCallback(cl_context handle,
					     void(CL_CALLBACK *pfn_notify)(cl_context, void *),
					     void *user_data)
{
	ENTRY_POINT;
	struct tandem_context *context = context_of(handle);

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	if (!pfn_notify)
		return fail(CL_INVALID_VALUE, "no callback");
	return result(tandem_context_add_callback(context, pfn_notify, user_data));
}

cl_int tandem_clGetContextInfo(cl_context handle, cl_context_info name, size_t size, void *value,
			       size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	const struct tandem_context *context = context_of(handle);

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	switch (name) {
	case CL_CONTEXT_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&context->object.application_references));
	case CL_CONTEXT_NUM_DEVICES:
		return answer_value(&answer, cl_uint, context->device_count);
	case CL_CONTEXT_DEVICES:
		for (unsigned int i = 0; i < context->device_count; i++)
			tandem_object_show(&context->devices[i]->object);
		return answer_bytes(&answer, context->devices,
				    context->device_count * sizeof(cl_device_id));
	case CL_CONTEXT_PROPERTIES:
		return answer_bytes(&answer, context->properties,
				    context->property_count * sizeof(cl_context_properties));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
