// SPDX-License-Identifier: MIT
/*
 * The formats that a device has: the specification's lists of those that it must have, no
 * invalid ones, none twice; and the pixels that clEnqueueFillImage makes of colours, in each of
 * them, against the specification's formulas in double precision.
 */
#include <fenv.h>
#include <math.h>
#include <string.h>

#include "shapes.h"

struct list {
	cl_image_format formats[MOST_FORMATS];
	cl_uint count;
};

static struct list list_of(cl_context context, cl_mem_flags flags, cl_mem_object_type type)
{
	struct list list = { .count = 0 };
	cl_uint again = 0;

	check_success(clGetSupportedImageFormats(context, flags, type, MOST_FORMATS, list.formats,
						 &list.count));
	check_success(clGetSupportedImageFormats(context, flags, type, 0, NULL, &again));
	check_equal(list.count, again);
	check_fatal(list.count <= MOST_FORMATS, "%u formats", list.count);
	return list;
}

static bool contains(const struct list *list, cl_channel_order order, cl_channel_type type)
{
	cl_uint found = 0;

	for (cl_uint i = 0; i < list->count; i++)
		found += list->formats[i].image_channel_order == order &&
			 list->formats[i].image_channel_data_type == type;
	check(found < 2, "order 0x%x, type 0x%x is there %u times", order, type, found);
	return found;
}

/* ---- the lists ---- */

static const cl_mem_object_type types[] = {
	CL_MEM_OBJECT_IMAGE1D, CL_MEM_OBJECT_IMAGE1D_BUFFER, CL_MEM_OBJECT_IMAGE1D_ARRAY,
	CL_MEM_OBJECT_IMAGE2D, CL_MEM_OBJECT_IMAGE2D_ARRAY,  CL_MEM_OBJECT_IMAGE3D,
};

#define TYPE_COUNT (sizeof(types) / sizeof(types[0]))

static const cl_channel_type plain_types[] = {
	CL_UNORM_INT8,	   CL_UNORM_INT16,    CL_SNORM_INT8,   CL_SNORM_INT16,
	CL_SIGNED_INT8,	   CL_SIGNED_INT16,   CL_SIGNED_INT32, CL_UNSIGNED_INT8,
	CL_UNSIGNED_INT16, CL_UNSIGNED_INT32, CL_HALF_FLOAT,   CL_FLOAT,
};

#define PLAIN_COUNT (sizeof(plain_types) / sizeof(plain_types[0]))

/* Section 5.3.1.2, the full profile of OpenCL 3.0. */
static void check_required(cl_context context, cl_mem_flags flags, cl_mem_object_type type)
{
	static const cl_channel_order orders[] = { CL_R, CL_RG, CL_RGBA };
	const struct list list = list_of(context, flags, type);
	const bool is_2d = type == CL_MEM_OBJECT_IMAGE2D || type == CL_MEM_OBJECT_IMAGE2D_ARRAY;

	for (size_t i = 0; i < 3 * PLAIN_COUNT; i++)
		check(contains(&list, orders[i / PLAIN_COUNT], plain_types[i % PLAIN_COUNT]),
		      "type 0x%x, flags 0x%llx: no order 0x%x, data type 0x%x", type,
		      (unsigned long long)flags, orders[i / PLAIN_COUNT],
		      plain_types[i % PLAIN_COUNT]);
	check(contains(&list, CL_BGRA, CL_UNORM_INT8), "no BGRA");
	if (flags & CL_MEM_KERNEL_READ_AND_WRITE)
		return;
	check_equal(is_2d, contains(&list, CL_sRGBA, CL_UNORM_INT8));
	check_equal(is_2d, contains(&list, CL_DEPTH, CL_UNORM_INT16));
	check_equal(is_2d, contains(&list, CL_DEPTH, CL_FLOAT));
}

/* What is listed can be had. */
static void check_creation(cl_context context, cl_mem_flags flags, cl_mem_object_type type)
{
	const struct list list = list_of(context, flags, type);
	cl_mem buffer = test_buffer(context, 256, NULL);

	for (cl_uint i = 0; i < list.count; i++) {
		cl_image_desc desc = { .image_type = type,
				       .image_width = 3,
				       .image_height = 3,
				       .image_depth = 3,
				       .image_array_size = 3 };
		size_t bytes = 0;
		cl_int code;
		cl_mem image;

		if (type == CL_MEM_OBJECT_IMAGE1D_BUFFER)
			desc.mem_object = buffer;
		contains(&list, list.formats[i].image_channel_order,
			 list.formats[i].image_channel_data_type);
		image = clCreateImage(context, flags, &list.formats[i], &desc, NULL, &code);
		if (!check_success(code))
			continue;
		check_success(
			clGetImageInfo(image, CL_IMAGE_ELEMENT_SIZE, sizeof(bytes), &bytes, NULL));
		check(bytes && bytes <= 16, "%zu bytes of a pixel", bytes);
		check_success(clReleaseMemObject(image));
	}
	check_success(clReleaseMemObject(buffer));
}

static void check_lists(cl_context context)
{
	static const cl_mem_flags flags[] = { CL_MEM_READ_ONLY, CL_MEM_WRITE_ONLY,
					      CL_MEM_READ_WRITE };

	for (size_t i = 0; i < TYPE_COUNT; i++) {
		for (int k = 0; k < 3; k++) {
			check_required(context, flags[k], types[i]);
			check_creation(context, flags[k], types[i]);
		}
		check_required(context, CL_MEM_KERNEL_READ_AND_WRITE, types[i]);
	}
	/* sRGB is not for both in one kernel. */
	{
		const struct list list =
			list_of(context, CL_MEM_KERNEL_READ_AND_WRITE, CL_MEM_OBJECT_IMAGE2D);

		check(!contains(&list, CL_sRGBA, CL_UNORM_INT8), "sRGB by read_write images");
	}
}

/* ---- pixels ---- */

/* Which component each channel in memory is; the order says so by its letters. */
static int components_of(cl_channel_order order, int *components)
{
	static const struct {
		cl_channel_order order;
		const char *letters;
	} rows[] = {
		{ CL_R, "r" },	       { CL_A, "a" },	      { CL_RG, "rg" },
		{ CL_RA, "ra" },       { CL_RGB, "rgb" },     { CL_RGBA, "rgba" },
		{ CL_BGRA, "bgra" },   { CL_ARGB, "argb" },   { CL_ABGR, "abgr" },
		{ CL_sRGBA, "rgba" },  { CL_sBGRA, "bgra" },  { CL_DEPTH, "r" },
		{ CL_INTENSITY, "r" }, { CL_LUMINANCE, "r" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int count = (int)strlen(rows[i].letters);

		if (rows[i].order != order)
			continue;
		for (int k = 0; k < count; k++)
			components[k] = (int)(strchr("rgba", rows[i].letters[k]) - "rgba");
		return count;
	}
	check(0, "order 0x%x is not known here", order);
	return 0;
}

static double clamp(double value, double least, double most)
{
	return !(value > least) ? least : value > most ? most : value;
}

static double srgb(double value)
{
	value = clamp(value, 0, 1);
	return value < 0.0031308 ? 12.92 * value : 1.055 * pow(value, 1 / 2.4) - 0.055;
}

/* Whether @stored, of so many bits, is what a number of @scale for 1 may be stored as. */
static bool is_near(double value, double scale, double least, int64_t stored)
{
	double exact = isnan(value) ? 0 : clamp(value, least, 1) * scale;

	if (value < least && least < 0)
		return (double)stored == -scale - 1;
	/* The nearest, but for what a float times the scale loses; 0.6 is what is allowed. */
	return fabs((double)stored - exact) <= 0.5 + ldexp(scale, -24);
}

static double half_value(uint16_t bits)
{
	int exponent = bits >> 10 & 31;
	double fraction = (bits & 0x3ff) / 1024.0;
	double size = exponent ? ldexp(1 + fraction, exponent - 15) : ldexp(fraction, -14);

	if (exponent == 31)
		size = fraction > 0 ? NAN : INFINITY;
	return bits & 0x8000 ? -size : size;
}

/* The nearest half: no neighbour is nearer, and of two it is the even one. */
static bool is_nearest_half(double value, uint16_t stored)
{
	double seen = half_value(stored), step, distance;

	if (isnan(value))
		return isnan(seen);
	if (fabs(value) >= 65520)
		return isinf(seen) && signbit(seen) == signbit(value);
	step = ldexp(1, (stored >> 10 & 31) ? (stored >> 10 & 31) - 25 : -24);
	distance = fabs(seen - value);
	if (signbit(seen) != signbit(value))
		return false;
	/* Below a power of two the step is half as long. */
	if (!(stored & 0x3ff) && (stored & 0x7c00) > 0x400 && fabs(value) < fabs(seen))
		step /= 2;
	return distance < step / 2 || (distance == step / 2 && !(stored & 1));
}

static int64_t bits_of(const unsigned char *pixel, int first, int count)
{
	uint64_t word = 0;

	memcpy(&word, pixel, (size_t)(first + count + 7) / 8);
	return (int64_t)(word >> first & ((UINT64_C(1) << count) - 1));
}

/* A channel of a type of its own, at @place, and the colour's component. */
static bool is_channel(cl_channel_type type, double real, int64_t whole, const unsigned char *place)
{
	switch (type) {
	case CL_UNORM_INT8:
		return is_near(real, 255, 0, bits_of(place, 0, 8));
	case CL_UNORM_INT16:
		return is_near(real, 65535, 0, bits_of(place, 0, 16));
	case CL_SNORM_INT8:
		return is_near(real, 127, -1 - 1 / 127.0, (int8_t)place[0]);
	case CL_SNORM_INT16:
		return is_near(real, 32767, -1 - 1 / 32767.0, (int16_t)bits_of(place, 0, 16));
	case CL_HALF_FLOAT:
		return is_nearest_half(real, (uint16_t)bits_of(place, 0, 16));
	case CL_FLOAT: {
		float seen;

		memcpy(&seen, place, sizeof(seen));
		return isnan(real) ? isnan(seen) : (double)seen == real;
	}
	case CL_SIGNED_INT8:
		return (int8_t)place[0] == (int64_t)clamp((double)(int32_t)whole, -128, 127);
	case CL_SIGNED_INT16:
		return (int16_t)bits_of(place, 0, 16) ==
		       (int64_t)clamp((double)(int32_t)whole, -32768, 32767);
	case CL_UNSIGNED_INT8:
		return place[0] == (int64_t)clamp((double)whole, 0, 255);
	case CL_UNSIGNED_INT16:
		return bits_of(place, 0, 16) == (int64_t)clamp((double)whole, 0, 65535);
	default:
		return bits_of(place, 0, 32) == whole;
	}
}

/* Channels that share the words of a pixel: the lowest bit and the bits of each. */
static bool is_packed_pixel(cl_channel_type type, const double *colour, const unsigned char *pixel)
{
	static const struct {
		cl_channel_type type;
		int count, first[4], bits[4];
	} rows[] = {
		{ CL_UNORM_SHORT_565, 3, { 11, 5, 0 }, { 5, 6, 5 } },
		{ CL_UNORM_SHORT_555, 3, { 10, 5, 0 }, { 5, 5, 5 } },
		{ CL_UNORM_INT_101010, 3, { 20, 10, 0 }, { 10, 10, 10 } },
		{ CL_UNORM_INT_101010_2, 4, { 22, 12, 2, 0 }, { 10, 10, 10, 2 } },
	};
	bool right = true;
	size_t row = 0;

	while (rows[row].type != type)
		row++;
	for (int i = 0; i < rows[row].count; i++)
		right &= is_near(colour[i], (double)((1 << rows[row].bits[i]) - 1), 0,
				 bits_of(pixel, rows[row].first[i], rows[row].bits[i]));
	return right;
}

static bool is_pixel(const cl_image_format *format, const cl_uint *words,
		     const unsigned char *pixel, size_t pixel_bytes)
{
	const cl_channel_order order = format->image_channel_order;
	const cl_channel_type type = format->image_channel_data_type;
	int components[4], count = components_of(order, components);
	bool right = true;
	double colour[4];
	float reals[4];

	memcpy(reals, words, sizeof(reals));
	for (int i = 0; i < 4; i++)
		colour[i] = (double)reals[i];
	if ((type >= CL_UNORM_SHORT_565 && type <= CL_UNORM_INT_101010) ||
	    type == CL_UNORM_INT_101010_2)
		return is_packed_pixel(type, colour, pixel);
	for (int i = 0; i < count; i++) {
		int component = components[i];
		double real = colour[component];

		if ((order == CL_sRGBA || order == CL_sBGRA) && component < 3)
			real = isnan(real) ? 0 : srgb(real);
		right &= is_channel(type, real, (int64_t)words[component],
				    pixel + pixel_bytes / (size_t)count * (size_t)i);
	}
	return right;
}

/* Numbers next to where results change, of any kind, and bits made at random. */
static cl_uint word_of(struct test_random *random, bool is_real)
{
	static const float reals[] = { 0,
				       -0.0f,
				       1,
				       -1,
				       0.5f,
				       2,
				       -3,
				       1e-8f,
				       -1e-7f,
				       6e-8f,
				       0.00002f,
				       65504,
				       65519.996f,
				       65520,
				       1e9f,
				       -1e30f,
				       INFINITY,
				       -INFINITY,
				       NAN,
				       0.0031308f,
				       0.00313f,
				       0.9999f,
				       5.9604645e-8f,
				       2.98e-8f,
				       6.1035156e-5f,
				       6.0975552e-5f,
				       1.00048828125f };
	static const cl_uint whole[] = { 0,	     1,		 127,	     128,	 255,
					 256,	     32767,	 32768,	     65535,	 65536,
					 0x7fffffff, 0x80000000, 0xffffffff, 0xffffff80, 0xffffff7f,
					 0xffff8000, 0xffff7fff };
	float real;
	cl_uint bits;

	switch (test_random_below(random, 4)) {
	case 0:
		return (cl_uint)test_random_next(random);
	case 1:
		real = (float)test_random_below(random, 1 << 20) / (1 << 20);
		break;
	default:
		if (!is_real)
			return whole[test_random_below(random, sizeof(whole) / sizeof(whole[0]))];
		real = reals[test_random_below(random, sizeof(reals) / sizeof(reals[0]))];
		break;
	}
	memcpy(&bits, &real, sizeof(bits));
	return is_real ? bits : bits >> 8;
}

static void check_pixels(const struct test_setup *setup, const cl_image_format *format,
			 struct test_random *random)
{
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D,
				     .image_width = 1,
				     .image_height = 1 };
	const size_t origin[3] = { 0, 0, 0 }, region[3] = { 1, 1, 1 };
	const cl_channel_type type = format->image_channel_data_type;
	const bool is_real = type < CL_SIGNED_INT8 || type > CL_UNSIGNED_INT32;
	size_t bytes = 0;
	cl_int code;
	cl_mem image = clCreateImage(setup->context, 0, format, &desc, NULL, &code);

	check_success_fatal(code);
	check_success(clGetImageInfo(image, CL_IMAGE_ELEMENT_SIZE, sizeof(bytes), &bytes, NULL));
	for (int i = 0; i < 400; i++) {
		unsigned char pixel[16];
		cl_uint colour[4];

		for (int k = 0; k < 4; k++)
			colour[k] = word_of(random, is_real);
		check_success(clEnqueueFillImage(setup->queue, image, colour, origin, region, 0,
						 NULL, NULL));
		check_success(clEnqueueReadImage(setup->queue, image, CL_TRUE, origin, region, 0, 0,
						 pixel, 0, NULL, NULL));
		check(is_pixel(format, colour, pixel, bytes),
		      "order 0x%x, type 0x%x: %08x %08x %08x %08x became %02x %02x %02x %02x...",
		      format->image_channel_order, type, colour[0], colour[1], colour[2], colour[3],
		      pixel[0], pixel[1], pixel[2], pixel[3]);
	}
	check_success(clReleaseMemObject(image));
}

int main(void)
{
	struct test_setup setup = open_with_images();
	struct test_random random = { test_seed(21) };
	struct list list;

	test_step("lists of formats");
	check_lists(setup.context);
	test_step("pixels of each format");
	list = list_of(setup.context, CL_MEM_READ_WRITE, CL_MEM_OBJECT_IMAGE2D);
	for (cl_uint i = 0; i < list.count; i++)
		check_pixels(&setup, &list.formats[i], &random);
	/* The application's rounding mode has no part in it. */
	fesetround(FE_UPWARD);
	check_pixels(&setup, &(const cl_image_format){ CL_RGBA, CL_UNORM_INT8 }, &random);
	fesetround(FE_TONEAREST);
	test_close(&setup);
	return check_result();
}
