// SPDX-License-Identifier: MIT
/*
 * Every error of the entry points of images that the specification lists, and that something
 * can be done to provoke. Samplers' are in samplers.c.
 */
#include <CL/cl_gl.h>
#include <stdint.h>
#include <string.h>

#include "shapes.h"

static const cl_image_format rgba = { CL_RGBA, CL_UNSIGNED_INT8 };
static const cl_image_format norm = { CL_RGBA, CL_UNORM_INT8 };
static const size_t zero[3] = { 0, 0, 0 }, one[3] = { 1, 1, 1 };
static unsigned char bytes[4096];
static const cl_uint colour[4];

struct world {
	struct test_setup setup;
	cl_context foreign; /* another context, with a queue and a user event of its own */
	cl_command_queue foreign_queue;
	cl_event foreign_event;
	cl_mem foreign_image;
	cl_mem buffer; /* of 256 bytes */
	cl_mem image, same, flat, array, volume,
		line; /* 8 x 8, as it is, R, layers, 3D, 1D buffer */
	cl_mem unreadable, unwritable; /* by the host */
};

#define refused(expected, call) check_equal(expected, call)

/* A call that gives a memory object or a pointer, and its code in `code`. */
#define not_made(expected, call)                                     \
	do {                                                         \
		cl_int code = CL_SUCCESS;                            \
                                                                     \
		check(!(call), "made, not refused with " #expected); \
		check_equal(expected, code);                         \
	} while (0)

static cl_image_desc flat_desc(size_t width, size_t height)
{
	return (cl_image_desc){ .image_type = CL_MEM_OBJECT_IMAGE2D,
				.image_width = width,
				.image_height = height };
}

static cl_mem make(cl_context context, cl_mem_flags flags, const cl_image_format *format,
		   const cl_image_desc *desc)
{
	cl_int code;
	cl_mem image = clCreateImage(context, flags, format, desc, NULL, &code);

	check_success_fatal(code);
	return image;
}

static void world_init(struct world *w)
{
	const cl_image_format r = { CL_R, CL_UNSIGNED_INT8 };
	cl_image_desc desc = flat_desc(8, 8);
	cl_context context;
	cl_int code;

	w->setup = open_with_images();
	context = w->setup.context;
	w->foreign = clCreateContext(NULL, 1, &w->setup.device, NULL, NULL, &code);
	check_success_fatal(code);
	w->foreign_queue = clCreateCommandQueue(w->foreign, w->setup.device, 0, &code);
	w->foreign_event = clCreateUserEvent(w->foreign, &code);
	w->foreign_image = make(w->foreign, 0, &rgba, &desc);
	w->buffer = test_buffer(context, 256, NULL);
	w->image = make(context, 0, &rgba, &desc);
	w->same = make(context, 0, &rgba, &desc);
	w->flat = make(context, 0, &r, &desc);
	w->unreadable = make(context, CL_MEM_HOST_WRITE_ONLY, &rgba, &desc);
	w->unwritable = make(context, CL_MEM_HOST_READ_ONLY, &rgba, &desc);
	desc.image_type = CL_MEM_OBJECT_IMAGE1D_ARRAY;
	desc.image_array_size = 4;
	w->array = make(context, 0, &rgba, &desc);
	desc.image_type = CL_MEM_OBJECT_IMAGE3D;
	desc.image_depth = 4;
	w->volume = make(context, 0, &rgba, &desc);
	desc = (cl_image_desc){ .image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER,
				.image_width = 8,
				.mem_object = w->buffer };
	w->line = make(context, 0, &rgba, &desc);
}

static void world_finish(struct world *w)
{
	const cl_mem objects[] = { w->line,	  w->foreign_image, w->buffer, w->image,
				   w->same,	  w->flat,	    w->array,  w->volume,
				   w->unreadable, w->unwritable };

	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		check_success(clReleaseMemObject(objects[i]));
	check_success(clReleaseEvent(w->foreign_event));
	check_success(clReleaseCommandQueue(w->foreign_queue));
	check_success(clReleaseContext(w->foreign));
	test_close(&w->setup);
}

/* ---- creating ---- */

#define image(context, flags, format, desc, pointer) \
	clCreateImage(context, flags, format, desc, pointer, &code)

static void check_flags(const struct world *w)
{
	static const cl_mem_flags wrong[] = {
		(cl_mem_flags)1 << 40,
		CL_MEM_READ_ONLY | CL_MEM_WRITE_ONLY,
		CL_MEM_READ_WRITE | CL_MEM_READ_ONLY,
		CL_MEM_HOST_READ_ONLY | CL_MEM_HOST_NO_ACCESS,
		CL_MEM_USE_HOST_PTR | CL_MEM_COPY_HOST_PTR,
		CL_MEM_USE_HOST_PTR | CL_MEM_ALLOC_HOST_PTR,
		CL_MEM_KERNEL_READ_AND_WRITE,
	};
	const cl_image_desc desc = flat_desc(2, 2);

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		not_made(CL_INVALID_VALUE, image(w->setup.context, wrong[i], &rgba, &desc, bytes));
	not_made(CL_INVALID_HOST_PTR, image(w->setup.context, 0, &rgba, &desc, bytes));
	not_made(CL_INVALID_HOST_PTR,
		 image(w->setup.context, CL_MEM_USE_HOST_PTR, &rgba, &desc, NULL));
	not_made(CL_INVALID_HOST_PTR,
		 image(w->setup.context, CL_MEM_COPY_HOST_PTR, &rgba, &desc, NULL));
}

static void check_formats(const struct world *w)
{
	static const cl_image_format invalid[] = {
		{ CL_RGBA, CL_UNORM_SHORT_565 },
		{ CL_RGB, CL_UNORM_INT8 },
		{ CL_DEPTH, CL_UNORM_INT8 },
		{ CL_INTENSITY, CL_SIGNED_INT8 },
		{ CL_BGRA, CL_FLOAT },
		{ CL_sRGBA, CL_FLOAT },
		{ 0, CL_UNORM_INT8 },
		{ CL_RGBA, 0 },
		{ CL_RGBA, 0x10E1 },
		{ CL_DEPTH_STENCIL, CL_UNORM_INT24 },
	};
	static const cl_image_format unsupported[] = {
		{ CL_Rx, CL_UNORM_INT8 },
		{ CL_RGBx, CL_UNORM_SHORT_565 },
		{ CL_sRGB, CL_UNORM_INT8 },
	};
	const cl_image_format depth = { CL_DEPTH, CL_FLOAT };
	cl_image_desc desc = flat_desc(2, 2);

	not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, image(w->setup.context, 0, NULL, &desc, NULL));
	for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
		not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
			 image(w->setup.context, 0, &invalid[i], &desc, NULL));
	for (size_t i = 0; i < sizeof(unsupported) / sizeof(unsupported[0]); i++)
		not_made(CL_IMAGE_FORMAT_NOT_SUPPORTED,
			 image(w->setup.context, 0, &unsupported[i], &desc, NULL));
	desc.image_type = CL_MEM_OBJECT_IMAGE1D;
	not_made(CL_IMAGE_FORMAT_NOT_SUPPORTED, image(w->setup.context, 0, &depth, &desc, NULL));
}

static cl_image_desc with(cl_mem_object_type type, size_t width, size_t height, size_t depth,
			  size_t layers)
{
	return (cl_image_desc){ .image_type = type,
				.image_width = width,
				.image_height = height,
				.image_depth = depth,
				.image_array_size = layers };
}

/* Sizes without pixels are no images, those beyond the limits too large. */
static void check_extents(const struct world *w)
{
	const cl_image_desc empty[] = {
		with(CL_MEM_OBJECT_IMAGE1D, 0, 1, 1, 1),
		with(CL_MEM_OBJECT_IMAGE2D, 0, 1, 1, 1),
		with(CL_MEM_OBJECT_IMAGE2D, 1, 0, 1, 1),
		with(CL_MEM_OBJECT_IMAGE3D, 1, 0, 1, 1),
		with(CL_MEM_OBJECT_IMAGE3D, 1, 1, 0, 1),
		with(CL_MEM_OBJECT_IMAGE1D_ARRAY, 1, 1, 1, 0),
		with(CL_MEM_OBJECT_IMAGE2D_ARRAY, 1, 1, 1, 0),
		with(CL_MEM_OBJECT_BUFFER, 1, 1, 1, 1),
		with(CL_MEM_OBJECT_PIPE, 1, 1, 1, 1),
		with(0, 1, 1, 1, 1),
	};
	const cl_image_desc large[] = {
		with(CL_MEM_OBJECT_IMAGE1D, 16385, 1, 1, 1),
		with(CL_MEM_OBJECT_IMAGE2D, 1, 16385, 1, 1),
		with(CL_MEM_OBJECT_IMAGE3D, 2049, 1, 1, 1),
		with(CL_MEM_OBJECT_IMAGE3D, 1, 1, 2049, 1),
		with(CL_MEM_OBJECT_IMAGE1D_ARRAY, 1, 1, 1, 2049),
		with(CL_MEM_OBJECT_IMAGE2D_ARRAY, 1, 1, 1, 2049),
		with(CL_MEM_OBJECT_IMAGE2D_ARRAY, 1, SIZE_MAX / 2048, 1, 2),
		with(CL_MEM_OBJECT_IMAGE1D, SIZE_MAX / 4 + 1, 1, 1, 1),
		with(CL_MEM_OBJECT_IMAGE2D, SIZE_MAX / 4 + 1, SIZE_MAX / 4 + 1, 1, 1),
	};
	const cl_image_format real = { CL_RGBA, CL_FLOAT };
	const cl_image_desc all = with(CL_MEM_OBJECT_IMAGE3D, 2048, 2048, 2048, 0);

	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(w->setup.context, 0, &rgba, NULL, NULL));
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		not_made(CL_INVALID_IMAGE_DESCRIPTOR,
			 image(w->setup.context, 0, &rgba, &empty[i], NULL));
	for (size_t i = 0; i < sizeof(large) / sizeof(large[0]); i++)
		not_made(CL_INVALID_IMAGE_SIZE, image(w->setup.context, 0, &rgba, &large[i], NULL));
	/* 128 GiB. */
	not_made(CL_MEM_OBJECT_ALLOCATION_FAILURE, image(w->setup.context, 0, &real, &all, NULL));
}

static void check_pitches(const struct world *w)
{
	static const size_t pitches[][2] = { { 12, 0 },	 { 18, 0 },  { 16, 48 },
					     { 16, 72 }, { 20, 64 }, { SIZE_MAX - 3, 0 } };
	cl_image_desc desc = with(CL_MEM_OBJECT_IMAGE3D, 4, 4, 2, 0);

	for (size_t i = 0; i < sizeof(pitches) / sizeof(pitches[0]); i++) {
		desc.image_row_pitch = pitches[i][0];
		desc.image_slice_pitch = pitches[i][1];
		not_made(CL_INVALID_IMAGE_DESCRIPTOR,
			 image(w->setup.context, CL_MEM_USE_HOST_PTR, &rgba, &desc, bytes));
	}
	desc.image_row_pitch = 16;
	desc.image_slice_pitch = 0;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(w->setup.context, 0, &rgba, &desc, NULL));
	desc = with(CL_MEM_OBJECT_IMAGE1D_ARRAY, 4, 0, 0, 3);
	desc.image_slice_pitch = 12;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR,
		 image(w->setup.context, CL_MEM_USE_HOST_PTR, &rgba, &desc, bytes));
	desc = flat_desc(2, 2);
	desc.num_mip_levels = 1;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(w->setup.context, 0, &rgba, &desc, NULL));
	desc = flat_desc(2, 2);
	desc.num_samples = 2;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(w->setup.context, 0, &rgba, &desc, NULL));
}

/* Images over buffers and over images. */
static void check_parents(const struct world *w)
{
	const cl_image_format srgb = { CL_sRGBA, CL_UNORM_INT8 };
	const cl_context context = w->setup.context;
	cl_image_desc desc = with(CL_MEM_OBJECT_IMAGE1D_BUFFER, 8, 0, 0, 0);
	cl_mem written = clCreateBuffer(context, CL_MEM_WRITE_ONLY, 256, NULL, NULL), linear;

	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc.mem_object = w->image;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc.mem_object = w->foreign_image;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc.mem_object = (cl_mem)context;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc.mem_object = w->buffer;
	not_made(CL_INVALID_HOST_PTR, image(context, 0, &rgba, &desc, bytes));
	not_made(CL_INVALID_VALUE, image(context, CL_MEM_USE_HOST_PTR, &rgba, &desc, bytes));
	desc.image_width = 65;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc = with(CL_MEM_OBJECT_IMAGE3D, 2, 2, 2, 0);
	desc.mem_object = w->buffer;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc = flat_desc(8, 9);
	desc.mem_object = w->buffer;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc = flat_desc(2, 2);
	desc.mem_object = written;
	not_made(CL_INVALID_VALUE, image(context, CL_MEM_READ_ONLY, &rgba, &desc, NULL));
	/* Other views of an image must have its size and an order that is one. */
	desc = flat_desc(8, 8);
	linear = make(context, 0, &norm, &desc);
	desc.mem_object = linear;
	not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	desc.image_row_pitch = 36;
	not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, image(context, 0, &srgb, &desc, NULL));
	desc = flat_desc(8, 7);
	desc.mem_object = linear;
	not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR, image(context, 0, &srgb, &desc, NULL));
	desc.mem_object = w->volume;
	not_made(CL_INVALID_IMAGE_DESCRIPTOR, image(context, 0, &rgba, &desc, NULL));
	check_success(clReleaseMemObject(linear));
	check_success(clReleaseMemObject(written));
}

static void check_calls(const struct world *w)
{
	static const cl_mem_properties unknown[] = { 0x1234, 1, 0 };
	const cl_context context = w->setup.context;
	const cl_image_desc desc = flat_desc(2, 2);

	not_made(CL_INVALID_CONTEXT, image(NULL, 0, &rgba, &desc, NULL));
	not_made(CL_INVALID_CONTEXT, image((cl_context)w->image, 0, &rgba, &desc, NULL));
	not_made(CL_INVALID_CONTEXT,
		 clCreateImageWithProperties(NULL, NULL, 0, &rgba, &desc, NULL, &code));
	not_made(CL_INVALID_PROPERTY,
		 clCreateImageWithProperties(context, unknown, 0, &rgba, &desc, NULL, &code));
	not_made(CL_INVALID_CONTEXT, clCreateImage2D(NULL, 0, &rgba, 2, 2, 0, NULL, &code));
	not_made(CL_INVALID_IMAGE_SIZE, clCreateImage2D(context, 0, &rgba, 0, 2, 0, NULL, &code));
	not_made(CL_INVALID_IMAGE_SIZE, clCreateImage2D(context, 0, &rgba, 2, 2, 8, NULL, &code));
	not_made(CL_INVALID_IMAGE_FORMAT_DESCRIPTOR,
		 clCreateImage2D(context, 0, NULL, 2, 2, 0, NULL, &code));
	not_made(CL_INVALID_HOST_PTR, clCreateImage2D(context, 0, &rgba, 2, 2, 0, bytes, &code));
	not_made(CL_INVALID_CONTEXT, clCreateImage3D(NULL, 0, &rgba, 2, 2, 2, 0, 0, NULL, &code));
	not_made(CL_INVALID_IMAGE_SIZE,
		 clCreateImage3D(context, 0, &rgba, 2, 2, 1, 0, 0, NULL, &code));
	not_made(CL_INVALID_IMAGE_SIZE,
		 clCreateImage3D(context, 0, &rgba, 2, 2, 2, 0, 32, NULL, &code));
}

/* ---- queries ---- */

static void check_queries(const struct world *w)
{
	const cl_context context = w->setup.context;
	cl_image_format formats[4];
	cl_uint count;
	size_t size;

#define FORMATS(in, flags, type, room, list) \
	clGetSupportedImageFormats(in, flags, type, room, list, &count)
	refused(CL_INVALID_CONTEXT, FORMATS(NULL, 0, CL_MEM_OBJECT_IMAGE2D, 4, formats));
	refused(CL_INVALID_VALUE,
		FORMATS(context, (cl_mem_flags)1 << 40, CL_MEM_OBJECT_IMAGE2D, 4, formats));
	refused(CL_INVALID_VALUE, FORMATS(context, 0, CL_MEM_OBJECT_BUFFER, 4, formats));
	refused(CL_INVALID_VALUE, FORMATS(context, 0, CL_MEM_OBJECT_PIPE, 4, formats));
	refused(CL_INVALID_VALUE, FORMATS(context, 0, CL_MEM_OBJECT_IMAGE2D, 0, formats));
#undef FORMATS
	refused(CL_INVALID_MEM_OBJECT,
		clGetImageInfo(w->buffer, CL_IMAGE_WIDTH, sizeof(size), &size, NULL));
	refused(CL_INVALID_MEM_OBJECT,
		clGetImageInfo(NULL, CL_IMAGE_WIDTH, sizeof(size), &size, NULL));
	refused(CL_INVALID_VALUE, clGetImageInfo(w->image, CL_MEM_SIZE, sizeof(size), &size, NULL));
	refused(CL_INVALID_VALUE, clGetImageInfo(w->image, CL_IMAGE_WIDTH, 4, &size, NULL));
}

/* ---- commands ---- */

struct call {
	cl_command_queue queue;
	cl_mem image, other; /* of copies: the other image, or the buffer */
	const size_t *origin, *region;
	cl_uint count;
	const cl_event *events;
};

typedef cl_int (*command_call)(const struct call *call);

static cl_int do_read(const struct call *c)
{
	return clEnqueueReadImage(c->queue, c->image, CL_TRUE, c->origin, c->region, 0, 0, bytes,
				  c->count, c->events, NULL);
}

static cl_int do_write(const struct call *c)
{
	return clEnqueueWriteImage(c->queue, c->image, CL_TRUE, c->origin, c->region, 0, 0, bytes,
				   c->count, c->events, NULL);
}

static cl_int do_fill(const struct call *c)
{
	return clEnqueueFillImage(c->queue, c->image, colour, c->origin, c->region, c->count,
				  c->events, NULL);
}

static cl_int do_map(const struct call *c)
{
	size_t row, slice;
	cl_int code = CL_SUCCESS;

	clEnqueueMapImage(c->queue, c->image, CL_TRUE, CL_MAP_READ, c->origin, c->region, &row,
			  &slice, c->count, c->events, NULL, &code);
	return code;
}

static cl_int do_copy_from(const struct call *c)
{
	return clEnqueueCopyImage(c->queue, c->image, c->other, c->origin, zero, c->region,
				  c->count, c->events, NULL);
}

static cl_int do_copy_to(const struct call *c)
{
	return clEnqueueCopyImage(c->queue, c->other, c->image, zero, c->origin, c->region,
				  c->count, c->events, NULL);
}

static cl_int do_copy_to_buffer(const struct call *c)
{
	return clEnqueueCopyImageToBuffer(c->queue, c->image, c->other, c->origin, c->region, 0,
					  c->count, c->events, NULL);
}

static cl_int do_copy_from_buffer(const struct call *c)
{
	return clEnqueueCopyBufferToImage(c->queue, c->other, c->image, 0, c->origin, c->region,
					  c->count, c->events, NULL);
}

/* What all commands have in common. @other: what the command takes besides an image. */
static void check_command(const struct world *w, command_call command, cl_mem other)
{
	static const size_t outside[][2][3] = {
		{ { 8, 0, 0 }, { 1, 1, 1 } }, { { 0, 0, 0 }, { 9, 1, 1 } },
		{ { 0, 7, 0 }, { 1, 2, 1 } }, { { 0, 0, 1 }, { 1, 1, 1 } },
		{ { 0, 0, 0 }, { 1, 1, 2 } }, { { SIZE_MAX, 0, 0 }, { 2, 1, 1 } },
		{ { 0, 0, 0 }, { 0, 1, 1 } }, { { 0, 0, 0 }, { 1, 1, 0 } },
	};
	const struct call right = { w->setup.queue, w->image, other, zero, one, 0, NULL };
	struct call call = right;

	refused(CL_SUCCESS, command(&call));
	call.queue = NULL;
	refused(CL_INVALID_COMMAND_QUEUE, command(&call));
	call.queue = (cl_command_queue)w->image;
	refused(CL_INVALID_COMMAND_QUEUE, command(&call));
	call.queue = w->foreign_queue;
	refused(CL_INVALID_CONTEXT, command(&call));
	call = right;
	call.image = w->foreign_image;
	refused(CL_INVALID_CONTEXT, command(&call));
	call.image = w->buffer;
	refused(CL_INVALID_MEM_OBJECT, command(&call));
	call.image = NULL;
	refused(CL_INVALID_MEM_OBJECT, command(&call));
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		call = right;
		call.origin = outside[i][0];
		call.region = outside[i][1];
		refused(CL_INVALID_VALUE, command(&call));
	}
	call = right;
	call.origin = NULL;
	refused(CL_INVALID_VALUE, command(&call));
	call = right;
	call.region = NULL;
	refused(CL_INVALID_VALUE, command(&call));
	call = right;
	call.count = 1;
	refused(CL_INVALID_EVENT_WAIT_LIST, command(&call));
	call.events = &w->foreign_event;
	refused(CL_INVALID_CONTEXT, command(&call));
	call.count = 0;
	refused(CL_INVALID_EVENT_WAIT_LIST, command(&call));
}

/* The second dimension of a 1D array has its layers, and it has no third. */
static void check_types(const struct world *w)
{
	static const size_t layer[3] = { 0, 4, 0 }, third[3] = { 0, 0, 1 };
	struct call call = { w->setup.queue, w->array, NULL, layer, one, 0, NULL };

	refused(CL_INVALID_VALUE, do_read(&call));
	call.origin = third;
	refused(CL_INVALID_VALUE, do_read(&call));
	call.image = w->line;
	refused(CL_INVALID_VALUE, do_read(&call));
	call.image = w->volume;
	refused(CL_SUCCESS, do_read(&call));
}

#define read(image, row, slice, pointer)                                                         \
	clEnqueueReadImage(w->setup.queue, image, CL_TRUE, zero, region, row, slice, pointer, 0, \
			   NULL, NULL)
#define write(image, row, slice, pointer)                                                         \
	clEnqueueWriteImage(w->setup.queue, image, CL_TRUE, zero, region, row, slice, pointer, 0, \
			    NULL, NULL)

static void check_transfers(const struct world *w)
{
	static const size_t region[3] = { 2, 2, 1 };

	refused(CL_INVALID_VALUE, read(w->image, 0, 0, NULL));
	refused(CL_INVALID_VALUE, write(w->image, 0, 0, NULL));
	refused(CL_INVALID_VALUE, read(w->image, 7, 0, bytes));
	refused(CL_INVALID_VALUE, write(w->image, 7, 0, bytes));
	refused(CL_INVALID_VALUE, read(w->image, 0, 16, bytes));
	refused(CL_INVALID_VALUE, read(w->volume, 0, 15, bytes));
	refused(CL_INVALID_VALUE, read(w->volume, 12, 16, bytes));
	refused(CL_INVALID_VALUE, read(w->array, 12, 8, bytes));
	refused(CL_INVALID_VALUE, read(w->volume, SIZE_MAX, 0, bytes));
	refused(CL_INVALID_OPERATION, read(w->unreadable, 0, 0, bytes));
	refused(CL_INVALID_OPERATION, write(w->unwritable, 0, 0, bytes));
	refused(CL_INVALID_VALUE,
		clEnqueueFillImage(w->setup.queue, w->image, NULL, zero, region, 0, NULL, NULL));
}

/* A blocking command says that what it has waited for has failed. */
static void check_failed_wait(const struct world *w)
{
	cl_int code;
	cl_event failed = clCreateUserEvent(w->setup.context, &code);
	struct call call = { w->setup.queue, w->image, NULL, zero, one, 1, &failed };

	check_success(clSetUserEventStatus(failed, -1));
	refused(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, do_read(&call));
	refused(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, do_write(&call));
	refused(CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST, do_map(&call));
	check_success(clReleaseEvent(failed));
}

/* Images over parts of a buffer, which are views of the same memory. */
static void check_views(const struct world *w)
{
	static const size_t region[3] = { 16, 2, 1 }, second[3] = { 0, 2, 0 };
	const cl_buffer_region part = { 256, 512 };
	cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
			       .image_width = 16,
			       .image_height = 4 };
	cl_mem buffer = test_buffer(w->setup.context, 1024, NULL), sub, whole, other, line;
	cl_command_queue queue = w->setup.queue;
	cl_int code;

	sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &part, &code);
	check_success_fatal(code);
	desc.mem_object = sub;
	whole = make(w->setup.context, 0, &rgba, &desc);
	desc.image_row_pitch = 128;
	other = make(w->setup.context, 0, &rgba, &desc);
	desc = (cl_image_desc){ .image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER,
				.image_width = 64,
				.mem_object = sub };
	line = make(w->setup.context, 0, &rgba, &desc);
#define COPY(from, to, source, target) \
	clEnqueueCopyImage(queue, from, to, source, target, region, 0, NULL, NULL)
	/* Rows 64 and 128 bytes apart, from the same place on. */
	refused(CL_MEM_COPY_OVERLAP, COPY(whole, other, zero, zero));
	refused(CL_SUCCESS, COPY(whole, other, zero, second));
#undef COPY
	refused(CL_MEM_COPY_OVERLAP,
		clEnqueueCopyImageToBuffer(queue, whole, buffer, zero, region, 300, 0, NULL, NULL));
	refused(CL_MEM_COPY_OVERLAP,
		clEnqueueCopyBufferToImage(queue, buffer, line, 256, zero, one, 0, NULL, NULL));
	refused(CL_SUCCESS,
		clEnqueueCopyImageToBuffer(queue, whole, buffer, zero, region, 128, 0, NULL, NULL));
	check_success(clReleaseMemObject(line));
	check_success(clReleaseMemObject(other));
	check_success(clReleaseMemObject(whole));
	check_success(clReleaseMemObject(sub));
	check_success(clReleaseMemObject(buffer));
}

static void check_copies(const struct world *w)
{
	static const size_t near[3] = { 1, 1, 0 }, far[3] = { 4, 0, 0 }, region[3] = { 4, 4, 1 };
	const cl_command_queue queue = w->setup.queue;

#define COPY(from, to, source, target) \
	clEnqueueCopyImage(queue, from, to, source, target, region, 0, NULL, NULL)
	refused(CL_IMAGE_FORMAT_MISMATCH, COPY(w->image, w->flat, zero, zero));
	refused(CL_INVALID_MEM_OBJECT, COPY(w->buffer, w->image, zero, zero));
	refused(CL_INVALID_CONTEXT, COPY(w->foreign_image, w->image, zero, zero));
	refused(CL_MEM_COPY_OVERLAP, COPY(w->image, w->image, zero, near));
	refused(CL_SUCCESS, COPY(w->image, w->image, zero, far));
#undef COPY
	refused(CL_INVALID_VALUE, clEnqueueCopyImageToBuffer(queue, w->image, w->buffer, zero,
							     region, 193, 0, NULL, NULL));
	refused(CL_INVALID_VALUE, clEnqueueCopyBufferToImage(queue, w->buffer, w->image, SIZE_MAX,
							     zero, region, 0, NULL, NULL));
	refused(CL_INVALID_MEM_OBJECT, clEnqueueCopyImageToBuffer(queue, w->image, w->same, zero,
								  region, 0, 0, NULL, NULL));
	refused(CL_INVALID_MEM_OBJECT, clEnqueueCopyImageToBuffer(queue, w->line, w->buffer, zero,
								  one, 64, 0, NULL, NULL));
	refused(CL_INVALID_MEM_OBJECT, clEnqueueCopyBufferToImage(queue, w->buffer, w->line, 64,
								  zero, one, 0, NULL, NULL));
}

#define map(image, flags, row, slice)                                                            \
	clEnqueueMapImage(w->setup.queue, image, CL_TRUE, flags, zero, one, row, slice, 0, NULL, \
			  NULL, &code)

static void check_maps(const struct world *w)
{
	size_t row, slice;

	not_made(CL_INVALID_VALUE, map(w->image, 1 << 20, &row, &slice));
	not_made(CL_INVALID_VALUE,
		 map(w->image, CL_MAP_READ | CL_MAP_WRITE_INVALIDATE_REGION, &row, &slice));
	not_made(CL_INVALID_VALUE, map(w->image, CL_MAP_READ, NULL, &slice));
	not_made(CL_INVALID_VALUE, map(w->volume, CL_MAP_READ, &row, NULL));
	not_made(CL_INVALID_VALUE, map(w->array, CL_MAP_READ, &row, NULL));
	not_made(CL_INVALID_OPERATION, map(w->unreadable, CL_MAP_READ, &row, NULL));
	not_made(CL_INVALID_OPERATION, map(w->unwritable, CL_MAP_WRITE, &row, NULL));
}

int main(void)
{
	struct world w;

	world_init(&w);
	test_step("errors of creating images");
	check_flags(&w);
	check_formats(&w);
	check_extents(&w);
	check_pitches(&w);
	check_parents(&w);
	check_calls(&w);
	check_queries(&w);
	test_step("errors of commands on images");
	check_command(&w, do_read, NULL);
	check_command(&w, do_write, NULL);
	check_command(&w, do_fill, NULL);
	check_command(&w, do_map, NULL);
	check_command(&w, do_copy_from, w.same);
	check_command(&w, do_copy_to, w.same);
	check_command(&w, do_copy_to_buffer, w.buffer);
	check_command(&w, do_copy_from_buffer, w.buffer);
	check_types(&w);
	check_transfers(&w);
	check_failed_wait(&w);
	check_copies(&w);
	check_views(&w);
	check_maps(&w);
	world_finish(&w);
	return check_result();
}
