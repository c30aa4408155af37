// SPDX-License-Identifier: MIT
/*
 * What samplers read of images, in every format that has real colours, of every type and by
 * every sampler, against section 8 of the specification in double precision: between pixels,
 * exactly where two meet, at the seams of repetition, far away, and where there is no place.
 */
#include <math.h>
#include <string.h>

#include "colours.h"
#include "shapes.h"

extern const char sampling_cl[];

#define POINTS	    64
#define MOST_PIXELS 64
#define SPECIAL	    8 /* of the points */

struct world {
	struct test_setup setup;
	cl_program program;
	struct test_random random;
	cl_mem at, out;
};

struct texture {
	const struct shape *shape;
	cl_image_format format;
	cl_mem image;
	double colours[MOST_PIXELS][4], border[4];
	double least, most; /* of all of these */
};

/* What a sampler is made of. */
struct mode {
	cl_bool normalised;
	cl_addressing_mode addressing;
	cl_filter_mode filter;
};

static const struct shape textures[] = {
	/* In the first ones of each type the places of pixels are exact, at the seams too. */
	{ CL_MEM_OBJECT_IMAGE1D, { 8, 1, 1 } },	      { CL_MEM_OBJECT_IMAGE1D, { 5, 1, 1 } },
	{ CL_MEM_OBJECT_IMAGE1D_ARRAY, { 4, 3, 1 } }, { CL_MEM_OBJECT_IMAGE1D_ARRAY, { 7, 2, 1 } },
	{ CL_MEM_OBJECT_IMAGE2D, { 8, 4, 1 } },	      { CL_MEM_OBJECT_IMAGE2D, { 5, 7, 1 } },
	{ CL_MEM_OBJECT_IMAGE2D_ARRAY, { 4, 2, 3 } }, { CL_MEM_OBJECT_IMAGE2D_ARRAY, { 3, 5, 2 } },
	{ CL_MEM_OBJECT_IMAGE3D, { 4, 2, 8 } },	      { CL_MEM_OBJECT_IMAGE3D, { 3, 5, 3 } },
};

static const struct mode modes[] = {
	{ CL_FALSE, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_NEAREST },
	{ CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST },
	{ CL_FALSE, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_LINEAR },
	{ CL_FALSE, CL_ADDRESS_CLAMP, CL_FILTER_LINEAR },
	{ CL_TRUE, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_NEAREST },
	{ CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_NEAREST },
	{ CL_TRUE, CL_ADDRESS_REPEAT, CL_FILTER_NEAREST },
	{ CL_TRUE, CL_ADDRESS_MIRRORED_REPEAT, CL_FILTER_NEAREST },
	{ CL_TRUE, CL_ADDRESS_CLAMP_TO_EDGE, CL_FILTER_LINEAR },
	{ CL_TRUE, CL_ADDRESS_CLAMP, CL_FILTER_LINEAR },
	{ CL_TRUE, CL_ADDRESS_REPEAT, CL_FILTER_LINEAR },
	{ CL_TRUE, CL_ADDRESS_MIRRORED_REPEAT, CL_FILTER_LINEAR },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Dimensions in which is sampled; the one behind them has layers, if the type has. */
static int sampled_dimensions(const struct shape *shape)
{
	switch (shape->type) {
	case CL_MEM_OBJECT_IMAGE1D:
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return 1;
	case CL_MEM_OBJECT_IMAGE3D:
		return 3;
	default:
		return 2;
	}
}

static bool has_layers(const struct shape *shape)
{
	return shape->type == CL_MEM_OBJECT_IMAGE1D_ARRAY ||
	       shape->type == CL_MEM_OBJECT_IMAGE2D_ARRAY;
}

/* ---- the model ---- */

static double limited(double value, double least, double most)
{
	return fmin(fmax(value, least), most);
}

static double place_of(const struct mode *mode, double s, size_t size)
{
	switch (mode->addressing) {
	case CL_ADDRESS_REPEAT:
		return (s - floor(s)) * (double)size;
	case CL_ADDRESS_MIRRORED_REPEAT:
		return fabs(s - 2 * rint(0.5 * s)) * (double)size;
	default:
		return mode->normalised ? s * (double)size : s;
	}
}

/* The index of the pixel, or -1 or the size for the border. */
static int brought_back(const struct mode *mode, double index, size_t size)
{
	double end = (double)size;

	if (mode->addressing == CL_ADDRESS_REPEAT)
		index += index < 0 ? end : index >= end ? -end : 0;
	return (int)(mode->addressing == CL_ADDRESS_CLAMP ? limited(index, -1, end) :
							    limited(index, 0, end - 1));
}

/* The two pixels around a coordinate in a dimension, twice the same where is no blending. */
struct step {
	int index[2];
	double part; /* how near the second is */
};

static struct step step_of(const struct mode *mode, double s, size_t size)
{
	double u = place_of(mode, s, size);
	struct step step = { { 0, 0 }, 0 };

	if (mode->filter == CL_FILTER_LINEAR)
		u -= 0.5;
	step.index[0] = brought_back(mode, floor(u), size);
	step.index[1] = step.index[0];
	if (mode->filter == CL_FILTER_LINEAR) {
		step.index[1] = brought_back(mode, floor(u) + 1, size);
		step.part = isfinite(u) ? u - floor(u) : 0;
	}
	return step;
}

static const double *colour_at(const struct texture *texture, const int *index)
{
	const size_t *extent = texture->shape->extent;

	for (int i = 0; i < 3; i++) {
		if (index[i] < 0 || (size_t)index[i] >= extent[i])
			return texture->border;
	}
	return texture->colours[((size_t)index[2] * extent[1] + (size_t)index[1]) * extent[0] +
				(size_t)index[0]];
}

static void expect(const struct texture *texture, const struct mode *mode, const cl_float4 *at,
		   double *colour)
{
	const int dimensions = sampled_dimensions(texture->shape);
	struct step steps[3] = { 0 };

	for (int i = 0; i < dimensions; i++)
		steps[i] = step_of(mode, (double)at->s[i], texture->shape->extent[i]);
	if (has_layers(texture->shape)) {
		double last = (double)texture->shape->extent[dimensions] - 1;

		steps[dimensions].index[0] = (int)limited(rint((double)at->s[dimensions]), 0, last);
	}
	memset(colour, 0, 4 * sizeof(*colour));
	for (int corner = 0; corner < 1 << dimensions; corner++) {
		int index[3];
		double weight = 1;
		const double *pixel;

		for (int i = 0; i < 3; i++) {
			int second = corner >> i & 1;

			index[i] = steps[i].index[second];
			weight *= second ? steps[i].part : 1 - steps[i].part;
		}
		pixel = colour_at(texture, index);
		for (int c = 0; c < 4; c++)
			colour[c] += weight * pixel[c];
	}
}

/* ---- textures ---- */

static void fill_texture(struct world *w, struct texture *texture)
{
	const struct area whole = shape_whole(texture->shape);
	unsigned char bytes[MOST_PIXELS * 16];
	size_t pixel_bytes = 0;

	check_success_fatal(clGetImageInfo(texture->image, CL_IMAGE_ELEMENT_SIZE,
					   sizeof(pixel_bytes), &pixel_bytes, NULL));
	colours_random(&w->random, &texture->format, bytes, sizeof(bytes));
	check_success(clEnqueueWriteImage(w->setup.queue, texture->image, CL_TRUE, whole.origin,
					  whole.region, 0, 0, bytes, 0, NULL, NULL));
	colours_border(&texture->format, texture->border);
	texture->least = 0;
	texture->most = 1;
	for (size_t i = 0; i < shape_pixels(texture->shape); i++) {
		colours_decode(&texture->format, bytes + i * pixel_bytes, texture->colours[i]);
		for (int c = 0; c < 4; c++) {
			texture->least = fmin(texture->least, texture->colours[i][c]);
			texture->most = fmax(texture->most, texture->colours[i][c]);
		}
	}
}

/* ---- points ---- */

/* Between pixels and on them; where a size is a power of two, exactly where two meet, too. */
static float coordinate(struct test_random *random, const struct mode *mode, size_t size)
{
	const bool is_exact = !(size & (size - 1));
	float pixel = (float)test_random_below(random, (unsigned int)(6 * size)) - 3 * (float)size;
	float part = is_exact ? (float)test_random_below(random, 8) / 8 :
				0.1f + (float)test_random_below(random, 4) / 10;

	return mode->normalised ? (pixel + part) / (float)size : pixel + part;
}

static void choose_points(struct world *w, const struct texture *texture, const struct mode *mode,
			  cl_float4 *points)
{
	static const float special[SPECIAL] = { NAN,	INFINITY, -INFINITY,	   3e38f,
						-3e38f, 0x1p31f,  -0x1.000002p31f, 0x1p63f };

	for (int i = 0; i < POINTS; i++) {
		for (int k = 0; k < 4; k++)
			points[i].s[k] =
				k < sampled_dimensions(texture->shape) ?
					coordinate(&w->random, mode, texture->shape->extent[k]) :
					(float)test_random_below(&w->random, 9) - 2.25f;
		if (i < SPECIAL)
			points[i].s[i % sampled_dimensions(texture->shape)] = special[i];
	}
}

/* Whether the specification says what is read at a special point. */
static bool is_said(const struct mode *mode, int point)
{
	return point >= SPECIAL || (point > 0 && mode->addressing != CL_ADDRESS_REPEAT &&
				    mode->addressing != CL_ADDRESS_MIRRORED_REPEAT);
}

static bool is_close(const struct texture *texture, const struct mode *mode, double found,
		     double expected)
{
	double range = texture->most - texture->least;

	if (mode->filter == CL_FILTER_LINEAR)
		return fabs(found - expected) <= 1e-5 * range;
	/* The least and the greatest number of a format are exact: section 8.3.1. */
	if (expected == 0 || fabs(expected) == 1)
		return found == expected;
	return fabs(found - expected) <= 2e-7 * fabs(expected);
}

/* Whether it can have been made of pixels and the border. */
static bool is_any(const struct texture *texture, double found)
{
	double slack = 1e-6 * (texture->most - texture->least);

	return found >= texture->least - slack && found <= texture->most + slack;
}

static void check_points(const struct texture *texture, const struct mode *mode,
			 const cl_float4 *points, const cl_float4 *found)
{
	const int channels = texture->format.image_channel_order == CL_DEPTH ? 1 : 4;

	for (int i = 0; i < POINTS; i++) {
		const cl_float4 *at = &points[i];
		double expected[4];

		expect(texture, mode, at, expected);
		for (int c = 0; c < channels; c++) {
			double value = (double)found[i].s[c];
			bool good = is_said(mode, i) ? is_close(texture, mode, value, expected[c]) :
						       is_any(texture, value);

			check(good,
			      "type 0x%x, order 0x%x, data 0x%x, addressing 0x%x, filter 0x%x, "
			      "normalised %u: channel %d at %a %a %a is %.9g, not %.9g",
			      texture->shape->type, texture->format.image_channel_order,
			      texture->format.image_channel_data_type, mode->addressing,
			      mode->filter, mode->normalised, c, (double)at->s[0], (double)at->s[1],
			      (double)at->s[2], value, expected[c]);
		}
	}
}

/* ---- all of them ---- */

static void sample(struct world *w, const struct texture *texture, const struct mode *mode,
		   cl_kernel kernel)
{
	const size_t count = POINTS;
	cl_float4 points[POINTS], found[POINTS];
	cl_int code;
	cl_sampler sampler = clCreateSampler(w->setup.context, mode->normalised, mode->addressing,
					     mode->filter, &code);

	check_success_fatal(code);
	choose_points(w, texture, mode, points);
	check_success(clEnqueueWriteBuffer(w->setup.queue, w->at, CL_FALSE, 0, sizeof(points),
					   points, 0, NULL, NULL));
	check_success(clSetKernelArg(kernel, 0, sizeof(cl_mem), &texture->image));
	check_success(clSetKernelArg(kernel, 1, sizeof(sampler), &sampler));
	check_success(clSetKernelArg(kernel, 2, sizeof(cl_mem), &w->at));
	check_success(clSetKernelArg(kernel, 3, sizeof(cl_mem), &w->out));
	check_success(clEnqueueNDRangeKernel(w->setup.queue, kernel, 1, NULL, &count, NULL, 0, NULL,
					     NULL));
	check_success(clEnqueueReadBuffer(w->setup.queue, w->out, CL_TRUE, 0, sizeof(found), found,
					  0, NULL, NULL));
	check_points(texture, mode, points, found);
	check_success(clReleaseSampler(sampler));
}

static const char *kernel_of(const struct shape *shape, bool is_depth)
{
	switch (shape->type) {
	case CL_MEM_OBJECT_IMAGE1D:
		return "line";
	case CL_MEM_OBJECT_IMAGE1D_ARRAY:
		return "lines";
	case CL_MEM_OBJECT_IMAGE2D:
		return is_depth ? "depth_flat" : "flat";
	case CL_MEM_OBJECT_IMAGE2D_ARRAY:
		return is_depth ? "depth_layers" : "layers";
	default:
		return "box";
	}
}

static void check_format(struct world *w, const struct shape *shape, const cl_image_format *format)
{
	const cl_image_desc desc = shape_desc(shape);
	struct texture texture = { .shape = shape, .format = *format };
	cl_kernel kernel =
		test_kernel(w->program, kernel_of(shape, format->image_channel_order == CL_DEPTH));
	cl_int code;

	texture.image =
		clCreateImage(w->setup.context, CL_MEM_READ_ONLY, format, &desc, NULL, &code);
	check_success_fatal(code);
	fill_texture(w, &texture);
	for (size_t i = 0; i < COUNT(modes); i++)
		sample(w, &texture, &modes[i], kernel);
	check_success(clReleaseMemObject(texture.image));
	check_success(clReleaseKernel(kernel));
}

static void check_shape(struct world *w, const struct shape *shape)
{
	cl_image_format formats[MOST_FORMATS];
	cl_uint count = some_formats(&w->setup, CL_MEM_READ_ONLY, shape->type, formats);

	for (cl_uint i = 0; i < count; i++) {
		if (colours_are_real(&formats[i]))
			check_format(w, shape, &formats[i]);
	}
}

int main(void)
{
	struct world w = { .setup = open_with_images(), .random = { test_seed(23) } };

	test_step("building");
	w.program = test_build(w.setup.context, sampling_cl, "-cl-std=CL3.0");
	w.at = test_buffer(w.setup.context, POINTS * sizeof(cl_float4), NULL);
	w.out = test_buffer(w.setup.context, POINTS * sizeof(cl_float4), NULL);
	for (size_t i = 0; i < COUNT(textures); i++) {
		test_step("sampling images of a type and size");
		check_shape(&w, &textures[i]);
	}
	check_success(clReleaseMemObject(w.at));
	check_success(clReleaseMemObject(w.out));
	check_success(clReleaseProgram(w.program));
	test_close(&w.setup);
	return check_result();
}
