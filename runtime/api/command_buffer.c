// SPDX-License-Identifier: MIT
/* Command buffers: creating, finalizing, enqueuing, queries. Recording is in recording.c. */
#include "api.h"

#include <errno.h>

/* ---- creation ---- */

struct buffer_options {
	cl_bitfield flags, asserts;
	unsigned int count; /* entries of the list of properties, with the zero */
};

/* One property; @seen has those that were there before. */
static cl_int read_property(cl_properties name, cl_properties value, bool *seen,
			    struct buffer_options *options)
{
	const cl_bitfield known_flags = CL_COMMAND_BUFFER_SIMULTANEOUS_USE_KHR |
					CL_COMMAND_BUFFER_MUTABLE_KHR;
	const cl_bitfield known_asserts = CL_MUTABLE_DISPATCH_ASSERT_NO_ADDITIONAL_WORK_GROUPS_KHR;
	const bool is_flags = name == CL_COMMAND_BUFFER_FLAGS_KHR;

	if (!is_flags && name != CL_COMMAND_BUFFER_MUTABLE_DISPATCH_ASSERTS_KHR)
		return fail(CL_INVALID_VALUE, "no property 0x%llx", (unsigned long long)name);
	if (seen[is_flags])
		return fail(CL_INVALID_VALUE, "property 0x%llx twice", (unsigned long long)name);
	if (value & ~(is_flags ? known_flags : known_asserts))
		return fail(CL_INVALID_VALUE, "property 0x%llx cannot be 0x%llx",
			    (unsigned long long)name, (unsigned long long)value);
	seen[is_flags] = true;
	if (is_flags)
		options->flags = value;
	else
		options->asserts = value;
	return CL_SUCCESS;
}

static cl_int read_properties(const cl_properties *properties, struct buffer_options *options)
{
	bool seen[2] = { false };
	cl_int code = CL_SUCCESS;
	unsigned int i = 0;

	*options = (struct buffer_options){ 0 };
	if (!properties)
		return CL_SUCCESS;
	for (; properties[i] && code == CL_SUCCESS; i += 2)
		code = read_property(properties[i], properties[i + 1], seen, options);
	options->count = i + 1;
	return code;
}

static cl_int create_buffer(cl_uint num_queues, const cl_command_queue *queues,
			    const cl_properties *properties, struct tandem_command_buffer **buffer)
{
	struct buffer_options options;
	struct tandem_queue *queue;
	cl_int code;

	if (num_queues != 1 || !queues)
		return fail(CL_INVALID_VALUE, "%u queues at %p: it takes one", num_queues,
			    (const void *)queues);
	queue = queue_of(queues[0]);
	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)queues[0]);
	code = read_properties(properties, &options);
	if (code != CL_SUCCESS)
		return code;
	return result(tandem_command_buffer_create(queue, options.flags, options.asserts,
						   properties, options.count, buffer));
}

cl_command_buffer_khr tandem_clCreateCommandBufferKHR(cl_uint num_queues,
						      const cl_command_queue *queues,
						      const cl_properties *properties,
						      cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_command_buffer *buffer = NULL;

	set_code(errcode_ret, create_buffer(num_queues, queues, properties, &buffer));
	return command_buffer_handle(buffer);
}

RETAIN_AND_RELEASE(CommandBufferKHR, command_buffer, cl_command_buffer_khr,
		   CL_INVALID_COMMAND_BUFFER_KHR, "command buffer", LEND_OBJECT, RELEASE_OBJECT)

cl_int tandem_clFinalizeCommandBufferKHR(cl_command_buffer_khr handle)
{
	ENTRY_POINT;
	struct tandem_command_buffer *buffer = command_buffer_of(handle);

	if (!buffer)
		return fail(CL_INVALID_COMMAND_BUFFER_KHR, "%p is no command buffer",
			    (void *)handle);
	if (tandem_command_buffer_finalize(buffer))
		return fail(CL_INVALID_OPERATION, "the command buffer was finalized before");
	return CL_SUCCESS;
}

/* ---- enqueuing ---- */

/* The queue to execute on: the buffer's own, or another of its kind. */
static cl_int find_queue(const struct tandem_command_buffer *buffer, cl_uint num_queues,
			 const cl_command_queue *queues, struct tandem_queue **queue)
{
	*queue = buffer->queue;
	if (!num_queues && !queues)
		return CL_SUCCESS;
	if (num_queues != 1 || !queues)
		return fail(CL_INVALID_VALUE, "%u queues at %p: the command buffer has one",
			    num_queues, (const void *)queues);
	*queue = queue_of(queues[0]);
	if (!*queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)queues[0]);
	if ((*queue)->context != buffer->queue->context)
		return fail(CL_INVALID_CONTEXT,
			    "queue and command buffer are of different contexts");
	if ((*queue)->device != buffer->queue->device)
		return fail(CL_INVALID_DEVICE,
			    "queue and command buffer are for different devices");
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCommandBufferKHR(cl_uint num_queues, cl_command_queue *queues,
					cl_command_buffer_khr handle, cl_uint num_events,
					const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command_buffer *buffer = command_buffer_of(handle);
	struct tandem_command *command;
	struct tandem_wait_list wait;
	struct tandem_queue *queue;
	cl_int code;
	int error;

	if (!buffer)
		return fail(CL_INVALID_COMMAND_BUFFER_KHR, "%p is no command buffer",
			    (void *)handle);
	code = find_queue(buffer, num_queues, queues, &queue);
	if (code == CL_SUCCESS)
		code = check_wait_list(queue->context, num_events, events, &wait);
	if (code != CL_SUCCESS)
		return code;
	if (!tandem_device_is_available(queue->device))
		return fail(CL_OUT_OF_RESOURCES,
			    "the device has ended, or is not there after fork");
	error = tandem_command_buffer_create_replay(buffer, queue, &wait, &command);
	if (error == -EBUSY)
		return fail(CL_INVALID_OPERATION,
			    "the command buffer is not finalized, or arguments are not set");
	if (error)
		return result(error);
	/* The application may have let go of the queue: then nothing else flushes it. */
	tandem_object_lend(&queue->object);
	code = submit(command, false, event);
	tandem_queue_release(queue);
	return code;
}

/* ---- queries ---- */

cl_int tandem_clGetCommandBufferInfoKHR(cl_command_buffer_khr handle,
					cl_command_buffer_info_khr name, size_t size, void *value,
					size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_command_buffer *buffer = command_buffer_of(handle);

	if (!buffer)
		return fail(CL_INVALID_COMMAND_BUFFER_KHR, "%p is no command buffer",
			    (void *)handle);
	switch (name) {
	case CL_COMMAND_BUFFER_NUM_QUEUES_KHR:
		return answer_value(&answer, cl_uint, 1);
	case CL_COMMAND_BUFFER_QUEUES_KHR:
		return answer_value(&answer, cl_command_queue, queue_shown(buffer->queue));
	case CL_COMMAND_BUFFER_REFERENCE_COUNT_KHR:
		return answer_value(&answer, cl_uint,
				    atomic_load(&buffer->object.application_references));
	case CL_COMMAND_BUFFER_STATE_KHR:
		return answer_value(&answer, cl_uint, tandem_command_buffer_state(buffer));
	case CL_COMMAND_BUFFER_PROPERTIES_ARRAY_KHR:
		return answer_bytes(&answer, buffer->properties,
				    buffer->property_count * sizeof(buffer->properties[0]));
	case CL_COMMAND_BUFFER_CONTEXT_KHR:
		return answer_value(&answer, cl_context, context_shown(buffer->queue->context));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
