// SPDX-License-Identifier: MIT
/* Commands that run kernels, and the ones that only keep order. */
#include "launch.h"

#include "image.h"
#include "program/sub_groups.h"

/* ---- index spaces ---- */

static cl_int check_global_size(const size_t *offset, const size_t *size,
				struct tandem_index_space *space)
{
	for (cl_uint i = 0; i < space->dimensions; i++) {
		size_t start = offset ? offset[i] : 0, end;

		space->global_size[i] = size ? size[i] : 0;
		space->global_offset[i] = start;
		if (__builtin_add_overflow(start, space->global_size[i], &end))
			return fail(CL_INVALID_GLOBAL_OFFSET,
				    "offset %zu and size %zu overflow in dimension %u", start,
				    (size_t)space->global_size[i], i);
	}
	return CL_SUCCESS;
}

static cl_int check_local_size(const struct tandem_device_properties *properties,
			       const struct tandem_kernel_info *info,
			       const struct tandem_index_space *space)
{
	uint64_t items = 1;

	for (cl_uint i = 0; i < space->dimensions; i++) {
		uint64_t size = space->local_size[i];

		if (!size)
			return fail(CL_INVALID_WORK_GROUP_SIZE, "local size 0 in dimension %u", i);
		if (size > properties->max_work_group_size)
			return fail(CL_INVALID_WORK_ITEM_SIZE, "local size %llu in dimension %u",
				    (unsigned long long)size, i);
		if (info->required_group[0] && size != info->required_group[i])
			return fail(CL_INVALID_WORK_GROUP_SIZE,
				    "the kernel requires local size %u in dimension %u",
				    info->required_group[i], i);
		if (space->global_size[i] % size && !info->allows_uneven_groups)
			return fail(CL_INVALID_WORK_GROUP_SIZE,
				    "global size %llu is no multiple of local size %llu",
				    (unsigned long long)space->global_size[i],
				    (unsigned long long)size);
		items *= size;
	}
	if (info->required_sub_groups &&
	    tandem_sub_group_count(info, space->local_size) != info->required_sub_groups)
		return fail(CL_INVALID_WORK_GROUP_SIZE,
			    "the kernel requires groups of %u sub-groups",
			    info->required_sub_groups);
	if (items > info->max_group)
		return fail(CL_INVALID_WORK_GROUP_SIZE,
			    "%llu work-items in a group, the kernel allows %llu",
			    (unsigned long long)items, (unsigned long long)info->max_group);
	return CL_SUCCESS;
}

static cl_int check_group_count(const struct tandem_index_space *space)
{
	uint64_t groups = 1;

	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		if (__builtin_mul_overflow(groups, tandem_index_space_groups(space, i), &groups))
			return fail(CL_INVALID_GLOBAL_WORK_SIZE, "more groups than can be counted");
	}
	return CL_SUCCESS;
}

/* Checks an index space and fills it in. */
static cl_int check_index_space(const struct tandem_queue *queue,
				const struct tandem_kernel_info *info,
				const struct launch_arguments *arguments,
				struct tandem_index_space *space)
{
	const size_t *local_size = arguments->local_size;
	cl_int code = check_global_size(arguments->offset, arguments->global_size, space);

	if (code != CL_SUCCESS)
		return code;
	/* Required groups of several dimensions need a launch of as many. */
	for (int i = (int)space->dimensions; i < TANDEM_DIMENSIONS; i++) {
		space->global_size[i] = 1;
		space->local_size[i] = 1;
		if (info->required_group[i] > 1)
			return fail(CL_INVALID_WORK_GROUP_SIZE,
				    "the kernel requires groups of more dimensions");
	}
	if (local_size) {
		for (cl_uint i = 0; i < space->dimensions; i++)
			space->local_size[i] = local_size[i];
	} else {
		tandem_index_space_choose_groups(space, queue->device, info,
						 arguments->uneven || info->allows_uneven_groups);
	}
	if (local_size || info->required_group[0] || info->required_sub_groups)
		code = check_local_size(&queue->device->core->properties, info, space);
	return code == CL_SUCCESS ? check_group_count(space) : code;
}

/* ---- launches ---- */

/* What an image that a kernel has as such an argument must be good for. */
static cl_mem_flags flags_of_access(cl_kernel_arg_access_qualifier access)
{
	switch (access) {
	case CL_KERNEL_ARG_ACCESS_READ_ONLY:
		return CL_MEM_READ_ONLY;
	case CL_KERNEL_ARG_ACCESS_WRITE_ONLY:
		return CL_MEM_WRITE_ONLY;
	default:
		return CL_MEM_READ_WRITE | CL_MEM_KERNEL_READ_AND_WRITE;
	}
}

/* Whether the queue's device can do with the images what the kernel does. */
static cl_int check_images(const struct tandem_queue *queue, const struct tandem_kernel *kernel)
{
	for (uint32_t i = 0; i < kernel->info->argument_count; i++) {
		const struct tandem_kernel_argument *argument = &kernel->info->arguments[i];
		struct tandem_image_shape shape;
		cl_int code;

		if (argument->kind != TANDEM_ARGUMENT_IMAGE || !kernel->settings[i].is_set)
			continue;
		shape = tandem_image_shape_of(tandem_kernel_image(kernel, i));
		code = tandem_api_check_image(&queue->device->core->properties, &shape,
					      flags_of_access(argument->access_qualifier));
		if (code != CL_SUCCESS)
			return fail(code, "argument %u: the queue's device has no such images", i);
	}
	return CL_SUCCESS;
}

static cl_int check_kernel(const struct tandem_queue *queue, const struct tandem_kernel *kernel,
			   bool deferred, const struct tandem_kernel_info **info)
{
	const struct tandem_device_properties *properties = &queue->device->core->properties;
	struct tandem_loaded_program *loaded;
	uint64_t local_bytes;

	*info = tandem_kernel_on(kernel, queue->device, &loaded);
	if (!*info)
		return fail(CL_INVALID_PROGRAM_EXECUTABLE,
			    "the program was not built for the queue's device");
	if (!tandem_device_is_available(queue->device))
		return fail(CL_OUT_OF_RESOURCES,
			    "the device has ended, or is not there after fork");
	if (kernel->program->context != queue->context)
		return fail(CL_INVALID_CONTEXT, "queue and kernel are of different contexts");
	if (kernel->unset && !deferred)
		return fail(CL_INVALID_KERNEL_ARGS, "%u arguments of '%s' are not set",
			    kernel->unset, kernel->info->name);
	local_bytes = tandem_kernel_local_bytes(kernel, queue->device, *info);
	if (local_bytes > properties->local_memory_bytes)
		return fail(CL_OUT_OF_RESOURCES, "%llu bytes of local memory, the device has %llu",
			    (unsigned long long)local_bytes,
			    (unsigned long long)properties->local_memory_bytes);
	return kernel->has_images ? check_images(queue, kernel) : CL_SUCCESS;
}

cl_int tandem_api_check_launch(const struct tandem_queue *queue, const struct tandem_kernel *kernel,
			       const struct launch_arguments *arguments,
			       struct tandem_index_space *space)
{
	const struct tandem_kernel_info *info;
	cl_int code = check_kernel(queue, kernel, arguments->deferred, &info);

	if (code != CL_SUCCESS)
		return code;
	space->dimensions = arguments->dimensions;
	if (!space->dimensions || space->dimensions > TANDEM_DIMENSIONS)
		return fail(CL_INVALID_WORK_DIMENSION, "%u dimensions", space->dimensions);
	return check_index_space(queue, info, arguments, space);
}

/* What a launch would be: its kernel on the queue's device, and its index space. */
static cl_int check_launch(cl_command_queue handle, cl_kernel kernel_handle,
			   const struct launch_arguments *arguments,
			   struct tandem_index_space *space)
{
	const struct tandem_queue *queue = queue_of(handle);
	const struct tandem_kernel *kernel = kernel_of(kernel_handle);

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (!kernel)
		return fail(CL_INVALID_KERNEL, "%p is no kernel", (void *)kernel_handle);
	return tandem_api_check_launch(queue, kernel, arguments, space);
}

static cl_int enqueue_launch(cl_command_type type, cl_command_queue handle, cl_kernel kernel_handle,
			     const struct launch_arguments *arguments, cl_uint num_events,
			     const cl_event *events, cl_event *event)
{
	struct tandem_index_space space = { 0 };
	struct tandem_command *command;
	struct tandem_wait_list wait;
	cl_int code = check_launch(handle, kernel_handle, arguments, &space);
	struct tandem_queue *queue = queue_of(handle);

	if (code == CL_SUCCESS)
		code = check_wait_list(queue->context, num_events, events, &wait);
	if (code == CL_SUCCESS)
		code = result(tandem_command_create_launch(queue, kernel_of(kernel_handle), &space,
							   &wait, type, &command));
	if (code != CL_SUCCESS)
		return code;
	return submit(command, false, event);
}

cl_int tandem_clEnqueueNDRangeKernel(cl_command_queue queue, cl_kernel kernel, cl_uint work_dim,
				     const size_t *global_offset, const size_t *global_size,
				     const size_t *local_size, cl_uint num_events,
				     const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct launch_arguments arguments = { work_dim, global_offset, global_size,
						    local_size, .uneven = true };

	return enqueue_launch(CL_COMMAND_NDRANGE_KERNEL, queue, kernel, &arguments, num_events,
			      events, event);
}

cl_int tandem_clEnqueueTask(cl_command_queue queue, cl_kernel kernel, cl_uint num_events,
			    const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	static const size_t one = 1;
	static const struct launch_arguments arguments = { 1, NULL, &one, &one };

	return enqueue_launch(CL_COMMAND_TASK, queue, kernel, &arguments, num_events, events,
			      event);
}

/*
 * One that can be launched with: it divides the global size also where a launch's own need
 * not, unless the kernel takes any.
 */
static cl_int suggest_local_size(cl_command_queue queue, cl_kernel kernel, cl_uint work_dim,
				 const size_t *global_offset, const size_t *global_size,
				 size_t *suggested)
{
	const struct launch_arguments arguments = { work_dim, global_offset, global_size };
	struct tandem_index_space space = { 0 };
	cl_int code = check_launch(queue, kernel, &arguments, &space);

	if (code != CL_SUCCESS)
		return code;
	for (cl_uint i = 0; i < work_dim; i++) {
		if (!space.global_size[i])
			return fail(CL_INVALID_GLOBAL_WORK_SIZE,
				    "no work-items in dimension %u, sizes at %p", i,
				    (const void *)global_size);
	}
	if (!suggested)
		return fail(CL_INVALID_VALUE, "no place for the sizes");
	for (cl_uint i = 0; i < work_dim; i++)
		suggested[i] = space.local_size[i];
	return CL_SUCCESS;
}

cl_int tandem_clGetKernelSuggestedLocalWorkSize(cl_command_queue queue, cl_kernel kernel,
						cl_uint work_dim, const size_t *global_offset,
						const size_t *global_size, size_t *suggested)
{
	ENTRY_POINT;

	return suggest_local_size(queue, kernel, work_dim, global_offset, global_size, suggested);
}

cl_int tandem_clGetKernelSuggestedLocalWorkSizeKHR(cl_command_queue queue, cl_kernel kernel,
						   cl_uint work_dim, const size_t *global_offset,
						   const size_t *global_size, size_t *suggested)
{
	ENTRY_POINT;

	return suggest_local_size(queue, kernel, work_dim, global_offset, global_size, suggested);
}

/* ---- native kernels ---- */

/*
 * A copy of the arguments, with the address of each memory object put where the
 * application said. NULL without arguments.
 */
static cl_int copy_native_arguments(const struct tandem_queue *queue, const void *args,
				    size_t args_size, cl_uint count, const cl_mem *objects,
				    const void **places, char **copy)
{
	*copy = NULL;
	if (!args)
		return CL_SUCCESS;
	*copy = malloc(args_size);
	if (!*copy)
		return fail(CL_OUT_OF_HOST_MEMORY, "no memory");
	memcpy(*copy, args, args_size);
	for (cl_uint i = 0; i < count; i++) {
		const struct tandem_memory *memory = buffer_of(objects[i]);
		size_t place = (size_t)((const char *)places[i] - (const char *)args);

		if (objects[i] && (!memory || memory->context != queue->context)) {
			free(*copy);
			return fail(CL_INVALID_MEM_OBJECT, "object %u is no buffer of the context",
				    i);
		}
		if (place > args_size || args_size - place < sizeof(void *)) {
			free(*copy);
			return fail(CL_INVALID_VALUE, "place %u is not inside the arguments", i);
		}
		memcpy(*copy + place, memory ? (const void *)&memory->address : &objects[i],
		       sizeof(void *));
	}
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueNativeKernel(cl_command_queue handle, void(CL_CALLBACK *user_func)(void *),
				    void *args, size_t args_size, cl_uint num_objects,
				    const cl_mem *objects, const void **places, cl_uint num_events,
				    const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_queue *queue = queue_of(handle);
	struct tandem_command *command;
	struct tandem_wait_list wait;
	char *copy;
	cl_int code;

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (!user_func)
		return fail(CL_INVALID_VALUE, "no function");
	if (!args != !args_size || (!args && num_objects))
		return fail(CL_INVALID_VALUE, "%zu bytes of arguments at %p, with %u objects",
			    args_size, args, num_objects);
	if (!num_objects != !objects || !num_objects != !places)
		return fail(CL_INVALID_VALUE, "%u objects at %p, places at %p", num_objects,
			    (const void *)objects, (const void *)places);
	code = check_wait_list(queue->context, num_events, events, &wait);
	if (code == CL_SUCCESS)
		code = copy_native_arguments(queue, args, args_size, num_objects, objects, places,
					     &copy);
	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_command_create(queue, CL_COMMAND_NATIVE_KERNEL, &wait, num_objects, 0,
					    &command));
	if (code != CL_SUCCESS) {
		free(copy);
		return code;
	}
	for (cl_uint i = 0; i < num_objects; i++) {
		if (objects[i])
			tandem_command_hold(command, &buffer_of(objects[i])->object);
	}
	tandem_command_set_native(command, user_func, copy);
	return submit(command, false, event);
}

/* ---- markers and barriers ---- */

static cl_int enqueue_marker(cl_command_queue handle, cl_command_type type, bool holds_later,
			     cl_uint num_events, const cl_event *events, cl_event *event)
{
	struct tandem_queue *queue = queue_of(handle);
	struct tandem_command *command;
	struct tandem_wait_list wait;
	cl_int code;

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	code = check_wait_list(queue->context, num_events, events, &wait);
	if (code == CL_SUCCESS)
		code = result(tandem_command_create(queue, type, &wait, 0, 0, &command));
	if (code != CL_SUCCESS)
		return code;
	/* With a list it waits for that alone. */
	tandem_command_set_marker(command, !num_events, holds_later);
	return submit(command, false, event);
}

cl_int tandem_clEnqueueMarkerWithWaitList(cl_command_queue queue, cl_uint num_events,
					  const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return enqueue_marker(queue, CL_COMMAND_MARKER, false, num_events, events, event);
}

cl_int tandem_clEnqueueBarrierWithWaitList(cl_command_queue queue, cl_uint num_events,
					   const cl_event *events, cl_event *event)
{
	ENTRY_POINT;

	return enqueue_marker(queue, CL_COMMAND_BARRIER, true, num_events, events, event);
}

cl_int tandem_clEnqueueMarker(cl_command_queue queue, cl_event *event)
{
	ENTRY_POINT;

	if (!queue_of(queue))
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)queue);
	if (!event)
		return fail(CL_INVALID_VALUE, "no place for the event");
	return enqueue_marker(queue, CL_COMMAND_MARKER, false, 0, NULL, event);
}

cl_int tandem_clEnqueueBarrier(cl_command_queue queue)
{
	ENTRY_POINT;

	return enqueue_marker(queue, CL_COMMAND_BARRIER, true, 0, NULL, NULL);
}

cl_int tandem_clEnqueueWaitForEvents(cl_command_queue handle, cl_uint num_events,
				     const cl_event *events)
{
	ENTRY_POINT;

	if (!queue_of(handle))
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (!num_events || !events)
		return fail(CL_INVALID_VALUE, "%u events at %p", num_events, (const void *)events);
	for (cl_uint i = 0; i < num_events; i++) {
		if (!event_of(events[i]))
			return fail(CL_INVALID_EVENT, "entry %u of the list is no event", i);
	}
	return enqueue_marker(handle, CL_COMMAND_BARRIER, true, num_events, events, NULL);
}
