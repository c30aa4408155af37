// SPDX-License-Identifier: MIT
/* Rows of copies between buffers, 5.2.2; of maps, 5.2.4 and 5.5; of migration, 5.5.4. */
#include "errors.h"

static const size_t zero[3] = { 0, 0, 0 };

static void rows_no_memory(struct error_world *world)
{
	error_not_provocable(world, CL_MISALIGNED_SUB_BUFFER_OFFSET,
			     "the offset of a sub-buffer is not aligned for the queue's device",
			     "all devices have one alignment: no such sub-buffer can be made");
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for a buffer",
			     "a buffer has its memory from the start");
	error_resources(world);
}

static void rows_copy(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	cl_mem buffer = world->buffer, target = world->write_only;

#define COPY(from, to, from_offset, to_offset, size) \
	cl->clEnqueueCopyBuffer(queue, from, to, from_offset, to_offset, size, 0, NULL, event)

	error_entry_point("clEnqueueCopyBuffer");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueCopyBuffer(bad, buffer, target, 0, 0, 16, 0, NULL, event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, COPY(bad, target, 0, 0, 16));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, COPY(buffer, bad, 0, 0, 16));
	ROW(CL_INVALID_CONTEXT, "src_buffer is of another context",
	    COPY(world->other_buffer, target, 0, 0, 16));
	ROW(CL_INVALID_CONTEXT, "dst_buffer is of another context",
	    COPY(buffer, world->other_buffer, 0, 0, 16));
	ROW(CL_INVALID_VALUE, "src_offset + size is outside src_buffer",
	    COPY(buffer, target, ERROR_BUFFER_BYTES - 8, 0, 16));
	ROW(CL_INVALID_VALUE, "dst_offset + size is outside dst_buffer",
	    COPY(buffer, target, 0, ERROR_BUFFER_BYTES - 8, 16));
	ROW(CL_INVALID_VALUE, "src_offset is outside src_buffer",
	    COPY(buffer, target, ERROR_BUFFER_BYTES + 1, 0, 1));
	ROW(CL_INVALID_VALUE, "dst_offset is outside dst_buffer",
	    COPY(buffer, target, 0, ERROR_BUFFER_BYTES + 1, 1));
	ROW(CL_INVALID_VALUE, "size is larger than the buffers",
	    COPY(buffer, target, 0, 0, ERROR_BUFFER_BYTES + 1));
	ROW(CL_INVALID_VALUE, "src_offset and size overflow",
	    COPY(buffer, target, 16, 0, SIZE_MAX));
	ROWS_WAIT(ROW,
		  cl->clEnqueueCopyBuffer(queue, buffer, target, 0, 0, 16, count, list, event));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the regions are the same",
	    COPY(buffer, buffer, 0, 0, 16));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the target begins inside the source",
	    COPY(buffer, buffer, 0, 15, 16));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the source begins inside the target",
	    COPY(buffer, buffer, 15, 0, 16));
	ROW(CL_MEM_COPY_OVERLAP, "one sub-buffer, the regions overlap",
	    COPY(world->sub_buffer, world->sub_buffer, 0, 15, 16));
	ROW(CL_MEM_COPY_OVERLAP, "two sub-buffers of one buffer, and they overlap",
	    COPY(world->sub_buffer, world->far_sub_buffer, 512, 0, 16));
	ROW(CL_MEM_COPY_OVERLAP, "a buffer and its sub-buffer, and they overlap",
	    COPY(buffer, world->far_sub_buffer, 512, 8, 16));
	rows_no_memory(world);
#undef COPY
}

/* What a rectangular copy is asked to do, so that a row can change one thing of it. */
struct rect {
	cl_command_queue queue;
	cl_mem from, to;
	const size_t *from_origin, *to_origin, *region;
	size_t from_row, from_slice, to_row, to_slice;
	cl_uint count;
	const cl_event *list;
};

static const size_t square[3] = { 16, 4, 1 };

static cl_int copy_rect(struct error_world *world, struct rect r)
{
	return world->cl->clEnqueueCopyBufferRect(r.queue, r.from, r.to, r.from_origin, r.to_origin,
						  r.region, r.from_row, r.from_slice, r.to_row,
						  r.to_slice, r.count, r.list, &world->out.event);
}

#define RECT(...)                                             \
	({                                                    \
		struct rect r = { .queue = world->base.queue, \
				  .from = world->buffer,      \
				  .to = world->write_only,    \
				  .from_origin = zero,        \
				  .to_origin = zero,          \
				  .region = square };         \
                                                              \
		(void)(__VA_ARGS__);                          \
		copy_rect(world, r);                          \
	})

static void rows_rect_geometry(struct error_world *world)
{
	const size_t flat[3] = { 0, 1, 1 }, no_rows[3] = { 16, 0, 1 }, no_slices[3] = { 16, 1, 0 };
	const size_t large[3] = { 16, ERROR_BUFFER_BYTES / 16 + 1, 1 };
	const size_t huge[3] = { 16, SIZE_MAX / 2, SIZE_MAX / 2 };
	const size_t late[3] = { ERROR_BUFFER_BYTES - 8, 0, 0 };
	const size_t slices[3] = { 16, 4, 2 };

	ROW(CL_INVALID_VALUE, "src_origin is NULL", RECT(r.from_origin = NULL));
	ROW(CL_INVALID_VALUE, "dst_origin is NULL", RECT(r.to_origin = NULL));
	ROW(CL_INVALID_VALUE, "region is NULL", RECT(r.region = NULL));
	ROW(CL_INVALID_VALUE, "the source is out of bounds", RECT(r.from_origin = late));
	ROW(CL_INVALID_VALUE, "the target is out of bounds", RECT(r.to_origin = late));
	ROW(CL_INVALID_VALUE, "both are out of bounds", RECT(r.region = large));
	ROW(CL_INVALID_VALUE, "the region overflows", RECT(r.region = huge));
	ROW(CL_INVALID_VALUE, "region[0] is 0", RECT(r.region = flat));
	ROW(CL_INVALID_VALUE, "region[1] is 0", RECT(r.region = no_rows));
	ROW(CL_INVALID_VALUE, "region[2] is 0", RECT(r.region = no_slices));
	ROW(CL_INVALID_VALUE, "src_row_pitch is less than region[0]", RECT(r.from_row = 8));
	ROW(CL_INVALID_VALUE, "dst_row_pitch is less than region[0]", RECT(r.to_row = 8));
	ROW(CL_INVALID_VALUE, "src_slice_pitch is less than a slice",
	    RECT(r.region = slices, r.from_slice = 32));
	ROW(CL_INVALID_VALUE, "dst_slice_pitch is less than a slice",
	    RECT(r.region = slices, r.to_slice = 32));
	ROW(CL_INVALID_VALUE, "src_slice_pitch is no multiple of src_row_pitch",
	    RECT(r.region = slices, r.from_slice = 72));
	ROW(CL_INVALID_VALUE, "dst_slice_pitch is no multiple of dst_row_pitch",
	    RECT(r.region = slices, r.to_slice = 72));
	ROW(CL_INVALID_VALUE, "one buffer, with different pitches",
	    RECT(r.to = world->buffer, r.from_row = 16, r.from_slice = 64, r.to_row = 32,
		 r.to_slice = 128));
}

static void rows_rect_overlap(struct error_world *world)
{
	const size_t beside[3] = { 15, 0, 0 }, below[3] = { 0, 3, 0 }, wrapped[3] = { 56, 0, 0 };
	const size_t in_sub_buffer[3] = { 0, 8, 0 };

	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the rectangles are the same",
	    RECT(r.to = world->buffer, r.from_row = 64, r.to_row = 64));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the rectangles overlap by a column",
	    RECT(r.to = world->buffer, r.to_origin = beside, r.from_row = 64, r.to_row = 64));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, the rectangles overlap by a row",
	    RECT(r.to = world->buffer, r.to_origin = below, r.from_row = 64, r.to_row = 64));
	ROW(CL_MEM_COPY_OVERLAP, "one buffer, a row of the target wraps into the source",
	    RECT(r.to = world->buffer, r.to_origin = wrapped, r.from_row = 64, r.to_row = 64));
	/* Row 8 of 64 bytes is where the other sub-buffer begins. */
	ROW(CL_MEM_COPY_OVERLAP, "two sub-buffers of one buffer, the rectangles overlap",
	    RECT(r.from = world->sub_buffer, r.from_origin = in_sub_buffer,
		 r.to = world->far_sub_buffer, r.from_row = 64, r.to_row = 64));
}

static void rows_rect(struct error_world *world)
{
	error_entry_point("clEnqueueCopyBufferRect");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE, RECT(r.queue = bad));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, RECT(r.from = bad));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, RECT(r.to = bad));
	ROW(CL_INVALID_CONTEXT, "src_buffer is of another context",
	    RECT(r.from = world->other_buffer));
	ROW(CL_INVALID_CONTEXT, "dst_buffer is of another context",
	    RECT(r.to = world->other_buffer));
	rows_rect_geometry(world);
	ROWS_WAIT(ROW, RECT(r.count = count, r.list = list));
	rows_rect_overlap(world);
	rows_no_memory(world);
}

static void rows_migrate(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	cl_mem list_of_two[2] = { world->buffer, NULL };

#define MIGRATE(number, objects, flags) \
	cl->clEnqueueMigrateMemObjects(queue, number, objects, flags, 0, NULL, event)

	error_entry_point("clEnqueueMigrateMemObjects");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueMigrateMemObjects(bad, 1, list_of_two, 0, 0, NULL, event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT,
		 (list_of_two[1] = bad, MIGRATE(2, list_of_two, 0)));
	list_of_two[1] = world->other_buffer;
	ROW(CL_INVALID_CONTEXT, "a memory object is of another context",
	    MIGRATE(2, list_of_two, 0));
	ROW(CL_INVALID_VALUE, "num_mem_objects is 0", MIGRATE(0, list_of_two, 0));
	ROW(CL_INVALID_VALUE, "mem_objects is NULL", MIGRATE(1, NULL, 0));
	ROW(CL_INVALID_VALUE, "flags is not valid", MIGRATE(1, list_of_two, 1 << 20));
	ROWS_WAIT(ROW,
		  cl->clEnqueueMigrateMemObjects(queue, 1, list_of_two, 0, count, list, event));
	error_not_provocable(world, CL_MEM_OBJECT_ALLOCATION_FAILURE,
			     "there is a failure to allocate memory for the memory objects",
			     "they have their memory from the start");
	error_resources(world);
#undef MIGRATE
}

void error_rows_copy(struct error_world *world)
{
	rows_copy(world);
	rows_rect(world);
	rows_migrate(world);
}

/* ---- maps ---- */

static void rows_map(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;

#define MAP(buffer, flags, offset, size) \
	cl->clEnqueueMapBuffer(queue, buffer, CL_TRUE, flags, offset, size, 0, NULL, event, errcode)

	error_entry_point("clEnqueueMapBuffer");
	ROWS_BAD_CREATE(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
			cl->clEnqueueMapBuffer(bad, world->buffer, CL_TRUE, CL_MAP_READ, 0, 16, 0,
					       NULL, event, errcode));
	ROWS_BAD_CREATE(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, MAP(bad, CL_MAP_READ, 0, 16));
	ROW_CREATE(CL_INVALID_CONTEXT, "buffer is of another context",
		   MAP(world->other_buffer, CL_MAP_READ, 0, 16));
	ROW_CREATE(CL_INVALID_VALUE, "the region ends outside the buffer",
		   MAP(world->buffer, CL_MAP_READ, ERROR_BUFFER_BYTES - 8, 16));
	ROW_CREATE(CL_INVALID_VALUE, "the region begins outside the buffer",
		   MAP(world->buffer, CL_MAP_READ, ERROR_BUFFER_BYTES + 1, 1));
	ROW_CREATE(CL_INVALID_VALUE, "offset and size overflow",
		   MAP(world->buffer, CL_MAP_READ, 16, SIZE_MAX));
	ROW_CREATE(CL_INVALID_VALUE, "the region begins beyond all memory",
		   MAP(world->buffer, CL_MAP_READ, SIZE_MAX / 2 + 1, 16));
	ROW_CREATE(CL_INVALID_VALUE, "size is 0", MAP(world->buffer, CL_MAP_READ, 0, 0));
	ROW_CREATE(CL_INVALID_VALUE, "map_flags has a bit that is no flag",
		   MAP(world->buffer, CL_MAP_READ | 1 << 20, 0, 16));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MAP_READ and CL_MAP_WRITE_INVALIDATE_REGION",
		   MAP(world->buffer, CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, 0, 16));
	ROW_CREATE(CL_INVALID_VALUE, "CL_MAP_WRITE and CL_MAP_WRITE_INVALIDATE_REGION",
		   MAP(world->buffer, CL_MAP_WRITE | CL_MAP_WRITE_INVALIDATE_REGION, 0, 16));
	ROWS_WAIT(ROW_CREATE, cl->clEnqueueMapBuffer(queue, world->buffer, CL_TRUE, CL_MAP_READ, 0,
						     16, count, list, event, errcode));
	ROW_WAIT_FAILED(ROW_CREATE,
			cl->clEnqueueMapBuffer(queue, world->buffer, CL_TRUE, CL_MAP_READ, 0, 16,
					       count, list, event, errcode));
	ROW_CREATE(CL_INVALID_OPERATION, "CL_MAP_READ of a CL_MEM_HOST_WRITE_ONLY buffer",
		   MAP(world->host_write_only, CL_MAP_READ, 0, 16));
	ROW_CREATE(CL_INVALID_OPERATION, "CL_MAP_READ of a CL_MEM_HOST_NO_ACCESS buffer",
		   MAP(world->host_no_access, CL_MAP_READ, 0, 16));
	ROW_CREATE(CL_INVALID_OPERATION, "CL_MAP_WRITE of a CL_MEM_HOST_READ_ONLY buffer",
		   MAP(world->host_read_only, CL_MAP_WRITE, 0, 16));
	ROW_CREATE(CL_INVALID_OPERATION, "CL_MAP_WRITE of a CL_MEM_HOST_NO_ACCESS buffer",
		   MAP(world->host_no_access, CL_MAP_WRITE, 0, 16));
	ROW_CREATE(CL_INVALID_OPERATION,
		   "CL_MAP_WRITE_INVALIDATE_REGION of a CL_MEM_HOST_READ_ONLY buffer",
		   MAP(world->host_read_only, CL_MAP_WRITE_INVALIDATE_REGION, 0, 16));
	error_not_provocable(world, CL_MAP_FAILURE, "there is a failure to map the region",
			     "host and device share the memory: nothing is mapped");
	rows_no_memory(world);
#undef MAP
}

/* Regions that are mapped for writing must not be mapped for writing again. */
static void rows_map_overlap(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	cl_int code;
	void *mapped = clEnqueueMapBuffer(queue, world->buffer, CL_TRUE, CL_MAP_WRITE, 512, 64, 0,
					  NULL, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no map: %d", code);
#define MAP(buffer, flags, offset) \
	cl->clEnqueueMapBuffer(queue, buffer, CL_TRUE, flags, offset, 64, 0, NULL, event, errcode)

	ROW_CREATE(CL_INVALID_OPERATION, "the region is mapped for writing already",
		   MAP(world->buffer, CL_MAP_WRITE, 512));
	ROW_CREATE(CL_INVALID_OPERATION, "a part of the region is mapped for writing already",
		   MAP(world->buffer, CL_MAP_WRITE_INVALIDATE_REGION, 512 - 63));
	ROW_CREATE(CL_INVALID_OPERATION, "the region is mapped through the buffer already",
		   MAP(world->far_sub_buffer, CL_MAP_WRITE, 0));
	check_success(clEnqueueUnmapMemObject(queue, world->buffer, mapped, 0, NULL, NULL));
	mapped = clEnqueueMapBuffer(queue, world->far_sub_buffer, CL_TRUE, CL_MAP_WRITE, 0, 64, 0,
				    NULL, NULL, &code);
	check_success(code);
	ROW_CREATE(CL_INVALID_OPERATION, "the region is mapped through a sub-buffer already",
		   MAP(world->buffer, CL_MAP_WRITE, 512));
	ROW_CREATE(CL_INVALID_OPERATION, "the region is mapped through another sub-buffer already",
		   MAP(world->sub_buffer, CL_MAP_WRITE, 512));
	check_success(clEnqueueUnmapMemObject(queue, world->far_sub_buffer, mapped, 0, NULL, NULL));
	check_success(clFinish(queue));
#undef MAP
}

static void rows_unmap(struct error_world *world)
{
	const cl_icd_dispatch *cl = world->cl;
	cl_command_queue queue = world->base.queue;
	cl_event *event = &world->out.event;
	cl_int code;
	char *mapped = clEnqueueMapBuffer(queue, world->buffer, CL_TRUE, CL_MAP_READ, 0, 64, 0,
					  NULL, NULL, &code);

	check_fatal(code == CL_SUCCESS, "no map: %d", code);
#define UNMAP(buffer, pointer) cl->clEnqueueUnmapMemObject(queue, buffer, pointer, 0, NULL, event)

	error_entry_point("clEnqueueUnmapMemObject");
	ROWS_BAD(ERROR_QUEUE, cl_command_queue, CL_INVALID_COMMAND_QUEUE,
		 cl->clEnqueueUnmapMemObject(bad, world->buffer, mapped, 0, NULL, event));
	ROWS_BAD(ERROR_MEMORY, cl_mem, CL_INVALID_MEM_OBJECT, UNMAP(bad, mapped));
	ROW(CL_INVALID_CONTEXT, "memobj is of another context", UNMAP(world->other_buffer, mapped));
	ROW(CL_INVALID_VALUE, "mapped_ptr is NULL", UNMAP(world->buffer, NULL));
	ROW(CL_INVALID_VALUE, "mapped_ptr was not returned by a map command",
	    UNMAP(world->buffer, mapped + 1));
	ROW(CL_INVALID_VALUE, "mapped_ptr was returned for another object",
	    UNMAP(world->write_only, mapped));
	ROWS_WAIT(ROW,
		  cl->clEnqueueUnmapMemObject(queue, world->buffer, mapped, count, list, event));
	error_resources(world);
	check_success(clEnqueueUnmapMemObject(queue, world->buffer, mapped, 0, NULL, NULL));
	check_success(clFinish(queue));
	ROW(CL_INVALID_VALUE, "mapped_ptr was unmapped before", UNMAP(world->buffer, mapped));
	error_not_provocable(world, CL_INVALID_MEM_OBJECT, "memobj is a pipe",
			     "there are no pipes");
#undef UNMAP
}

void error_rows_map(struct error_world *world)
{
	rows_map(world);
	rows_map_overlap(world);
	rows_unmap(world);
}
