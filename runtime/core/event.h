// SPDX-License-Identifier: MIT
#ifndef TANDEM_CORE_EVENT_H
#define TANDEM_CORE_EVENT_H

#include "context.h"
#include "queue.h"
#include "sched/task.h"

typedef void(CL_CALLBACK *tandem_event_notify)(cl_event, cl_int, void *);

struct tandem_event {
	struct tandem_object object;
	struct tandem_task task;
	struct tandem_context *context;
	struct tandem_queue *queue; /* NULL for a user event */
	cl_command_type command_type;
	_Atomic bool has_callbacks;
	_Atomic bool user_status_set;
	struct tandem_event_callback *callbacks; /* the short lock */
};

/* -ENOMEM. */
int tandem_user_event_create(struct tandem_context *context, struct tandem_event **event);

/* Sets the status, COMPLETE or negative. -EALREADY where it was set before. */
int tandem_user_event_set(struct tandem_event *event, cl_int status);

/*
 * Calls @notify once the event's status is @type or lower: with @type, or with
 * the error the command ended with. Gets an unflushed command going. -ENOMEM.
 */
int tandem_event_add_callback(struct tandem_event *event, cl_int type, tandem_event_notify notify,
			      void *user_data);

/* The status, for the application: a query also gets an unflushed command going. */
cl_int tandem_event_query_status(struct tandem_event *event);

/* Waits until all are complete. False where one of them failed. */
bool tandem_events_wait(struct tandem_event *const *events, unsigned int count);

void tandem_event_release(struct tandem_event *event);

/* For commands, which embed an event. */
void tandem_event_init(struct tandem_event *event, struct tandem_queue *queue, cl_command_type type,
		       const struct tandem_task_ops *ops, void (*destroy)(struct tandem_object *));
void tandem_event_finish(struct tandem_event *event);
void tandem_event_task_notify(struct tandem_task *task, int status);

static inline struct tandem_event *tandem_event_of_task(struct tandem_task *task)
{
	return (struct tandem_event *)((char *)task - offsetof(struct tandem_event, task));
}

#endif
