// SPDX-License-Identifier: MIT
/*
 * Images and samplers as arguments of kernels: copies by kernels in every format and type,
 * nearest sampling against a model, blending, queries, and every error of setting them.
 */
#include <math.h>
#include <string.h>

#include "shapes.h"

extern const char kernels_cl[];

#define MOST_BYTES (1 << 14)

struct world {
	struct test_setup setup;
	cl_program program;
	struct test_random random;
};

static unsigned char pixels[MOST_BYTES], seen[MOST_BYTES];

static void set(cl_kernel kernel, cl_uint index, size_t bytes, const void *value)
{
	check_success(clSetKernelArg(kernel, index, bytes, value));
}

static void run(const struct world *w, cl_kernel kernel, const size_t *sizes)
{
	check_success(clEnqueueNDRangeKernel(w->setup.queue, kernel, 3, NULL, sizes, NULL, 0, NULL,
					     NULL));
	check_success(clFinish(w->setup.queue));
}

/* ---- copies ---- */

static const char *suffix_of(cl_channel_type type)
{
	if (type >= CL_SIGNED_INT8 && type <= CL_SIGNED_INT32)
		return "i";
	return type >= CL_UNSIGNED_INT8 && type <= CL_UNSIGNED_INT32 ? "ui" : "f";
}

static const char *kernel_of_type(cl_mem_object_type type)
{
	switch (type) {
	case CL_MEM_OBJECT_IMAGE1D:
		return "line";
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return "lines";
	case CL_MEM_OBJECT_IMAGE2D:
		return "flat";
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
		return "layers";
	default:
		return "box";
	}
}

/*
 * Random bits, without what has another pixel of the same colour: no numbers of formats that
 * are none, nor the least of signed normalised ones, nor bits that are not used.
 */
static void fill_pixels(struct world *w, const cl_image_format *format)
{
	for (size_t i = 0; i < sizeof(pixels); i += 4) {
		cl_uint bits = (cl_uint)test_random_next(&w->random);

		switch (format->image_channel_data_type) {
		case CL_HALF_FLOAT:
			bits &= 0xbfffbfff;
			break;
		case CL_FLOAT:
			bits &= 0xbfffffff;
			break;
		case CL_SNORM_INT8:
			bits |= 0x01010101;
			break;
		case CL_SNORM_INT16:
			bits |= 0x00010001;
			break;
		case CL_UNORM_SHORT_555:
			bits &= 0x7fff7fff;
			break;
		case CL_UNORM_INT_101010:
			bits &= 0x3fffffff;
			break;
		default:
			break;
		}
		memcpy(pixels + i, &bits, sizeof(bits));
	}
}

static void copy_image(struct world *w, const cl_image_format *format, const struct shape *shape)
{
	const struct area whole = shape_whole(shape);
	const cl_image_desc desc = shape_desc(shape);
	cl_mem from, to;
	cl_kernel kernel;
	size_t bytes = 0;
	char name[16];
	cl_int code;

	snprintf(name, sizeof(name), "%s_%s",
		 format->image_channel_order == CL_DEPTH ? "depth" : kernel_of_type(shape->type),
		 suffix_of(format->image_channel_data_type));
	kernel = test_kernel(w->program, name);
	from = clCreateImage(w->setup.context, CL_MEM_READ_ONLY, format, &desc, NULL, &code);
	check_success_fatal(code);
	to = clCreateImage(w->setup.context, CL_MEM_WRITE_ONLY, format, &desc, NULL, &code);
	check_success_fatal(code);
	fill_pixels(w, format);
	check_success(clGetImageInfo(from, CL_IMAGE_ELEMENT_SIZE, sizeof(bytes), &bytes, NULL));
	bytes *= shape_pixels(shape);
	check_success(clEnqueueWriteImage(w->setup.queue, from, CL_TRUE, whole.origin, whole.region,
					  0, 0, pixels, 0, NULL, NULL));
	set(kernel, 0, sizeof(from), &from);
	set(kernel, 1, sizeof(to), &to);
	run(w, kernel, shape->extent);
	check_success(clEnqueueReadImage(w->setup.queue, to, CL_TRUE, whole.origin, whole.region, 0,
					 0, seen, 0, NULL, NULL));
	for (size_t i = 0; i < bytes; i++) {
		if (!check(seen[i] == pixels[i],
			   "%s, order 0x%x, type 0x%x: byte %zu is %02x, was %02x", name,
			   format->image_channel_order, format->image_channel_data_type, i, seen[i],
			   pixels[i]))
			break;
	}
	check_success(clReleaseMemObject(from));
	check_success(clReleaseMemObject(to));
	check_success(clReleaseKernel(kernel));
}

static void check_copies(struct world *w)
{
	for (int i = 0; i < SHAPE_COUNT; i++) {
		cl_image_format formats[MOST_FORMATS];
		cl_uint count = some_formats(&w->setup, CL_MEM_READ_WRITE, shapes[i].type, formats);

		for (cl_uint k = 0; k < count; k++) {
			/* Layers of depths have no kernel here. */
			if (formats[k].image_channel_order != CL_DEPTH ||
			    shapes[i].type == CL_MEM_OBJECT_IMAGE2D)
				copy_image(w, &formats[k], &shapes[i]);
		}
	}
}

/* ---- samplers ---- */

#define SIDE   5
#define POINTS 64

/* A pixel's index of a coordinate, in double precision; -1 for the border. */
static int index_of(double s, bool normalised, cl_addressing_mode mode)
{
	double u = normalised ? s * SIDE : s;

	if (mode == CL_ADDRESS_REPEAT)
		return (int)floor((s - floor(s)) * SIDE) % SIDE;
	if (mode == CL_ADDRESS_MIRRORED_REPEAT) {
		u = fabs(s - 2 * rint(0.5 * s)) * SIDE;
		return u >= SIDE ? SIDE - 1 : (int)floor(u);
	}
	u = floor(u);
	if (mode == CL_ADDRESS_CLAMP && (u < 0 || u >= SIDE))
		return -1;
	return u < 0 ? 0 : u >= SIDE ? SIDE - 1 : (int)u;
}

static cl_uint expected_at(cl_float2 at, bool normalised, cl_addressing_mode mode)
{
	int x = index_of((double)at.x, normalised, mode),
	    y = index_of((double)at.y, normalised, mode);

	return x < 0 || y < 0 ? 0 : (cl_uint)(y * SIDE + x + 1);
}

struct sampling {
	cl_mem image, at, out[2];
	cl_float2 points[POINTS];
};

/* Not next to where two pixels meet, where the specification allows either. */
static float coordinate(struct test_random *random, bool normalised)
{
	float pixel = (float)test_random_below(random, 6 * SIDE) - 3 * SIDE;
	float at = pixel + 0.1f + (float)test_random_below(random, 9) / 10;

	return normalised ? at / SIDE : at;
}

static struct sampling open_sampling(struct world *w)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = SIDE,
				     .image_height = SIDE };
	const size_t origin[3] = { 0 }, region[3] = { SIDE, SIDE, 1 };
	struct sampling s;
	cl_int code;

	memset(pixels, 0, sizeof(pixels));
	for (int i = 0; i < SIDE * SIDE; i++)
		pixels[4 * i] = (unsigned char)(i + 1);
	s.image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, &code);
	check_success_fatal(code);
	check_success(clEnqueueWriteImage(w->setup.queue, s.image, CL_TRUE, origin, region, 0, 0,
					  pixels, 0, NULL, NULL));
	s.at = test_buffer(w->setup.context, sizeof(s.points), NULL);
	for (int i = 0; i < 2; i++)
		s.out[i] = test_buffer(w->setup.context, POINTS * sizeof(cl_uint4), NULL);
	return s;
}

static void close_sampling(struct sampling *s)
{
	check_success(clReleaseMemObject(s->image));
	check_success(clReleaseMemObject(s->at));
	check_success(clReleaseMemObject(s->out[0]));
	check_success(clReleaseMemObject(s->out[1]));
}

static void sample(struct world *w, struct sampling *s, bool normalised, cl_addressing_mode mode)
{
	const size_t sizes[3] = { POINTS, 1, 1 };
	cl_kernel kernel = test_kernel(w->program, "sampled");
	cl_uint4 found[POINTS], repeated[POINTS];
	cl_int code;
	cl_sampler sampler =
		clCreateSampler(w->setup.context, normalised, mode, CL_FILTER_NEAREST, &code);

	check_success_fatal(code);
	for (int i = 0; i < POINTS; i++) {
		s->points[i].x = coordinate(&w->random, normalised);
		s->points[i].y = coordinate(&w->random, normalised);
	}
	/* Of no coordinate is anything but a pixel read. */
	s->points[0].x = NAN;
	s->points[1].y = INFINITY;
	s->points[2].x = -3e38f;
	check_success(clEnqueueWriteBuffer(w->setup.queue, s->at, CL_TRUE, 0, sizeof(s->points),
					   s->points, 0, NULL, NULL));
	set(kernel, 0, sizeof(s->image), &s->image);
	set(kernel, 1, sizeof(sampler), &sampler);
	set(kernel, 2, sizeof(s->at), &s->at);
	set(kernel, 3, sizeof(s->out[0]), &s->out[0]);
	set(kernel, 4, sizeof(s->out[1]), &s->out[1]);
	run(w, kernel, sizes);
	check_success(clEnqueueReadBuffer(w->setup.queue, s->out[0], CL_TRUE, 0, sizeof(found),
					  found, 0, NULL, NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, s->out[1], CL_TRUE, 0, sizeof(repeated),
					  repeated, 0, NULL, NULL));
	for (int i = 3; i < POINTS; i++) {
		cl_float2 at = s->points[i];

		check(found[i].x == expected_at(at, normalised, mode),
		      "mode 0x%x, normalised %d: %a %a is %u", mode, normalised, (double)at.x,
		      (double)at.y, found[i].x);
		if (normalised)
			check(repeated[i].x == expected_at(at, true, CL_ADDRESS_REPEAT),
			      "a constant sampler: %a %a is %u", (double)at.x, (double)at.y,
			      repeated[i].x);
	}
	for (int i = 0; i < 3; i++)
		check(found[i].x <= SIDE * SIDE, "point %d is %u", i, found[i].x);
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseKernel(kernel));
}

static void check_samplers(struct world *w)
{
	struct sampling s = open_sampling(w);

	for (int i = 0; i < 2; i++) {
		sample(w, &s, i, CL_ADDRESS_CLAMP_TO_EDGE);
		sample(w, &s, i, CL_ADDRESS_CLAMP);
	}
	sample(w, &s, true, CL_ADDRESS_REPEAT);
	sample(w, &s, true, CL_ADDRESS_MIRRORED_REPEAT);
	close_sampling(&s);
}

/* ---- blending ---- */

/* What the pixel of an index is in one dimension, of those that clamp to the edge or repeat. */
static int wrapped(int i, cl_addressing_mode mode)
{
	if (mode == CL_ADDRESS_REPEAT)
		return (i % SIDE + SIDE) % SIDE;
	if (mode == CL_ADDRESS_MIRRORED_REPEAT) {
		i = (i % (2 * SIDE) + 2 * SIDE) % (2 * SIDE);
		return i < SIDE ? i : 2 * SIDE - 1 - i;
	}
	return i < 0 ? 0 : i >= SIDE ? SIDE - 1 : i;
}

static double pixel_value(int x, int y, cl_addressing_mode mode)
{
	if (mode == CL_ADDRESS_CLAMP && (x < 0 || y < 0 || x >= SIDE || y >= SIDE))
		return 0;
	return (wrapped(y, mode) * SIDE + wrapped(x, mode) + 1) / 255.0;
}

static double blended_at(cl_float2 at, bool normalised, cl_addressing_mode mode)
{
	double u = (double)at.x * (normalised ? SIDE : 1) - 0.5;
	double v = (double)at.y * (normalised ? SIDE : 1) - 0.5;
	int x = (int)floor(u), y = (int)floor(v);
	double a = u - x, b = v - y;

	return (1 - b) * ((1 - a) * pixel_value(x, y, mode) + a * pixel_value(x + 1, y, mode)) +
	       b * ((1 - a) * pixel_value(x, y + 1, mode) + a * pixel_value(x + 1, y + 1, mode));
}

static void blend(struct world *w, struct sampling *s, cl_mem image, bool normalised,
		  cl_addressing_mode mode)
{
	const size_t sizes[3] = { POINTS, 1, 1 };
	cl_kernel kernel = test_kernel(w->program, "blended");
	cl_float4 found[POINTS];
	cl_int code;
	cl_sampler sampler =
		clCreateSampler(w->setup.context, normalised, mode, CL_FILTER_LINEAR, &code);

	check_success_fatal(code);
	for (int i = 0; i < POINTS; i++) {
		s->points[i].x = coordinate(&w->random, normalised);
		s->points[i].y = coordinate(&w->random, normalised);
	}
	check_success(clEnqueueWriteBuffer(w->setup.queue, s->at, CL_TRUE, 0, sizeof(s->points),
					   s->points, 0, NULL, NULL));
	set(kernel, 0, sizeof(image), &image);
	set(kernel, 1, sizeof(sampler), &sampler);
	set(kernel, 2, sizeof(s->at), &s->at);
	set(kernel, 3, sizeof(s->out[0]), &s->out[0]);
	run(w, kernel, sizes);
	check_success(clEnqueueReadBuffer(w->setup.queue, s->out[0], CL_TRUE, 0, sizeof(found),
					  found, 0, NULL, NULL));
	for (int i = 0; i < POINTS; i++) {
		double expected = blended_at(s->points[i], normalised, mode);

		/* Places far away are known less exactly, and a pixel differs by little from the next. */
		check(fabs((double)found[i].x - expected) < 1e-5,
		      "mode 0x%x, normalised %d: %a %a is %g, not %g", mode, normalised,
		      (double)s->points[i].x, (double)s->points[i].y, (double)found[i].x, expected);
	}
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseKernel(kernel));
}

static void check_blending(struct world *w)
{
	const cl_image_format format = { CL_R, CL_UNORM_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = SIDE,
				     .image_height = SIDE };
	const size_t origin[3] = { 0 }, region[3] = { SIDE, SIDE, 1 };
	struct sampling s = open_sampling(w);
	cl_int code;
	cl_mem image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, &code);

	check_success_fatal(code);
	for (int i = 0; i < SIDE * SIDE; i++)
		pixels[i] = (unsigned char)(i + 1);
	check_success(clEnqueueWriteImage(w->setup.queue, image, CL_TRUE, origin, region, 0, 0,
					  pixels, 0, NULL, NULL));
	for (int i = 0; i < 2; i++) {
		blend(w, &s, image, i, CL_ADDRESS_CLAMP_TO_EDGE);
		blend(w, &s, image, i, CL_ADDRESS_CLAMP);
	}
	blend(w, &s, image, true, CL_ADDRESS_REPEAT);
	blend(w, &s, image, true, CL_ADDRESS_MIRRORED_REPEAT);
	check_success(clReleaseMemObject(image));
	close_sampling(&s);
}

/* ---- other accesses ---- */

static void check_queries(struct world *w)
{
	const cl_image_format format = { CL_BGRA, CL_UNORM_INT8 };
	const cl_image_desc box_desc = shape_desc(&shapes[4]), layers_desc = shape_desc(&shapes[3]);
	const size_t sizes[3] = { 1, 1, 1 };
	const cl_int expected[7] = { 7, 5, 8, CL_UNORM_INT8, CL_BGRA, 6, 5 };
	cl_mem box = clCreateImage(w->setup.context, 0, &format, &box_desc, NULL, NULL);
	cl_mem layers = clCreateImage(w->setup.context, 0, &format, &layers_desc, NULL, NULL);
	cl_mem answers = test_buffer(w->setup.context, sizeof(expected), NULL);
	cl_kernel kernel = test_kernel(w->program, "asked");
	cl_int found[7];

	set(kernel, 0, sizeof(box), &box);
	set(kernel, 1, sizeof(layers), &layers);
	set(kernel, 2, sizeof(answers), &answers);
	run(w, kernel, sizes);
	check_success(clEnqueueReadBuffer(w->setup.queue, answers, CL_TRUE, 0, sizeof(found), found,
					  0, NULL, NULL));
	for (int i = 0; i < 7; i++)
		check_equal(expected[i], found[i]);
	check_success(clReleaseMemObject(box));
	check_success(clReleaseMemObject(layers));
	check_success(clReleaseMemObject(answers));
	check_success(clReleaseKernel(kernel));
}

/* An image that is read and written, and one over the buffer that it was copied to. */
static void check_both_ways(struct world *w)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const struct area whole = shape_whole(&shapes[2]);
	const size_t count = shape_pixels(&shapes[2]), sizes[3] = { count, 1, 1 };
	const cl_image_desc desc = shape_desc(&shapes[2]);
	cl_mem image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, NULL);
	cl_mem buffer = test_buffer(w->setup.context, 4 * count, NULL);
	cl_mem out = test_buffer(w->setup.context, count * sizeof(cl_uint4), NULL);
	cl_image_desc line_desc = { .image_type = CL_MEM_OBJECT_IMAGE1D_BUFFER,
				    .image_width = count,
				    .mem_object = buffer };
	cl_mem line = clCreateImage(w->setup.context, 0, &format, &line_desc, NULL, NULL);
	cl_kernel in_place = test_kernel(w->program, "in_place");
	cl_kernel over_buffer = test_kernel(w->program, "over_buffer");
	cl_uint4 found[256];

	fill_pixels(w, &format);
	check_success(clEnqueueWriteImage(w->setup.queue, image, CL_TRUE, whole.origin,
					  whole.region, 0, 0, pixels, 0, NULL, NULL));
	set(in_place, 0, sizeof(image), &image);
	run(w, in_place, shapes[2].extent);
	check_success(clEnqueueCopyImageToBuffer(w->setup.queue, image, buffer, whole.origin,
						 whole.region, 0, 0, NULL, NULL));
	set(over_buffer, 0, sizeof(line), &line);
	set(over_buffer, 1, sizeof(out), &out);
	run(w, over_buffer, sizes);
	check_success(clEnqueueReadBuffer(w->setup.queue, out, CL_TRUE, 0, count * sizeof(found[0]),
					  found, 0, NULL, NULL));
	for (size_t i = 0; i < 4 * count; i++)
		check_equal(pixels[i] == 255 ? 255 : pixels[i] + 1, found[i / 4].s[i % 4]);
	check_success(clReleaseMemObject(line));
	check_success(clReleaseMemObject(image));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseMemObject(out));
	check_success(clReleaseKernel(in_place));
	check_success(clReleaseKernel(over_buffer));
}

/* A launch keeps its image, but a kernel does not take another for one that was released. */
static void check_released(struct world *w)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = shape_desc(&shapes[2]);
	cl_mem image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, NULL);
	cl_kernel kernel = test_kernel(w->program, "in_place");

	set(kernel, 0, sizeof(image), &image);
	check_success(clReleaseMemObject(image));
	image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, NULL);
	check_equal(CL_INVALID_KERNEL_ARGS,
		    clEnqueueNDRangeKernel(w->setup.queue, kernel, 3, NULL, shapes[2].extent, NULL,
					   0, NULL, NULL));
	set(kernel, 0, sizeof(image), &image);
	check_success(clEnqueueNDRangeKernel(w->setup.queue, kernel, 3, NULL, shapes[2].extent,
					     NULL, 0, NULL, NULL));
	check_success(clReleaseMemObject(image));
	check_success(clFinish(w->setup.queue));
	check_success(clReleaseKernel(kernel));
}

/* ---- errors ---- */

/* An image may be good for what one kernel does with it, and not for another. */
static void check_uses(struct world *w)
{
	const cl_image_format format = { CL_sRGBA, CL_UNORM_INT8 };
	const cl_image_desc desc = shape_desc(&shapes[2]);
	cl_int code;
	cl_mem image = clCreateImage(w->setup.context, 0, &format, &desc, NULL, &code);
	cl_kernel both = test_kernel(w->program, "in_place");
	cl_kernel copy = test_kernel(w->program, "flat_f");

	check_success_fatal(code);
	set(both, 0, sizeof(image), &image);
	check_equal(CL_IMAGE_FORMAT_NOT_SUPPORTED,
		    clEnqueueNDRangeKernel(w->setup.queue, both, 3, NULL, shapes[2].extent, NULL, 0,
					   NULL, NULL));
	set(copy, 0, sizeof(image), &image);
	set(copy, 1, sizeof(image), &image);
	run(w, copy, shapes[2].extent);
	check_success(clReleaseMemObject(image));
	check_success(clReleaseKernel(both));
	check_success(clReleaseKernel(copy));
}

/* An image, a buffer and a sampler of another context. */
static void check_foreign(struct world *w, cl_kernel copy, cl_kernel sampled)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc desc = shape_desc(&shapes[2]);
	cl_context other = clCreateContext(NULL, 1, &w->setup.device, NULL, NULL, NULL);
	cl_mem image = clCreateImage(other, 0, &format, &desc, NULL, NULL);
	cl_mem buffer = test_buffer(other, 64, NULL);
	cl_sampler sampler =
		clCreateSampler(other, CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST, NULL);

	check_equal(CL_INVALID_CONTEXT, clSetKernelArg(copy, 0, sizeof(image), &image));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(copy, 0, sizeof(buffer), &buffer));
	check_equal(CL_INVALID_CONTEXT, clSetKernelArg(sampled, 1, sizeof(sampler), &sampler));
	check_equal(CL_INVALID_CONTEXT, clSetKernelArg(sampled, 2, sizeof(buffer), &buffer));
	check_success(clReleaseSampler(sampler));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseMemObject(image));
	check_success(clReleaseContext(other));
}

static void check_arguments(struct world *w)
{
	const cl_image_format format = { CL_RGBA, CL_UNSIGNED_INT8 };
	const cl_image_desc flat_desc = shape_desc(&shapes[2]), box_desc = shape_desc(&shapes[4]);
	cl_context context = w->setup.context;
	cl_mem flat = clCreateImage(context, 0, &format, &flat_desc, NULL, NULL);
	cl_mem box = clCreateImage(context, 0, &format, &box_desc, NULL, NULL);
	cl_mem written = clCreateImage(context, CL_MEM_WRITE_ONLY, &format, &flat_desc, NULL, NULL);
	cl_mem read = clCreateImage(context, CL_MEM_READ_ONLY, &format, &flat_desc, NULL, NULL);
	cl_mem buffer = test_buffer(context, 64, NULL), none = NULL;
	cl_kernel copy = test_kernel(w->program, "flat_ui"),
		  sampled = test_kernel(w->program, "sampled");
	const size_t sizes[3] = { 1, 1, 1 };

	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(copy, 0, 4, &flat));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(copy, 0, sizeof(flat), NULL));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(copy, 0, sizeof(none), &none));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(copy, 0, sizeof(buffer), &buffer));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(copy, 0, sizeof(box), &box));
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(copy, 0, sizeof(written), &written));
	check_equal(CL_INVALID_ARG_VALUE, clSetKernelArg(copy, 1, sizeof(read), &read));
	check_equal(CL_INVALID_ARG_SIZE, clSetKernelArg(sampled, 1, 4, &flat));
	check_equal(CL_INVALID_SAMPLER, clSetKernelArg(sampled, 1, sizeof(flat), NULL));
	check_equal(CL_INVALID_SAMPLER, clSetKernelArg(sampled, 1, sizeof(none), &none));
	check_equal(CL_INVALID_SAMPLER, clSetKernelArg(sampled, 1, sizeof(flat), &flat));
	check_equal(CL_INVALID_MEM_OBJECT, clSetKernelArg(sampled, 2, sizeof(flat), &flat));
	check_equal(CL_INVALID_KERNEL_ARGS, clEnqueueNDRangeKernel(w->setup.queue, copy, 3, NULL,
								   sizes, NULL, 0, NULL, NULL));
	check_foreign(w, copy, sampled);
	check_success(clReleaseMemObject(flat));
	check_success(clReleaseMemObject(box));
	check_success(clReleaseMemObject(written));
	check_success(clReleaseMemObject(read));
	check_success(clReleaseMemObject(buffer));
	check_success(clReleaseKernel(copy));
	check_success(clReleaseKernel(sampled));
}

#define check_info(kernel, index, query, type, expected)                                        \
	do {                                                                                    \
		type info_ = 0;                                                                 \
                                                                                                \
		check_success(                                                                  \
			clGetKernelArgInfo(kernel, index, query, sizeof(info_), &info_, NULL)); \
		check_equal(expected, info_);                                                   \
	} while (0)

static void check_information(struct world *w)
{
	cl_kernel kernel = test_kernel(w->program, "sampled"),
		  copy = test_kernel(w->program, "box_i");
	cl_kernel both = test_kernel(w->program, "in_place");
	char type[32] = "";

	check_info(kernel, 0, CL_KERNEL_ARG_ACCESS_QUALIFIER, cl_kernel_arg_access_qualifier,
		   CL_KERNEL_ARG_ACCESS_READ_ONLY);
	check_info(kernel, 0, CL_KERNEL_ARG_ADDRESS_QUALIFIER, cl_kernel_arg_address_qualifier,
		   CL_KERNEL_ARG_ADDRESS_GLOBAL);
	check_info(kernel, 1, CL_KERNEL_ARG_ACCESS_QUALIFIER, cl_kernel_arg_access_qualifier,
		   CL_KERNEL_ARG_ACCESS_NONE);
	check_info(kernel, 1, CL_KERNEL_ARG_ADDRESS_QUALIFIER, cl_kernel_arg_address_qualifier,
		   CL_KERNEL_ARG_ADDRESS_PRIVATE);
	check_info(copy, 1, CL_KERNEL_ARG_ACCESS_QUALIFIER, cl_kernel_arg_access_qualifier,
		   CL_KERNEL_ARG_ACCESS_WRITE_ONLY);
	check_info(both, 0, CL_KERNEL_ARG_ACCESS_QUALIFIER, cl_kernel_arg_access_qualifier,
		   CL_KERNEL_ARG_ACCESS_READ_WRITE);
	check_success(
		clGetKernelArgInfo(copy, 0, CL_KERNEL_ARG_TYPE_NAME, sizeof(type), type, NULL));
	check(!strcmp(type, "image3d_t"), "type '%s'", type);
	check_success(
		clGetKernelArgInfo(kernel, 1, CL_KERNEL_ARG_TYPE_NAME, sizeof(type), type, NULL));
	check(!strcmp(type, "sampler_t"), "type '%s'", type);
	check_success(clReleaseKernel(kernel));
	check_success(clReleaseKernel(copy));
	check_success(clReleaseKernel(both));
}

int main(void)
{
	struct world w = { .setup = open_with_images(), .random = { test_seed(22) } };

	test_step("building");
	w.program = test_build(w.setup.context, kernels_cl, "-cl-std=CL3.0 -cl-kernel-arg-info");
	test_step("information on arguments, and their errors");
	check_information(&w);
	check_arguments(&w);
	check_uses(&w);
	test_step("sampling");
	check_samplers(&w);
	check_blending(&w);
	test_step("other accesses");
	check_queries(&w);
	check_both_ways(&w);
	check_released(&w);
	test_step("copies of all formats and types");
	check_copies(&w);
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
