// SPDX-License-Identifier: MIT
/* The commands on images: read, write, copy, fill, map. Section 5.3. */
#include "image.h"
#include "recordable.h"

/* ---- checks ---- */

static struct tandem_image *image_in(const struct memory_call *call)
{
	return (struct tandem_image *)call->memory;
}

static struct tandem_memory *memory_in(struct tandem_image *image)
{
	return image ? &image->memory : NULL;
}

/* Whether the queue's device can have the image. */
static cl_int check_device(const struct tandem_queue *queue, const struct tandem_image *image)
{
	const struct tandem_image_shape shape = tandem_image_shape_of(image);
	cl_int code = tandem_api_check_image(&queue->device->core->properties, &shape,
					     image->memory.flags);

	return code == CL_SUCCESS ? code : fail(code, "the queue's device has no such images");
}

/* The same as take_memory for an image. */
static cl_int take_image(struct memory_call *call, cl_mem handle)
{
	cl_int code = take_memory(call, handle, memory_in(image_of(handle)));

	return code == CL_SUCCESS ? check_device(call->queue, image_in(call)) : code;
}

/* The same as check_call for an image. */
static cl_int check_image_call(cl_command_queue queue, cl_mem handle, cl_uint num_events,
			       const cl_event *events, struct memory_call *call)
{
	cl_int code = check_queue(queue, num_events, events, call);

	return code == CL_SUCCESS ? take_image(call, handle) : code;
}

static cl_int check_area(const struct tandem_image *image, const size_t *origin,
			 const size_t *region)
{
	if (!origin || !region)
		return fail(CL_INVALID_VALUE, "no origin or region");
	for (int i = 0; i < TANDEM_DIMENSIONS; i++) {
		if (!region[i] || origin[i] > image->extent[i] ||
		    region[i] > image->extent[i] - origin[i])
			return fail(CL_INVALID_VALUE,
				    "%zu pixels from %zu on in dimension %d, the image has %zu",
				    region[i], origin[i], i, image->extent[i]);
	}
	return CL_SUCCESS;
}

/* ---- read and write ---- */

struct transfer {
	cl_command_type type;
	cl_mem_flags forbidden;
	bool to_image;
};

static const struct transfer reading = { CL_COMMAND_READ_IMAGE, TANDEM_HOST_CANNOT_READ, false };
static const struct transfer writing = { CL_COMMAND_WRITE_IMAGE, TANDEM_HOST_CANNOT_WRITE, true };

struct transfer_arguments {
	const size_t *origin, *region;
	size_t row_pitch, slice_pitch;
	void *pointer;
};

/* The application's memory as the box that the region is there. */
static cl_int check_host_box(const struct tandem_image *image, const struct transfer_arguments *a,
			     struct tandem_box *box)
{
	const bool has_slices = tandem_image_slice_pitch(image);
	size_t row = a->region[0] * image->stride[0], slice, bytes;
	uintptr_t end;

	if (a->row_pitch && a->row_pitch < row)
		return fail(CL_INVALID_VALUE, "row pitch %zu for rows of %zu bytes", a->row_pitch,
			    row);
	if (a->slice_pitch && !has_slices)
		return fail(CL_INVALID_VALUE, "slice pitch %zu for an image without slices",
			    a->slice_pitch);
	row = a->row_pitch ? a->row_pitch : row;
	if (image->memory.type == CL_MEM_OBJECT_IMAGE1D_ARRAY && a->slice_pitch) {
		if (a->slice_pitch < row)
			return fail(CL_INVALID_VALUE, "slice pitch %zu, row pitch %zu",
				    a->slice_pitch, row);
		row = a->slice_pitch;
	}
	if (__builtin_mul_overflow(row, a->region[1], &slice))
		return fail(CL_INVALID_VALUE, "row pitch %zu", row);
	if (has_slices && image->memory.type != CL_MEM_OBJECT_IMAGE1D_ARRAY && a->slice_pitch) {
		if (a->slice_pitch < slice)
			return fail(CL_INVALID_VALUE, "slice pitch %zu for slices of %zu bytes",
				    a->slice_pitch, slice);
		slice = a->slice_pitch;
	}
	if (__builtin_mul_overflow(slice, a->region[2], &bytes) ||
	    __builtin_add_overflow((uintptr_t)a->pointer, bytes, &end))
		return fail(CL_INVALID_VALUE, "the region is too large");
	*box = (struct tandem_box){ a->pointer, row, slice };
	return CL_SUCCESS;
}

static cl_int enqueue_transfer(const struct transfer *transfer, const struct memory_call *call,
			       cl_bool blocking, const struct transfer_arguments *a,
			       cl_event *event)
{
	const struct tandem_image *image = image_in(call);
	struct tandem_command *command;
	struct tandem_box in_host;
	struct tandem_part part;
	cl_int code = check_area(image, a->origin, a->region);

	if (code == CL_SUCCESS && !a->pointer)
		code = fail(CL_INVALID_VALUE, "no host pointer");
	if (code == CL_SUCCESS)
		code = check_host_box(image, a, &in_host);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, transfer->forbidden);
	if (code == CL_SUCCESS)
		code = create_command(call, transfer->type, &command);
	if (code != CL_SUCCESS)
		return code;
	part = tandem_image_part(image, call->memory->address, a->origin, a->region);
	if (transfer->to_image)
		tandem_command_set_box_copy(command, &part.box, &in_host, part.region);
	else
		tandem_command_set_box_copy(command, &in_host, &part.box, part.region);
	return submit(command, blocking, event);
}

cl_int tandem_clEnqueueReadImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
				 const size_t *origin, const size_t *region, size_t row_pitch,
				 size_t slice_pitch, void *ptr, cl_uint num_events,
				 const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct transfer_arguments arguments = { origin, region, row_pitch, slice_pitch, ptr };
	struct memory_call call;
	cl_int code = check_image_call(queue, image, num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_transfer(&reading, &call, blocking, &arguments, event);
}

cl_int tandem_clEnqueueWriteImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
				  const size_t *origin, const size_t *region, size_t row_pitch,
				  size_t slice_pitch, const void *ptr, cl_uint num_events,
				  const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct transfer_arguments arguments = { origin, region, row_pitch, slice_pitch,
						      (void *)ptr };
	struct memory_call call;
	cl_int code = check_image_call(queue, image, num_events, events, &call);

	if (code != CL_SUCCESS)
		return code;
	return enqueue_transfer(&writing, &call, blocking, &arguments, event);
}

/* ---- fill ---- */

cl_int tandem_api_fill_image(struct memory_call *call, const struct image_fill *fill,
			     struct tandem_command **command)
{
	unsigned char pixel[TANDEM_MOST_PIXEL_BYTES] = { 0 };
	const struct tandem_image *image;
	struct tandem_part part;
	cl_int code = take_image(call, fill->image);

	if (code != CL_SUCCESS)
		return code;
	image = image_in(call);
	if (!fill->color)
		return fail(CL_INVALID_VALUE, "no colour");
	code = check_area(image, fill->origin, fill->region);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code == CL_SUCCESS)
		code = create_command(call, CL_COMMAND_FILL_IMAGE, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_image_encode(image->format, fill->color, pixel);
	part = tandem_image_part(image, call->memory->address, fill->origin, fill->region);
	tandem_command_set_box_fill(*command, &part, pixel, image->stride[0]);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueFillImage(cl_command_queue queue, cl_mem image, const void *color,
				 const size_t *origin, const size_t *region, cl_uint num_events,
				 const cl_event *events, cl_event *event)
{
	ENTRY_POINT;
	const struct image_fill fill = { image, color, origin, region };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_fill_image(&call, &fill, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* ---- copies ---- */

static bool same_format(const struct tandem_image *one, const struct tandem_image *other)
{
	return one->format->name.image_channel_order == other->format->name.image_channel_order &&
	       one->format->name.image_channel_data_type ==
		       other->format->name.image_channel_data_type;
}

cl_int tandem_api_copy_image(struct memory_call *call, const struct image_copy *copy,
			     struct tandem_command **command)
{
	struct tandem_image *from = image_of(copy->source), *to;
	struct tandem_part source_part, target_part;
	cl_int code = take_image(call, copy->target);

	if (code == CL_SUCCESS)
		code = check_memory(call->queue, copy->source, memory_in(from));
	if (code == CL_SUCCESS)
		code = check_device(call->queue, from);
	if (code != CL_SUCCESS)
		return code;
	to = image_in(call);
	if (!same_format(from, to))
		return fail(CL_IMAGE_FORMAT_MISMATCH, "the images have different formats");
	code = check_area(from, copy->source_origin, copy->region);
	if (code == CL_SUCCESS)
		code = check_area(to, copy->target_origin, copy->region);
	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code != CL_SUCCESS)
		return code;
	source_part =
		tandem_image_part(from, from->memory.address, copy->source_origin, copy->region);
	target_part = tandem_image_part(to, to->memory.address, copy->target_origin, copy->region);
	/* Images may be views of the same memory. */
	if (tandem_parts_overlap(&source_part, &target_part))
		return fail(CL_MEM_COPY_OVERLAP, "source and target overlap");
	code = create_command(call, CL_COMMAND_COPY_IMAGE, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(*command, &from->memory.object);
	tandem_command_set_box_copy(*command, &target_part.box, &source_part.box,
				    target_part.region);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCopyImage(cl_command_queue queue, cl_mem source, cl_mem target,
				 const size_t *source_origin, const size_t *target_origin,
				 const size_t *region, cl_uint num_events, const cl_event *events,
				 cl_event *event)
{
	ENTRY_POINT;
	const struct image_copy copy = { source, target, source_origin, target_origin, region };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_image(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* Checks such a copy, and gives the pixels in the image and in the buffer. */
static cl_int check_sides(struct memory_call *call, const struct side_copy *side,
			  struct tandem_part *in_image, struct tandem_box *in_buffer)
{
	const struct tandem_memory *buffer = buffer_of(side->buffer);
	const struct tandem_image *image;
	struct tandem_part other;
	size_t bytes;
	cl_int code = take_image(call, side->image);

	if (code == CL_SUCCESS)
		code = check_memory(call->queue, side->buffer, buffer);
	if (code != CL_SUCCESS)
		return code;
	image = image_in(call);
	if (image->memory.type == CL_MEM_OBJECT_IMAGE1D_BUFFER && image->memory.parent == buffer)
		return fail(CL_INVALID_MEM_OBJECT, "the image is one over the buffer");
	code = check_area(image, side->origin, side->region);
	if (code != CL_SUCCESS)
		return code;
	*in_image = tandem_image_part(image, image->memory.address, side->origin, side->region);
	/* The region is inside an image, so that these cannot overflow. */
	bytes = in_image->region[0] * in_image->region[1] * in_image->region[2];
	if (side->offset > buffer->bytes || bytes > buffer->bytes - side->offset)
		return fail(CL_INVALID_VALUE, "%zu bytes at %zu are not inside the buffer's %zu",
			    bytes, side->offset, buffer->bytes);
	other = *in_image;
	other.box = (struct tandem_box){
		buffer->address + side->offset,
		in_image->region[0],
		in_image->region[0] * in_image->region[1],
	};
	*in_buffer = other.box;
	if (tandem_parts_overlap(in_image, &other))
		return fail(CL_MEM_COPY_OVERLAP,
			    "the image's pixels are in that part of the buffer");
	return CL_SUCCESS;
}

cl_int tandem_api_copy_image_to_buffer(struct memory_call *call, const struct side_copy *copy,
				       struct tandem_command **command)
{
	struct tandem_box in_buffer;
	struct tandem_part in_image;
	cl_int code = check_sides(call, copy, &in_image, &in_buffer);

	if (code == CL_SUCCESS)
		code = check_access(memory_of(copy->buffer), CL_MEM_IMMUTABLE_EXT);
	if (code == CL_SUCCESS)
		code = create_command(call, CL_COMMAND_COPY_IMAGE_TO_BUFFER, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(*command, &memory_of(copy->buffer)->object);
	tandem_command_set_box_copy(*command, &in_buffer, &in_image.box, in_image.region);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCopyImageToBuffer(cl_command_queue queue, cl_mem source, cl_mem target,
					 const size_t *origin, const size_t *region, size_t offset,
					 cl_uint num_events, const cl_event *events,
					 cl_event *event)
{
	ENTRY_POINT;
	const struct side_copy copy = { source, target, offset, origin, region };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_image_to_buffer(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

cl_int tandem_api_copy_buffer_to_image(struct memory_call *call, const struct side_copy *copy,
				       struct tandem_command **command)
{
	struct tandem_box in_buffer;
	struct tandem_part in_image;
	cl_int code = check_sides(call, copy, &in_image, &in_buffer);

	if (code == CL_SUCCESS)
		code = check_access(call->memory, CL_MEM_IMMUTABLE_EXT);
	if (code == CL_SUCCESS)
		code = create_command(call, CL_COMMAND_COPY_BUFFER_TO_IMAGE, command);
	if (code != CL_SUCCESS)
		return code;
	tandem_command_hold(*command, &memory_of(copy->buffer)->object);
	tandem_command_set_box_copy(*command, &in_image.box, &in_buffer, in_image.region);
	return CL_SUCCESS;
}

cl_int tandem_clEnqueueCopyBufferToImage(cl_command_queue queue, cl_mem source, cl_mem target,
					 size_t offset, const size_t *origin, const size_t *region,
					 cl_uint num_events, const cl_event *events,
					 cl_event *event)
{
	ENTRY_POINT;
	const struct side_copy copy = { target, source, offset, origin, region };
	struct tandem_command *command;
	struct memory_call call;
	cl_int code = check_queue(queue, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = tandem_api_copy_buffer_to_image(&call, &copy, &command);
	return code == CL_SUCCESS ? submit(command, false, event) : code;
}

/* ---- map ---- */

static cl_int map_image(const struct memory_call *call, cl_bool blocking, cl_map_flags flags,
			const size_t *origin, const size_t *region, size_t *row_pitch,
			size_t *slice_pitch, cl_event *event, void **pointer)
{
	const struct tandem_image *image = image_in(call);
	struct tandem_part part;
	/* That it must not be mapped so says more than that the pitches have no place. */
	cl_int code = tandem_api_check_map(call->memory, flags);

	if (code == CL_SUCCESS)
		code = check_area(image, origin, region);
	if (code == CL_SUCCESS && (!row_pitch || (!slice_pitch && tandem_image_slice_pitch(image))))
		code = fail(CL_INVALID_VALUE, "no place for a pitch");
	if (code != CL_SUCCESS)
		return code;
	part = tandem_image_part(image, tandem_memory_host_view(call->memory), origin, region);
	code = enqueue_map(call, CL_COMMAND_MAP_IMAGE, &part, blocking, flags, event, pointer);
	if (code != CL_SUCCESS)
		return code;
	*row_pitch = image->row_pitch;
	if (slice_pitch)
		*slice_pitch = tandem_image_slice_pitch(image);
	return CL_SUCCESS;
}

void *tandem_clEnqueueMapImage(cl_command_queue queue, cl_mem image, cl_bool blocking,
			       cl_map_flags flags, const size_t *origin, const size_t *region,
			       size_t *row_pitch, size_t *slice_pitch, cl_uint num_events,
			       const cl_event *events, cl_event *event, cl_int *errcode_ret)
{
	ENTRY_POINT;
	void *pointer = NULL;
	struct memory_call call;
	cl_int code = check_image_call(queue, image, num_events, events, &call);

	if (code == CL_SUCCESS)
		code = map_image(&call, blocking, flags, origin, region, row_pitch, slice_pitch,
				 event, &pointer);
	set_code(errcode_ret, code);
	return pointer;
}
