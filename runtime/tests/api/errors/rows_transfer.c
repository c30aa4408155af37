// SPDX-License-Identifier: MIT
/* Rows of reading, writing and filling buffers: sections 5.2.2 and 5.2.3. */
#include "errors.h"

static const size_t zero[3] = { 0, 0, 0 };
static const size_t one_row[3] = { 16, 1, 1 };

static void rows_misaligned(struct error_world *world)
{
	error_not_provocable(world, CL_MISALIGNED_SUB_BUFFER_OFFSET,
			     "the offset of a sub-buffer is not aligned for the queue's device",
			     "all devices have one alignment: no such sub-buffer can be made");
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the buffer",
			     "a buffer has its memory from the start");
	error_resources(world);
}

static void rows_read(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	unsigned char *target = world->out.bytes;

#define READ(buffer, offset, size, pointer) \
	cl->clEnqueueReadBuffer(queue, buffer, CL_TRUE, offset, size, pointer, 0, NULL, event)

	error_entry_point("clEnqueueReadBuffer");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueReadBuffer(bad, world->buffer, CL_TRUE, 0, 16, target, 0, NULL,
					 event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, READ(bad, 0, 16, target));
	ROW(CL_INVALID_CONTEXT, "buffer is of another context",
	    READ(world->other_buffer, 0, 16, target));
	ROW(CL_INVALID_VALUE, "the region ends outside the buffer",
	    READ(world->buffer, ERROR_BUFFER_BYTES - 8, 16, target));
	ROW(CL_INVALID_VALUE, "the region begins outside the buffer",
	    READ(world->buffer, ERROR_BUFFER_BYTES + 1, 1, target));
	ROW(CL_INVALID_VALUE, "offset and size overflow",
	    READ(world->buffer, 16, SIZE_MAX, target));
	ROW(CL_INVALID_VALUE, "the region ends outside the sub-buffer",
	    READ(world->sub_buffer, 1020, 16, target));
	ROW(CL_INVALID_VALUE, "ptr is NULL", READ(world->buffer, 0, 16, NULL));
	ROWS_WAIT(ROW, cl->clEnqueueReadBuffer(queue, world->buffer, CL_TRUE, 0, 16, target, count,
					       list, event));
	ROW_WAIT_FAILED(ROW, cl->clEnqueueReadBuffer(queue, world->buffer, CL_TRUE, 0, 16, target,
						     count, list, event));
	ROW(CL_INVALID_OPERATION, "of a CL_MEM_HOST_WRITE_ONLY buffer",
	    READ(world->host_write_only, 0, 16, target));
	ROW(CL_INVALID_OPERATION, "of a CL_MEM_HOST_NO_ACCESS buffer",
	    READ(world->host_no_access, 0, 16, target));
	rows_misaligned(world);
#undef READ
}

static void rows_write(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	const unsigned char *source = world->out.bytes;

#define WRITE(buffer, offset, size, pointer) \
	cl->clEnqueueWriteBuffer(queue, buffer, CL_TRUE, offset, size, pointer, 0, NULL, event)

	error_entry_point("clEnqueueWriteBuffer");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueWriteBuffer(bad, world->buffer, CL_TRUE, 0, 16, source, 0, NULL,
					  event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, WRITE(bad, 0, 16, source));
	ROW(CL_INVALID_CONTEXT, "buffer is of another context",
	    WRITE(world->other_buffer, 0, 16, source));
	ROW(CL_INVALID_VALUE, "the region ends outside the buffer",
	    WRITE(world->buffer, ERROR_BUFFER_BYTES - 8, 16, source));
	ROW(CL_INVALID_VALUE, "the region begins outside the buffer",
	    WRITE(world->buffer, ERROR_BUFFER_BYTES + 1, 1, source));
	ROW(CL_INVALID_VALUE, "offset and size overflow",
	    WRITE(world->buffer, 16, SIZE_MAX, source));
	ROW(CL_INVALID_VALUE, "ptr is NULL", WRITE(world->buffer, 0, 16, NULL));
	ROWS_WAIT(ROW, cl->clEnqueueWriteBuffer(queue, world->buffer, CL_TRUE, 0, 16, source, count,
						list, event));
	ROW_WAIT_FAILED(ROW, cl->clEnqueueWriteBuffer(queue, world->buffer, CL_TRUE, 0, 16, source,
						      count, list, event));
	ROW(CL_INVALID_OPERATION, "of a CL_MEM_HOST_READ_ONLY buffer",
	    WRITE(world->host_read_only, 0, 16, source));
	ROW(CL_INVALID_OPERATION, "of a CL_MEM_HOST_NO_ACCESS buffer",
	    WRITE(world->host_no_access, 0, 16, source));
	rows_misaligned(world);
#undef WRITE
}

/* What a rectangular transfer is asked to do, so that a row can change one thing of it. */
struct rect {
	cl_command_queue queue;
	cl_mem buffer;
	const size_t *buffer_origin, *host_origin, *region;
	size_t buffer_row, buffer_slice, host_row, host_slice;
	unsigned char *pointer;
	cl_uint count;
	const cl_event *list;
};

static cl_int transfer_rect(struct error_world *world, bool reads, struct rect r)
{
	const cl_icd_dispatch *cl = world->cl;

	if (reads)
		return cl->clEnqueueReadBufferRect(r.queue, r.buffer, CL_TRUE, r.buffer_origin,
						   r.host_origin, r.region, r.buffer_row,
						   r.buffer_slice, r.host_row, r.host_slice,
						   r.pointer, r.count, r.list, &world->out.event);
	return cl->clEnqueueWriteBufferRect(r.queue, r.buffer, CL_TRUE, r.buffer_origin,
					    r.host_origin, r.region, r.buffer_row, r.buffer_slice,
					    r.host_row, r.host_slice, r.pointer, r.count, r.list,
					    &world->out.event);
}

/* A good transfer r, but for what the arguments change of it. */
#define RECT(...)                                                \
	({                                                       \
		struct rect r = { .queue = world->base.queue,    \
				  .buffer = world->buffer,       \
				  .buffer_origin = zero,         \
				  .host_origin = zero,           \
				  .region = one_row,             \
				  .pointer = world->out.bytes }; \
                                                                 \
		(void)(__VA_ARGS__);                             \
		transfer_rect(world, reads, r);                  \
	})

static void rows_rect_geometry(struct error_world *world, bool reads)
{
	const size_t flat[3] = { 0, 1, 1 }, no_rows[3] = { 16, 0, 1 }, no_slices[3] = { 16, 1, 0 };
	const size_t long_row[3] = { ERROR_BUFFER_BYTES + 1, 1, 1 };
	const size_t many_rows[3] = { 16, ERROR_BUFFER_BYTES / 16 + 1, 1 };
	const size_t huge[3] = { 16, SIZE_MAX / 2, SIZE_MAX / 2 };
	const size_t two_rows[3] = { 16, 2, 1 }, two_slices[3] = { 16, 2, 2 };
	const size_t late[3] = { ERROR_BUFFER_BYTES - 8, 0, 0 };
	const size_t far[3] = { SIZE_MAX / 2 - 64, 0, 0 };

	ROW(CL_INVALID_VALUE, "buffer_origin is NULL", RECT(r.buffer_origin = NULL));
	ROW(CL_INVALID_VALUE, "host_origin is NULL", RECT(r.host_origin = NULL));
	ROW(CL_INVALID_VALUE, "region is NULL", RECT(r.region = NULL));
	ROW(CL_INVALID_VALUE, "ptr is NULL", RECT(r.pointer = NULL));
	ROW(CL_INVALID_VALUE, "the region is out of bounds: its width", RECT(r.region = long_row));
	ROW(CL_INVALID_VALUE, "the region is out of bounds: its height",
	    RECT(r.region = many_rows));
	ROW(CL_INVALID_VALUE, "the region is out of bounds: its origin",
	    RECT(r.buffer_origin = late));
	ROW(CL_INVALID_VALUE, "the region is out of bounds: its row pitch",
	    RECT(r.region = two_rows, r.buffer_row = ERROR_BUFFER_BYTES));
	ROW(CL_INVALID_VALUE, "the region is out of bounds: its slice pitch",
	    RECT(r.region = two_slices, r.buffer_slice = ERROR_BUFFER_BYTES));
	ROW(CL_INVALID_VALUE, "the region overflows", RECT(r.region = huge));
	ROW(CL_INVALID_VALUE, "host_origin is beyond all memory", RECT(r.host_origin = far));
	ROW(CL_INVALID_VALUE, "region[0] is 0", RECT(r.region = flat));
	ROW(CL_INVALID_VALUE, "region[1] is 0", RECT(r.region = no_rows));
	ROW(CL_INVALID_VALUE, "region[2] is 0", RECT(r.region = no_slices));
	ROW(CL_INVALID_VALUE, "buffer_row_pitch is less than region[0]", RECT(r.buffer_row = 8));
	ROW(CL_INVALID_VALUE, "host_row_pitch is less than region[0]", RECT(r.host_row = 8));
	ROW(CL_INVALID_VALUE, "buffer_slice_pitch is less than a slice, and no multiple of the row",
	    RECT(r.region = two_slices, r.buffer_row = 16, r.buffer_slice = 24));
	ROW(CL_INVALID_VALUE, "host_slice_pitch is less than a slice, and no multiple of the row",
	    RECT(r.region = two_slices, r.host_row = 16, r.host_slice = 24));
}

static void rows_rect(struct error_world *world, bool reads)
{
	error_entry_point(reads ? "clEnqueueReadBufferRect" : "clEnqueueWriteBufferRect");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE, RECT(r.queue = bad));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, RECT(r.buffer = bad));
	ROW(CL_INVALID_CONTEXT, "buffer is of another context",
	    RECT(r.buffer = world->other_buffer));
	rows_rect_geometry(world, reads);
	ROWS_WAIT(ROW, RECT(r.count = count, r.list = list));
	ROW_WAIT_FAILED(ROW, RECT(r.count = count, r.list = list));
	ROW(CL_INVALID_OPERATION, "the host access of the buffer's flags forbids it",
	    RECT(r.buffer = reads ? world->host_write_only : world->host_read_only));
	ROW(CL_INVALID_OPERATION, "of a CL_MEM_HOST_NO_ACCESS buffer",
	    RECT(r.buffer = world->host_no_access));
	rows_misaligned(world);
}

static void rows_fill(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	unsigned char pattern[256] = { 0 };

#define FILL(buffer, pointer, pattern_size, offset, size) \
	cl->clEnqueueFillBuffer(queue, buffer, pointer, pattern_size, offset, size, 0, NULL, event)

	error_entry_point("clEnqueueFillBuffer");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueFillBuffer(bad, world->buffer, pattern, 4, 0, 16, 0, NULL, event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, FILL(bad, pattern, 4, 0, 16));
	ROW(CL_INVALID_CONTEXT, "buffer is of another context",
	    FILL(world->other_buffer, pattern, 4, 0, 16));
	ROW(CL_INVALID_VALUE, "the region ends outside the buffer",
	    FILL(world->buffer, pattern, 4, ERROR_BUFFER_BYTES - 8, 16));
	ROW(CL_INVALID_VALUE, "the region begins outside the buffer",
	    FILL(world->buffer, pattern, 4, 2 * ERROR_BUFFER_BYTES, 16));
	ROW(CL_INVALID_VALUE, "offset and size overflow",
	    FILL(world->buffer, pattern, 4, 16, SIZE_MAX - 3));
	ROW(CL_INVALID_VALUE, "pattern is NULL", FILL(world->buffer, NULL, 4, 0, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is 0", FILL(world->buffer, pattern, 0, 0, 16));
	ROW(CL_INVALID_VALUE, "pattern_size is no power of two",
	    FILL(world->buffer, pattern, 3, 0, 12));
	ROW(CL_INVALID_VALUE, "pattern_size is larger than 128",
	    FILL(world->buffer, pattern, 256, 0, 512));
	ROW(CL_INVALID_VALUE, "offset is no multiple of pattern_size",
	    FILL(world->buffer, pattern, 8, 4, 16));
	ROW(CL_INVALID_VALUE, "size is no multiple of pattern_size",
	    FILL(world->buffer, pattern, 8, 0, 12));
	ROWS_WAIT(ROW, cl->clEnqueueFillBuffer(queue, world->buffer, pattern, 4, 0, 16, count, list,
					       event));
	rows_misaligned(world);
#undef FILL
}

void error_rows_transfer(struct error_world *world)
{
	rows_read(world);
	rows_write(world);
	rows_rect(world, true);
	rows_rect(world, false);
	rows_fill(world);
}
