// SPDX-License-Identifier: MIT
/* Rows of events, 5.11, of markers and barriers, 5.12, and of profiling, 5.14. */
#include "errors.h"

static void rows_user_events(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;

	error_entry_point("clCreateUserEvent");
	ROWS_BAD_CREATE(ERROR_CONTEXT, cl_context, CL_INVALID_CONTEXT,
			cl->clCreateUserEvent(bad, errcode));
	error_resources(world);

	error_entry_point("clSetUserEventStatus");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT,
		 cl->clSetUserEventStatus(bad, CL_COMPLETE));
	ROW(CL_INVALID_EVENT, "event is no user event",
	    cl->clSetUserEventStatus(world->pending, CL_COMPLETE));
	ROW(CL_INVALID_VALUE, "execution_status is CL_RUNNING",
	    cl->clSetUserEventStatus(world->gate, CL_RUNNING));
	ROW(CL_INVALID_VALUE, "execution_status is CL_SUBMITTED",
	    cl->clSetUserEventStatus(world->gate, CL_SUBMITTED));
	ROW(CL_INVALID_OPERATION, "the status was set before",
	    cl->clSetUserEventStatus(world->set_event, CL_COMPLETE));
	ROW(CL_INVALID_OPERATION, "the status was set to an error before",
	    cl->clSetUserEventStatus(world->failed, CL_COMPLETE));
	error_resources(world);
}

static void rows_wait(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_event list_of_two[2] = { world->complete, NULL };

	error_entry_point("clWaitForEvents");
	ROW(CL_INVALID_VALUE, "num_events is 0", cl->clWaitForEvents(0, list_of_two));
	if (world->direct)
		ROW(CL_INVALID_VALUE, "event_list is NULL", cl->clWaitForEvents(1, NULL));
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT,
		 (list_of_two[1] = bad, cl->clWaitForEvents(2, list_of_two)));
	list_of_two[1] = world->other_event;
	ROW(CL_INVALID_CONTEXT, "the events are of different contexts",
	    cl->clWaitForEvents(2, list_of_two));
	list_of_two[1] = world->failed;
	ROW(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, "the status of an event is negative",
	    cl->clWaitForEvents(2, list_of_two));
	error_resources(world);
}

static void CL_CALLBACK ignore_event(cl_event event, cl_int status, void *user_data)
{
}

static void rows_objects(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

	error_entry_point("clGetEventInfo");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT,
		 cl->clGetEventInfo(bad, CL_EVENT_CONTEXT, sizeof(out->bytes), out->bytes,
				    &out->size));
	ROWS_QUERY(CL_EVENT_CONTEXT,
		   cl->clGetEventInfo(world->complete, name, size, value, size_ret));
	error_not_provocable(world, CL_INVALID_VALUE, "the information cannot be queried for event",
			     "every query is possible for every event");
	error_resources(world);

	error_entry_point("clRetainEvent");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT, cl->clRetainEvent(bad));
	error_resources(world);

	error_entry_point("clReleaseEvent");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT, cl->clReleaseEvent(bad));
	error_resources(world);

	error_entry_point("clSetEventCallback");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT,
		 cl->clSetEventCallback(bad, CL_COMPLETE, ignore_event, NULL));
	ROW(CL_INVALID_VALUE, "pfn_event_notify is NULL",
	    cl->clSetEventCallback(world->complete, CL_COMPLETE, NULL, NULL));
	ROW(CL_INVALID_VALUE, "command_exec_callback_type is CL_QUEUED",
	    cl->clSetEventCallback(world->complete, CL_QUEUED, ignore_event, NULL));
	ROW(CL_INVALID_VALUE, "command_exec_callback_type is negative",
	    cl->clSetEventCallback(world->complete, -1, ignore_event, NULL));
	error_resources(world);
}

static void rows_profiling(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	struct error_outputs *out = &world->out;

#define PROFILE(event)                                                                   \
	cl->clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof(out->bytes), \
				    out->bytes, &out->size)

	error_entry_point("clGetEventProfilingInfo");
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT, PROFILE(bad));
	ROW(CL_PROFILING_INFO_NOT_AVAILABLE, "the queue has no CL_QUEUE_PROFILING_ENABLE",
	    PROFILE(world->unprofiled));
	ROW(CL_PROFILING_INFO_NOT_AVAILABLE, "the command is not complete",
	    PROFILE(world->pending));
	ROW(CL_PROFILING_INFO_NOT_AVAILABLE, "event is a user event", PROFILE(world->set_event));
	ROWS_QUERY(CL_PROFILING_COMMAND_END,
		   cl->clGetEventProfilingInfo(world->complete, name, size, value, size_ret));
	error_resources(world);
#undef PROFILE
}

static void rows_markers(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	cl_event list_of_one[1] = { world->complete };

	error_entry_point("clEnqueueMarkerWithWaitList");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueMarkerWithWaitList(bad, 0, NULL, event));
	ROWS_WAIT(ROW, cl->clEnqueueMarkerWithWaitList(queue, count, list, event));
	error_resources(world);

	error_entry_point("clEnqueueBarrierWithWaitList");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueBarrierWithWaitList(bad, 0, NULL, event));
	ROWS_WAIT(ROW, cl->clEnqueueBarrierWithWaitList(queue, count, list, event));
	error_resources(world);

	error_entry_point("clEnqueueMarker");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueMarker(bad, event));
	ROW(CL_INVALID_VALUE, "event is NULL", cl->clEnqueueMarker(queue, NULL));
	error_resources(world);

	error_entry_point("clEnqueueBarrier");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueBarrier(bad));
	error_resources(world);

	error_entry_point("clEnqueueWaitForEvents");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueWaitForEvents(bad, 1, list_of_one));
	ROW(CL_INVALID_VALUE, "num_events is 0", cl->clEnqueueWaitForEvents(queue, 0, list_of_one));
	ROW(CL_INVALID_VALUE, "event_list is NULL", cl->clEnqueueWaitForEvents(queue, 1, NULL));
	/* From version 1.0's text; today's lists no code for it. */
	ROWS_BAD(ERROR_EVENT, cl_event, CL_INVALID_EVENT,
		 (list_of_one[0] = bad, cl->clEnqueueWaitForEvents(queue, 1, list_of_one)));
	list_of_one[0] = world->other_event;
	ROW(CL_INVALID_CONTEXT, "an event is of another context",
	    cl->clEnqueueWaitForEvents(queue, 1, list_of_one));
	error_resources(world);
}

void error_rows_event(struct error_world *world)
{
	rows_user_events(world);
	rows_wait(world);
	rows_objects(world);
	rows_profiling(world);
	rows_markers(world);
}
