// SPDX-License-Identifier: MIT
#include "queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "util/alloc.h"
#include "util/short_locks.h"

static void destroy_queue(struct tandem_object *object)
{
	struct tandem_queue *queue = tandem_container_of(object, struct tandem_queue, object);

	tandem_short_lock(queue->context);
	TAILQ_REMOVE(&queue->context->queues, queue, link);
	tandem_short_unlock(queue->context);
	tandem_sched_queue_finish(&queue->sched);
	tandem_object_unref(&queue->device->object);
	tandem_object_unref(&queue->context->object);
	tandem_object_free(&queue->object);
}

int tandem_queue_create(struct tandem_context *context, struct tandem_device *device,
			cl_command_queue_properties flags, const cl_queue_properties *properties,
			unsigned int property_count, struct tandem_queue **out)
{
	struct tandem_queue *queue = tandem_new_object(queue);
	int error;

	if (!queue)
		return -ENOMEM;
	error = tandem_sched_queue_init(&queue->sched, device->scheduler, device->core,
					device->compute_units);
	if (error) {
		tandem_object_free(&queue->object);
		return error;
	}
	queue->sched.in_order = !(flags & CL_QUEUE_OUT_OF_ORDER_EXEC_MODE_ENABLE);
	queue->sched.timed = flags & CL_QUEUE_PROFILING_ENABLE;
	queue->context = context;
	queue->device = device;
	queue->flags = flags;
	if (property_count)
		memcpy(queue->properties, properties, property_count * sizeof(*properties));
	queue->property_count = property_count;
	tandem_object_ref(&context->object);
	tandem_object_ref(&device->object);
	tandem_object_init(&queue->object, TANDEM_KIND_QUEUE, destroy_queue);
	tandem_short_lock(context);
	TAILQ_INSERT_TAIL(&context->queues, queue, link);
	tandem_short_unlock(context);
	*out = queue;
	return 0;
}

int tandem_queue_finish(struct tandem_queue *queue)
{
	struct tandem_wait_list nothing = { 0 };
	struct tandem_command *marker;
	int error = tandem_command_create(queue, CL_COMMAND_MARKER, &nothing, 0, 0, &marker);

	if (error)
		return error;
	tandem_command_set_marker(marker, true, false);
	tandem_command_submit(marker, true, NULL);
	return 0;
}

/* References to the context's queues, but to those that are about to be gone. -ENOMEM. */
static int hold_queues(struct tandem_context *context, struct tandem_queue ***out,
		       unsigned int *count)
{
	struct tandem_queue **queues = NULL, *queue;
	unsigned int room = 0, seen;

	for (;;) {
		seen = *count = 0;
		tandem_short_lock(context);
		TAILQ_FOREACH(queue, &context->queues, link) {
			if (seen++ < room && tandem_object_try_ref(&queue->object))
				queues[(*count)++] = queue;
		}
		tandem_short_unlock(context);
		*out = queues;
		if (seen <= room)
			return 0;
		while (*count)
			tandem_object_unref(&queues[--*count]->object);
		free(queues);
		room = seen;
		queues = tandem_new_array(queues, room);
		if (!queues)
			return -ENOMEM;
	}
}

int tandem_queues_finish(struct tandem_context *context)
{
	struct tandem_queue **queues;
	unsigned int count;
	int error = hold_queues(context, &queues, &count);

	if (error)
		return error;
	/* All get going before the wait for the first: what is in one may wait for another's. */
	for (unsigned int i = 0; i < count; i++)
		tandem_sched_flush(&queues[i]->sched);
	for (unsigned int i = 0; i < count; i++) {
		int failed = tandem_queue_finish(queues[i]);

		error = error ? error : failed;
		tandem_object_unref(&queues[i]->object);
	}
	free(queues);
	return error;
}

void tandem_queue_release(struct tandem_queue *queue)
{
	if (!tandem_object_release(&queue->object))
		return;
	tandem_sched_flush(&queue->sched);
	tandem_object_unref(&queue->object);
}
