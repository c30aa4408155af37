// SPDX-License-Identifier: MIT
/* The commands on buffers: read, write, copy, fill, map, migrate. */
#include "api.h"

#include <errno.h>

static const cl_mem_flags unreadable = CL_MEM_HOST_WRITE_ONLY | CL_MEM_HOST_NO_ACCESS;
static const cl_mem_flags unwritable = CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS;

/* What every command here begins with: the queue, a buffer of its context, the wait list. */
struct buffer_call {
	struct tandem_queue *queue;
	struct tandem_memory *buffer;
	struct tandem_wait_list wait;
};

/* Whether a handle, of which @memory is what it stands for, may be used in the queue. */
static cl_int check_memory(const struct tandem_queue *queue, cl_mem handle,
			   const struct tandem_memory *memory)
{
	if (!memory)
		return fail(CL_INVALID_MEM_OBJECT, "%p is no buffer", (void *)handle);
	if (memory->context != queue->context)
		return fail(CL_INVALID_CONTEXT, "queue and buffer are of different contexts");
	return CL_SUCCESS;
}

static cl_int check_buffer(const struct tandem_queue *queue, cl_mem handle,
			   struct tandem_memory **buffer)
{
	*buffer = buffer_of(handle);
	return check_memory(queue, handle, *buffer);
}

/* @buffer: what the handle stands for, as far as the command takes it. */
static cl_int check_call(cl_command_queue queue, cl_mem handle, struct tandem_memory *buffer,
			 cl_uint num_events, const cl_event *events, struct buffer_call *call)
{
	cl_int code;

	call->queue = queue_of(queue);
	call->buffer = buffer;
	if (!call->queue)
		return fail(CL_INVALID_COMMAND_QUEUE, "%p is no queue", (void *)queue);
	code = check_memory(call->queue, handle, buffer);
	if (code != CL_SUCCESS)
		return code;
	return check_wait_list(call->queue->context, num_events, events, &call->wait);
}

static cl_int check_range(const struct tandem_memory *buffer, size_t offset, size_t size)
{
	if (offset > buffer->bytes || size > buffer->bytes - offset)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not inside the buffer's %zu",
			    size, offset, buffer->bytes);
	return CL_SUCCESS;
}

static cl_int check_access(const struct tandem_memory *buffer, cl_mem_flags forbidden)
{
	if (buffer->flags & forbidden)
		return fail(CL_INVALID_OPERATION, "the buffer's flags 0x%llx forbid it",
			    (unsigned long long)buffer->flags);
	return CL_SUCCESS;
}

/* A command that holds the call's buffer. */
static cl_int create_command(const struct buffer_call *call, cl_command_type type,
			     struct tandem_command **command)
{
	int error = tandem_command_create(call->queue, type, &call->wait, 2, 0, command);

	if (error)
		return result(error);
	tandem_command_hold(*command, &call->buffer->object);
	return CL_SUCCESS;
}

/* ---- read and write ---- */

struct transfer {
	cl_command_type type;
	cl_mem_flags forbidden;
	bool to_buffer;
};

static const struct transfer read_transfer = { CL_COMMAND_READ_BUFFER, unreadable, false };
static const struct transfer write_transfer = { CL_COMMAND_WRITE_BUFFER, unwritable, true };
static const struct transfer read_box = { CL_COMMAND_READ_BUFFER_RECT, unreadable, false };
static const struct transfer write_box = { CL_COMMAND_WRITE_BUFFER_RECT, unwritable, true };

static cl_int enqueue_transfer(const struct transfer *transfer, const struct buffer_call *call,
			       cl_bool blocking, size_t offset, size_t size, void *pointer,
			       cl_event *event)
{
	struct tandem_command *command;
	char *in_buffer;
	cl_int code = check_range(call->buffer, offset, size);

	if (code == CL_SUCCESS && !pointer)
		code = fail(CL_INVALID_VALUE, "no host pointer");
	if (code == CL_SUCCESS)
		code = check_access(call->buffer, transfer->forbidden);
	if (code == CL_SUCCESS)
		code = create_command(call, transfer->type, &command);
	if (code != CL_SUCCESS)
		return code;
	in_buffer = call->buffer->address + offset;
	if (transfer->to_buffer)
		tandem_command_set_copy(command, in_buffer, pointer, size);
	else
		tandem_command_set_copy(command, pointer, in_buffer, size);
	return submit(command, blocking, event);
}

cl_int tandem_clEnqueueReadBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				  size_t offset, size_t size, void *ptr, cl_uint num_events,
				  const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_transfer(&read_transfer, &call, blocking, offset, size, ptr, event);
}

cl_int tandem_clEnqueueWriteBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				   size_t offset, size_t size, const void *ptr, cl_uint num_events,
				   const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_transfer(&write_transfer, &call, blocking, offset, size, (void *)ptr, event);
}

/* ---- boxes ---- */

/*
 * Completes the pitches of a box that the application gave 0 for, and computes
 * where it starts and, in *@end, the first byte behind it, from the start of the
 * memory. CL_INVALID_VALUE for what the specification forbids, also where the
 * sizes overflow.
 */
static cl_int check_box(const size_t *origin, const size_t *region, size_t row_pitch,
			size_t slice_pitch, struct tandem_box *box, size_t *start, size_t *end)
{
	size_t row = row_pitch ? row_pitch : region[0];
	size_t rows, slice, row_part, slice_part, last_row, last_slice;

	if (row < region[0] || __builtin_mul_overflow(region[1], row, &rows))
		return fail(CL_INVALID_VALUE, "row pitch %zu", row_pitch);
	slice = slice_pitch ? slice_pitch : rows;
	if (slice < rows || slice % row)
		return fail(CL_INVALID_VALUE, "slice pitch %zu", slice_pitch);
	if (__builtin_mul_overflow(origin[1], row, &row_part) ||
	    __builtin_mul_overflow(origin[2], slice, &slice_part) ||
	    __builtin_add_overflow(origin[0], row_part, start) ||
	    __builtin_add_overflow(*start, slice_part, start) ||
	    __builtin_mul_overflow(region[1] - 1, row, &last_row) ||
	    __builtin_mul_overflow(region[2] - 1, slice, &last_slice) ||
	    __builtin_add_overflow(*start, last_row, end) ||
	    __builtin_add_overflow(*end, last_slice, end) ||
	    __builtin_add_overflow(*end, region[0], end))
		return fail(CL_INVALID_VALUE, "the region is too large");
	*box = (struct tandem_box){ .row_pitch = row, .slice_pitch = slice };
	return CL_SUCCESS;
}

static cl_int check_region(const size_t *one_origin, const size_t *other_origin,
			   const size_t *region)
{
	if (!one_origin || !other_origin || !region)
		return fail(CL_INVALID_VALUE, "no origin or region");
	if (!region[0] || !region[1] || !region[2])
		return fail(CL_INVALID_VALUE, "a region without bytes");
	return CL_SUCCESS;
}

struct box_arguments {
	const size_t *buffer_origin, *host_origin, *region;
	size_t buffer_row_pitch, buffer_slice_pitch, host_row_pitch, host_slice_pitch;
	void *pointer;
};

static cl_int enqueue_box(const struct transfer *transfer, const struct buffer_call *call,
			  cl_bool blocking, const struct box_arguments *a, cl_event *event)
{
	struct tandem_box in_buffer, in_host;
	struct tandem_command *command;
	size_t start, end;
	intptr_t host_end;
	cl_int code = check_region(a->buffer_origin, a->host_origin, a->region);

	if (code == CL_SUCCESS && !a->pointer)
		code = fail(CL_INVALID_VALUE, "no host pointer");
	if (code == CL_SUCCESS)
		code = check_box(a->host_origin, a->region, a->host_row_pitch, a->host_slice_pitch,
				 &in_host, &start, &end);
	if (code == CL_SUCCESS && __builtin_add_overflow((intptr_t)a->pointer, end, &host_end))
		code = fail(CL_INVALID_VALUE, "the region is too large");
	if (code != CL_SUCCESS)
		return code;
	in_host.start = (char *)a->pointer + start;
	code = check_box(a->buffer_origin, a->region, a->buffer_row_pitch, a->buffer_slice_pitch,
			 &in_buffer, &start, &end);
	if (code == CL_SUCCESS)
		code = check_range(call->buffer, start, end - start);
	if (code == CL_SUCCESS)
		code = check_access(call->buffer, transfer->forbidden);
	if (code == CL_SUCCESS)
		code = create_command(call, transfer->type, &command);
	if (code != CL_SUCCESS)
		return code;
	in_buffer.start = call->buffer->address + start;
	if (transfer->to_buffer)
		tandem_command_set_box_copy(command, &in_buffer, &in_host, a->region);
	else
		tandem_command_set_box_copy(command, &in_host, &in_buffer, a->region);
	return submit(command, blocking, event);
}

cl_int tandem_clEnqueueReadBufferRect(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				      const size_t *buffer_origin, const size_t *host_origin,
				      const size_t *region, size_t buffer_row_pitch,
				      size_t buffer_slice_pitch, size_t host_row_pitch,
				      size_t host_slice_pitch, void *ptr, cl_uint num_events,
				      const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct box_arguments arguments = {
		buffer_origin,	    host_origin,    region,	      buffer_row_pitch,
		buffer_slice_pitch, host_row_pitch, host_slice_pitch, ptr
	};
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_box(&read_box, &call, blocking, &arguments, event);
}

cl_int tandem_clEnqueueWriteBufferRect(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				       const size_t *buffer_origin, const size_t *host_origin,
				       const size_t *region, size_t buffer_row_pitch,
				       size_t buffer_slice_pitch, size_t host_row_pitch,
				       size_t host_slice_pitch, const void *ptr, cl_uint num_events,
				       const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct box_arguments arguments = {
		buffer_origin,	    host_origin,    region,	      buffer_row_pitch,
		buffer_slice_pitch, host_row_pitch, host_slice_pitch, (void *)ptr
	};
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_box(&write_box, &call, blocking, &arguments, event);
}

/* ---- copies between buffers ---- */

static bool same_memory(const struct tandem_memory *a, const struct tandem_memory *b)
{
	return (a->parent ? a->parent : a) == (b->parent ? b->parent : b);
}

cl_int tandem_clEnqueueCopyBuffer(cl_command_queue queue, cl_mem source, cl_mem target,
				  size_t source_offset, size_t target_offset, size_t size,
				  cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_memory *from;
	struct tandem_command *command;
	struct buffer_call call;
	char *target_start, *source_start;
	cl_int code = check_call(queue, target, buffer_of(target), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = check_buffer(call.queue, source, &from);
	if (code == CL_SUCCESS)
		code = check_range(from, source_offset, size);
	if (code == CL_SUCCESS)
		code = check_range(call.buffer, target_offset, size);
	if (code != CL_SUCCESS)
		return code;
	source_start = from->address + source_offset;
	target_start = call.buffer->address + target_offset;
	if (same_memory(from, call.buffer) && source_start < target_start + size &&
	    target_start < source_start + size)
		return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
	code = create_command(&call, CL_COMMAND_COPY_BUFFER, &command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(command, &from->object);
	tandem_command_set_copy(command, target_start, source_start, size);
	return submit(command, false, event);
}

/*
 * Whether two boxes of one memory, with the same pitches, overlap: the test of
 * the specification's appendix on copy overlap.
 */
static bool boxes_overlap(const size_t *one, const size_t *other, const size_t *region,
			  size_t row_pitch, size_t slice_pitch)
{
	const size_t slice_size = (region[1] - 1) * row_pitch + region[0];
	const size_t block_size = (region[2] - 1) * slice_pitch + slice_size;
	const size_t one_start = one[2] * slice_pitch + one[1] * row_pitch + one[0];
	const size_t other_start = other[2] * slice_pitch + other[1] * row_pitch + other[0];
	size_t one_column, other_column, one_in_slice, other_in_slice;

	/* No overlap where the one begins behind the other's end. */
	if (one_start >= other_start + block_size || other_start >= one_start + block_size)
		return false;
	/* Nor where the rows lie beside each other, with no row wrapping around. */
	one_column = one_start % row_pitch;
	other_column = other_start % row_pitch;
	if (one_column + region[0] <= row_pitch && other_column + region[0] <= row_pitch &&
	    (one_column >= other_column + region[0] || other_column >= one_column + region[0]))
		return false;
	/* Nor where the slices' parts do so. */
	one_in_slice = one_start % slice_pitch;
	other_in_slice = other_start % slice_pitch;
	if (one_in_slice + slice_size <= slice_pitch &&
	    other_in_slice + slice_size <= slice_pitch &&
	    (one_in_slice >= other_in_slice + slice_size ||
	     other_in_slice >= one_in_slice + slice_size))
		return false;
	return true;
}

static cl_int check_box_overlap(const struct tandem_memory *from, const size_t *source_origin,
				const struct tandem_box *source, const struct tandem_memory *to,
				const size_t *target_origin, const struct tandem_box *target,
				const size_t *region)
{
	size_t one[3], other[3];

	if (from == to &&
	    (source->row_pitch != target->row_pitch || source->slice_pitch != target->slice_pitch))
		return fail(CL_INVALID_VALUE, "different pitches in one buffer");
	if (!same_memory(from, to))
		return CL_SUCCESS;
	if (source->row_pitch != target->row_pitch || source->slice_pitch != target->slice_pitch) {
		/* Sub-buffers looked at in different ways: compare the ranges of bytes. */
		size_t source_bytes = (region[2] - 1) * source->slice_pitch +
				      (region[1] - 1) * source->row_pitch + region[0];
		size_t target_bytes = (region[2] - 1) * target->slice_pitch +
				      (region[1] - 1) * target->row_pitch + region[0];

		if (source->start < target->start + target_bytes &&
		    target->start < source->start + source_bytes)
			return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
		return CL_SUCCESS;
	}
	memcpy(one, source_origin, sizeof(one));
	memcpy(other, target_origin, sizeof(other));
	one[0] += from->origin;
	other[0] += to->origin;
	if (boxes_overlap(one, other, region, source->row_pitch, source->slice_pitch))
		return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCopyBufferRect(cl_command_queue queue, cl_mem source, cl_mem target,
				      const size_t *source_origin, const size_t *target_origin,
				      const size_t *region, size_t source_row_pitch,
				      size_t source_slice_pitch, size_t target_row_pitch,
				      size_t target_slice_pitch, cl_uint num_events,
				      const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_box from_box, to_box;
	struct tandem_memory *from;
	struct tandem_command *command;
	struct buffer_call call;
	size_t start, end;
	cl_int code = check_call(queue, target, buffer_of(target), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = check_buffer(call.queue, source, &from);
	if (code == CL_SUCCESS)
		code = check_region(source_origin, target_origin, region);
	if (code == CL_SUCCESS)
		code = check_box(source_origin, region, source_row_pitch, source_slice_pitch,
				 &from_box, &start, &end);
	if (code == CL_SUCCESS)
		code = check_range(from, start, end - start);
	if (code != CL_SUCCESS)
		return code;
	from_box.start = from->address + start;
	code = check_box(target_origin, region, target_row_pitch, target_slice_pitch, &to_box,
			 &start, &end);
	if (code == CL_SUCCESS)
		code = check_range(call.buffer, start, end - start);
	if (code != CL_SUCCESS)
		return code;
	to_box.start = call.buffer->address + start;
	code = check_box_overlap(from, source_origin, &from_box, call.buffer, target_origin,
				 &to_box, region);
	if (code == CL_SUCCESS)
		code = create_command(&call, CL_COMMAND_COPY_BUFFER_RECT, &command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(command, &from->object);
	tandem_command_set_box_copy(command, &to_box, &from_box, region);
	return submit(command, false, event);
}

/* ---- fill ---- */

cl_int tandem_clEnqueueFillBuffer(cl_command_queue queue, cl_mem buffer, const void *pattern,
				  size_t pattern_size, size_t offset, size_t size,
				  cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = check_range(call.buffer, offset, size);
	if (code != CL_SUCCESS)
		return code;
	if (!pattern || !tandem_is_power_of_two(pattern_size) || pattern_size > 128)
		return fail(CL_INVALID_VALUE, "pattern of %zu bytes at %p", pattern_size, pattern);
	if (offset % pattern_size || size % pattern_size)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not multiples of the pattern",
			    size, offset);
	code = create_command(&call, CL_COMMAND_FILL_BUFFER, &command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_set_fill(command, call.buffer->address + offset, size, pattern,
				pattern_size);
	return submit(command, false, event);
}

/* ---- map ---- */

static const cl_map_flags map_writes = CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION;

static cl_int check_map_flags(const struct tandem_memory *buffer, cl_map_flags flags)
{
	cl_int code = CL_SUCCESS;

	if (flags & ~(CL_MAP_READ | map_writes) ||
	    (flags & CL_MAP_WRITE_INVALIDATE_REGION && flags & (CL_MAP_READ | CL_MAP_WRITE)))
		return fail(CL_INVALID_VALUE, "no map flags 0x%llx", (unsigned long long)flags);
	if (flags & CL_MAP_READ)
		code = check_access(buffer, unreadable);
	if (code == CL_SUCCESS && flags & map_writes)
		code = check_access(buffer, unwritable);
	return code;
}

static cl_int enqueue_map(const struct buffer_call *call, cl_bool blocking, cl_map_flags flags,
			  size_t offset, size_t size, cl_event *event, void **pointer)
{
	struct tandem_command *command;
	struct tandem_memory *buffer = call->buffer;
	cl_int code = check_range(buffer, offset, size);
	char *start;
	int error;

	if (code == CL_SUCCESS && !size)
		code = fail(CL_INVALID_VALUE, "no bytes to map");
	if (code == CL_SUCCESS)
		code = check_map_flags(buffer, flags);
	if (code == CL_SUCCESS)
		code = create_command(call, CL_COMMAND_MAP_BUFFER, &command);
	if (code != CL_SUCCESS)
		return code;
	start = tandem_memory_host_view(buffer) + offset;
	error = tandem_memory_add_mapping(buffer, start, size, flags & map_writes);
	if (error) {
		tandem_command_abandon(command);
		return error == -EBUSY ? fail(CL_INVALID_OPERATION,
					      "%zu bytes at %zu are mapped for writing already",
					      size, offset) :
					 result(error);
	}
	/* Where host and device share the memory, there is only the order to keep. */
	if (start == buffer->address + offset || flags & CL_MAP_WRITE_INVALIDATE_REGION)
		tandem_command_set_marker(command, false, false);
	else
		tandem_command_set_copy(command, start, buffer->address + offset, size);
	code = submit(command, blocking, event);
	if (code == CL_SUCCESS)
		*pointer = start;
	else
		tandem_memory_remove_mapping(buffer, start, NULL);
	return code;
}

void *tandem_clEnqueueMapBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				cl_map_flags flags, size_t offset, size_t size, cl_uint num_events,
				const cl_event *events, cl_event *event, cl_int *errcode_ret)
{
	ENTRY_POINT;
	void *pointer = NULL;
	struct buffer_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = enqueue_map(&call, blocking, flags, offset, size, event, &pointer);
	set_code(errcode_ret, code);
	return pointer;
}

cl_int tandem_clEnqueueUnmapMemObject(cl_command_queue queue, cl_mem memory, void *pointer,
				      cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	struct tandem_command *command;
	size_t written_bytes;
	const char *view;
	struct buffer_call call;
	cl_int code = check_call(queue, memory, memory_of(memory), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = create_command(&call, CL_COMMAND_UNMAP_MEM_OBJECT, &command);
	if (code != CL_SUCCESS)
		return code;
	if (!tandem_memory_remove_mapping(call.buffer, pointer, &written_bytes)) {
		tandem_command_abandon(command);
		return fail(CL_INVALID_VALUE, "%p was not given by a map command", pointer);
	}
	view = tandem_memory_host_view(call.buffer);
	if (view == call.buffer->address || !written_bytes)
		tandem_command_set_marker(command, false, false);
	else
		tandem_command_set_copy(command,
					call.buffer->address + ((const char *)pointer - view),
					pointer, written_bytes);
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
	tandem_command_set_marker(command, false, false);
	return submit(command, false, event);
}
