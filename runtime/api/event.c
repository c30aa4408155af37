// SPDX-License-Identifier: MIT
#include "api.h"

static cl_int create_user_event(cl_context handle, struct tandem_event **event)
{
	struct tandem_context *context = context_of(handle);

	if (!context)
		return fail(CL_INVALID_CONTEXT, "%p is no context", (void *)handle);
	return result(tandem_user_event_create(context, event));
}

cl_event tandem_clCreateUserEvent(cl_context context, cl_int *errcode_ret)
{
	ENTRY_POINT;
	struct tandem_event *event = NULL;

	set_code(errcode_ret, create_user_event(context, &event));
	return event_handle(event);
}

cl_int tandem_clSetUserEventStatus(cl_event handle, cl_int status)
{
	ENTRY_POINT;
	struct tandem_event *event = event_of(handle);

	if (!event || event->command_type != CL_COMMAND_USER)
		return fail(CL_INVALID_EVENT, "%p is no user event", (void *)handle);
	if (status > 0)
		return fail(CL_INVALID_VALUE, "status %d is neither CL_COMPLETE nor an error",
			    status);
	if (tandem_user_event_set(event, status))
		return fail(CL_INVALID_OPERATION, "the status was set before");
	return CL_SUCCESS;
}

cl_int tandem_clWaitForEvents(cl_uint num_events, const cl_event *event_list)
{
	ENTRY_POINT;
	const struct tandem_context *context = NULL;

	if (!num_events || !event_list)
		return fail(CL_INVALID_VALUE, "%u events at %p", num_events,
			    (const void *)event_list);
	for (cl_uint i = 0; i < num_events; i++) {
		const struct tandem_event *event = event_of(event_list[i]);

		if (!event)
			return fail(CL_INVALID_EVENT, "entry %u of the list is no event", i);
		if (context && event->context != context)
			return fail(CL_INVALID_CONTEXT, "events of different contexts");
		context = event->context;
	}
	if (!tandem_events_wait((struct tandem_event *const *)(const void *)event_list, num_events))
		return fail(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
			    "a command that was waited for has failed");
	return CL_SUCCESS;
}

RETAIN_AND_RELEASE(Event, event, cl_event, CL_INVALID_EVENT, "event", LEND_OBJECT,
		   tandem_event_release)

cl_int tandem_clSetEventCallback(cl_event handle, cl_int type,
				 void(CL_CALLBACK *pfn_notify)(cl_event, cl_int, void *),
				 void *user_data)
{
	ENTRY_POINT;
	struct tandem_event *event = event_of(handle);

	if (!event)
		return fail(CL_INVALID_EVENT, "%p is no event", (void *)handle);
	if (!pfn_notify)
		return fail(CL_INVALID_VALUE, "no callback");
	if (type != CL_SUBMITTED && type != CL_RUNNING && type != CL_COMPLETE)
		return fail(CL_INVALID_VALUE, "no callbacks for status %d", type);
	return result(tandem_event_add_callback(event, type, pfn_notify, user_data));
}

cl_int tandem_clGetEventInfo(cl_event handle, cl_event_info name, size_t size, void *value,
			     size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_event *event = event_of(handle);

	if (!event)
		return fail(CL_INVALID_EVENT, "%p is no event", (void *)handle);
	switch (name) {
	case CL_EVENT_COMMAND_QUEUE:
		return answer_value(&answer, cl_command_queue, queue_shown(event->queue));
	case CL_EVENT_CONTEXT:
		return answer_value(&answer, cl_context, context_shown(event->context));
	case CL_EVENT_COMMAND_TYPE:
		return answer_value(&answer, cl_command_type, event->command_type);
	case CL_EVENT_COMMAND_EXECUTION_STATUS:
		return answer_value(&answer, cl_int, tandem_event_query_status(event));
	case CL_EVENT_REFERENCE_COUNT:
		return answer_value(&answer, cl_uint,
				    atomic_load(&event->object.application_references));
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}

cl_int tandem_clGetEventProfilingInfo(cl_event handle, cl_profiling_info name, size_t size,
				      void *value, size_t *size_ret)
{
	ENTRY_POINT;
	const struct tandem_answer answer = { size, value, size_ret };
	struct tandem_event *event = event_of(handle);

	if (!event)
		return fail(CL_INVALID_EVENT, "%p is no event", (void *)handle);
	if (!event->task.timed)
		return fail(CL_PROFILING_INFO_NOT_AVAILABLE,
			    "a user event, or a queue without CL_QUEUE_PROFILING_ENABLE");
	if (tandem_task_status(&event->task) != CL_COMPLETE)
		return fail(CL_PROFILING_INFO_NOT_AVAILABLE, "the command is not complete");
	switch (name) {
	case CL_PROFILING_COMMAND_QUEUED:
		return answer_value(&answer, cl_ulong, event->task.queued_ns);
	case CL_PROFILING_COMMAND_SUBMIT:
		return answer_value(&answer, cl_ulong, event->task.submitted_ns);
	case CL_PROFILING_COMMAND_START:
		return answer_value(&answer, cl_ulong, event->task.started_ns);
	case CL_PROFILING_COMMAND_END:
	case CL_PROFILING_COMMAND_COMPLETE: /* no commands enqueued by the device */
		return answer_value(&answer, cl_ulong, event->task.ended_ns);
	default:
		return fail(CL_INVALID_VALUE, "no query 0x%x", name);
	}
}
