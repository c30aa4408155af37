// SPDX-License-Identifier: MIT
#include "context.h"

#include <errno.h>
#include <string.h>

#include "util/alloc.h"
#include "util/short_locks.h"

static void destroy_context(struct tandem_object *object)
{
	struct tandem_context *context = tandem_container_of(object, struct tandem_context, object);
	struct tandem_context_callback *callback, *next;

	for (callback = context->callbacks; callback; callback = next) {
		next = callback->next;
		callback->function((cl_context)context, callback->user_data);
		free(callback);
	}
	tandem_svm_space_finish(&context->svm);
	for (unsigned int i = 0; i < context->device_count; i++)
		tandem_object_unref(&context->devices[i]->object);
	free(context->properties);
	free(context->cores);
	free(context->devices);
	tandem_object_free(&context->object);
	tandem_platform_remove_context();
}

static void collect_cores(struct tandem_context *context)
{
	for (unsigned int i = 0; i < context->device_count; i++) {
		struct tandem_device_core *core = context->devices[i]->core;
		unsigned int known = 0;

		while (known < context->core_count && context->cores[known] != core)
			known++;
		if (known == context->core_count)
			context->cores[context->core_count++] = core;
	}
}

int tandem_context_create(struct tandem_device *const *devices, unsigned int device_count,
			  const cl_context_properties *properties, unsigned int property_count,
			  tandem_context_notify notify, void *notify_data,
			  struct tandem_context **out)
{
	struct tandem_context *context = tandem_new_object(context);

	if (!context)
		return -ENOMEM;
	context->devices = tandem_new_array(context->devices, device_count);
	context->cores = tandem_new_array(context->cores, device_count);
	context->properties = tandem_new_array(context->properties, property_count + 1);
	if (!context->devices || !context->cores || !context->properties)
		goto free_all;
	if (property_count)
		memcpy(context->properties, properties, property_count * sizeof(*properties));
	context->property_count = property_count;
	context->device_count = device_count;
	for (unsigned int i = 0; i < device_count; i++) {
		context->devices[i] = devices[i];
		tandem_object_ref(&devices[i]->object);
	}
	collect_cores(context);
	context->notify = notify;
	context->notify_data = notify_data;
	TAILQ_INIT(&context->queues);
	tandem_svm_space_init(&context->svm, context->cores, context->core_count);
	tandem_object_init(&context->object, TANDEM_KIND_CONTEXT, destroy_context);
	tandem_platform_add_context();
	*out = context;
	return 0;

free_all:
	free(context->properties);
	free(context->cores);
	free(context->devices);
	tandem_object_free(&context->object);
	return -ENOMEM;
}

int tandem_context_add_callback(struct tandem_context *context, tandem_context_destructor function,
				void *user_data)
{
	struct tandem_context_callback *callback = tandem_new(callback);

	if (!callback)
		return -ENOMEM;
	callback->function = function;
	callback->user_data = user_data;
	tandem_short_lock(context);
	callback->next = context->callbacks;
	context->callbacks = callback;
	tandem_short_unlock(context);
	return 0;
}

bool tandem_context_has(const struct tandem_context *context, const struct tandem_device *device)
{
	for (unsigned int i = 0; i < context->device_count; i++) {
		if (context->devices[i] == device)
			return true;
	}
	return false;
}

bool tandem_context_svm_supports(const struct tandem_context *context, uint64_t capabilities)
{
	for (unsigned int i = 0; i < context->core_count; i++) {
		uint64_t has = context->cores[i]->properties.svm_capabilities;

		if ((has & capabilities) != capabilities)
			return false;
	}
	return true;
}

bool tandem_context_has_unified_memory(const struct tandem_context *context)
{
	for (unsigned int i = 0; i < context->core_count; i++) {
		if (context->cores[i]->properties.unified_memory.device)
			return true;
	}
	return false;
}

bool tandem_context_reaches_arena_only(const struct tandem_context *context)
{
	for (unsigned int i = 0; i < context->core_count; i++) {
		if (context->cores[i]->properties.reaches_arena_only)
			return true;
	}
	return false;
}

uint64_t tandem_context_max_allocation(const struct tandem_context *context)
{
	uint64_t most = UINT64_MAX;

	for (unsigned int i = 0; i < context->core_count; i++)
		most = tandem_min_u64(most, context->cores[i]->properties.max_allocation_bytes);
	return most;
}
