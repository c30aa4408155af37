// SPDX-License-Identifier: MIT
#ifndef TANDEM_CORE_QUEUE_H
#define TANDEM_CORE_QUEUE_H

#include "context.h"
#include "sched/scheduler.h"

/* Entries of the longest property list, with the zero at the end. */
#define TANDEM_MOST_QUEUE_PROPERTIES 9

struct tandem_queue {
	struct tandem_object object;
	struct tandem_context *context;
	struct tandem_device *device;
	cl_command_queue_properties flags; /* CL_QUEUE_*_ENABLE */
	cl_queue_properties properties[TANDEM_MOST_QUEUE_PROPERTIES];
	unsigned int property_count; /* with the zero; 0 for a queue made without a list */
	struct tandem_sched_queue sched;
	TAILQ_ENTRY(tandem_queue) link; /* in the context's */
};

/* @properties: @property_count entries, kept for clGetCommandQueueInfo. -ENOMEM. */
int tandem_queue_create(struct tandem_context *context, struct tandem_device *device,
			cl_command_queue_properties flags, const cl_queue_properties *properties,
			unsigned int property_count, struct tandem_queue **queue);

/* Waits until all that was enqueued before is complete, failed or not. -ENOMEM. */
int tandem_queue_finish(struct tandem_queue *queue);
/* The same of all queues of a context. */
int tandem_queues_finish(struct tandem_context *context);

/* Drops one of the application's references; flushes at the last. */
void tandem_queue_release(struct tandem_queue *queue);

#endif
