// SPDX-License-Identifier: MIT
#include "api.h"

static const cl_command_queue_properties host_flags = CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE |
						      CL_QUEUE_PROFILING_ENABLE;
static const cl_command_queue_properties device_flags = CL_QUEUE_ON_DEVICE |
							CL_QUEUE_ON_DEVICE_DEFAULT;

static cl_int check_flags(cl_command_queue_properties flags)
{
	if (flags & ~(host_flags | device_flags))
		return fail(CL_INVALID_VALUE, "no queue properties 0x%llx",
			    (unsigned long long)flags);
	if ((flags & CL_QUEUE_ON_DEVICE_DEFAULT && !(flags & CL_QUEUE_ON_DEVICE)) ||
	    (flags & CL_QUEUE_ON_DEVICE && !(flags & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE)))
		return fail(CL_INVALID_VALUE, "queue properties 0x%llx don't go together",
			    (unsigned long long)flags);
	if (flags & device_flags)
		return fail(CL_INVALID_QUEUE_PROPERTIES, "devices have no queues of their own");
	return CL_SUCCESS;
}

static cl_int create_queue(cl_context context_handle, cl_device_id device_handle,
			   cl_command_queue_properties flags, const cl_queue_properties *properties,
			   unsigned int property_count, struct tandem_queue **queue)
{
	struct tandem_context *context = context_of(context_handle);
	struct tandem_device *device = device_of(device_handle);
	cl_int code;

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)context_handle);
	if (!device || !tandem_context_has(context, device))
		return fail(CL_INVALID_DEVICE, "%p is no device of the context",
			    (void *)device_handle);
	if (!tandem_device_is_available(device))
		return fail(CL_DEVICE_NOT_AVAILABLE,
			    "the device has ended, or is not there after fork");
	code = check_flags(flags);
	if (code != CL_SUCCESS)
		return code;
	return result(
		tandem_queue_create(context, device, flags, properties, property_count, queue));
}

cl_command_queue tandem_clCreateCommandQueue(cl_context context, cl_device_id device,
					     cl_command_queue_properties properties,
					     cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_queue *queue = NULL;
	cl_int code;

	/* Flags of queues on devices are for the function with a property list. */
	if (properties & device_flags && context_of(context))
		code = fail(CL_INVALID_VALUE, "no queue properties 0x%llx",
			    (unsigned long long)properties);
	else
		code = create_queue(context, device, properties, NULL, 0, &queue);
	set_code(errcode_ret, code);
	return queue_handle(queue);
}

/* What a property list may have, each once. */
enum queue_property { FLAGS, SIZE, PRIORITY, THROTTLE, PROPERTIES };

static const cl_queue_properties property_names[PROPERTIES] = {
	[FLAGS] = CL_QUEUE_PROPERTIES,
	[SIZE] = CL_QUEUE_SIZE,
	[PRIORITY] = CL_QUEUE_PRIORITY_KHR,
	[THROTTLE] = CL_QUEUE_THROTTLE_KHR,
};

_Static_assert(2 * PROPERTIES + 1 <= TANDEM_MOST_QUEUE_PROPERTIES, "room for the longest list");

/*
 * Hints, whose levels have the same numbers: accepted, and shown again. Workers take what is
 * ready, of whichever queue.
 */
static bool is_level(cl_queue_properties value)
{
	return value == CL_QUEUE_PRIORITY_HIGH_KHR || value == CL_QUEUE_PRIORITY_MED_KHR ||
	       value == CL_QUEUE_PRIORITY_LOW_KHR;
}

/* Reads a property list: the flags and the number of entries, with the zero. */
static cl_int read_properties(const cl_queue_properties *properties,
			      cl_command_queue_properties *flags, unsigned int *count)
{
	bool seen[PROPERTIES] = { false };
	unsigned int i;

	for (i = 0; properties[i]; i += 2) {
		cl_queue_properties name = properties[i], value = properties[i + 1];
		unsigned int which = 0;

		while (which < PROPERTIES && property_names[which] != name)
			which++;
		if (which == PROPERTIES)
			return fail(CL_INVALID_VALUE, "no queue property 0x%llx",
				    (unsigned long long)name);
		if (seen[which])
			return fail(CL_INVALID_VALUE, "queue property 0x%llx given twice",
				    (unsigned long long)name);
		if ((which == PRIORITY || which == THROTTLE) && !is_level(value))
			return fail(CL_INVALID_VALUE, "queue property 0x%llx has no value 0x%llx",
				    (unsigned long long)name, (unsigned long long)value);
		seen[which] = true;
		if (which == FLAGS)
			*flags = value;
	}
	if (seen[SIZE] && !(*flags & CL_QUEUE_ON_DEVICE))
		return fail(CL_INVALID_VALUE, "CL_QUEUE_SIZE is for queues on devices");
	*count = i + 1;
	return CL_SUCCESS;
}

static cl_command_queue create_with_properties(cl_context context, cl_device_id device,
					       const cl_queue_properties *properties,
					       cl_int *errcode_ret)
{
	cl_command_queue_properties flags = 0;
	struct tandem_queue *queue = NULL;
	unsigned int count = 0;
	cl_int code = CL_SUCCESS;

	if (!context_of(context))
		code = fail(CL_INVALID_CONTEXT, "%p is no context", (void *)context);
	else if (properties)
		code = read_properties(properties, &flags, &count);
	if (code == CL_SUCCESS)
		code = create_queue(context, device, flags, properties, count, &queue);
	set_code(errcode_ret, code);
	return queue_handle(queue);
}

cl_command_queue tandem_clCreateCommandQueueWithProperties(cl_context context, cl_device_id device,
							   const cl_queue_properties *properties,
							   cl_int *errcode_ret)
{
	ENTRY_POINT;

	return create_with_properties(context, device, properties, errcode_ret);
}

cl_command_queue
tandem_clCreateCommandQueueWithPropertiesKHR(cl_context context, cl_device_id device,
					     const cl_queue_properties_khr *properties,
					     cl_int *errcode_ret)
{
	ENTRY_POINT;

	return create_with_properties(context, device, properties, errcode_ret);
}

RETAIN_AND_RELEASE(CommandQueue, queue, cl_command_queue, CL_INVALID_COMMAND_QUEUE, "queue",
		   LEND_OBJECT, tandem_queue_release)

cl_int tandem_clGetCommandQueueInfo(cl_command_queue handle, cl_command_queue_info name,
				    size_t size, void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_queue *queue = queue_of(handle);

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	switch (name) {
	case CL_QUEUE_CONTEXT:
		return answer_value(&answer, cl_context, context_shown(queue->context));
	case CL_QUEUE_DEVICE:
		return answer_value(&answer, cl_device_id, device_shown(queue->device));
	case CL_QUEUE_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&queue->object.application_references));
	case CL_QUEUE_PROPERTIES:
		return answer_value(&answer, cl_command_queue_properties, queue->flags);
	case CL_QUEUE_PROPERTIES_ARRAY:
		return answer_bytes(&answer, queue->properties,
				    queue->property_count * sizeof(queue->properties[0]));
	case CL_QUEUE_DEVICE_DEFAULT:
		return answer_value(&answer, cl_command_queue, NULL);
	case CL_QUEUE_SIZE:
		return fail(CL_INVALID_COMMAND_QUEUE, "CL_QUEUE_SIZE is for queues on devices");
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clSetCommandQueueProperty(cl_command_queue handle,
					cl_command_queue_properties properties, cl_bool enable,
					cl_command_queue_properties *old_properties)
{
	ENTRY_POINT;
	struct tandem_queue *queue = queue_of(handle);

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (properties & ~host_flags)
		return fail(CL_INVALID_VALUE, "no queue properties 0x%llx",
			    (unsigned long long)properties);
	return fail(CL_INVALID_OPERATION, "the properties of a queue cannot be changed");
}

cl_int tandem_clFlush(cl_command_queue handle)
{
	ENTRY_POINT;
	struct tandem_queue *queue = queue_of(handle);

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	tandem_sched_flush(&queue->sched);
	return CL_SUCCESS;
}

cl_int tandem_clFinish(cl_command_queue handle)
{
	ENTRY_POINT;
	struct tandem_queue *queue = queue_of(handle);

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	return result(tandem_queue_finish(queue));
}
