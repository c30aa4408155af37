// SPDX-License-Identifier: MIT
/* Steps: events of both kinds, what waits for them, and their callbacks. */
#include "world.h"

static void create_user_event(struct world *world)
{
	struct object *context = any_object(world, CONTEXT);
	cl_event event;
	cl_int code = 1;

	if (!context)
		return;
	event = clCreateUserEvent(context->handle, &code);
	expect_success(world, code);
	add_event(world, context->context, event, true);
}

static void set_status(struct world *world)
{
	struct object *event = any_object(world, EVENT);
	cl_int status = once_in(world, 3) ? -(cl_int)(1 + chance(world, 100)) : CL_COMPLETE;

	if (!event)
		return;
	if (!event->is_user) {
		expect_code(world, CL_INVALID_EVENT, clSetUserEventStatus(event->handle, status));
		return;
	}
	expect_code(world, CL_INVALID_VALUE, clSetUserEventStatus(event->handle, CL_RUNNING));
	if (event->is_set)
		expect_code(world, CL_INVALID_OPERATION,
			    clSetUserEventStatus(event->handle, status));
	else
		expect_success(world, clSetUserEventStatus(event->handle, status));
	event->is_set = true;
}

static void CL_CALLBACK count_event(cl_event event, cl_int status, void *data)
{
	/* The event is there for as long as this runs. */
	if (clRetainEvent(event) == CL_SUCCESS && clReleaseEvent(event) == CL_SUCCESS)
		note_callback();
}

static void add_callback(struct world *world)
{
	static const cl_int types[] = { CL_SUBMITTED, CL_RUNNING, CL_COMPLETE };
	struct object *event = any_object(world, EVENT);

	if (!event)
		return;
	expect_code(world, CL_INVALID_VALUE,
		    clSetEventCallback(event->handle, CL_COMPLETE, NULL, NULL));
	expect_code(world, CL_INVALID_VALUE,
		    clSetEventCallback(event->handle, CL_QUEUED, count_event, NULL));
	want_callback();
	event->has_callbacks = true;
	expect_success(world, clSetEventCallback(event->handle, types[chance(world, 3)],
						 count_event, NULL));
}

static void wait(struct world *world)
{
	struct object *event = any_object(world, EVENT);
	struct events events;
	cl_int code;

	if (!event)
		return;
	choose_events(world, event->context, &events);
	if (!events.count)
		return;
	let_go_on(world);
	code = clWaitForEvents(events.count, events.list);
	expect(world, code == CL_SUCCESS || code == CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
	       "code %d", code);
	for (cl_uint i = 0; i < events.count; i++) {
		cl_int status = 1;

		expect_success(world,
			       clGetEventInfo(events.list[i], CL_EVENT_COMMAND_EXECUTION_STATUS,
					      sizeof(status), &status, NULL));
		expect(world, status <= 0, "status %d behind the wait", status);
	}
}

static void wait_wrongly(struct world *world)
{
	struct object *event = any_object(world, EVENT), *other = any_object(world, EVENT);
	cl_event list[2];

	expect_code(world, CL_INVALID_VALUE, clWaitForEvents(0, NULL));
	expect_code(world, CL_INVALID_VALUE, clWaitForEvents(1, NULL));
	if (!event)
		return;
	list[0] = event->handle;
	list[1] = NULL;
	expect_code(world, CL_INVALID_EVENT, clWaitForEvents(2, list));
	list[1] = other->handle;
	if (event->context != other->context)
		expect_code(world, CL_INVALID_CONTEXT, clWaitForEvents(2, list));
}

static void mark(struct world *world)
{
	struct object *queue = any_object(world, QUEUE);
	struct events events;

	if (!queue)
		return;
	choose_events(world, queue->context, &events);
	if (once_in(world, 2))
		expect_success(world,
			       clEnqueueMarkerWithWaitList(queue->handle, event_list(&events),
							   event_place(&events)));
	else
		expect_success(world,
			       clEnqueueBarrierWithWaitList(queue->handle, event_list(&events),
							    event_place(&events)));
	note_command(world, queue->context, &events);
}

/* Lists that there must not be, for a command. */
static void list_wrongly(struct world *world)
{
	struct object *queue = any_object(world, QUEUE), *event = any_object(world, EVENT);
	cl_event list[2] = { NULL, NULL };

	if (!queue)
		return;
	expect_code(world, CL_INVALID_EVENT_WAIT_LIST,
		    clEnqueueMarkerWithWaitList(queue->handle, 1, NULL, NULL));
	expect_code(world, CL_INVALID_EVENT_WAIT_LIST,
		    clEnqueueMarkerWithWaitList(queue->handle, 0, list, NULL));
	if (!event)
		return;
	list[0] = event->handle;
	if (event->context == queue->context)
		expect_code(world, CL_INVALID_EVENT_WAIT_LIST,
			    clEnqueueBarrierWithWaitList(queue->handle, 2, list, NULL));
	else
		expect_code(world, CL_INVALID_CONTEXT,
			    clEnqueueMarkerWithWaitList(queue->handle, 1, list, NULL));
}

static void flush(struct world *world)
{
	struct object *queue = any_object(world, QUEUE);

	if (queue)
		expect_success(world, clFlush(queue->handle));
}

static void finish(struct world *world)
{
	struct object *queue = any_object(world, QUEUE);

	if (!queue)
		return;
	let_go_on(world);
	expect_success(world, clFinish(queue->handle));
}

const struct step event_steps[] = {
	{ "create-user-event", 14, create_user_event },
	{ "set-status", 10, set_status },
	{ "add-callback", 12, add_callback },
	{ "wait", 4, wait },
	{ "wait-wrongly", 4, wait_wrongly },
	{ "mark", 12, mark },
	{ "list-wrongly", 6, list_wrongly },
	{ "flush", 6, flush },
	{ "finish", 2, finish },
	{ "settle", 1, settle },
	{ NULL, 0, NULL },
};
