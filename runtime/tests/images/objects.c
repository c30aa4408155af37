// SPDX-License-Identifier: MIT
/*
 * Image objects: what queries tell of images of all types and origins, how long they and what
 * they are made of live, and what may be mapped at once.
 */
#include <stdint.h>
#include <string.h>

#include "shapes.h"

static const cl_image_format rgba = { CL_RGBA, CL_UNSIGNED_INT8 };

#define PIXEL 4

static size_t image_size(cl_mem image, cl_image_info name)
{
	size_t value = SIZE_MAX, bytes = 0;

	check_success(clGetImageInfo(image, name, sizeof(value), &value, &bytes));
	check_equal(sizeof(value), bytes);
	return value;
}

#define check_memory_info(memory, name, type, expected)                                       \
	do {                                                                                  \
		type seen_;                                                                   \
                                                                                              \
		memset(&seen_, 0x55, sizeof(seen_));                                          \
		check_success(clGetMemObjectInfo(memory, name, sizeof(seen_), &seen_, NULL)); \
		check(seen_ == (type)(expected), #name);                                      \
	} while (0)

/* What is 0 for types that do not have it. */
static void check_sizes(cl_mem image, const struct shape *shape)
{
	const cl_image_desc desc = shape_desc(shape);
	cl_uint count = 1;
	cl_image_format format;

	check_equal(desc.image_width, image_size(image, CL_IMAGE_WIDTH));
	check_equal(desc.image_height, image_size(image, CL_IMAGE_HEIGHT));
	check_equal(desc.image_depth, image_size(image, CL_IMAGE_DEPTH));
	check_equal(desc.image_array_size, image_size(image, CL_IMAGE_ARRAY_SIZE));
	check_equal(PIXEL, image_size(image, CL_IMAGE_ELEMENT_SIZE));
	check_success(clGetImageInfo(image, CL_IMAGE_FORMAT, sizeof(format), &format, NULL));
	check(!memcmp(&format, &rgba, sizeof(format)), "another format");
	check_success(clGetImageInfo(image, CL_IMAGE_NUM_MIP_LEVELS, sizeof(count), &count, NULL));
	check_equal(0, count);
	count = 1;
	check_success(clGetImageInfo(image, CL_IMAGE_NUM_SAMPLES, sizeof(count), &count, NULL));
	check_equal(0, count);
	check_memory_info(image, CL_MEM_TYPE, cl_mem_object_type, shape->type);
}

static void check_pitches(cl_mem image, const struct shape *shape, size_t row, size_t slice)
{
	bool has_slices = shape_has_slices(shape) || shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY;

	check_equal(row, image_size(image, CL_IMAGE_ROW_PITCH));
	check_equal(has_slices ? slice : 0, image_size(image, CL_IMAGE_SLICE_PITCH));
}

/* With and without the application's memory, and with pitches of that. */
static void check_shape(const struct test_setup *setup, const struct shape *shape)
{
	const size_t row = shape->extent[0] * PIXEL;
	const size_t slice = shape_has_slices(shape) ? row * shape->extent[1] : row;
	const size_t far_row = row + 2 * PIXEL;
	const size_t far_slice = far_row * (shape_has_slices(shape) ? shape->extent[1] + 1 : 3);
	static unsigned char bytes[1 << 14];
	cl_image_desc desc = shape_desc(shape);
	cl_mem parent = (cl_mem)1;
	cl_int code;
	cl_mem image = clCreateImage(setup->context, 0, &rgba, &desc, NULL, &code);

	check_success_fatal(code);
	check_sizes(image, shape);
	check_pitches(image, shape, row, slice);
	check_memory_info(image, CL_MEM_SIZE, size_t, shape_pixels(shape) * PIXEL);
	check_memory_info(image, CL_MEM_FLAGS, cl_mem_flags, CL_MEM_READ_WRITE);
	check_memory_info(image, CL_MEM_HOST_PTR, void *, NULL);
	check_memory_info(image, CL_MEM_CONTEXT, cl_context, setup->context);
	check_memory_info(image, CL_MEM_ASSOCIATED_MEMOBJECT, cl_mem, NULL);
	check_memory_info(image, CL_MEM_OFFSET, size_t, 0);
	check_success(clGetImageInfo(image, CL_IMAGE_BUFFER, sizeof(parent), &parent, NULL));
	check(!parent, "a buffer");
	check_success(clReleaseMemObject(image));
	desc.image_row_pitch = far_row;
	if (shape_has_slices(shape) || shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY)
		desc.image_slice_pitch = far_slice;
	image = clCreateImage(setup->context, CL_MEM_USE_HOST_PTR, &rgba, &desc, bytes, &code);
	check_success_fatal(code);
	check_sizes(image, shape);
	check_pitches(image, shape, far_row, far_slice);
	check_memory_info(image, CL_MEM_HOST_PTR, void *, bytes);
	check_success(clReleaseMemObject(image));
}

/* A 2D image over a buffer, an image that is another view of it, and who lives how long. */
static void check_views(const struct test_setup *setup)
{
	const cl_image_format norm = { CL_RGBA, CL_UNORM_INT8 }, srgb = { CL_sRGBA, CL_UNORM_INT8 };
	const size_t origin[3] = { 1, 1, 0 }, region[3] = { 1, 1, 1 };
	const float white[4] = { 1, 1, 1, 1 };
	cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
			       .image_width = 3,
			       .image_height = 4,
			       .image_row_pitch = 16 };
	cl_mem buffer = test_buffer(setup->context, 64, NULL), image, view, below = NULL;
	unsigned char bytes[64] = { 0 };
	cl_int code;

	check_success(
		clEnqueueWriteBuffer(setup->queue, buffer, CL_TRUE, 0, 64, bytes, 0, NULL, NULL));
	desc.mem_object = buffer;
	image = clCreateImage(setup->context, CL_MEM_READ_ONLY, &norm, &desc, NULL, &code);
	check_success_fatal(code);
	check_equal(16, image_size(image, CL_IMAGE_ROW_PITCH));
	check_memory_info(image, CL_MEM_ASSOCIATED_MEMOBJECT, cl_mem, buffer);
	check_memory_info(image, CL_MEM_FLAGS, cl_mem_flags, CL_MEM_READ_ONLY);
	check_success(clGetImageInfo(image, CL_IMAGE_BUFFER, sizeof(below), &below, NULL));
	check(below == buffer, "another buffer");
	desc.mem_object = image;
	desc.image_row_pitch = 0;
	view = clCreateImage(setup->context, 0, &srgb, &desc, NULL, &code);
	check_success_fatal(code);
	check_equal(16, image_size(view, CL_IMAGE_ROW_PITCH));
	check_memory_info(view, CL_MEM_ASSOCIATED_MEMOBJECT, cl_mem, image);
	check_memory_info(view, CL_MEM_FLAGS, cl_mem_flags, CL_MEM_READ_ONLY);
	check_success(clReleaseMemObject(image));
	check_success(clEnqueueFillImage(setup->queue, view, white, origin, region, 0, NULL, NULL));
	check_success(
		clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 0, 64, bytes, 0, NULL, NULL));
	for (int i = 0; i < 64; i++)
		check_equal(i >= 20 && i < 24 ? 255 : 0, bytes[i]);
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseMemObject(view));
}

static void check_svm(const struct test_setup *setup)
{
	const size_t origin[3] = { 0, 0, 0 }, region[3] = { 2, 2, 1 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 2,
				     .image_height = 2 };
	const cl_uint colour[4] = { 1, 2, 3, 4 };
	cl_image_desc tall = desc;
	size_t pitch = 0;
	cl_int code;
	unsigned char *svm = clSVMAlloc(setup->context, CL_MEM_READ_WRITE, 16, 0);
	cl_mem image = clCreateImage(setup->context, CL_MEM_USE_HOST_PTR, &rgba, &desc, svm, &code);

	check_success_fatal(code);
	check_memory_info(image, CL_MEM_USES_SVM_POINTER, cl_bool, CL_TRUE);
	check_success(
		clEnqueueFillImage(setup->queue, image, colour, origin, region, 0, NULL, NULL));
	check(clEnqueueMapImage(setup->queue, image, CL_TRUE, CL_MAP_READ, origin, region, &pitch,
				NULL, 0, NULL, NULL, &code) == svm,
	      "mapped elsewhere");
	check_success(code);
	for (int i = 0; i < 16; i++)
		check_equal(i % 4 + 1, svm[i]);
	check_success(clEnqueueUnmapMemObject(setup->queue, image, svm, 0, NULL, NULL));
	check_success(clFinish(setup->queue));
	check_success(clReleaseMemObject(image));
	tall.image_height = 3;
	check(!clCreateImage(setup->context, CL_MEM_USE_HOST_PTR, &rgba, &tall, svm, &code),
	      "larger than the allocation");
	check_equal(CL_INVALID_IMAGE_SIZE, code);
	clSVMFree(setup->context, svm);
}

/* ---- mappings ---- */

struct mapped {
	cl_mem image;
	void *pointer;
	cl_int code;
};

static struct mapped map(const struct test_setup *setup, cl_mem image, cl_map_flags flags, size_t x,
			 size_t y, size_t width, size_t height)
{
	const size_t origin[3] = { x, y, 0 }, region[3] = { width, height, 1 };
	struct mapped mapped = { image, NULL, 1 };
	size_t pitch;

	mapped.pointer = clEnqueueMapImage(setup->queue, image, CL_TRUE, flags, origin, region,
					   &pitch, NULL, 0, NULL, NULL, &mapped.code);
	return mapped;
}

static void unmap(const struct test_setup *setup, const struct mapped *mapped)
{
	check_success(clEnqueueUnmapMemObject(setup->queue, mapped->image, mapped->pointer, 0, NULL,
					      NULL));
}

/* Only pixels in common are a conflict, and only where both are to be written. */
static void check_mappings(const struct test_setup *setup)
{
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 8,
				     .image_height = 8 };
	cl_int code;
	cl_mem image = clCreateImage(setup->context, 0, &rgba, &desc, NULL, &code);
	struct mapped left, right, below, reading, again;

	check_success_fatal(code);
	left = map(setup, image, CL_MAP_WRITE, 0, 0, 4, 5);
	check_success(left.code);
	right = map(setup, image, CL_MAP_WRITE_INVALIDATE_REGION, 4, 1, 4, 5);
	check_success(right.code);
	below = map(setup, image, CL_MAP_WRITE, 0, 5, 4, 3);
	check_success(below.code);
	reading = map(setup, image, CL_MAP_READ, 1, 1, 6, 6);
	check_success(reading.code);
	again = map(setup, image, CL_MAP_WRITE, 3, 4, 1, 1);
	check_equal(CL_INVALID_OPERATION, again.code);
	again = map(setup, image, CL_MAP_WRITE, 7, 5, 1, 3);
	check_equal(CL_INVALID_OPERATION, again.code);
	check_memory_info(image, CL_MEM_MAP_COUNT, cl_uint, 4);
	unmap(setup, &left);
	again = map(setup, image, CL_MAP_WRITE, 3, 4, 1, 1);
	check_success(again.code);
	unmap(setup, &again);
	unmap(setup, &right);
	unmap(setup, &below);
	unmap(setup, &reading);
	check_equal(CL_INVALID_VALUE,
		    clEnqueueUnmapMemObject(setup->queue, image, reading.pointer, 0, NULL, NULL));
	check_memory_info(image, CL_MEM_MAP_COUNT, cl_uint, 0);
	check_success(clReleaseMemObject(image));
}

/* ---- the end ---- */

static int destroyed[2], destroyed_count;

static void CL_CALLBACK note_end(cl_mem memory, void *user_data)
{
	destroyed[destroyed_count++] = *(int *)user_data;
}

static void check_callbacks(const struct test_setup *setup)
{
	static int one = 1, two = 2;
	const cl_mem_properties none[] = { 0 };
	const cl_image_desc desc = shape_desc(&shapes[4]);
	cl_mem_properties seen[2];
	size_t bytes = 0;
	cl_int code;
	cl_mem image =
		clCreateImageWithProperties(setup->context, none, 0, &rgba, &desc, NULL, &code);

	check_success_fatal(code);
	check_success(clGetMemObjectInfo(image, CL_MEM_PROPERTIES, sizeof(seen), seen, &bytes));
	check_equal(sizeof(seen[0]), bytes);
	check_success(clSetMemObjectDestructorCallback(image, note_end, &one));
	check_success(clSetMemObjectDestructorCallback(image, note_end, &two));
	check_success(clEnqueueMigrateMemObjects(setup->queue, 1, &image, 0, 0, NULL, NULL));
	check_success(clFinish(setup->queue));
	check_success(clRetainMemObject(image));
	check_success(clReleaseMemObject(image));
	check_equal(0, destroyed_count);
	check_success(clReleaseMemObject(image));
	check_equal(2, destroyed_count);
	check(destroyed[0] == 2 && destroyed[1] == 1, "not the last one first");
}

int main(void)
{
	struct test_setup setup = open_with_images();

	test_step("images of all types");
	for (int i = 0; i < SHAPE_COUNT; i++)
		check_shape(&setup, &shapes[i]);
	check_views(&setup);
	check_svm(&setup);
	test_step("mappings of images");
	check_mappings(&setup);
	check_callbacks(&setup);
	test_close(&setup);
	return check_result();
}
