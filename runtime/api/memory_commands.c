// SPDX-License-Identifier: MIT
/* What commands on memory objects share, and those that take objects of all types. */
#include "memory_commands.h"

#include <errno.h>

cl_int tandem_api_check_memory(const struct tandem_queue *queue, cl_mem handle,
			       const struct tandem_memory *memory)
{
	if (!memory)
		return fail(CL_INVALID_MEM_OBJECT,
			    "%p is no memory object, or of another type than it must be",
			    (void *)handle);
	if (memory->context != queue->context)
		return fail(CL_INVALID_CONTEXT,
			    "queue and memory object are of different contexts");
	return CL_SUCCESS;
}

cl_int tandem_api_check_queue(cl_command_queue queue, cl_uint num_events, const cl_event *events,
			      struct memory_call *call)
{
	call->queue = queue_of(queue);
	call->memory = NULL;
	if (!call->queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)queue);
	return check_wait_list(call->queue->context, num_events, events, &call->wait);
}

cl_int tandem_api_take_memory(struct memory_call *call, cl_mem handle, struct tandem_memory *memory)
{
	call->memory = memory;
	return check_memory(call->queue, handle, memory);
}

cl_int tandem_api_check_call(cl_command_queue queue, cl_mem handle, struct tandem_memory *memory,
			     cl_uint num_events, const cl_event *events, struct memory_call *call)
{
	cl_int code = check_queue(queue, num_events, events, call);

	return code == CL_SUCCESS ? take_memory(call, handle, memory) : code;
}

cl_int tandem_api_check_access(const struct tandem_memory *memory, cl_mem_flags forbidden)
{
	if (memory->flags & forbidden)
		return fail(CL_INVALID_OPERATION, "the memory object's flags 0x%llx forbid it",
			    (unsigned long long)memory->flags);
	return CL_SUCCESS;
}

cl_int tandem_api_create_command(const struct memory_call *call, cl_command_type type,
				 struct tandem_command **command)
{
	int error = tandem_command_create(call->queue, type, &call->wait, 2, 0, command);

	if (error)
		return result(error);
	tandem_command_hold(*command, &call->memory->object);
	return CL_SUCCESS;
}

/* ---- map ---- */

static const cl_map_flags map_writes = CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION;

cl_int tandem_api_check_map(const struct tandem_memory *memory, cl_map_flags flags)
{
	cl_int code = CL_SUCCESS;

	if (flags & ~(CL_MAP_READ | map_writes) ||
	    (flags & CL_MAP_WRITE_INVALIDATE_REGION && flags & (CL_MAP_READ | CL_MAP_WRITE)))
		return fail(CL_INVALID_VALUE, "no map flags 0x%llx", (unsigned long long)flags);
	if (flags & CL_MAP_READ)
		code = check_access(memory, TANDEM_HOST_CANNOT_READ);
	if (code == CL_SUCCESS && flags & map_writes)
		code = check_access(memory, TANDEM_HOST_CANNOT_WRITE);
	return code;
}

/* A box of the object's own memory, at the place of one in the host's view. */
static struct tandem_box own_box(const struct tandem_memory *memory, const struct tandem_box *view)
{
	struct tandem_box box = *view;

	box.start = memory->address + (view->start - tandem_memory_host_view(memory));
	return box;
}

cl_int tandem_api_enqueue_map(const struct memory_call *call, cl_command_type type,
			      const struct tandem_part *part, cl_bool blocking, cl_map_flags flags,
			      cl_event *event, void **pointer)
{
	const struct tandem_box own = own_box(call->memory, &part->box);
	struct tandem_command *command;
	cl_int code = tandem_api_check_map(call->memory, flags);
	int error;

	if (code == CL_SUCCESS)
		code = create_command(call, type, &command);
	if (code != CL_SUCCESS)
		return code;
	error = tandem_memory_add_mapping(call->memory, part, flags & map_writes);
	if (error) {
		tandem_command_abandon(command);
		return error == -EBUSY ?
			       fail(CL_INVALID_OPERATION, "it is mapped for writing already") :
			       result(error);
	}
	/* Where host and device share the memory, there is only the order to keep. */
	if (own.start == part->box.start || flags & CL_MAP_WRITE_INVALIDATE_REGION)
		tandem_command_set_marker(command, false, false);
	else
		tandem_command_set_box_copy(command, &part->box, &own, part->region);
	code = submit(command, blocking, event);
	if (code == CL_SUCCESS)
		*pointer = part->box.start;
	else
		tandem_memory_remove_mapping(call->memory, part->box.start, NULL);
	return code;
}

cl_int tandem_clEnqueueUnmapMemObject(cl_command_queue queue, cl_mem memory, void *pointer,
				      cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct tandem_part written;
	struct tandem_box own;
	struct memory_call call;
	cl_int code = check_call(queue, memory, memory_of(memory), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = create_command(&call, CL_COMMAND_UNMAP_MEM_OBJECT, &command);
	if (code != CL_SUCCESS)
		return code;
	if (!tandem_memory_remove_mapping(call.memory, pointer, &written)) {
		tandem_command_abandon(command);
		return fail(CL_INVALID_VALUE, "%p was not given by a map command", pointer);
	}
	if (tandem_memory_host_view(call.memory) == call.memory->address || !written.region[0]) {
		tandem_command_set_marker(command, false, false);
	} else {
		own = own_box(call.memory, &written.box);
		tandem_command_set_box_copy(command, &own, &written.box, written.region);
	}
	return submit(command, false, event);
}

/* ---- migrate ---- */

cl_int tandem_clEnqueueMigrateMemObjects(cl_command_queue handle, cl_uint count,
					 const cl_mem *objects, cl_mem_migration_flags flags,
					 cl_uint num_events, const cl_event *events,
					 cl_event *event)
{
	ENTRY_POINT;
	const cl_mem_migration_flags known = CL_MIGRATE_MEM_OBJECT_HOST |
					     CL_MIGRATE_MEM_OBJECT_CONTENT_UNDEFINED;
	struct tandem_queue *queue = queue_of(handle);
	struct tandem_command *command;
	struct tandem_wait_list wait;
	cl_int code = CL_SUCCESS;

	if (!queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)handle);
	if (!count || !objects)
		return fail(CL_INVALID_VALUE, "%u memory objects at %p", count,
			    (const void *)objects);
	if (flags & ~known)
		return fail(CL_INVALID_VALUE, "no migration flags 0x%llx",
			    (unsigned long long)flags);
	for (cl_uint i = 0; i < count && code == CL_SUCCESS; i++)
		code = check_memory(queue, objects[i], memory_of(objects[i]));
	if (code == CL_SUCCESS)
		code = check_wait_list(queue->context, num_events, events, &wait);
	if (code != CL_SUCCESS)
		return code;
	code = result(tandem_command_create(queue, CL_COMMAND_MIGRATE_MEM_OBJECTS, &wait, count, 0,
					    &command));
	if (code != CL_SUCCESS)
		return code;
	for (cl_uint i = 0; i < count; i++)
		tandem_command_hold(command, &memory_of(objects[i])->object);
	tandem_command_set_memory_migrate(command, flags & CL_MIGRATE_MEM_OBJECT_HOST);
	return submit(command, false, event);
}
