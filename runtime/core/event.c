// SPDX-License-Identifier: MIT
#include "event.h"

#include <errno.h>

#include "callbacks.h"
#include "util/alloc.h"
#include "util/log.h"
#include "util/short_locks.h"

struct tandem_event_callback {
	struct tandem_callback base;
	struct tandem_event *event; /* a reference, once it is due */
	cl_int type; /* the status it waits for; the one to report, once it is due */
	tandem_event_notify notify;
	void *user_data;
	struct tandem_event_callback *next;
};

void tandem_event_init(struct tandem_event *event, struct tandem_queue *queue, cl_command_type type,
		       const struct tandem_task_ops *ops, void (*destroy)(struct tandem_object *))
{
	tandem_task_init(&event->task, ops);
	event->queue = queue;
	event->context = queue->context;
	event->command_type = type;
	tandem_object_ref(&queue->object);
	tandem_object_init_hidden(&event->object, TANDEM_KIND_EVENT, destroy);
}

void tandem_event_finish(struct tandem_event *event)
{
	struct tandem_event_callback *callback, *next;

	for (callback = event->callbacks; callback; callback = next) {
		next = callback->next;
		free(callback);
	}
	if (event->queue)
		tandem_object_unref(&event->queue->object);
	else
		tandem_object_unref(&event->context->object);
}

static void call(struct tandem_callback *base)
{
	struct tandem_event_callback *callback =
		tandem_container_of(base, struct tandem_event_callback, base);

	tandem_object_lend(&callback->event->object);
	callback->notify((cl_event)callback->event, callback->type, callback->user_data);
	tandem_event_release(callback->event);
	tandem_object_unref(&callback->event->object);
	free(callback);
}

/* Whether a callback for @type is due at @status; errors are everybody's. */
static bool is_due(cl_int type, cl_int status)
{
	return status <= type;
}

static void post(struct tandem_event *event, struct tandem_event_callback *callback, cl_int status)
{
	callback->base.call = call;
	callback->event = event;
	if (status < 0)
		callback->type = status;
	tandem_object_ref(&event->object);
	tandem_callbacks_post(&callback->base);
}

void tandem_event_task_notify(struct tandem_task *task, int status)
{
	struct tandem_event *event = tandem_event_of_task(task);
	struct tandem_event_callback *due = NULL, **link, *callback, *next;

	if (!atomic_load(&event->has_callbacks))
		return;
	tandem_short_lock(event);
	for (link = &event->callbacks; (callback = *link);) {
		if (!is_due(callback->type, status)) {
			link = &callback->next;
			continue;
		}
		*link = callback->next;
		callback->next = due;
		due = callback;
	}
	tandem_short_unlock(event);
	for (; due; due = next) {
		next = due->next;
		post(event, due, status);
	}
	/* A queue's submit_lock is held while its commands become submitted, and no other time. */
	if (status != TANDEM_TASK_SUBMITTED)
		tandem_callbacks_call_stranded();
}

/* Gets the command going that it is of, if that was not flushed. */
static void start_command(struct tandem_event *event)
{
	if (tandem_task_status(&event->task) == TANDEM_TASK_QUEUED && event->queue)
		tandem_sched_flush(&event->queue->sched);
}

int tandem_event_add_callback(struct tandem_event *event, cl_int type, tandem_event_notify notify,
			      void *user_data)
{
	struct tandem_event_callback *callback = tandem_new(callback);

	if (!callback)
		return -ENOMEM;
	callback->type = type;
	callback->notify = notify;
	callback->user_data = user_data;
	/*
	 * Many applications wait for the call without a flush. Not below, where the application
	 * may have released the event in the call.
	 */
	start_command(event);
	tandem_short_lock(event);
	callback->next = event->callbacks;
	event->callbacks = callback;
	tandem_short_unlock(event);
	/* Either who changes the status sees this, or the status seen below is the new one. */
	atomic_store(&event->has_callbacks, true);
	tandem_event_task_notify(&event->task, atomic_load(&event->task.status));
	return 0;
}

/* ---- user events ---- */

static void user_event_release(struct tandem_task *task)
{
}

static int user_event_execute(struct tandem_task *task)
{
	return 0;
}

static int user_event_end(struct tandem_task *task, int error)
{
	return error;
}

static const struct tandem_task_ops user_event_ops = {
	.execute = user_event_execute,
	.finish = user_event_end,
	.notify = tandem_event_task_notify,
	.release = user_event_release,
};

static void destroy_user_event(struct tandem_object *object)
{
	struct tandem_event *event = tandem_container_of(object, struct tandem_event, object);

	tandem_event_finish(event);
	tandem_object_free(&event->object);
}

int tandem_user_event_create(struct tandem_context *context, struct tandem_event **out)
{
	struct tandem_event *event = tandem_new_object(event);

	if (!event)
		return -ENOMEM;
	tandem_task_init(&event->task, &user_event_ops);
	atomic_store(&event->task.status, TANDEM_TASK_SUBMITTED);
	event->context = context;
	event->command_type = CL_COMMAND_USER;
	tandem_object_ref(&context->object);
	tandem_object_init(&event->object, TANDEM_KIND_EVENT, destroy_user_event);
	*out = event;
	return 0;
}

int tandem_user_event_set(struct tandem_event *event, cl_int status)
{
	if (atomic_exchange(&event->user_status_set, true))
		return -EALREADY;
	/* Who waits for it, or runs for it, may let go of it before this has ended. */
	tandem_object_ref(&event->object);
	tandem_task_complete(&event->task, status);
	tandem_object_unref(&event->object);
	return 0;
}

/* ---- for the application ---- */

cl_int tandem_event_query_status(struct tandem_event *event)
{
	int status = tandem_task_status(&event->task);

	start_command(event);
	return status;
}

bool tandem_events_wait(struct tandem_event *const *events, unsigned int count)
{
	bool good = true;

	/* All get going before the wait for the first. */
	for (unsigned int i = 0; count > 1 && i < count; i++)
		start_command(events[i]);
	for (unsigned int i = 0; i < count; i++) {
		tandem_sched_wait(&events[i]->task);
		if (tandem_task_status(&events[i]->task) < 0)
			good = false;
	}
	return good;
}

void tandem_event_release(struct tandem_event *event)
{
	if (!tandem_object_release(&event->object))
		return;
	/* Nobody can set its status any more: what waits for it must not wait for ever. */
	if (!event->queue && !atomic_exchange(&event->user_status_set, true)) {
		tandem_log(TANDEM_LOG_API, "user event released before its status was set");
		tandem_task_complete(&event->task, CL_INVALID_EVENT);
	}
	tandem_object_unref(&event->object);
}
