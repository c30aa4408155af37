// SPDX-License-Identifier: MIT
/* The commands on buffers: read, write, copy, fill, map. */
#include "recordable.h"

static cl_int check_range(const struct tandem_memory *buffer, size_t offset, size_t size)
{
	if (offset > buffer->bytes || size > buffer->bytes - offset)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not inside the buffer's %zu",
			    size, offset, buffer->bytes);
	return CL_SUCCESS;
}

/* ---- read and write ---- */

struct transfer {
	cl_command_type type;
	cl_mem_flags forbidden;
	bool to_buffer;
};

static const struct transfer read_transfer = { CL_COMMAND_READ_BUFFER, TANDEM_HOST_CANNOT_READ,
					       false };
static const struct transfer write_transfer = { CL_COMMAND_WRITE_BUFFER, TANDEM_HOST_CANNOT_WRITE,
						true };
static const struct transfer read_box = { CL_COMMAND_READ_BUFFER_RECT, TANDEM_HOST_CANNOT_READ,
					  false };
static const struct transfer write_box = { CL_COMMAND_WRITE_BUFFER_RECT, TANDEM_HOST_CANNOT_WRITE,
					   true };

static cl_int enqueue_transfer(const struct transfer *transfer, const struct memory_call *call,
			       cl_bool blocking, size_t offset, size_t size, void *pointer,
			       cl_event *event)
{
	struct tandem_command *command;
	char *in_buffer;
	cl_int code = check_range(call->memory, offset, size);

	if (code == CL_SUCCESS && !pointer)
		code = fail(CL_INVALID_VALUE, "no host pointer");
	if (code == CL_SUCCESS)
		code = check_access(call->memory, transfer->forbidden);
	if (code == CL_SUCCESS)
		code = create_command(call, transfer->type, &command);
	if (code != CL_SUCCESS)
		return code;
	in_buffer = call->memory->address + offset;
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
	struct memory_call call;
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
	struct memory_call call;
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

static cl_int enqueue_box(const struct transfer *transfer, const struct memory_call *call,
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
		code = check_range(call->memory, start, end - start);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, transfer->forbidden);
	if (code == CL_SUCCESS)
		code = create_command(call, transfer->type, &command);
	if (code != CL_SUCCESS)
		return code;
	in_buffer.start = call->memory->address + start;
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
	struct memory_call call;
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
	struct memory_call call;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_box(&write_box, &call, blocking, &arguments, event);
}

/* ---- copies between buffers ---- */

static cl_int check_buffer(const struct tandem_queue *queue, cl_mem handle,
			   struct tandem_memory **buffer)
{
	*buffer = buffer_of(handle);
	return check_memory(queue, handle, *buffer);
}

cl_int tandem_api_copy_buffer(struct memory_call *call, const struct buffer_copy *copy,
			      struct tandem_command **command)
{
	struct tandem_memory *from;
	char *target_start, *source_start;
	cl_int code = take_memory(call, copy->target, buffer_of(copy->target));

	if (code == CL_SUCCESS)
		code = check_buffer(call->queue, copy->source, &from);
	if (code == CL_SUCCESS)
		code = check_range(from, copy->source_offset, copy->size);
	if (code == CL_SUCCESS)
		code = check_range(call->memory, copy->target_offset, copy->size);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code != CL_SUCCESS)
		return code;
	source_start = from->address + copy->source_offset;
	target_start = call->memory->address + copy->target_offset;
	if (tandem_memory_root(from) == tandem_memory_root(call->memory) &&
	    source_start < target_start + copy->size && target_start < source_start + copy->size)
		return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
	code = create_command(call, CL_COMMAND_COPY_BUFFER, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(*command, &from->object);
	tandem_command_set_copy(*command, target_start, source_start, copy->size);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCopyBuffer(cl_command_queue queue, cl_mem source, cl_mem target,
				  size_t source_offset, size_t target_offset, size_t size,
				  cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct buffer_copy copy = { source, target, source_offset, target_offset, size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_buffer(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
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

static cl_int check_box_overlap(struct tandem_memory *from, const size_t *source_origin,
				const struct tandem_box *source, struct tandem_memory *to,
				const size_t *target_origin, const struct tandem_box *target,
				const size_t *region)
{
	size_t one[3], other[3];

	if (from == to &&
	    (source->row_pitch != target->row_pitch || source->slice_pitch != target->slice_pitch))
		return fail(CL_INVALID_VALUE, "different pitches in one buffer");
	if (tandem_memory_root(from) != tandem_memory_root(to))
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

cl_int tandem_api_copy_rect(struct memory_call *call, const struct rect_copy *copy,
			    struct tandem_command **command)
{
	struct tandem_box from_box, to_box;
	struct tandem_memory *from;
	size_t start, end;
	cl_int code = take_memory(call, copy->target, buffer_of(copy->target));

	if (code == CL_SUCCESS)
		code = check_buffer(call->queue, copy->source, &from);
	if (code == CL_SUCCESS)
		code = check_region(copy->source_origin, copy->target_origin, copy->region);
	if (code == CL_SUCCESS)
		code = check_box(copy->source_origin, copy->region, copy->source_row_pitch,
				 copy->source_slice_pitch, &from_box, &start, &end);
	if (code == CL_SUCCESS)
		code = check_range(from, start, end - start);
	if (code != CL_SUCCESS)
		return code;
	from_box.start = from->address + start;
	code = check_box(copy->target_origin, copy->region, copy->target_row_pitch,
			 copy->target_slice_pitch, &to_box, &start, &end);
	if (code == CL_SUCCESS)
		code = check_range(call->memory, start, end - start);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code != CL_SUCCESS)
		return code;
	to_box.start = call->memory->address + start;
	code = check_box_overlap(from, copy->source_origin, &from_box, call->memory,
				 copy->target_origin, &to_box, copy->region);
	if (code == CL_SUCCESS)
		code = create_command(call, CL_COMMAND_COPY_BUFFER_RECT, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(*command, &from->object);
	tandem_command_set_box_copy(*command, &to_box, &from_box, copy->region);
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
	const struct rect_copy copy = { source,
					target,
					source_origin,
					target_origin,
					region,
					source_row_pitch,
					source_slice_pitch,
					target_row_pitch,
					target_slice_pitch };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_rect(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* ---- fill ---- */

cl_int tandem_api_fill_buffer(struct memory_call *call, const struct buffer_fill *fill,
			      struct tandem_command **command)
{
	cl_int code = take_memory(call, fill->buffer, buffer_of(fill->buffer));

	if (code == CL_SUCCESS)
		code = check_range(call->memory, fill->offset, fill->size);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code != CL_SUCCESS)
		return code;
	if (!fill->pattern || !tandem_is_power_of_two(fill->pattern_size) ||
	    fill->pattern_size > 128)
		return fail(CL_INVALID_VALUE, "pattern of %zu bytes at %p", fill->pattern_size,
			    fill->pattern);
	if (fill->offset % fill->pattern_size || fill->size % fill->pattern_size)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not multiples of the pattern",
			    fill->size, fill->offset);
	code = create_command(call, CL_COMMAND_FILL_BUFFER, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_set_fill(*command, call->memory->address + fill->offset, fill->size,
				fill->pattern, fill->pattern_size);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueFillBuffer(cl_command_queue queue, cl_mem buffer, const void *pattern,
				  size_t pattern_size, size_t offset, size_t size,
				  cl_uint num_events, const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct buffer_fill fill = { buffer, pattern, pattern_size, offset, size };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_fill_buffer(&call, &fill, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* ---- map ---- */

void *tandem_clEnqueueMapBuffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking,
				cl_map_flags flags, size_t offset, size_t size, cl_uint num_events,
				const cl_event *events, cl_event *event, cl_int *errcode_ret)
{
	ENTRY_POINT;
	void *pointer = NULL;
	struct memory_call call;
	struct tandem_part part;
	cl_int code = check_call(queue, buffer, buffer_of(buffer), num_events, events, &call);

	if (code == CL_SUCCESS)
		code = check_range(call.memory, offset, size);
	if (code == CL_SUCCESS && !size)
		code = fail(CL_INVALID_VALUE, "no bytes to map");
	if (code == CL_SUCCESS) {
		part = (struct tandem_part){
			{ tandem_memory_host_view(call.memory) + offset, size, size },
			{ size, 1, 1 },
		};
		code = enqueue_map(&call, CL_COMMAND_MAP_BUFFER, &part, blocking, flags, event,
				   &pointer);
	}
	set_code(errcode_ret, code);
	return pointer;
}
