// SPDX-License-Identifier: MIT
/*
 * The commands on images of all types, at random places, with and without pitches, on images
 * of their own memory, of the application's, and over buffers and other images: what they
 * hold afterwards is what a model holds.
 */
#include <string.h>

#include "shapes.h"

#define STEPS	   60
#define MOST_BYTES (1 << 16)

static const cl_image_format formats[] = {
	{ CL_R, CL_UNSIGNED_INT8 },
	{ CL_RG, CL_UNSIGNED_INT16 },
	{ CL_RGBA, CL_UNSIGNED_INT32 },
};

static const size_t pixel_sizes[] = { 1, 4, 16 };

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

/* An image, what it should hold, and what it is made of. */
struct subject {
	const struct test_setup *setup;
	const struct shape *shape;
	cl_image_format format;
	size_t pixel_bytes;
	cl_mem image, below;
	unsigned char *model, *host;
};

/* The same bytes wherever memory is used by the test alone. */
static unsigned char scratch[MOST_BYTES], other[MOST_BYTES];

static void fill_randomly(unsigned char *bytes, size_t count, struct test_random *random)
{
	for (size_t i = 0; i < count; i++)
		bytes[i] = (unsigned char)test_random_next(random);
}

/* Pitches for an area, of which some are 0 for the application's to be chosen. */
struct pitches {
	size_t row, slice; /* as they are given */
	struct host_pixels host; /* what they mean */
};

static struct pitches choose_pitches(const struct subject *s, const struct area *area,
				     struct test_random *random, unsigned char *bytes)
{
	struct pitches pitches = { 0 };
	size_t row = area->region[0] * s->pixel_bytes, slice;

	if (test_random_below(random, 2))
		row = pitches.row = row + s->pixel_bytes * test_random_below(random, 4);
	if (s->shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY && test_random_below(random, 2))
		row = pitches.slice = row * (1 + test_random_below(random, 2));
	slice = row * area->region[1];
	if (shape_has_slices(s->shape) && test_random_below(random, 2))
		slice = pitches.slice = slice + row * test_random_below(random, 3);
	pitches.host = (struct host_pixels){ bytes, row, slice };
	return pitches;
}

/* ---- what each step does ---- */

static void write_area(struct subject *s, struct test_random *random)
{
	struct area area = shape_random_area(s->shape, random);
	struct pitches pitches = choose_pitches(s, &area, random, scratch);

	fill_randomly(scratch, sizeof(scratch), random);
	check_success(clEnqueueWriteImage(s->setup->queue, s->image, CL_TRUE, area.origin,
					  area.region, pitches.row, pitches.slice, scratch, 0, NULL,
					  NULL));
	model_put(s->shape, s->model, s->pixel_bytes, &area, &pitches.host);
}

/* What lies between the rows must be left alone. */
static void read_area(struct subject *s, struct test_random *random)
{
	struct area area = shape_random_area(s->shape, random);
	struct pitches pitches = choose_pitches(s, &area, random, scratch);

	memset(scratch, 0x5a, sizeof(scratch));
	memset(other, 0x5a, sizeof(other));
	check_success(clEnqueueReadImage(s->setup->queue, s->image, CL_TRUE, area.origin,
					 area.region, pitches.row, pitches.slice, scratch, 0, NULL,
					 NULL));
	pitches.host.bytes = other;
	model_get(s->shape, s->model, s->pixel_bytes, &area, &pitches.host);
	check(!memcmp(scratch, other, sizeof(scratch)), "type 0x%x: other pixels were read",
	      s->shape->type);
}

static void fill_area(struct subject *s, struct test_random *random)
{
	struct area area = shape_random_area(s->shape, random);
	const cl_uint colour[4] = { 17, (cl_uint)test_random_next(random), 3000000000u, 200 };
	const size_t bytes = s->pixel_bytes * area.region[0];
	const struct host_pixels host = { scratch, bytes, bytes * area.region[1] };
	unsigned char pixel[16];
	cl_ushort halves[2];

	check_success(clEnqueueFillImage(s->setup->queue, s->image, colour, area.origin,
					 area.region, 0, NULL, NULL));
	halves[0] = 17;
	halves[1] = colour[1] > 0xffff ? 0xffff : (cl_ushort)colour[1];
	pixel[0] = 17;
	if (s->pixel_bytes == sizeof(halves))
		memcpy(pixel, halves, sizeof(halves));
	else if (s->pixel_bytes == sizeof(colour))
		memcpy(pixel, colour, sizeof(colour));
	for (size_t at = 0; at < bytes * area.region[1] * area.region[2]; at += s->pixel_bytes)
		memcpy(scratch + at, pixel, s->pixel_bytes);
	model_put(s->shape, s->model, s->pixel_bytes, &area, &host);
}

/* To another image of the shape and back, elsewhere. */
static void copy_area(struct subject *s, struct test_random *random)
{
	const cl_image_desc desc = shape_desc(s->shape);
	struct area from = shape_random_area(s->shape, random), to = from;
	const size_t row = s->pixel_bytes * from.region[0];
	const struct host_pixels host = { scratch, row, row * from.region[1] };
	cl_int code;
	cl_mem copy = clCreateImage(s->setup->context, 0, &s->format, &desc, NULL, &code);

	check_success_fatal(code);
	for (int i = 0; i < 3; i++)
		to.origin[i] = test_random_below(random, s->shape->extent[i] - to.region[i] + 1);
	check_success(clEnqueueCopyImage(s->setup->queue, s->image, copy, from.origin, from.origin,
					 from.region, 0, NULL, NULL));
	check_success(clEnqueueCopyImage(s->setup->queue, copy, s->image, from.origin, to.origin,
					 from.region, 0, NULL, NULL));
	model_get(s->shape, s->model, s->pixel_bytes, &from, &host);
	model_put(s->shape, s->model, s->pixel_bytes, &to, &host);
	check_success(clReleaseMemObject(copy));
}

static void copy_by_buffer(struct subject *s, struct test_random *random)
{
	struct area area = shape_random_area(s->shape, random);
	const size_t row = s->pixel_bytes * area.region[0];
	const size_t bytes = row * area.region[1] * area.region[2];
	const size_t offset = test_random_below(random, 50);
	const struct host_pixels host = { other, row, row * area.region[1] };
	cl_mem buffer;

	fill_randomly(scratch, offset + bytes, random);
	buffer = test_buffer(s->setup->context, offset + bytes, scratch);
	check_success(clEnqueueCopyImageToBuffer(s->setup->queue, s->image, buffer, area.origin,
						 area.region, offset, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(s->setup->queue, buffer, CL_TRUE, 0, offset + bytes,
					  other, 0, NULL, NULL));
	check(!memcmp(other, scratch, offset), "written in front of the pixels");
	memmove(other, other + offset, bytes);
	memset(scratch, 0, bytes);
	model_get(s->shape, s->model, s->pixel_bytes, &area,
		  &(struct host_pixels){ scratch, row, row * area.region[1] });
	check(!memcmp(scratch, other, bytes), "other pixels in the buffer");
	fill_randomly(other, bytes, random);
	check_success(clEnqueueWriteBuffer(s->setup->queue, buffer, CL_TRUE, offset, bytes, other,
					   0, NULL, NULL));
	check_success(clEnqueueCopyBufferToImage(s->setup->queue, buffer, s->image, offset,
						 area.origin, area.region, 0, NULL, NULL));
	model_put(s->shape, s->model, s->pixel_bytes, &area, &host);
	check_success(clReleaseMemObject(buffer));
}

static void map_area(struct subject *s, struct test_random *random)
{
	struct area area = shape_random_area(s->shape, random);
	const size_t bytes = s->pixel_bytes * area.region[0];
	size_t row_pitch = 0, slice_pitch = 0;
	struct host_pixels mapped;
	cl_int code;
	unsigned char *pointer = clEnqueueMapImage(s->setup->queue, s->image, CL_TRUE,
						   CL_MAP_READ | CL_MAP_WRITE, area.origin,
						   area.region, &row_pitch, &slice_pitch, 0, NULL,
						   NULL, &code);

	check_success_fatal(code);
	check((slice_pitch != 0) ==
		      (shape_has_slices(s->shape) || s->shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY),
	      "slice pitch %zu of type 0x%x", slice_pitch, s->shape->type);
	if (s->shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY)
		mapped = (struct host_pixels){ pointer, slice_pitch, 0 };
	else
		mapped = (struct host_pixels){ pointer, row_pitch, slice_pitch };
	for (size_t slice = 0; slice < area.region[2]; slice++) {
		for (size_t row = 0; row < area.region[1]; row++) {
			unsigned char *line =
				pointer + slice * mapped.slice_pitch + row * mapped.row_pitch;
			struct area one = { { area.origin[0], area.origin[1] + row,
					      area.origin[2] + slice },
					    { area.region[0], 1, 1 } };

			model_get(s->shape, s->model, s->pixel_bytes, &one,
				  &(struct host_pixels){ scratch, 0, 0 });
			check(!memcmp(line, scratch, bytes), "other pixels where it was mapped");
			fill_randomly(line, bytes, random);
		}
	}
	model_put(s->shape, s->model, s->pixel_bytes, &area, &mapped);
	check_success(clEnqueueUnmapMemObject(s->setup->queue, s->image, pointer, 0, NULL, NULL));
}

static void check_whole(struct subject *s)
{
	const struct area whole = shape_whole(s->shape);

	check_success(clEnqueueReadImage(s->setup->queue, s->image, CL_TRUE, whole.origin,
					 whole.region, 0, 0, scratch, 0, NULL, NULL));
	check(!memcmp(scratch, s->model, shape_pixels(s->shape) * s->pixel_bytes),
	      "type 0x%x with pixels of %zu bytes is not what it should be", s->shape->type,
	      s->pixel_bytes);
}

static void run_steps(struct subject *s, struct test_random *random)
{
	static void (*const steps[])(struct subject *, struct test_random *) = {
		write_area, read_area, fill_area, copy_area, copy_by_buffer, map_area,
	};

	for (int i = 0; i < STEPS; i++)
		steps[test_random_below(random, sizeof(steps) / sizeof(steps[0]))](s, random);
	check_whole(s);
}

/* ---- the images ---- */

/* Pitches for memory of the application's, which no image would have by itself. */
static void add_pitches(const struct subject *s, cl_image_desc *desc)
{
	desc->image_row_pitch = (s->shape->extent[0] + 3) * s->pixel_bytes;
	if (s->shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY)
		desc->image_slice_pitch = 2 * desc->image_row_pitch;
	else if (shape_has_slices(s->shape))
		desc->image_slice_pitch = desc->image_row_pitch * (s->shape->extent[1] + 2);
}

static struct host_pixels host_of(const struct subject *s, const cl_image_desc *desc)
{
	if (s->shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY)
		return (struct host_pixels){ s->host, desc->image_slice_pitch, 0 };
	return (struct host_pixels){ s->host, desc->image_row_pitch, desc->image_slice_pitch };
}

static void create_alone(struct subject *s, cl_mem_flags flags)
{
	const struct area whole = shape_whole(s->shape);
	cl_image_desc desc = shape_desc(s->shape);
	struct host_pixels host;
	cl_int code;

	if (flags) {
		add_pitches(s, &desc);
		host = host_of(s, &desc);
		model_get(s->shape, s->model, s->pixel_bytes, &whole, &host);
	}
	s->image = clCreateImage(s->setup->context, flags, &s->format, &desc,
				 flags ? s->host : NULL, &code);
	check_success_fatal(code);
	if (!flags)
		check_success(clEnqueueWriteImage(s->setup->queue, s->image, CL_TRUE, whole.origin,
						  whole.region, 0, 0, s->model, 0, NULL, NULL));
}

/* A 2D image with a pitch over a buffer. */
static void create_over_buffer(struct subject *s)
{
	const struct area whole = shape_whole(s->shape);
	cl_image_desc desc = shape_desc(s->shape);
	struct host_pixels host;
	cl_int code;

	add_pitches(s, &desc);
	host = host_of(s, &desc);
	model_get(s->shape, s->model, s->pixel_bytes, &whole, &host);
	s->below =
		test_buffer(s->setup->context, desc.image_row_pitch * s->shape->extent[1], s->host);
	desc.mem_object = s->below;
	s->image = clCreateImage(s->setup->context, 0, &s->format, &desc, NULL, &code);
	check_success_fatal(code);
}

static struct subject begin(const struct test_setup *setup, const struct shape *shape, size_t which,
			    struct test_random *random)
{
	struct subject s = {
		.setup = setup,
		.shape = shape,
		.format = formats[which],
		.pixel_bytes = pixel_sizes[which],
		.model = malloc(MOST_BYTES),
		.host = malloc(MOST_BYTES),
	};

	check_fatal(s.model && s.host, "no memory");
	memset(s.host, 0, MOST_BYTES);
	fill_randomly(s.model, MOST_BYTES, random);
	return s;
}

static void finish(struct subject *s)
{
	check_success(clReleaseMemObject(s->image));
	if (s->below)
		check_success(clReleaseMemObject(s->below));
	free(s->model);
	free(s->host);
}

static void check_shapes(const struct test_setup *setup, struct test_random *random)
{
	static const cl_mem_flags kinds[] = { 0, CL_MEM_COPY_HOST_PTR, CL_MEM_USE_HOST_PTR };

	for (size_t i = 0; i < SHAPE_COUNT * FORMAT_COUNT * 3; i++) {
		struct subject s =
			begin(setup, &shapes[i / 3 / FORMAT_COUNT], i / 3 % FORMAT_COUNT, random);

		create_alone(&s, kinds[i % 3]);
		check_whole(&s);
		run_steps(&s, random);
		finish(&s);
	}
}

static void check_over_buffers(const struct test_setup *setup, struct test_random *random)
{
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		struct subject s = begin(setup, &shapes[2], i, random);

		create_over_buffer(&s);
		run_steps(&s, random);
		finish(&s);
	}
}

/* ---- what is written to the one is read from the other ---- */

static void check_line_over_buffer(const struct test_setup *setup)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const size_t origin[3] = { 2, 0, 0 }, region[3] = { 3, 1, 1 };
	unsigned char bytes[32] = { 0 }, seen[32];
	cl_buffer_region part = { 128, 32 };
	cl_mem buffer = test_buffer(setup->context, 256, NULL), sub, image;
	cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER, .image_width = 8 };
	cl_int code;

	sub = clCreateSubBuffer(buffer, 0, CL_BUFFER_CREATE_TYPE_REGION, &part, &code);
	check_success_fatal(code);
	desc.mem_object = sub;
	image = clCreateImage(setup->context, 0, &format, &desc, NULL, &code);
	check_success_fatal(code);
	check_success(clEnqueueWriteBuffer(setup->queue, sub, CL_TRUE, 0, sizeof(bytes), bytes, 0,
					   NULL, NULL));
	for (unsigned char i = 0; i < 12; i++)
		bytes[8 + i] = (unsigned char)(i + 1);
	check_success(clEnqueueWriteImage(setup->queue, image, CL_TRUE, origin, region, 0, 0,
					  bytes + 8, 0, NULL, NULL));
	/* The buffer lives as long as what is made of it. */
	check_success(clReleaseMemObject(sub));
	check_success(clEnqueueReadBuffer(setup->queue, buffer, CL_TRUE, 128, sizeof(seen), seen, 0,
					  NULL, NULL));
	check(!memcmp(bytes, seen, sizeof(seen)), "the image is not in the buffer's memory");
	check_success(clReleaseMemObject(buffer));
	check_success(clEnqueueReadImage(setup->queue, image, CL_TRUE, origin, region, 0, 0, seen,
					 0, NULL, NULL));
	check(!memcmp(bytes + 8, seen, 12), "the image has lost its pixels");
	check_success(clReleaseMemObject(image));
}

/* Events tell of the command, and a command waits for what it is told to. */
static void check_events(const struct test_setup *setup)
{
	const cl_image_format format = { CL_R, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = shape_desc(&shapes[2]);
	const struct area whole = shape_whole(&shapes[2]);
	const cl_uint colour[4] = { 7, 0, 0, 0 };
	cl_event gate, filled, read;
	cl_int code;
	cl_mem image = clCreateImage(setup->context, 0, &format, &desc, NULL, &code);

	check_success_fatal(code);
	gate = clCreateUserEvent(setup->context, &code);
	check_success_fatal(code);
	memset(scratch, 0, sizeof(scratch));
	check_success_fatal(clEnqueueFillImage(setup->queue, image, colour, whole.origin,
					       whole.region, 1, &gate, &filled));
	check_success_fatal(clEnqueueReadImage(setup->queue, image, CL_FALSE, whole.origin,
					       whole.region, 0, 0, scratch, 1, &filled, &read));
	check_success(clFlush(setup->queue));
	check_equal(CL_COMMAND_FILL_IMAGE, test_event_info(filled, CL_EVENT_COMMAND_TYPE));
	check_equal(CL_COMMAND_READ_IMAGE, test_event_info(read, CL_EVENT_COMMAND_TYPE));
	check(test_event_status(filled) > CL_COMPLETE, "filled before it may be");
	/* A command keeps its image. */
	check_success(clReleaseMemObject(image));
	check_success(clSetUserEventStatus(gate, CL_COMPLETE));
	check_success(clWaitForEvents(1, &read));
	check(scratch[0] == 7 && scratch[19 * 11 - 1] == 7 && !scratch[19 * 11], "not filled");
	check_success(clReleaseEvent(gate));
	check_success(clReleaseEvent(filled));
	check_success(clReleaseEvent(read));
}

int main(void)
{
	struct test_setup setup = open_with_images();
	struct test_random random = { test_seed(20) };

	test_step("commands on images of all types");
	check_shapes(&setup, &random);
	test_step("commands on images over buffers");
	check_over_buffers(&setup, &random);
	check_line_over_buffer(&setup);
	test_step("events");
	check_events(&setup);
	test_close(&setup);
	return check_result();
}
