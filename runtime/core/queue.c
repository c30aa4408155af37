// SPDX-License-Identifier: MIT
#include "queue.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"

static void destroy_queue(struct tandem_object *object)
{
	struct tandem_queue *queue = tandem_container_of(object, struct tandem_queue, object);

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
	*out = queue;
	return 0;
}

void tandem_queue_release(struct tandem_queue *queue)
{
	if (!tandem_object_release(&queue->object))
		return;
	tandem_sched_flush(&queue->sched);
	tandem_object_unref(&queue->object);
}
